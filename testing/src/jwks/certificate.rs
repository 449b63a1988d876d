use std::{
    env, fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use rcgen::CertifiedKey;
use rustls::{ServerConfig, crypto::ring, pki_types::PrivateKeyDer};
use tokio_rustls::TlsAcceptor;
use uuid::Uuid;

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
        let key = PrivateKeyDer::try_from(signing_key.serialize_der()).expect("it was made just now");
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("ring knows them")
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key)
            .expect("they belong together");
        Self { file, acceptor: Arc::new(config).into() }
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
