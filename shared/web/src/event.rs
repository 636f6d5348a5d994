//! Prepares API Gateway's events for `lambda_http`.
//!
//! `lambda_http` turns an event into an [`http::Request`] and panics if the event holds no valid URI. API Gateway
//! passes on any query, such as `q="sea blue"<mug>`. So illegal characters are percent-encoded first. A query decodes
//! to the same names and values as before.

use aws_lambda_events::apigw::ApiGatewayV2httpRequest;
use base64::{Engine, prelude::BASE64_STANDARD};
use http::header::HOST;
use lambda_http::request::LambdaRequest;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use url::Url;

/// Characters that no query of a URI may hold (RFC 3986, 3.4). `%` is not among them, so what the client encoded stays
/// as it is. A `%` that encodes nothing is legal for `http::Uri`.
const ILLEGAL_IN_QUERY: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// Characters that no path of a URI may hold (RFC 3986, 3.3).
const ILLEGAL_IN_PATH: &AsciiSet = &ILLEGAL_IN_QUERY.add(b'?').add(b'[').add(b']');

/// Repairs an event so that `lambda_http` can read it.
///
/// `http::Uri` takes at most 65,534 bytes. API Gateway takes at most 10,240 bytes of request line and headers, of which
/// encoding makes at most three times as many.
pub(crate) fn readable(mut event: ApiGatewayV2httpRequest) -> LambdaRequest {
    event.raw_query_string = event.raw_query_string.map(|query| encode(&query, ILLEGAL_IN_QUERY));
    let path = event.raw_path.as_deref().unwrap_or_default();
    let path = path.strip_prefix('/').unwrap_or(path);
    event.raw_path = Some(format!("/{}", encode(path, ILLEGAL_IN_PATH)));
    if event.headers.get("x-forwarded-proto").is_some_and(|scheme| scheme != "https" && scheme != "http") {
        event.headers.remove("x-forwarded-proto");
    }
    if event.headers.get(HOST).is_some_and(|host| !host.to_str().is_ok_and(is_host)) {
        event.headers.remove(HOST);
    }
    event.request_context.domain_name = event.request_context.domain_name.filter(|domain| is_host(domain));
    // A body that is no Base64 although the event says so is taken as text.
    event.is_base64_encoded =
        event.is_base64_encoded && event.body.as_deref().is_some_and(|body| BASE64_STANDARD.decode(body).is_ok());
    LambdaRequest::ApiGatewayV2(event)
}

fn encode(text: &str, illegal: &'static AsciiSet) -> String {
    utf8_percent_encode(text, illegal).to_string()
}

/// Whether the text is a host with an optional port.
fn is_host(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b':' | b'_'))
        && Url::parse(&format!("https://{text}/")).is_ok()
}
