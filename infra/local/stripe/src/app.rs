//! The running server: its settings, its state and its routes.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::routing::{any, get, post};

use crate::objects::checkout_session;
use crate::settings::Settings;
use crate::state::Stripe;
use crate::{api, dashboard, pages};

/// The state that all request handlers share.
pub(crate) struct App {
    pub(crate) settings: Settings,
    stripe: Mutex<Stripe>,
}

impl App {
    pub(crate) fn new(settings: Settings, stripe: Stripe) -> Self {
        Self { settings, stripe: Mutex::new(stripe) }
    }

    /// Runs `work` on the state, after expiring the sessions that are due.
    pub(crate) fn with<T>(&self, work: impl FnOnce(&mut Stripe) -> T) -> T {
        let mut stripe = self.stripe.lock().unwrap_or_else(PoisonError::into_inner);
        checkout_session::expire_due(&mut stripe);
        work(&mut stripe)
    }
}

/// Returns the routes: the API, the hosted pages, and the developers' endpoints under `/_local`.
pub(crate) fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/v1/{*path}", any(api::call))
        .route("/c/pay/{session}", get(pages::checkout).post(pages::pay))
        .route("/c/authenticate/{payment}", get(pages::authentication).post(pages::authenticate))
        .route("/c/onboard/{link}", get(pages::onboarding).post(pages::onboard))
        .route("/_local", get(dashboard::page))
        .route("/_local/deliveries", get(dashboard::deliveries))
        .route("/_local/webhooks", post(dashboard::set_delivery_mode))
        .route("/_local/webhooks/resend/{event}", post(dashboard::resend))
        .route("/_local/faults", post(dashboard::set_faults))
        .route("/_local/clock", post(dashboard::advance_clock))
        .route("/_local/reset", post(dashboard::reset))
        .with_state(app)
}
