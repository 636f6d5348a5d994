//! One request to Stripe and its answer, over HTTPS.
//!
//! `async-stripe` has a client too, but it reads every error answer into a type that can hold any payment, customer and
//! invoice of Stripe's. Linking that costs a function 1.8 MB of its zip, for a code and a message. Its requests are
//! made to be sent by other clients (`StripeRequest::build`), so they are sent from here.

use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue, USER_AGENT};
use http::{Method, Request, StatusCode, Uri};
use http_body_util::BodyExt;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use stripe_client_core::{IdempotencyKey, RequestBuilder, StripeMethod};
use tokio::time::timeout;

use crate::error::{Failure, GatewayError};
use crate::retry::ONE_ATTEMPT;

const STRIPE: &str = "https://api.stripe.com";
const STRIPE_VERSION: HeaderName = HeaderName::from_static("stripe-version");
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The way to one Stripe account.
#[derive(Clone)]
pub(crate) struct Transport {
    client: Client<HttpsConnector<HttpConnector>, String>,
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
            .map_err(|_| misconfigured("the secret key has characters that no header may have"))?;
        authorization.set_sensitive(true);

        let api_url = api_url.unwrap_or(STRIPE).trim_end_matches('/');
        match Uri::try_from(api_url) {
            Ok(url) if url.scheme().is_some() => {}
            _ => return Err(misconfigured("the address of the API is not a URL")),
        }

        // HTTP/1.1, since there is never more than one request on a connection: one kept for later may have died
        // unnoticed while Lambda froze the process.
        let connector = HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1().build();
        let client = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build(connector);
        Ok(Self { client, api_url: api_url.to_owned(), authorization })
    }

    /// The HTTP request for one of `async-stripe`'s requests.
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

    /// Sends the request once and gives the body of a successful answer.
    pub(crate) async fn send(&self, request: Request<String>) -> Result<Vec<u8>, Failure> {
        let exchange = async {
            let answer = self.client.request(request).await.map_err(lost)?;
            let status = answer.status();
            let body = answer.into_body().collect().await.map_err(lost)?;
            Ok((status, Vec::from(body.to_bytes())))
        };
        let (status, body) = match timeout(ONE_ATTEMPT, exchange).await {
            Ok(answer) => answer?,
            Err(_) => return Err(Failure::timed_out()),
        };
        if status.is_success() { Ok(body) } else { Err(failure(status, &body)) }
    }
}

/// The outermost of a chain of errors seldom says more than "client error (Connect)".
fn lost(error: impl std::error::Error) -> Failure {
    let mut reason = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        reason.push_str(": ");
        reason.push_str(&cause.to_string());
        source = cause.source();
    }
    Failure::Lost(reason)
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
        // It comes from something in between, such as a proxy's 502 page.
        Err(_) => Failure::Lost(format!("status {status} with a body that is not Stripe's")),
    }
}
