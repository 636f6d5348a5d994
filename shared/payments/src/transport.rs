//! Sends one request to Stripe and reads its answer.
//!
//! The requests are those of `async-stripe`, which are made to be sent by other clients (`StripeRequest::build`). Its
//! own client is not used: it retries under a new idempotency key, or keeps the key and does not retry, and has no
//! timeout.

use std::time::Duration;

use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue, USER_AGENT};
use http::{Method, Request, StatusCode, Uri};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use souk_http::{Client, Limits, roots};
use stripe_client_core::{IdempotencyKey, RequestBuilder, StripeMethod};

use crate::error::{Failure, GatewayError};
use crate::retry::ATTEMPT_TIMEOUT;

const STRIPE: &str = "https://api.stripe.com";
const STRIPE_VERSION: HeaderName = HeaderName::from_static("stripe-version");
const LIMITS: Limits = Limits {
    connect: Duration::from_secs(3),
    total: ATTEMPT_TIMEOUT,
    // A Checkout Session with 100 lines has less than 100 KB.
    body: 1_024 * 1_024,
};
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Sends requests to one Stripe account.
#[derive(Clone)]
pub(crate) struct Transport {
    client: Client,
    /// Without a slash at the end.
    api_url: String,
    authorization: HeaderValue,
}

impl Transport {
    pub(crate) fn new(secret_key: &SecretString, api_url: Option<&str>) -> Result<Self, GatewayError> {
        if secret_key.expose_secret().is_empty() {
            return Err(misconfigured("the secret key is empty"));
        }
        let mut authorization = HeaderValue::try_from(format!("Bearer {}", secret_key.expose_secret()))
            .map_err(|_| misconfigured("the secret key has characters that a header cannot hold"))?;
        authorization.set_sensitive(true);

        let api_url = api_url.unwrap_or(STRIPE).trim_end_matches('/');
        match Uri::try_from(api_url) {
            Ok(url) if url.scheme().is_some() => {}
            _ => return Err(misconfigured("the address of the API is not a URL")),
        }

        let client = Client::new(roots::mozilla(), LIMITS).map_err(|error| misconfigured(&error.to_string()))?;
        Ok(Self { client, api_url: api_url.to_owned(), authorization })
    }

    /// Makes the HTTP request for a request of `async-stripe`.
    pub(crate) fn prepare(
        &self,
        request: RequestBuilder,
        key: Option<&IdempotencyKey>,
    ) -> Result<Request<String>, GatewayError> {
        let query = request.query.map(|query| format!("?{query}")).unwrap_or_default();
        let mut prepared = Request::builder()
            .method(match request.method {
                StripeMethod::Get => Method::GET,
                StripeMethod::Post => Method::POST,
                StripeMethod::Delete => Method::DELETE,
            })
            .uri(format!("{}/v1{}{query}", self.api_url, request.path))
            .header(AUTHORIZATION, &self.authorization)
            .header(USER_AGENT, concat!("Souk/", env!("CARGO_PKG_VERSION")))
            .header(STRIPE_VERSION, crate::api_version());
        if let Some(key) = key {
            prepared = prepared.header(IDEMPOTENCY_KEY, key.as_str());
        }
        if request.body.is_some() {
            prepared = prepared.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        prepared.body(request.body.unwrap_or_default()).map_err(|error| misconfigured(&error.to_string()))
    }

    /// Sends the request once and returns the body of a successful answer.
    pub(crate) async fn send(&self, request: Request<String>) -> Result<Vec<u8>, Failure> {
        let answer = self.client.send(request).await.map_err(|error| Failure::Lost(error.to_string()))?;
        let status = answer.status();
        if status.is_success() { Ok(answer.into_body()) } else { Err(failure(status, answer.body())) }
    }
}

fn misconfigured(reason: &str) -> GatewayError {
    GatewayError::Misconfigured(reason.to_owned())
}

/// The body of Stripe's error answers: <https://docs.stripe.com/api/errors>.
#[derive(Deserialize)]
struct ErrorBody {
    error: ErrorDetails,
}

#[derive(Deserialize)]
struct ErrorDetails {
    #[serde(rename = "type")]
    kind: String,
    code: Option<String>,
    message: Option<String>,
}

fn failure(status: StatusCode, body: &[u8]) -> Failure {
    match serde_json::from_slice(body) {
        Ok(ErrorBody { error }) => Failure::Answered {
            status: status.as_u16(),
            code: error.code.unwrap_or(error.kind),
            message: error.message.unwrap_or_default(),
        },
        // The answer comes from a proxy in between, such as a 502 page.
        Err(_) => Failure::Lost(format!("status {status} with a body that is not Stripe's")),
    }
}
