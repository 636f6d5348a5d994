//! `/_local`: a page with the state, and the developers' endpoints.

use std::sync::Arc;

use askama::Template;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::app::App;
use crate::faults::Faults;
use crate::money;
use crate::objects::checkout_session::Status;
use crate::pages::show;
use crate::state::{Resource, Stripe};
use crate::webhooks::{DeliveryMode, Order, Outcome};

/// How many entries of each list the page shows.
const SHOWN: usize = 50;

#[derive(Template)]
#[template(path = "dashboard.html")]
struct DashboardPage {
    mode: DeliveryMode,
    reversed: bool,
    clock_ahead: i64,
    balance: Vec<String>,
    sessions: Vec<SessionRow>,
    payments: Vec<PaymentRow>,
    events: Vec<EventRow>,
    deliveries: Vec<DeliveryRow>,
}

struct SessionRow {
    id: String,
    is_open: bool,
    reference: String,
    total: String,
    status: String,
    payment: String,
}

struct PaymentRow {
    id: String,
    amount: String,
    status: &'static str,
    group: String,
}

struct EventRow {
    id: String,
    kind: &'static str,
    subject: String,
    pending: usize,
}

struct DeliveryRow {
    event: String,
    kind: &'static str,
    url: String,
    attempt: u32,
    outcome: String,
}

/// `GET /_local` - shows the state.
pub(crate) async fn page(State(app): State<Arc<App>>) -> Response {
    app.with(|stripe| show(StatusCode::OK, &DashboardPage::of(stripe)))
}

/// `GET /_local/deliveries` - returns all delivery attempts so far, oldest first.
pub(crate) async fn deliveries(State(app): State<Arc<App>>) -> Json<Value> {
    app.with(|stripe| Json(json!(stripe.deliveries)))
}

/// `POST /_local/webhooks` - sets how events are delivered from now on. A missing field gets its default.
pub(crate) async fn set_delivery_mode(
    State(app): State<Arc<App>>,
    Json(mode): Json<DeliveryMode>,
) -> Json<DeliveryMode> {
    app.with(|stripe| stripe.delivery_mode = mode);
    Json(mode)
}

/// `POST /_local/webhooks/resend/{event}` - delivers an event again in the current mode and redirects to the page.
pub(crate) async fn resend(State(app): State<Arc<App>>, Path(event): Path<String>) -> Response {
    app.with(|stripe| match stripe.events.get(&event) {
        Ok(_) => {
            stripe.queue(&event);
            Redirect::to("/_local").into_response()
        }
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    })
}

/// `POST /_local/faults` - sets how the next API calls fail.
pub(crate) async fn set_faults(State(app): State<Arc<App>>, Json(faults): Json<Faults>) -> Json<Faults> {
    app.with(|stripe| {
        stripe.faults.retain(|fault| fault.times > 0 && fault.containing != faults.containing);
        stripe.faults.push(faults.clone());
    });
    Json(faults)
}

/// By how much to advance the clock.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Advance {
    advance_seconds: u32,
}

/// `POST /_local/clock` - advances the clock, so that tests need not wait half an hour for a session to expire.
pub(crate) async fn advance_clock(State(app): State<Arc<App>>, Json(advance): Json<Advance>) -> Json<Value> {
    app.with(|stripe| stripe.clock_ahead += i64::from(advance.advance_seconds));
    app.with(|stripe| Json(json!({ "now": stripe.now() })))
}

/// `POST /_local/reset` - deletes all objects.
pub(crate) async fn reset(State(app): State<Arc<App>>) -> StatusCode {
    app.with(Stripe::reset);
    StatusCode::NO_CONTENT
}

impl DashboardPage {
    fn of(stripe: &Stripe) -> Self {
        let sessions = stripe.sessions.newest_first().take(SHOWN).map(|session| SessionRow {
            id: session.id().to_owned(),
            is_open: session.status == Status::Open,
            reference: session.client_reference_id.clone().unwrap_or_default(),
            total: money::display(session.amount_total, &session.currency),
            status: format!("{}, {}", session.status.as_str(), session.payment_status()),
            payment: session.payment_intent.clone().unwrap_or_default(),
        });
        let payments = stripe.payment_intents.newest_first().take(SHOWN).map(|payment| PaymentRow {
            id: payment.id().to_owned(),
            amount: money::display(payment.details.amount, &payment.details.currency),
            status: payment.status.as_str(),
            group: payment.details.transfer_group.clone().unwrap_or_default(),
        });
        let events = stripe.events.newest_first().take(SHOWN).map(|event| EventRow {
            id: event.id().to_owned(),
            kind: event.kind,
            subject: event.subject().to_owned(),
            pending: event.pending.len(),
        });
        let deliveries = stripe.deliveries.iter().rev().take(SHOWN).map(|delivery| DeliveryRow {
            event: delivery.event.clone(),
            kind: delivery.kind,
            url: delivery.url.clone(),
            attempt: delivery.attempt,
            outcome: match &delivery.outcome {
                Outcome::Answered(status) => status.to_string(),
                Outcome::Failed(reason) => reason.clone(),
                Outcome::Dropped => "dropped".to_owned(),
            },
        });
        Self {
            mode: stripe.delivery_mode,
            reversed: stripe.delivery_mode.order == Order::Reversed,
            clock_ahead: stripe.clock_ahead,
            balance: stripe.balance.iter().map(|(code, amount)| money::display(*amount, code)).collect(),
            sessions: sessions.collect(),
            payments: payments.collect(),
            events: events.collect(),
            deliveries: deliveries.collect(),
        }
    }
}
