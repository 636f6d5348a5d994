//! The root certificates that a server's certificate must lead to.

use std::env;

use rustls::{
    Error, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};

/// The roots that AWS's own endpoints are signed under (<https://www.amazontrust.com/repository/>).
const AMAZON_TRUST_SERVICES: [&str; 5] = [
    include_str!("../roots/amazon-root-ca-1.pem"),
    include_str!("../roots/amazon-root-ca-2.pem"),
    include_str!("../roots/amazon-root-ca-3.pem"),
    include_str!("../roots/amazon-root-ca-4.pem"),
    include_str!("../roots/starfield-services-root-ca-g2.pem"),
];

/// Returns the roots of AWS's endpoints in a region.
///
/// Reading the roughly 140 roots of the system takes half of a function's start (7.4 ms with them, 4.0 ms without).
/// They are added only if `SSL_CERT_FILE` is set, and in China, where other authorities sign.
///
/// # Errors
/// A root that cannot be read.
pub fn amazon(region: &str) -> Result<RootCertStore, Error> {
    let mut roots = RootCertStore::empty();
    for root in AMAZON_TRUST_SERVICES {
        let root = CertificateDer::from_pem_slice(root.as_bytes());
        roots.add(root.map_err(|error| Error::General(error.to_string()))?)?;
    }
    if region.starts_with("cn-") || env::var_os("SSL_CERT_FILE").is_some() {
        let system = rustls_native_certs::load_native_certs();
        for error in system.errors {
            tracing::warn!("a root certificate of the system could not be read: {error}");
        }
        roots.add_parsable_certificates(system.certs);
    }
    Ok(roots)
}

/// Returns Mozilla's roots, which the public web is signed under. They are compiled in, so reading them takes no file.
pub fn mozilla() -> RootCertStore {
    webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_holds_one_root_and_all_roots_are_read() {
        for root in AMAZON_TRUST_SERVICES {
            assert_eq!(root.matches("-----BEGIN CERTIFICATE-----").count(), 1);
        }
        assert!(amazon("eu-central-1").unwrap().len() >= AMAZON_TRUST_SERVICES.len());
        assert!(mozilla().len() > 100);
    }
}
