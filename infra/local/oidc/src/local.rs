//! `/_local`: counts of requests, and endpoints that make the provider misbehave.

use std::sync::Arc;

use askama::Template;
use axum::{Json, extract::State, http::StatusCode, response::Response};
use serde::Deserialize;

use crate::{
    SigningKey,
    app::{App, show},
    id_token::Flaw,
    settings::Settings,
    state::Counts,
};

#[derive(Template)]
#[template(path = "local.html")]
struct LocalPage<'a> {
    issuer: &'a str,
    settings: &'a Settings,
    counts: Counts,
}

/// The body of `POST /_local/spoil`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Spoil {
    email: String,
    flaw: Flaw,
}

/// The body of `POST /_local/clock`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Advance {
    seconds: i64,
}

/// `GET /_local` - shows settings and counts.
pub(crate) async fn page(State(app): State<Arc<App>>) -> Response {
    let counts = app.with(|state| state.counts);
    show(StatusCode::OK, &LocalPage { issuer: &app.issuer, settings: &app.settings, counts })
}

/// `GET /_local/counts` - returns the counts.
pub(crate) async fn counts(State(app): State<Arc<App>>) -> Json<Counts> {
    Json(app.with(|state| state.counts))
}

/// `POST /_local/spoil` - gives the next ID token for a mail address a flaw. It is by address, so that tests that run
/// in parallel do not affect each other.
pub(crate) async fn spoil(State(app): State<Arc<App>>, Json(spoil): Json<Spoil>) -> StatusCode {
    app.with(|state| state.flaws.insert(spoil.email, spoil.flaw));
    StatusCode::NO_CONTENT
}

/// `POST /_local/rotate` - signs with a new key from now on.
pub(crate) async fn rotate(State(app): State<Arc<App>>) -> StatusCode {
    let Ok(key) = SigningKey::generate() else { return StatusCode::INTERNAL_SERVER_ERROR };
    app.with(|state| state.rotate(key));
    StatusCode::NO_CONTENT
}

/// `POST /_local/clock` - advances the clock.
pub(crate) async fn advance_clock(State(app): State<Arc<App>>, Json(advance): Json<Advance>) -> StatusCode {
    app.with(|state| state.clock_ahead += advance.seconds);
    StatusCode::NO_CONTENT
}
