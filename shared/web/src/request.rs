//! A request as it came in, read once.

use cookie::Cookie;
use http::HeaderMap;
use lambda_http::{Body, Request, RequestExt, request::RequestContext};
use serde_json::{Map, Value};

use crate::{Audience, Code, Problem};

/// What a function may ask of a request.
#[derive(Debug, Clone)]
pub struct Incoming {
    /// The method, in capitals.
    pub method: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The parts of the path that the route names.
    pub path: Map<String, Value>,
    /// The query, and the names that came more than once.
    pub query: Map<String, Value>,
    /// Names of query parameters that came more than once.
    pub repeated: Vec<String>,
    /// The body.
    pub body: Vec<u8>,
    /// API Gateway's name for the request.
    pub request_id: String,
    /// Where the request comes from, as API Gateway saw it.
    pub address: String,
    /// Whether it comes from a page of an allowed origin.
    pub from_allowed_origin: bool,
}

impl Incoming {
    /// Reads a request that `lambda_http` made from an event.
    pub(crate) fn read(request: Request, allowed_origins: &[String]) -> Self {
        let (parts, body) = request.into_parts();
        let mut query = Map::new();
        let mut repeated = Vec::new();
        for (name, value) in form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()) {
            if query.insert(name.to_string(), Value::from(value)).is_some() {
                repeated.push(name.into_owned());
            }
        }
        let origin = parts.headers.get("origin").and_then(|origin| origin.to_str().ok());
        let from_allowed_origin = origin.is_some_and(|origin| allowed_origins.iter().any(|allowed| allowed == origin));
        let path = parts.extensions.path_parameters();
        let (request_id, address) = match parts.extensions.request_context_ref() {
            Some(RequestContext::ApiGatewayV2(context)) => (context.request_id.clone(), context.http.source_ip.clone()),
            _ => (None, None),
        };
        Self {
            method: parts.method.to_string(),
            path: path.iter().map(|(name, value)| (name.to_owned(), Value::from(value))).collect(),
            headers: parts.headers,
            query,
            repeated,
            body: match body {
                Body::Text(text) => text.into_bytes(),
                Body::Binary(bytes) => bytes,
                _ => Vec::new(),
            },
            request_id: request_id.unwrap_or_default(),
            address: address.unwrap_or_default(),
            from_allowed_origin,
        }
    }

    /// A header, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// A cookie.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.headers
            .get_all("cookie")
            .iter()
            .filter_map(|header| header.to_str().ok())
            .flat_map(Cookie::split_parse)
            .filter_map(Result::ok)
            .find(|cookie| cookie.name() == name)
            .map(|cookie| cookie.value().to_owned())
    }

    /// A cookie of one of these kinds of principals, and of which. A browser that is signed in as several says in
    /// `Souk-As` which of them asks.
    ///
    /// # Errors
    /// `origin_refused` where the request may change something and another site may have made the browser send it.
    pub fn cookie_of(
        &self,
        kinds: &[Audience],
        name: fn(Audience) -> &'static str,
    ) -> Result<Option<(Audience, String)>, Problem> {
        let wanted = self.header("souk-as");
        let mut kinds = kinds.iter().filter(|kind| wanted.is_none_or(|wanted| wanted == kind.as_str()));
        let found = kinds.find_map(|&kind| Some((kind, self.cookie(name(kind))?)));
        if found.is_some() && !self.is_safe() && !self.from_allowed_origin {
            return Err(Code::OriginRefused.into());
        }
        Ok(found)
    }

    /// Whether the method promises to change nothing.
    pub fn is_safe(&self) -> bool {
        matches!(self.method.as_str(), "GET" | "HEAD" | "OPTIONS")
    }
}
