//! Gives the AWS SDK the connections of `souk_http`.
//!
//! The SDK's own client reads all roots of the system when it is built, and brings HTTP/2, which no service that Souk
//! calls needs ([why](../../../docs/decisions/0018-aws-clients-trust-amazons-roots-only.md)).

use std::time::Duration;

use aws_smithy_runtime_api::client::{
    connection::{CaptureSmithyConnection, ConnectionMetadata},
    http::{HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn},
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
};
use aws_smithy_types::body::SdkBody;
use hyper_util::client::legacy::connect::{CaptureConnection, HttpInfo, capture_connection};
use souk_http::{Connections, KeepAlive, TlsError, connect, roots};
use tokio::time::timeout;

/// Longest time to open a TCP connection within a region.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);

/// Longest time for [`put`]. The SDK's requests have the limits of `Start::load`.
const PUT_TIMEOUT: Duration = Duration::from_secs(8);

/// Returns the connections that all AWS clients of this process share.
///
/// # Errors
/// A root certificate that cannot be read.
pub(crate) fn connector(region: &str) -> Result<SharedHttpConnector, TlsError> {
    let connections = connect(roots::amazon(region)?, CONNECT_TIMEOUT, KeepAlive::Reuse)?;
    Ok(SharedHttpConnector::new(SdkConnector { connections }))
}

/// Returns the HTTP client for the configuration of the SDK.
pub(crate) fn client(connector: SharedHttpConnector) -> SharedHttpClient {
    http_client_fn(move |_, _| connector.clone())
}

/// Sends a body to a pre-signed address.
///
/// # Errors
/// The address is malformed, no answer comes within 8 seconds, or the answer is no success.
pub(crate) async fn put(connector: &SharedHttpConnector, url: &str, body: String) -> Result<(), lambda_runtime::Error> {
    let mut request = HttpRequest::new(SdkBody::from(body));
    request.set_method("PUT")?;
    request.set_uri(url)?;
    let status = timeout(PUT_TIMEOUT, connector.call(request)).await??.status();
    if status.is_success() { Ok(()) } else { Err(format!("the answer was {}", status.as_u16()).into()) }
}

#[derive(Debug)]
struct SdkConnector {
    connections: Connections<SdkBody>,
}

impl HttpConnector for SdkConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let mut request = match request.try_into_http1x() {
            Ok(request) => request,
            Err(error) => return HttpConnectorFuture::ready(Err(ConnectorError::user(error.into()))),
        };
        let captured = capture_connection(&mut request);
        if let Some(capture) = request.extensions().get::<CaptureSmithyConnection>() {
            capture.set_connection_retriever(move || metadata(&captured));
        }
        let answer = self.connections.request(request);
        HttpConnectorFuture::new(async move {
            // The SDK retries an I/O error on another connection.
            let answer = answer.await.map_err(|error| ConnectorError::io(error.into()))?;
            HttpResponse::try_from(answer.map(SdkBody::from_body_1_x))
                .map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}

/// Describes a connection to the SDK. The SDK closes the connection if its server answers with errors, so that the
/// retry reaches another server.
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
    fn a_put_has_no_content_type_since_a_presigned_address_refuses_one() {
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
}
