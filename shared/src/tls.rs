//! TLS as a client, for the database and for an issuer's keys: certificate and host name are always verified.
//!
//! rustls with Mozilla's roots in the binary, because a cold start pays for everything that is read and parsed: OpenSSL
//! reads the system's whole store of roots before it connects anywhere, and a binary linked to it does not start where
//! its library is missing, as on provided.al2023. The cryptography is ring's: AWS-LC gathers entropy at its first use,
//! for up to a second on a small function.

use std::{path::Path, sync::Arc};

use rustls::{
    ClientConfig, RootCertStore,
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, pem::PemObject as _},
};

use crate::settings::{Fatal, optional};

/// A configuration that trusts the roots of `file`, else those of the file that `SSL_CERT_FILE` names (as all other
/// programs take that variable), else Mozilla's. `alpn` is the protocol that is spoken inside, where it has a name.
pub(crate) fn client(file: Option<&str>, alpn: Option<&str>) -> Result<ClientConfig, Fatal> {
    let roots = match file.map(str::to_owned).or_else(|| optional("SSL_CERT_FILE")) {
        Some(file) => read(Path::new(&file))?,
        None => RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() },
    };
    let mut config = ClientConfig::builder_with_provider(Arc::new(provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| Fatal::new(format!("TLS cannot be set up: {error}")))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols.extend(alpn.map(|name| name.as_bytes().to_vec()));
    Ok(config)
}

/// ring's, with P-256 ahead of X25519: a client guesses which of the two the server takes and is asked again where it
/// guessed wrong, a round trip; and Postgres before 18 takes P-256 alone (`ssl_ecdh_curve`), which all others do, too.
fn provider() -> CryptoProvider {
    let kx_groups = vec![ring::kx_group::SECP256R1, ring::kx_group::X25519, ring::kx_group::SECP384R1];
    CryptoProvider { kx_groups, ..ring::default_provider() }
}

/// The roots of a PEM file. One that cannot be used is passed over, as in every store; without any the file is wrong.
fn read(file: &Path) -> Result<RootCertStore, Fatal> {
    let wrong = |reason: String| Fatal::new(format!("the certificates of {} {reason}", file.display()));
    let certificates: Vec<_> = CertificateDer::pem_file_iter(file)
        .and_then(Iterator::collect)
        .map_err(|error| wrong(format!("cannot be read: {error}")))?;
    let mut roots = RootCertStore::empty();
    match roots.add_parsable_certificates(certificates) {
        (0, _) => Err(wrong("are none: a PEM file with at least one is needed".into())),
        _ => Ok(roots),
    }
}

/// Whether a certificate was looked at and not believed, which another try will not change.
pub(crate) fn is_distrust(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        let inner = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        let error = inner.map_or(error, |inner| inner as &(dyn std::error::Error + 'static));
        if matches!(error.downcast_ref(), Some(rustls::Error::InvalidCertificate(_))) {
            return true;
        }
        next = error.source();
    }
    false
}
