//! The running provider: its settings, its state and its routes.

use std::sync::{Arc, Mutex, PoisonError};

use askama::Template;
use axum::{
    Json, Router, extract,
    http::StatusCode,
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};

use crate::{authorize, local, settings::Settings, state::State, token};

/// The state that all request handlers share.
pub(crate) struct App {
    pub(crate) settings: Settings,
    pub(crate) issuer: String,
    state: Mutex<State>,
}

impl App {
    pub(crate) fn new(settings: Settings, issuer: String, state: State) -> Self {
        Self { settings, issuer, state: Mutex::new(state) }
    }

    /// Runs `work` on the state.
    pub(crate) fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Returns the routes: the protocol, the sign-in page, and the developers' endpoints under `/_local`.
pub(crate) fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/.well-known/openid-configuration", get(discovery))
        .route("/jwks", get(jwks))
        .route("/authorize", get(authorize::page).post(authorize::choose))
        .route("/token", post(token::redeem))
        .route("/_local", get(local::page))
        .route("/_local/counts", get(local::counts))
        .route("/_local/spoil", post(local::spoil))
        .route("/_local/rotate", post(local::rotate))
        .route("/_local/clock", post(local::advance_clock))
        .with_state(app)
}

/// `GET /.well-known/openid-configuration` - returns the metadata of OpenID Connect Discovery 1.0, 3.
async fn discovery(extract::State(app): extract::State<Arc<App>>) -> Json<Value> {
    app.with(|state| state.counts.discovery += 1);
    let issuer = &app.issuer;
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/jwks"),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "email", "profile"],
        "claims_supported": ["aud", "azp", "email", "email_verified", "exp", "iat", "iss", "name", "nonce", "sub"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
    }))
}

/// `GET /jwks` - returns the public keys, newest first.
async fn jwks(extract::State(app): extract::State<Arc<App>>) -> Json<Value> {
    app.with(|state| {
        state.counts.jwks += 1;
        let keys: Vec<Value> =
            [Some(&state.key), state.previous_key.as_ref()].into_iter().flatten().map(|key| key.jwk()).collect();
        Json(json!({ "keys": keys }))
    })
}

/// Renders a page.
pub(crate) fn show(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
