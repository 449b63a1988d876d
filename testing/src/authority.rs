//! A certificate authority for the test servers on this machine.

use std::{
    env, fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};
use uuid::Uuid;

/// A certificate authority. Its certificate is in a file, which is removed when the value is dropped.
pub struct Authority {
    file: PathBuf,
    issuer: Issuer<'static, KeyPair>,
}

/// A server's certificate and key, as PEM.
pub struct Identity {
    /// Its certificate.
    pub certificate: String,
    /// Its private key.
    pub key: String,
}

impl Identity {
    /// The settings of a server that shows it to every client.
    pub fn server_config(&self) -> ServerConfig {
        let certificate = CertificateDer::from_pem_slice(self.certificate.as_bytes()).expect("it is PEM");
        let key = PrivateKeyDer::from_pem_slice(self.key.as_bytes()).expect("it is PEM");
        ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("ring knows them")
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .expect("they belong together")
    }
}

impl Authority {
    /// A new authority, which only clients with its certificate trust.
    pub fn new() -> Self {
        let mut params = CertificateParams::new([]).expect("an empty list of names is valid");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("keys can be made");
        let certificate = params.self_signed(&key).expect("certificates can be made");
        let file = env::temp_dir().join(format!("{}.pem", Uuid::new_v4()));
        fs::write(&file, certificate.pem()).expect("the temporary directory is writable");
        Self { file, issuer: Issuer::new(params, key) }
    }

    /// The file with its certificate.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// For a server on this machine.
    pub fn identity(&self) -> Identity {
        self.identity_of(&["localhost", "127.0.0.1"])
    }

    /// For a server of these names.
    pub fn identity_of(&self, names: &[&str]) -> Identity {
        let names = names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let params = CertificateParams::new(names).expect("these are names");
        let key = KeyPair::generate().expect("keys can be made");
        let certificate = params.signed_by(&key, &self.issuer).expect("certificates can be signed");
        Identity { certificate: certificate.pem(), key: key.serialize_pem() }
    }

    /// Changes a connection string so that it uses TLS and trusts this authority only.
    pub fn verified(&self, url: &str) -> String {
        let mut url = url::Url::parse(url).expect("a database URL is a URL");
        url.query_pairs_mut()
            .clear()
            .append_pair("sslmode", "verify-full")
            .append_pair("sslrootcert", &self.file.display().to_string());
        url.into()
    }
}

impl Default for Authority {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.file); // a failed test may have removed it
    }
}
