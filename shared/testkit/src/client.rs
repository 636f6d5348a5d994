//! A client of the HTTP API.

use std::{
    net::Ipv4Addr,
    time::{Duration, Instant},
};

use reqwest::{Method, header::HeaderMap, redirect::Policy};
use serde_json::Value;

use crate::{Answer, Failed, Operation, Result, Stack, operation};

/// A client with a network address of its own, signed in or not. Clones share both.
#[derive(Debug, Clone)]
pub struct Client {
    pub(crate) stack: Stack,
    pub(crate) http: reqwest::Client,
    address: Ipv4Addr,
    token: Option<String>,
}

/// A request under construction.
#[derive(Debug)]
pub struct Request<'a> {
    client: &'a Client,
    operation: &'static Operation,
    path: String,
    request: reqwest::RequestBuilder,
    allow_busy: bool,
}

impl Client {
    /// Creates a client that is not signed in. It has its own address: the local cloud trusts `X-Forwarded-For`, so
    /// that the rate limits per address count every client for itself.
    ///
    /// # Errors
    /// Fails if the HTTP client cannot be built.
    pub fn new(stack: &Stack) -> Result<Self> {
        // RFC 2544 reserves 198.18.0.0/15 for tests of networks.
        let address = Ipv4Addr::new(198, fastrand::u8(18..=19), fastrand::u8(..), fastrand::u8(..));
        let http = reqwest::Client::builder().redirect(Policy::none()).timeout(Duration::from_secs(60)).build()?;
        Ok(Self { stack: stack.clone(), http, address, token: None })
    }

    /// Returns the same client with an access token.
    #[must_use]
    pub fn with_token(&self, token: impl Into<String>) -> Self {
        Self { token: Some(token.into()), ..self.clone() }
    }

    /// Returns the access token, if the client has one.
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Returns the stack that the client calls.
    pub fn stack(&self) -> &Stack {
        &self.stack
    }

    /// Starts a request for an operation.
    ///
    /// # Errors
    /// Fails if the API document declares no such operation.
    pub fn ask(&self, operation_id: &str) -> Result<Request<'_>> {
        let operation = operation(operation_id)?;
        let method: Method = operation.method.parse()?;
        let request = self.http.request(method, &self.stack.api).header("x-forwarded-for", self.address.to_string());
        let request = match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        Ok(Request { client: self, operation, path: operation.path.clone(), request, allow_busy: false })
    }
}

impl Request<'_> {
    /// Fills in a path parameter.
    #[must_use]
    pub fn path(mut self, name: &str, value: &str) -> Self {
        self.path = self.path.replace(&format!("{{{name}}}"), value);
        self
    }

    /// Adds a query parameter. The value must not need escaping.
    #[must_use]
    pub fn query(mut self, name: &str, value: impl std::fmt::Display) -> Self {
        let separator = if self.path.contains('?') { '&' } else { '?' };
        self.path.push_str(&format!("{separator}{name}={value}"));
        self
    }

    /// Adds a query parameter with any value and escapes it.
    #[must_use]
    pub fn text(self, name: &str, value: &str) -> Self {
        let escape = |byte: u8| match byte {
            b'-' | b'_' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        };
        self.query(name, value.bytes().map(escape).collect::<String>())
    }

    /// Sets a JSON body.
    #[must_use]
    pub fn json(mut self, body: &Value) -> Self {
        self.request = self.request.json(body);
        self
    }

    /// Sets a body of any media type.
    #[must_use]
    pub fn body(mut self, media_type: &str, body: impl Into<reqwest::Body>) -> Self {
        self.request = self.request.header("content-type", media_type).body(body);
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    /// Sets the `Idempotency-Key`.
    #[must_use]
    pub fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    /// Accepts 503 with `Retry-After` as an answer, for tests in which many requests compete for the same item.
    #[must_use]
    pub fn allow_busy(self) -> Self {
        Self { allow_busy: true, ..self }
    }

    /// Sends the request and checks the answer against the API document.
    ///
    /// # Errors
    /// Fails if there is no answer, if the document does not declare it, or if the server failed.
    pub async fn send(self) -> Result<Answer> {
        let sent = format!("{} {}", self.operation.method, self.path);
        let (client, request) = self.request.build_split();
        let mut request = request?;
        *request.url_mut() = format!("{}{}", self.client.stack.api, self.path).parse::<reqwest::Url>()?;
        let begun = Instant::now();
        let response = client.execute(request).await.map_err(|error| Failed::from(error).during(&sent))?;
        let status = response.status().as_u16();
        let headers: HeaderMap = response.headers().clone();
        let text = response.text().await?;
        let body = serde_json::from_str(&text).unwrap_or_default();
        let answer = Answer { request: sent, status, headers, body, text, took: begun.elapsed() };
        let busy = self.allow_busy && status == 503 && answer.headers.contains_key("retry-after");
        if status >= 500 && !busy {
            // The API document declares server errors because they can happen. None may happen in a test.
            return Err(Failed::new(format!("{} failed\n{answer}", self.operation.id)));
        }
        match self.operation.check(status, &answer.headers, &answer.text) {
            Ok(()) => Ok(answer),
            Err(undeclared) => Err(Failed::new(format!("{undeclared}\n{answer}"))),
        }
    }
}
