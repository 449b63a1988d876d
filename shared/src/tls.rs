//! TLS for connections to the database, an issuer and AWS. The certificate and the host name are always verified.
//!
//! This is rustls with Mozilla's roots in the binary, because every cold start pays for what it reads and parses.
//! OpenSSL reads the system's whole root store before it connects. A binary linked to it does not start if the library
//! is missing, as on provided.al2023. The cryptography is ring's, because AWS-LC gathers entropy when it is first used,
//! which takes up to a second on a small function.

use std::{path::Path, sync::Arc};

use rustls::{
    ClientConfig, RootCertStore,
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, pem::PemObject as _},
};

use crate::settings::{Fatal, optional};

/// A configuration that trusts the roots in `file`. Without it, it trusts those in the file that `SSL_CERT_FILE` names,
/// and if that is not set, Mozilla's. (Other programs use `SSL_CERT_FILE` in the same way.) `alpn` is the ALPN id of
/// the protocol inside TLS, if it has one.
pub(crate) fn client(file: Option<&str>, alpn: Option<&str>) -> Result<ClientConfig, Fatal> {
    let roots = match file.map(str::to_owned).or_else(|| optional("SSL_CERT_FILE")) {
        Some(file) => read_roots(Path::new(&file))?,
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

/// ring's cryptography, with P-256 before X25519. A client guesses which one the server accepts, and a wrong guess
/// costs a round trip. Postgres before version 18 accepts only P-256 (`ssl_ecdh_curve`), and every other server accepts
/// it too.
fn provider() -> CryptoProvider {
    let kx_groups = vec![ring::kx_group::SECP256R1, ring::kx_group::X25519, ring::kx_group::SECP384R1];
    CryptoProvider { kx_groups, ..ring::default_provider() }
}

/// The roots in a PEM file. A certificate that cannot be used is skipped, as in every root store. A file without a
/// usable one is an error.
fn read_roots(file: &Path) -> Result<RootCertStore, Fatal> {
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

/// Whether the peer's certificate was not trusted. A retry does not change that.
pub(crate) fn is_untrusted_certificate(error: &(dyn std::error::Error + 'static)) -> bool {
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
