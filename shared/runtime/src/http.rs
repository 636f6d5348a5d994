//! The HTTP client of all AWS clients: HTTP/1.1 over TLS, trusting Amazon's own roots.
//!
//! The SDK's client also speaks HTTP/2, which no service that Souk calls needs and a process with one request at a time
//! has no use for: 0.2 MB of every function's zip.

use std::{env, sync::Arc, time::Duration};

use aws_smithy_runtime_api::client::{
    connection::{CaptureSmithyConnection, ConnectionMetadata},
    http::{HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn},
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
};
use aws_smithy_types::body::SdkBody;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{
        Client,
        connect::{CaptureConnection, HttpConnector as Tcp, HttpInfo, capture_connection},
    },
    rt::{TokioExecutor, TokioTimer},
};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, pem::PemObject},
};

/// Longest time for the TCP handshake within a region.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);

/// The roots that AWS's own endpoints are signed under (<https://www.amazontrust.com/repository/>).
const AMAZON_TRUST_SERVICES: [&str; 5] = [
    include_str!("../roots/amazon-root-ca-1.pem"),
    include_str!("../roots/amazon-root-ca-2.pem"),
    include_str!("../roots/amazon-root-ca-3.pem"),
    include_str!("../roots/amazon-root-ca-4.pem"),
    include_str!("../roots/starfield-services-root-ca-g2.pem"),
];

/// The connections that all AWS clients of this process share.
///
/// # Errors
/// A root that cannot be read.
pub(crate) fn connector(region: &str) -> Result<SharedHttpConnector, rustls::Error> {
    let tls = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots(region)?)
        .with_no_client_auth();
    let mut tcp = Tcp::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_connect_timeout(Some(CONNECT_TIMEOUT));
    let https = HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1().wrap_connector(tcp);
    let client = Client::builder(TokioExecutor::new()).pool_timer(TokioTimer::new()).build(https);
    Ok(SharedHttpConnector::new(Http1 { client }))
}

/// The client that the SDK takes.
pub(crate) fn client(connector: SharedHttpConnector) -> SharedHttpClient {
    http_client_fn(move |_, _| connector.clone())
}

/// Sends a body to an address that is all the right that is needed.
///
/// # Errors
/// When it is no address, when nobody answers, and when the answer is no success.
pub(crate) async fn put(connector: &SharedHttpConnector, url: &str, body: String) -> Result<(), lambda_runtime::Error> {
    let mut request = HttpRequest::new(SdkBody::from(body));
    request.set_method("PUT")?;
    request.set_uri(url)?;
    let status = connector.call(request).await?.status();
    if status.is_success() { Ok(()) } else { Err(format!("the answer was {}", status.as_u16()).into()) }
}

/// Reading the some 140 roots of the system took half of a function's start (7.4 ms with, 4.0 ms without), to talk to
/// AWS alone. The system's roots still count where `SSL_CERT_FILE` says so, and in China, where other authorities sign.
fn roots(region: &str) -> Result<RootCertStore, rustls::Error> {
    let mut roots = RootCertStore::empty();
    for root in AMAZON_TRUST_SERVICES {
        let root = CertificateDer::from_pem_slice(root.as_bytes());
        roots.add(root.map_err(|error| rustls::Error::General(error.to_string()))?)?;
    }
    if region.starts_with("cn-") || env::var_os("SSL_CERT_FILE").is_some() {
        let system = rustls_native_certs::load_native_certs();
        for error in system.errors {
            tracing::warn!("a root of the system could not be read: {error}");
        }
        roots.add_parsable_certificates(system.certs);
    }
    Ok(roots)
}

#[derive(Debug)]
struct Http1 {
    client: Client<HttpsConnector<Tcp>, SdkBody>,
}

impl HttpConnector for Http1 {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let mut request = match request.try_into_http1x() {
            Ok(request) => request,
            Err(error) => return HttpConnectorFuture::ready(Err(ConnectorError::user(error.into()))),
        };
        let captured = capture_connection(&mut request);
        if let Some(wanted) = request.extensions().get::<CaptureSmithyConnection>() {
            wanted.set_connection_retriever(move || metadata(&captured));
        }
        let answer = self.client.request(request);
        HttpConnectorFuture::new(async move {
            // Whatever breaks below HTTP is worth another try on another connection.
            let answer = answer.await.map_err(|error| ConnectorError::io(error.into()))?;
            HttpResponse::try_from(answer.map(SdkBody::from_body_1_x))
                .map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}

/// Lets the SDK drop a connection whose server answers with errors, instead of asking the same server again.
fn metadata(captured: &CaptureConnection) -> Option<ConnectionMetadata> {
    let mut extensions = http::Extensions::new();
    captured.connection_metadata().as_ref()?.get_extras(&mut extensions);
    let addresses = extensions.get::<HttpInfo>();
    let captured = captured.clone();
    let mut metadata = ConnectionMetadata::builder().proxied(false).poison_fn(move || {
        if let Some(connection) = captured.connection_metadata().as_ref() {
            connection.poison();
        }
    });
    metadata.set_local_addr(addresses.map(HttpInfo::local_addr)).set_remote_addr(addresses.map(HttpInfo::remote_addr));
    Some(metadata.build())
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        net::TcpListener,
        thread,
    };

    use super::*;

    #[test]
    fn a_body_is_put_without_a_type_which_a_signed_address_would_refuse() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/answer?signature=1", listener.local_addr().unwrap());
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"{}") {
                let mut part = [0; 1_024];
                let length = stream.read(&mut part).unwrap();
                request.extend_from_slice(&part[..length]);
            }
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").unwrap();
            String::from_utf8(request).unwrap().to_lowercase()
        });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(put(&connector("eu-central-1").unwrap(), &url, "{}".to_owned())).unwrap();
        let request = server.join().unwrap();
        assert!(request.starts_with("put /answer?signature=1 http/1.1\r\n"), "{request}");
        assert!(request.contains("content-length: 2\r\n") && !request.contains("content-type"), "{request}");
    }

    #[test]
    fn the_roots_can_be_read() {
        for root in AMAZON_TRUST_SERVICES {
            assert_eq!(root.matches("-----BEGIN CERTIFICATE-----").count(), 1);
        }
        assert!(connector("eu-central-1").is_ok());
    }
}
