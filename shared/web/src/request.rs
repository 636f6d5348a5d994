//! An incoming request.

use cookie::Cookie;
use http::HeaderMap;
use lambda_http::{Body, Request, RequestExt, request::RequestContext};
use serde_json::{Map, Value};

use crate::{Audience, Code, Problem};

/// The parts of a request that endpoints read.
#[derive(Debug, Clone)]
pub struct Incoming {
    /// The HTTP method, in capitals.
    pub method: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The parameters of the path, by their names in the route.
    pub path: Map<String, Value>,
    /// The parameters of the query. Of a name that occurs more than once, the last value.
    pub query: Map<String, Value>,
    /// The names that occur more than once in the query.
    pub repeated: Vec<String>,
    /// The body, decoded from Base64 if API Gateway encoded it.
    pub body: Vec<u8>,
    /// API Gateway's id of the request.
    pub request_id: String,
    /// The IP address of the client, as API Gateway sees it.
    pub address: String,
    /// Whether the `Origin` header names an allowed origin.
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

    /// Returns a header, or `None` if it is absent or not ASCII text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Returns the value of a cookie, or `None` if the request has none of that name.
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

    /// Returns the first cookie that one of these kinds of principals has, and the kind. A browser that is signed in as
    /// several principals names one of them in the header `Souk-As`.
    ///
    /// # Errors
    /// `origin_refused` if there is a cookie, the method is unsafe, and the origin is not allowed: another site may
    /// have made the browser send the request.
    pub fn cookie_of(
        &self,
        kinds: &[Audience],
        name: fn(Audience) -> &'static str,
    ) -> Result<Option<(Audience, String)>, Problem> {
        let chosen = self.header("souk-as");
        let mut kinds = kinds.iter().filter(|kind| chosen.is_none_or(|chosen| chosen == kind.as_str()));
        let found = kinds.find_map(|&kind| Some((kind, self.cookie(name(kind))?)));
        if found.is_some() && !self.is_safe() && !self.from_allowed_origin {
            return Err(Code::OriginRefused.into());
        }
        Ok(found)
    }

    /// Whether the method is safe: it changes nothing (RFC 9110, 9.2.1).
    pub fn is_safe(&self) -> bool {
        matches!(self.method.as_str(), "GET" | "HEAD" | "OPTIONS")
    }
}
