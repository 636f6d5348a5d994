//! The API under `/v1`: authentication, idempotency and the routes to the operations.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::app::App;
use crate::error::{ApiError, ApiResult, Refusal};
use crate::faults::{self, Faults};
use crate::form::Form;
use crate::objects::{
    account, account_link, charge, checkout_session, customer, event, payment_intent, refund, transfer,
    webhook_endpoint,
};
use crate::state::{Stripe, new_id};
use crate::{idempotency, lists};

/// An API call before its operation is known.
struct Call {
    method: Method,
    path: String,
    /// The query of a GET or DELETE, the body of a POST.
    params: String,
    idempotency_key: Option<String>,
    request_id: String,
}

/// The status and body of an answer, and whether it is a stored one.
struct Answer {
    status: u16,
    body: Value,
    replayed: bool,
}

/// Handles any request to `/v1/...`.
pub(crate) async fn call(
    State(app): State<Arc<App>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let params = match method {
        Method::POST => String::from_utf8_lossy(&body).into_owned(),
        _ => uri.query().unwrap_or_default().to_owned(),
    };
    let call = Call {
        path: uri.path().to_owned(),
        params,
        idempotency_key: header("Idempotency-Key").filter(|_| method == Method::POST),
        request_id: new_id("req"),
        method,
    };
    let fault = app.with(|stripe| faults::next(&mut stripe.faults, &call.path, &call.params));
    if let Some(Faults { delay_ms, .. }) = fault {
        tokio::time::sleep(Duration::from_millis(delay_ms)).await;
    }
    let answer = match fault {
        Some(Faults { status: Some(status), after_effect: false, .. }) => {
            Answer::refused(&Refusal::requested_fault(status))
        }
        Some(Faults { status: Some(status), after_effect: true, .. }) => {
            answer(&app, &headers, &call);
            Answer::refused(&Refusal::requested_fault(status))
        }
        _ => answer(&app, &headers, &call),
    };
    answer.into_response(&call)
}

fn answer(app: &App, headers: &HeaderMap, call: &Call) -> Answer {
    app.with(|stripe| {
        if let Err(refusal) = admit(headers, call, &app.settings.secret_key) {
            return Answer::refused(&refusal);
        }
        let Some(key) = &call.idempotency_key else { return perform(stripe, call) };
        let fingerprint = format!("{} {} {}", call.method, call.path, call.params);
        match idempotency::stored_answer(stripe, key, &fingerprint) {
            Err(refusal) => Answer::refused(&refusal),
            Ok(Some((status, body))) => Answer { status, body, replayed: true },
            Ok(None) => {
                let answer = perform(stripe, call);
                idempotency::store_answer(stripe, key, &fingerprint, answer.status, &answer.body);
                answer
            }
        }
    })
}

/// Checks the secret key, the account header and the encoding.
fn admit(headers: &HeaderMap, call: &Call, secret_key: &str) -> Result<(), ApiError> {
    let credentials = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match credentials.split_once(' ') {
        Some(("Bearer", key)) if key == secret_key => {}
        Some(("Bearer", key)) => {
            let shown: String = key.chars().take(8).collect();
            return Err(Refusal::unauthorized(format!("Invalid API Key provided: {shown}****")));
        }
        _ => return Err(Refusal::unauthorized("You did not provide an API key as a Bearer token in Authorization.")),
    }
    if headers.contains_key("Stripe-Account") {
        return Err(Refusal::invalid("The local stand-in does not act for connected accounts."));
    }
    let is_form = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    if !call.params.is_empty() && call.method == Method::POST && !is_form {
        return Err(Refusal::invalid("Invalid request: POST bodies must be application/x-www-form-urlencoded."));
    }
    Ok(())
}

fn perform(stripe: &mut Stripe, call: &Call) -> Answer {
    stripe.request = Some((call.request_id.clone(), call.idempotency_key.clone()));
    let result = operate(stripe, call);
    stripe.request = None;
    match result {
        Ok(body) => Answer { status: 200, body, replayed: false },
        Err(refusal) => Answer::refused(&refusal),
    }
}

fn operate(stripe: &mut Stripe, call: &Call) -> ApiResult {
    let path: Vec<&str> = call.path.trim_start_matches("/v1/").trim_end_matches('/').split('/').collect();
    let form = Form::sort(&call.params, call.method == Method::GET)?;
    let mut answer = route(stripe, &call.method, &path, &form)?;
    lists::expand(stripe, &mut answer, &form.expand)?;
    Ok(answer)
}

/// Calls the operation. The order is that of Stripe's API reference.
fn route(stripe: &mut Stripe, method: &Method, path: &[&str], form: &Form) -> ApiResult {
    match (method.as_str(), path) {
        ("POST", ["checkout", "sessions"]) => checkout_session::create(stripe, form.decode()?),
        ("GET", ["checkout", "sessions"]) => checkout_session::list(stripe, &form.page, &form.decode()?),
        ("GET", ["checkout", "sessions", id]) => checkout_session::retrieve(stripe, id, form.decode()?),
        ("POST", ["checkout", "sessions", id, "expire"]) => checkout_session::expire(stripe, id, form.decode()?),
        ("GET", ["checkout", "sessions", id, "line_items"]) => {
            checkout_session::list_line_items(stripe, id, form.decode()?)
        }

        ("POST", ["payment_intents"]) => payment_intent::create(stripe, form.decode()?),
        ("GET", ["payment_intents"]) => payment_intent::list(stripe, &form.page, &form.decode()?),
        ("GET", ["payment_intents", id]) => payment_intent::retrieve(stripe, id, form.decode()?),
        ("POST", ["payment_intents", id, "confirm"]) => payment_intent::confirm(stripe, id, form.decode()?),
        ("POST", ["payment_intents", id, "cancel"]) => payment_intent::cancel(stripe, id, form.decode()?),

        ("GET", ["charges"]) => charge::list(stripe, &form.page, &form.decode()?),
        ("GET", ["charges", id]) => charge::retrieve(stripe, id, form.decode()?),

        ("POST", ["refunds"]) => refund::create(stripe, form.decode()?),
        ("GET", ["refunds"]) => refund::list(stripe, &form.page, &form.decode()?),
        ("GET", ["refunds", id]) => refund::retrieve(stripe, id, form.decode()?),

        ("POST", ["accounts"]) => account::create(stripe, form.decode()?),
        ("GET", ["accounts"]) => account::list(stripe, &form.page, &form.decode()?),
        ("GET", ["accounts", id]) => account::retrieve(stripe, id, form.decode()?),
        ("POST", ["accounts", id]) => account::update(stripe, id, form.decode()?),
        ("DELETE", ["accounts", id]) => account::delete(stripe, id, form.decode()?),

        ("POST", ["account_links"]) => account_link::create(stripe, form.decode()?),

        ("POST", ["transfers"]) => transfer::create(stripe, form.decode()?),
        ("GET", ["transfers"]) => transfer::list(stripe, &form.page, &form.decode()?),
        ("GET", ["transfers", id]) => transfer::retrieve(stripe, id, form.decode()?),
        ("POST", ["transfers", id, "reversals"]) => transfer::reverse(stripe, id, form.decode()?),
        ("GET", ["transfers", id, "reversals"]) => transfer::list_reversals(stripe, id, form.decode()?),
        ("GET", ["transfers", id, "reversals", reversal]) => {
            transfer::retrieve_reversal(stripe, id, reversal, form.decode()?)
        }

        ("POST", ["customers"]) => customer::create(stripe, form.decode()?),
        ("GET", ["customers"]) => customer::list(stripe, &form.page, &form.decode()?),
        ("GET", ["customers", id]) => customer::retrieve(stripe, id, form.decode()?),
        ("POST", ["customers", id]) => customer::update(stripe, id, form.decode()?),
        ("DELETE", ["customers", id]) => customer::delete(stripe, id, form.decode()?),

        ("GET", ["events"]) => event::list(stripe, &form.page, &form.decode()?),
        ("GET", ["events", id]) => event::retrieve(stripe, id, form.decode()?),

        ("POST", ["webhook_endpoints"]) => webhook_endpoint::create(stripe, form.decode()?),
        ("GET", ["webhook_endpoints"]) => webhook_endpoint::list(stripe, &form.page, &form.decode()?),
        ("GET", ["webhook_endpoints", id]) => webhook_endpoint::retrieve(stripe, id, form.decode()?),
        ("DELETE", ["webhook_endpoints", id]) => webhook_endpoint::delete(stripe, id, form.decode()?),

        _ => Err(Refusal::unknown_url(method.as_str(), &format!("/v1/{}", path.join("/")))),
    }
}

impl Answer {
    fn refused(refusal: &Refusal) -> Self {
        Self { status: refusal.status, body: json!({ "error": refusal.render() }), replayed: false }
    }

    /// Builds the HTTP response with the headers that Stripe adds.
    fn into_response(self, call: &Call) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, axum::Json(self.body)).into_response();
        let headers = response.headers_mut();
        headers.insert("Stripe-Version", HeaderValue::from_static(crate::API_VERSION));
        if let Ok(id) = HeaderValue::from_str(&call.request_id) {
            headers.insert("Request-Id", id);
        }
        if let Some(Ok(key)) = call.idempotency_key.as_deref().map(HeaderValue::from_str) {
            headers.insert("Idempotency-Key", key);
        }
        if self.replayed {
            headers.insert("Idempotent-Replayed", HeaderValue::from_static("true"));
        }
        response
    }
}
