//! Sends one request to the provider and reads its answer.

use std::time::Duration;

use http::{
    Method, Request, StatusCode, Uri,
    header::{ACCEPT, CONTENT_TYPE, USER_AGENT},
};
use souk_http::{Client, Limits, roots};

use crate::OidcError;

const LIMITS: Limits = Limits {
    connect: Duration::from_secs(2),
    // A sign-in needs three requests at most.
    total: Duration::from_secs(3),
    // Google's longest answer has 2 KB.
    body: 64 * 1_024,
};

/// Sends requests to a provider.
#[derive(Debug)]
pub(crate) struct Transport {
    client: Client,
}

impl Transport {
    pub(crate) fn new() -> Result<Self, OidcError> {
        let client = Client::new(roots::mozilla(), LIMITS);
        Ok(Self { client: client.map_err(|error| OidcError::Misconfigured(error.to_string()))? })
    }

    /// Fetches a document. An answer without success is an error.
    pub(crate) async fn get(&self, url: &str) -> Result<Vec<u8>, OidcError> {
        match self.exchange(Request::builder().method(Method::GET).uri(url), String::new()).await? {
            (status, body) if status.is_success() => Ok(body),
            (status, _) => Err(OidcError::Unreachable(format!("status {status}"))),
        }
    }

    /// Sends a form. Returns the status and the body.
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
        let answer = self.client.send(request).await.map_err(|error| OidcError::Unreachable(error.to_string()))?;
        Ok((answer.status(), answer.into_body()))
    }
}

/// Whether a request to an address stays secret: it uses HTTPS, or stays on this machine.
pub(crate) fn is_confidential(url: &str) -> bool {
    let Ok(uri) = Uri::try_from(url) else { return false };
    match uri.scheme_str() {
        Some("https") => true,
        Some("http") => matches!(uri.host(), Some("localhost" | "127.0.0.1" | "[::1]")),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_confidential_with_https_or_on_this_machine() {
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
