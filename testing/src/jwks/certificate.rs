use std::{
    env, fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use rcgen::CertifiedKey;
use tokio_rustls::TlsAcceptor;
use uuid::Uuid;

use crate::authority::Identity;

/// A self-signed certificate in a file, which is removed when the value is dropped. A client that trusts the file
/// (`SSL_CERT_FILE`) trusts the server.
pub struct Certificate {
    file: PathBuf,
    acceptor: TlsAcceptor,
}

impl Certificate {
    /// A certificate for this host name.
    pub fn of(host: &str) -> Self {
        let CertifiedKey { cert, signing_key } =
            rcgen::generate_simple_self_signed([host.to_owned()]).expect("a host has a certificate");
        let file = env::temp_dir().join(format!("{}.pem", Uuid::new_v4()));
        fs::write(&file, cert.pem()).expect("the temporary directory is writable");
        let identity = Identity { certificate: cert.pem(), key: signing_key.serialize_pem() };
        Self { file, acceptor: Arc::new(identity.server_config()).into() }
    }

    /// Its file.
    pub fn file(&self) -> &Path {
        &self.file
    }

    pub(super) fn acceptor(&self) -> TlsAcceptor {
        self.acceptor.clone()
    }
}

impl Drop for Certificate {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.file); // a failed test may have removed it
    }
}
