//! The answer of an endpoint as a type that determines the status, such as `Created<Shop>`.

use aws_lc_rs::digest;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use cookie::SameSite;
use http::{HeaderValue, Response, StatusCode};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;

use crate::{
    Audience, Code, Problem, Token,
    token::{cookie, host_cookie},
};

/// A successful answer.
pub trait Answer: Sized + Send {
    /// The HTTP status.
    const STATUS: u16;

    /// The media type of the body.
    const MEDIA_TYPE: &'static str = "application/json";

    /// Whether the answer has an `ETag`. A client that sends the same tag gets 304 instead.
    const TAGGED: bool = false;

    /// The headers that this answer always has, beyond those of every answer, as the API document names them.
    const HEADERS: &'static [&'static str] = &[];

    /// Returns the body. It is empty if the answer has none.
    ///
    /// # Errors
    /// `internal` if the body cannot be serialised.
    fn body(&self) -> Result<String, Problem> {
        Ok(String::new())
    }

    /// Adds headers to the response.
    fn decorate(&self, _: &mut Response<String>) {}

    /// Returns the schema of the body. Returns `None` if the body is not JSON.
    fn schema(_: &mut SchemaGenerator) -> Option<Schema> {
        None
    }
}

/// Makes the response from a serialised body.
pub(crate) fn respond<A: Answer>(body: String) -> Response<String> {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(A::STATUS).unwrap_or(StatusCode::OK);
    if !response.body().is_empty() {
        response.headers_mut().insert("content-type", HeaderValue::from_static(A::MEDIA_TYPE));
    }
    response
}

fn to_json<T: Serialize>(value: &T) -> Result<String, Problem> {
    serde_json::to_string(value).map_err(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "an answer did not serialise");
        Code::Internal.into()
    })
}

macro_rules! json_answer {
    ($(#[$doc:meta])* $name:ident = $status:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $name<T>(pub T);

        impl<T: Serialize + JsonSchema + Send> Answer for $name<T> {
            const STATUS: u16 = $status;

            fn body(&self) -> Result<String, Problem> {
                to_json(&self.0)
            }

            fn schema(generator: &mut SchemaGenerator) -> Option<Schema> {
                Some(generator.subschema_for::<T>())
            }
        }
    };
}

json_answer! {
    /// 200 with a JSON body.
    Json = 200
}

json_answer! {
    /// 201 with the created object as a JSON body.
    Created = 201
}

/// 200 with a JSON body that is the same for everybody. A cache revalidates it before each use by its `ETag`.
#[derive(Debug, Clone)]
pub struct Tagged<T>(pub T);

impl<T: Serialize + JsonSchema + Send> Answer for Tagged<T> {
    const STATUS: u16 = 200;
    const TAGGED: bool = true;

    fn body(&self) -> Result<String, Problem> {
        to_json(&self.0)
    }

    fn decorate(&self, response: &mut Response<String>) {
        let tag = BASE64_URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, response.body().as_bytes()));
        if let Ok(tag) = HeaderValue::from_str(&format!("\"{tag}\"")) {
            response.headers_mut().insert("etag", tag);
        }
        response.headers_mut().insert("cache-control", HeaderValue::from_static("public, no-cache"));
    }

    fn schema(generator: &mut SchemaGenerator) -> Option<Schema> {
        Some(generator.subschema_for::<T>())
    }
}

/// Turns the response into 304 without a body if the client already has this `ETag`.
pub(crate) fn revalidate(known: Option<&str>, response: &mut Response<String>) {
    let tag = response.headers().get("etag").and_then(|tag| tag.to_str().ok());
    // A cache on the way may have weakened the tag.
    let is_known =
        |tag| known.is_some_and(|known| known.split(',').any(|own| own.trim().trim_start_matches("W/") == tag));
    if tag.is_some_and(is_known) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response.body_mut().clear();
        response.headers_mut().remove("content-type");
    }
}

/// 202: the request is accepted and handled later.
#[derive(Debug, Clone, Copy)]
pub struct Accepted;

impl Answer for Accepted {
    const STATUS: u16 = 202;

    fn body(&self) -> Result<String, Problem> {
        Ok("{}".to_owned())
    }

    fn schema(_: &mut SchemaGenerator) -> Option<Schema> {
        Some(schemars::json_schema!({ "type": "object", "maxProperties": 0 }))
    }
}

/// 204: done, without a body.
#[derive(Debug, Clone, Copy)]
pub struct NoContent;

impl Answer for NoContent {
    const STATUS: u16 = 204;
}

/// 200 with tokens: in the body for API clients, and as `__Host-` cookies for browsers.
#[derive(Debug, Clone)]
pub struct SignedIn(pub Token);

impl Answer for SignedIn {
    const STATUS: u16 = 200;
    const HEADERS: &'static [&'static str] = &["Set-Cookie"];

    fn body(&self) -> Result<String, Problem> {
        to_json(&self.0)
    }

    fn decorate(&self, response: &mut Response<String>) {
        set_cookies(response, self.0.cookies());
    }

    fn schema(generator: &mut SchemaGenerator) -> Option<Schema> {
        Some(generator.subschema_for::<Token>())
    }
}

/// 204 that deletes the cookies of a principal.
#[derive(Debug, Clone, Copy)]
pub struct SignedOut(pub Audience);

impl Answer for SignedOut {
    const STATUS: u16 = 204;
    const HEADERS: &'static [&'static str] = &["Set-Cookie"];

    fn decorate(&self, response: &mut Response<String>) {
        set_cookies(response, [self.0.cookie(), self.0.refresh_cookie()].map(|name| cookie(name, "", 0)));
    }
}

fn set_cookies(response: &mut Response<String>, cookies: impl IntoIterator<Item = String>) {
    for cookie in cookies {
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append("set-cookie", cookie);
        }
    }
}

/// A redirect of a browser, such as `Redirect::<303>`.
#[derive(Debug, Clone)]
pub struct Redirect<const STATUS: u16> {
    location: String,
    cookies: Vec<String>,
}

impl<const STATUS: u16> Redirect<STATUS> {
    /// Redirects to an address.
    pub fn to(location: impl Into<String>) -> Self {
        Self { location: location.into(), cookies: Vec::new() }
    }

    /// Sets a cookie for so many seconds. The browser sends it when it navigates here, and not with requests of other
    /// sites' pages. An age of 0 deletes it.
    #[must_use]
    pub fn with_cookie(mut self, name: &str, value: &str, age: i64) -> Self {
        self.cookies.push(host_cookie(name, value, age, SameSite::Lax));
        self
    }

    /// Sets the token cookies of a principal.
    #[must_use]
    pub fn signed_in(mut self, SignedIn(token): &SignedIn) -> Self {
        self.cookies.extend(token.cookies());
        self
    }
}

impl<const STATUS: u16> Answer for Redirect<STATUS> {
    const STATUS: u16 = STATUS;
    const HEADERS: &'static [&'static str] = &["Location"];

    fn decorate(&self, response: &mut Response<String>) {
        if let Ok(location) = HeaderValue::from_str(&self.location) {
            response.headers_mut().insert("location", location);
        }
        set_cookies(response, self.cookies.iter().cloned());
    }
}

/// A fixed document: `Raw::<HTML>`.
#[derive(Debug, Clone)]
pub struct Raw<const HTML: bool>(pub &'static str);

impl<const HTML: bool> Answer for Raw<HTML> {
    const STATUS: u16 = 200;
    const MEDIA_TYPE: &'static str = if HTML { "text/html; charset=utf-8" } else { "application/json" };

    fn body(&self) -> Result<String, Problem> {
        Ok(self.0.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_the_body_already_does_not_get_it_again() {
        let ask = |known: Option<&str>| {
            let answer = Tagged("body");
            let mut response = respond::<Tagged<&str>>(answer.body().unwrap());
            answer.decorate(&mut response);
            revalidate(known, &mut response);
            response
        };
        let first = ask(None);
        let tag = first.headers()["etag"].to_str().unwrap();
        assert_eq!((first.status().as_u16(), first.body().as_str()), (200, "\"body\""));
        for known in [tag.to_owned(), format!("\"other\", W/{tag}")] {
            let again = ask(Some(&known));
            assert_eq!((again.status().as_u16(), again.body().as_str()), (304, ""));
            assert_eq!(again.headers()["etag"], tag);
        }
        assert_eq!(ask(Some("\"other\"")).status().as_u16(), 200);
    }
}
