//! `/authorize`: the sign-in page and the redirect to the client with a code. OpenID Connect Core 1.0, 3.1.2; PKCE: RFC
//! 7636.

use std::sync::Arc;

use askama::Template;
use axum::{
    body::Bytes,
    extract::{RawQuery, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};

use crate::{
    Person,
    app::{App, show},
    params::{Params, with_query},
    signing::random_text,
    state::Grant,
};

/// A valid authorization request.
struct AuthorizationRequest {
    redirect_uri: String,
    state: Option<String>,
    nonce: Option<String>,
    challenge: String,
    scopes: Vec<String>,
}

/// Why a request is refused.
enum Refusal {
    /// The client is not certain, so the person sees the error and is never redirected.
    ShowPage(&'static str),
    /// The client gets the error.
    Redirect { redirect_uri: String, state: Option<String>, error: &'static str, description: &'static str },
}

/// The page on which people choose who they are. Its forms post to the URL of the request, which keeps the parameters.
#[derive(Template)]
#[template(path = "authorize.html")]
struct ChooserPage<'a> {
    client: &'a str,
    people: &'a [Person],
}

#[derive(Template)]
#[template(path = "refused.html")]
struct RefusedPage {
    message: &'static str,
}

/// `GET /authorize?...` - shows the page.
pub(crate) async fn page(State(app): State<Arc<App>>, RawQuery(query): RawQuery) -> Response {
    match check(&app, query) {
        Ok(_) => {
            let page = ChooserPage { client: &app.settings.client_id, people: &app.settings.people };
            show(StatusCode::OK, &page)
        }
        Err(refusal) => refused(&app, refusal),
    }
}

/// `POST /authorize?...` - redirects to the client. The form has `email`, `name`, `email_verified=true` and optionally
/// `subject`; or `deny`.
pub(crate) async fn choose(State(app): State<Arc<App>>, RawQuery(query): RawQuery, form: Bytes) -> Response {
    let request = match check(&app, query) {
        Ok(request) => request,
        Err(refusal) => return refused(&app, refusal),
    };
    let form = Params::parse(&form);
    if form.get("deny").is_some() {
        let description = "the person denied the request";
        let AuthorizationRequest { redirect_uri, state, .. } = request;
        return refused(&app, Refusal::Redirect { redirect_uri, state, error: "access_denied", description });
    }
    let Some(email) = form.get("email").filter(|email| email.contains('@')) else {
        return refused(&app, Refusal::ShowPage("A mail address is required."));
    };
    let person = Person {
        name: form.get("name").unwrap_or_default().to_owned(),
        email: email.to_owned(),
        email_verified: form.get("email_verified") == Some("true"),
        subject: form.get("subject").map(str::to_owned),
    };
    let Ok(code) = random_text() else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let AuthorizationRequest { redirect_uri, state, nonce, challenge, scopes } = request;
    let location = redirect_url(&app, &redirect_uri, &[("code", &code)], state.as_deref());
    app.with(|all| {
        let grant = Grant { person, redirect_uri, challenge, nonce, scopes, expires_at: all.code_expiry() };
        all.counts.codes += 1;
        all.grants.insert(code, grant);
    });
    Redirect::to(&location).into_response()
}

fn check(app: &App, query: Option<String>) -> Result<AuthorizationRequest, Refusal> {
    let params = Params::parse(query.unwrap_or_default().as_bytes());
    if params.get("client_id") != Some(&app.settings.client_id) {
        return Err(Refusal::ShowPage("This client is not registered."));
    }
    let redirect_uri = params.get("redirect_uri").unwrap_or_default();
    if !app.settings.redirect_uris.iter().any(|known| known == redirect_uri) {
        return Err(Refusal::ShowPage("The redirect_uri is not one of those registered for this client."));
    }
    let state = params.get("state").map(str::to_owned);
    let no = |error, description| {
        let redirect_uri = redirect_uri.to_owned();
        Err(Refusal::Redirect { redirect_uri, state: state.clone(), error, description })
    };
    if params.repeats() {
        return no("invalid_request", "a parameter is given more than once");
    }
    match params.get("response_type") {
        Some("code") => {}
        Some(_) => return no("unsupported_response_type", "only code is supported"),
        None => return no("invalid_request", "response_type is missing"),
    }
    if params.get("response_mode").is_some_and(|mode| mode != "query") {
        return no("invalid_request", "only the response_mode query is supported");
    }
    if params.get("request").is_some() || params.get("request_uri").is_some() {
        return no("request_not_supported", "request objects are not supported");
    }
    let scopes: Vec<String> = params.get("scope").unwrap_or_default().split(' ').map(str::to_owned).collect();
    if !scopes.iter().any(|scope| scope == "openid") {
        return no("invalid_scope", "the scope openid is missing");
    }
    if params.get("prompt") == Some("none") {
        return no("login_required", "nobody is signed in here");
    }
    if params.get("code_challenge_method") != Some("S256") {
        return no("invalid_request", "code_challenge_method must be S256");
    }
    let challenge = params.get("code_challenge").unwrap_or_default();
    if challenge.len() != 43 || !challenge.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_')) {
        return no("invalid_request", "code_challenge must be 43 characters of base64url");
    }
    Ok(AuthorizationRequest {
        redirect_uri: redirect_uri.to_owned(),
        state: state.clone(),
        nonce: params.get("nonce").map(str::to_owned),
        challenge: challenge.to_owned(),
        scopes,
    })
}

fn refused(app: &App, refusal: Refusal) -> Response {
    match refusal {
        Refusal::ShowPage(message) => show(StatusCode::BAD_REQUEST, &RefusedPage { message }),
        Refusal::Redirect { redirect_uri, state, error, description } => {
            let parameters = [("error", error), ("error_description", description)];
            Redirect::to(&redirect_url(app, &redirect_uri, &parameters, state.as_deref())).into_response()
        }
    }
}

/// Returns the URL that redirects to the client. `iss` names the issuer (RFC 9207).
fn redirect_url(app: &App, redirect_uri: &str, parameters: &[(&str, &str)], state: Option<&str>) -> String {
    let mut parameters = parameters.to_vec();
    parameters.extend(state.map(|state| ("state", state)));
    parameters.push(("iss", &app.issuer));
    with_query(redirect_uri, &parameters)
}
