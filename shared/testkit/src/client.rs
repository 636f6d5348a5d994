//! A client of the HTTP API, as somebody's app would be.

use std::{
    net::Ipv4Addr,
    time::{Duration, Instant},
};

use reqwest::{Method, header::HeaderMap, redirect::Policy};
use serde_json::Value;

use crate::{Answer, Failed, Operation, Result, Stack, operation};

/// Somebody with an address on the network, signed in or not. Clones share both.
#[derive(Debug, Clone)]
pub struct Client {
    pub(crate) stack: Stack,
    pub(crate) http: reqwest::Client,
    address: Ipv4Addr,
    token: Option<String>,
}

/// A request that is being put together.
#[derive(Debug)]
pub struct Request<'a> {
    client: &'a Client,
    operation: &'static Operation,
    path: String,
    request: reqwest::RequestBuilder,
    may_wait: bool,
}

impl Client {
    /// Somebody who is not signed in, at an address of their own. The local cloud believes `X-Forwarded-For`, so that
    /// the limits per address see as many clients as there are.
    ///
    /// # Errors
    /// When the HTTP client cannot be built.
    pub fn new(stack: &Stack) -> Result<Self> {
        // 198.18.0.0/15 is for tests of networks: RFC 2544.
        let address = Ipv4Addr::new(198, fastrand::u8(18..=19), fastrand::u8(..), fastrand::u8(..));
        let http = reqwest::Client::builder().redirect(Policy::none()).timeout(Duration::from_secs(60)).build()?;
        Ok(Self { stack: stack.clone(), http, address, token: None })
    }

    /// The same client with an access token.
    #[must_use]
    pub fn with_token(&self, token: impl Into<String>) -> Self {
        Self { token: Some(token.into()), ..self.clone() }
    }

    /// The access token, if there is one.
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// The stack that it talks to.
    pub fn stack(&self) -> &Stack {
        &self.stack
    }

    /// A request for an operation, by the operation's name.
    ///
    /// # Errors
    /// When the API document declares no such operation.
    pub fn ask(&self, operation_id: &str) -> Result<Request<'_>> {
        let operation = operation(operation_id)?;
        let method: Method = operation.method.parse()?;
        let request = self.http.request(method, &self.stack.api).header("x-forwarded-for", self.address.to_string());
        let request = match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        Ok(Request { client: self, operation, path: operation.path.clone(), request, may_wait: false })
    }
}

impl Request<'_> {
    /// Fills in a parameter of the path.
    #[must_use]
    pub fn path(mut self, name: &str, value: &str) -> Self {
        self.path = self.path.replace(&format!("{{{name}}}"), value);
        self
    }

    /// Adds a parameter to the query. The value must need no escaping.
    #[must_use]
    pub fn query(mut self, name: &str, value: impl std::fmt::Display) -> Self {
        let separator = if self.path.contains('?') { '&' } else { '?' };
        self.path.push_str(&format!("{separator}{name}={value}"));
        self
    }

    /// Adds a parameter to the query, whatever its value is.
    #[must_use]
    pub fn text(self, name: &str, value: &str) -> Self {
        let escape = |byte: u8| match byte {
            b'-' | b'_' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        };
        self.query(name, value.bytes().map(escape).collect::<String>())
    }

    /// Sends a JSON body.
    #[must_use]
    pub fn json(mut self, body: &Value) -> Self {
        self.request = self.request.json(body);
        self
    }

    /// Sends a body as it is.
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

    /// Names the request, so that asking twice does once.
    #[must_use]
    pub fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    /// Takes it for an answer that the server is too busy and says when to come back: where many want the same at once.
    #[must_use]
    pub fn or_later(self) -> Self {
        Self { may_wait: true, ..self }
    }

    /// Sends it and holds the answer against the API document.
    ///
    /// # Errors
    /// When there is no answer, one that is not declared, or one that says that the server failed.
    pub async fn send(self) -> Result<Answer> {
        let asked = format!("{} {}", self.operation.method, self.path);
        let (client, request) = self.request.build_split();
        let mut request = request?;
        *request.url_mut() = format!("{}{}", self.client.stack.api, self.path).parse::<reqwest::Url>()?;
        let begun = Instant::now();
        let response = client.execute(request).await.map_err(|error| Failed::from(error).during(&asked))?;
        let status = response.status().as_u16();
        let headers: HeaderMap = response.headers().clone();
        let text = response.text().await?;
        let body = serde_json::from_str(&text).unwrap_or_default();
        let answer = Answer { asked, status, headers, body, text, took: begun.elapsed() };
        let come_back = self.may_wait && status == 503 && answer.headers.contains_key("retry-after");
        if status >= 500 && !come_back {
            // Declared, because it can happen; but it must not happen to a test.
            return Err(Failed::new(format!("{} failed\n{answer}", self.operation.id)));
        }
        match self.operation.check(status, &answer.body) {
            Ok(()) => Ok(answer),
            Err(undeclared) => Err(Failed::new(format!("{undeclared}\n{answer}"))),
        }
    }
}
