//! One request to the provider and its answer, over HTTPS.

use std::time::Duration;

use http::{
    Method, Request, StatusCode, Uri,
    header::{ACCEPT, CONTENT_TYPE, USER_AGENT},
};
use http_body_util::{BodyExt, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use tokio::time::timeout;

use crate::OidcError;

/// Time for one request. A whole sign-in needs three at most.
const ONE_EXCHANGE: Duration = Duration::from_secs(3);

/// The longest answer that is read. Google's longest has 2 KB.
const MAX_BODY: usize = 64 * 1_024;

/// The way to a provider.
#[derive(Debug)]
pub(crate) struct Transport {
    client: Client<HttpsConnector<HttpConnector>, String>,
}

impl Transport {
    pub(crate) fn new() -> Self {
        // HTTP/1.1, and no connection kept for later: it may die unnoticed while Lambda freezes the process.
        let connector = HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1().build();
        Self { client: Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build(connector) }
    }

    /// Fetches a document.
    pub(crate) async fn get(&self, url: &str) -> Result<Vec<u8>, OidcError> {
        match self.exchange(Request::builder().method(Method::GET).uri(url), String::new()).await? {
            (status, body) if status.is_success() => Ok(body),
            (status, _) => Err(OidcError::Unreachable(format!("status {status}"))),
        }
    }

    /// Sends a form.
    pub(crate) async fn post(&self, url: &str, form: String) -> Result<(StatusCode, Vec<u8>), OidcError> {
        let request = Request::builder().method(Method::POST).uri(url);
        self.exchange(request.header(CONTENT_TYPE, "application/x-www-form-urlencoded"), form).await
    }

    async fn exchange(
        &self,
        request: http::request::Builder,
        body: String,
    ) -> Result<(StatusCode, Vec<u8>), OidcError> {
        let request = request
            .header(ACCEPT, "application/json")
            .header(USER_AGENT, concat!("Souk/", env!("CARGO_PKG_VERSION")))
            .body(body)
            .map_err(|error| OidcError::Misconfigured(error.to_string()))?;
        let exchange = async {
            let answer = self.client.request(request).await.map_err(|error| lost(&error))?;
            let status = answer.status();
            let body = Limited::new(answer.into_body(), MAX_BODY).collect().await.map_err(|error| lost(&*error))?;
            Ok((status, Vec::from(body.to_bytes())))
        };
        timeout(ONE_EXCHANGE, exchange).await.map_err(|_| OidcError::Unreachable("no answer in time".to_owned()))?
    }
}

/// Whether what is sent to an address stays secret: HTTPS, or this machine.
pub(crate) fn is_confidential(url: &str) -> bool {
    let Ok(uri) = Uri::try_from(url) else { return false };
    match uri.scheme_str() {
        Some("https") => true,
        Some("http") => matches!(uri.host(), Some("localhost" | "127.0.0.1" | "[::1]")),
        _ => false,
    }
}

/// The outermost of a chain of errors seldom says more than "client error (Connect)".
fn lost(error: &(dyn std::error::Error + 'static)) -> OidcError {
    let causes = std::iter::successors(Some(error), |error| error.source());
    OidcError::Unreachable(causes.map(ToString::to_string).collect::<Vec<_>>().join(": "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_go_over_https_or_stay_on_this_machine() {
        for url in
            ["https://accounts.google.com", "http://localhost:4510/token", "http://127.0.0.1:1", "http://[::1]:1"]
        {
            assert!(is_confidential(url), "{url}");
        }
        for url in ["http://accounts.google.com", "http://localhost.evil.example", "ftp://localhost", "/token", ""] {
            assert!(!is_confidential(url), "{url}");
        }
    }
}
