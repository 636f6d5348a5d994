//! Sends `async-stripe`'s requests with the browser's HTTP client and parses the answers.
//!
//! The library's own client would enable HTTP/2 for everything that is built together with it, the functions included.

use std::fmt::Display;

use bytes::Bytes;
use reqwest::{Method, Response};
use stripe_client_core::{CustomizedStripeRequest, StripeClient, StripeClientErr, StripeMethod};
use stripe_shared::ApiErrors;

pub(crate) struct Client {
    pub(crate) http: reqwest::Client,
    pub(crate) url: String,
    pub(crate) secret_key: &'static str,
}

#[derive(Debug)]
pub(crate) enum StripeError {
    /// Stripe's error as the library parses it, and the status.
    Stripe(Box<ApiErrors>, u16),
    /// The library could not parse the answer.
    Unreadable { _reason: String },
}

impl StripeClientErr for StripeError {
    fn deserialize_err(reason: impl Display) -> Self {
        Self::Unreadable { _reason: reason.to_string() }
    }
}

impl StripeClient for Client {
    type Err = StripeError;

    async fn execute(&self, request: CustomizedStripeRequest) -> Result<Bytes, StripeError> {
        let (request, config) = request.into_pieces();
        let method = match request.method {
            StripeMethod::Get => Method::GET,
            StripeMethod::Post => Method::POST,
            StripeMethod::Delete => Method::DELETE,
        };
        let query = request.query.map(|query| format!("?{query}")).unwrap_or_default();
        let mut sent = self
            .http
            .request(method, format!("{}/v1{}{query}", self.url, request.path))
            .bearer_auth(self.secret_key)
            .header("Stripe-Version", stripe_client_core::VERSION.as_str())
            .header("Content-Type", "application/x-www-form-urlencoded");
        if let Some(key) = config.request_strategy.as_ref().and_then(|strategy| strategy.get_key()) {
            sent = sent.header("Idempotency-Key", key.as_str());
        }
        let answer = sent.body(request.body.unwrap_or_default()).send().await.unwrap();
        if answer.status().is_success() { Ok(answer.bytes().await.unwrap()) } else { Err(error(answer).await) }
    }
}

async fn error(answer: Response) -> StripeError {
    let status = answer.status().as_u16();
    match miniserde::json::from_str::<stripe_shared::Error>(&answer.text().await.unwrap()) {
        Ok(body) => StripeError::Stripe(body.error, status),
        Err(_) => StripeError::deserialize_err("not an error of Stripe's"),
    }
}
