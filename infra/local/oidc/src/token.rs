//! `POST /token` - redeems a code for an ID token, once. RFC 6749, 3.2 and 5; RFC 7636, 4.6.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use serde_json::{Value, json};

use crate::{
    app::App,
    id_token::{self, Flaw},
    params::Params,
    signing::random_text,
};

/// An error of RFC 6749, 5.2.
struct Refusal {
    status: StatusCode,
    error: &'static str,
    description: &'static str,
}

pub(crate) async fn redeem(State(app): State<Arc<App>>, headers: HeaderMap, body: Bytes) -> Response {
    let no_store = [(header::CACHE_CONTROL, "no-store")];
    match try_to_redeem(&app, &headers, &body) {
        Ok(tokens) => (no_store, Json(tokens)).into_response(),
        Err(Refusal { status, error, description }) => {
            let body = Json(json!({ "error": error, "error_description": description }));
            let mut response = (status, no_store, body).into_response();
            if status == StatusCode::UNAUTHORIZED {
                response.headers_mut().insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static("Basic"));
            }
            response
        }
    }
}

fn try_to_redeem(app: &App, headers: &HeaderMap, body: &[u8]) -> Result<Value, Refusal> {
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if media_type.split(';').next() != Some("application/x-www-form-urlencoded") {
        return Err(refusal("invalid_request", "the body must be application/x-www-form-urlencoded"));
    }
    let params = Params::parse(body);
    if params.repeats() {
        return Err(refusal("invalid_request", "a parameter is given more than once"));
    }
    check_client(app, headers, &params)?;
    match params.get("grant_type") {
        Some("authorization_code") => {}
        Some(_) => return Err(refusal("unsupported_grant_type", "only authorization_code is supported")),
        None => return Err(refusal("invalid_request", "grant_type is missing")),
    }
    let code = params.get("code").ok_or_else(|| refusal("invalid_request", "code is missing"))?;
    app.with(|state| {
        // The code is used up even if the request is refused.
        let grant = state.grants.remove(code).filter(|grant| state.now() < grant.expires_at);
        let grant = grant.ok_or_else(|| refusal("invalid_grant", "the code is unknown, used or expired"))?;
        if params.get("redirect_uri") != Some(&grant.redirect_uri) {
            return Err(refusal("invalid_grant", "redirect_uri is not the one of the authorization request"));
        }
        let verifier = params.get("code_verifier").unwrap_or_default();
        if BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes())) != grant.challenge {
            return Err(refusal("invalid_grant", "code_verifier does not fit the code_challenge"));
        }
        let flaw = state.flaws.remove(&grant.person.email);
        if flaw == Some(Flaw::TokenEndpointFails) {
            return Err(failed("this failure was requested by POST /_local/spoil"));
        }
        let access_token = random_text().map_err(|_| failed("no entropy"))?;
        let id_token = id_token::issue(app, state, &grant, &access_token, flaw).map_err(|_| failed("no signature"))?;
        state.counts.id_tokens += 1;
        Ok(json!({
            "access_token": access_token,
            "token_type": "Bearer",
            "expires_in": id_token::LIFETIME,
            "scope": grant.scopes.join(" "),
            "id_token": id_token,
        }))
    })
}

/// Authenticates the registered client by the `Authorization` header or by the body, but not by both: RFC 6749, 2.3.1.
fn check_client(app: &App, headers: &HeaderMap, params: &Params) -> Result<(), Refusal> {
    let unknown = Refusal {
        status: StatusCode::UNAUTHORIZED,
        error: "invalid_client",
        description: "the client is unknown or its secret is wrong",
    };
    let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let (id, secret) = match (authorization, params.get("client_secret")) {
        (Some(_), Some(_)) => return Err(refusal("invalid_request", "the client authenticates in two ways")),
        (Some(authorization), None) => basic(authorization).unwrap_or_default(),
        (None, secret) => {
            (params.get("client_id").unwrap_or_default().to_owned(), secret.unwrap_or_default().to_owned())
        }
    };
    let settings = &app.settings;
    if id == settings.client_id && secret == settings.client_secret { Ok(()) } else { Err(unknown) }
}

/// Returns the name and the password of HTTP Basic authentication. Each is form-encoded.
fn basic(authorization: &str) -> Option<(String, String)> {
    let decoded = BASE64_STANDARD.decode(authorization.strip_prefix("Basic ")?).ok()?;
    let (id, secret) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
    let plain = |part: &str| form_urlencoded::parse(part.as_bytes()).next().map(|(text, _)| text.into_owned());
    Some((plain(id)?, plain(secret)?))
}

fn refusal(error: &'static str, description: &'static str) -> Refusal {
    Refusal { status: StatusCode::BAD_REQUEST, error, description }
}

fn failed(description: &'static str) -> Refusal {
    Refusal { status: StatusCode::INTERNAL_SERVER_ERROR, error: "server_error", description }
}
