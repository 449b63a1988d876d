use std::{
    env, fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use rcgen::CertifiedKey;
use tokio_rustls::TlsAcceptor;
use uuid::Uuid;

use crate::authority::Identity;

/// A certificate that vouches for itself, in a file that ends with the value. Whoever trusts the file (`SSL_CERT_FILE`)
/// trusts a server that shows it.
pub struct Certificate {
    file: PathBuf,
    acceptor: TlsAcceptor,
}

impl Certificate {
    /// Of this host name.
    pub fn of(host: &str) -> Self {
        let CertifiedKey { cert, signing_key } =
            rcgen::generate_simple_self_signed([host.to_owned()]).expect("a host has a certificate");
        let file = env::temp_dir().join(format!("{}.pem", Uuid::new_v4()));
        fs::write(&file, cert.pem()).expect("the directory for such files takes one");
        let identity = Identity { certificate: cert.pem(), key: signing_key.serialize_pem() };
        Self { file, acceptor: Arc::new(identity.server_config()).into() }
    }

    /// Where it is.
    pub fn file(&self) -> &Path {
        &self.file
    }

    pub(super) fn acceptor(&self) -> TlsAcceptor {
        self.acceptor.clone()
    }
}

impl Drop for Certificate {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.file); // a test that failed may have lost it
    }
}
