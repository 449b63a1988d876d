use std::{
    env, fs,
    path::{Path, PathBuf},
};

use native_tls::Identity;
use openssl::{
    asn1::Asn1Time,
    ec::{EcGroup, EcKey},
    error::ErrorStack,
    hash::MessageDigest,
    nid::Nid,
    pkey::{PKey, Private},
    x509::{X509, X509Builder, X509NameBuilder, extension::SubjectAlternativeName},
};
use tokio_native_tls::TlsAcceptor;
use uuid::Uuid;

/// A certificate that vouches for itself, in a file that ends with the value. Whoever trusts the file (`SSL_CERT_FILE`)
/// trusts a server that shows it.
pub struct Certificate {
    file: PathBuf,
    identity: Identity,
}

impl Certificate {
    /// Of this host name, valid today.
    pub fn of(host: &str) -> Self {
        let key = private_key().expect("OpenSSL makes keys");
        let certificate =
            self_signed(host, &key).and_then(|certificate| certificate.to_pem()).expect("and certificates");
        let key = key.private_key_to_pem_pkcs8().expect("a key has a text");
        let file = env::temp_dir().join(format!("{}.pem", Uuid::new_v4()));
        fs::write(&file, &certificate).expect("the directory for such files takes one");
        Self { file, identity: Identity::from_pkcs8(&certificate, &key).expect("they belong together") }
    }

    /// Where it is.
    pub fn file(&self) -> &Path {
        &self.file
    }

    pub(super) fn acceptor(&self) -> TlsAcceptor {
        native_tls::TlsAcceptor::new(self.identity.clone()).expect("it is an identity").into()
    }
}

impl Drop for Certificate {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.file); // a test that failed may have lost it
    }
}

fn private_key() -> Result<PKey<Private>, ErrorStack> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1)?;
    PKey::from_ec_key(EcKey::generate(&group)?)
}

fn self_signed(host: &str, key: &PKey<Private>) -> Result<X509, ErrorStack> {
    let mut name = X509NameBuilder::new()?;
    name.append_entry_by_text("CN", host)?;
    let name = name.build();
    let mut certificate = X509Builder::new()?;
    certificate.set_version(2)?; // which counts from zero
    certificate.set_subject_name(&name)?;
    certificate.set_issuer_name(&name)?;
    certificate.set_pubkey(key)?;
    certificate.set_not_before(&*Asn1Time::days_from_now(0)?)?;
    certificate.set_not_after(&*Asn1Time::days_from_now(1)?)?;
    let names = SubjectAlternativeName::new().dns(host).build(&certificate.x509v3_context(None, None))?;
    certificate.append_extension(names)?;
    certificate.sign(key, MessageDigest::sha256())?;
    Ok(certificate.build())
}
