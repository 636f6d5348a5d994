//! Sends events until the endpoint accepts them.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, redirect};
use serde::Serialize;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinSet;
use tokio::time::{sleep, sleep_until, timeout};

use super::mode::{Notice, Order};
use super::sign;
use crate::app::App;
use crate::state::{Resource, machine_time};

/// How long no event must occur before reversed events are sent.
const REVERSE_PAUSE: Duration = Duration::from_millis(250);

/// Stripe waits about this long for an answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

const MAX_BACKOFF: Duration = Duration::from_secs(60);

/// One attempt to deliver one event to one endpoint.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Delivery {
    pub(crate) at: i64,
    pub(crate) event: String,
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) url: String,
    /// 1 for the first attempt.
    pub(crate) attempt: u32,
    pub(crate) outcome: Outcome,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// The endpoint's HTTP status. 2xx is a success.
    Answered(u16),
    /// There was no answer, for this reason.
    Failed(String),
    /// The delivery mode says not to send it.
    Dropped,
}

impl Outcome {
    pub(crate) fn is_success(&self) -> bool {
        matches!(self, Self::Answered(200..=299))
    }
}

/// Delivers the events one after the other as long as the server runs. Retries run concurrently.
pub(crate) async fn deliver_notices(app: Arc<App>, mut notices: UnboundedReceiver<Notice>) {
    let Ok(client) = Client::builder().redirect(redirect::Policy::none()).timeout(ANSWER_TIMEOUT).build() else {
        return;
    };
    let mut retries = JoinSet::new();
    while let Some(first) = notices.recv().await {
        for notice in in_order(first, &mut notices).await {
            sleep_until(notice.due).await;
            if notice.mode.drop {
                record_dropped(&app, &notice);
                continue;
            }
            for _ in 0..notice.mode.copies {
                if !attempt(&app, &client, &notice.event, &notice.endpoint, 1).await {
                    retries.spawn(retry(app.clone(), client.clone(), notice.event.clone(), notice.endpoint.clone()));
                }
            }
        }
        while retries.try_join_next().is_some() {}
    }
}

/// Returns `first` alone. If its mode is reversed, collects all that follow closely and returns them newest first.
async fn in_order(first: Notice, notices: &mut UnboundedReceiver<Notice>) -> Vec<Notice> {
    let mut batch = vec![first];
    while batch.last().is_some_and(|last| last.mode.order == Order::Reversed) {
        match timeout(REVERSE_PAUSE, notices.recv()).await {
            Ok(Some(next)) => batch.push(next),
            Ok(None) | Err(_) => break,
        }
    }
    // An event that was queued after the mode changed back ends the batch and keeps its position.
    let reversed = batch.iter().take_while(|notice| notice.mode.order == Order::Reversed).count();
    batch[..reversed].reverse();
    batch
}

/// Retries with a growing backoff until the endpoint accepts the event or a reset deletes it.
async fn retry(app: Arc<App>, client: Client, event: String, endpoint: String) {
    let mut backoff = app.settings.first_retry;
    for number in 2.. {
        sleep(backoff).await;
        if attempt(&app, &client, &event, &endpoint, number).await {
            return;
        }
        backoff = (backoff * 2).min(MAX_BACKOFF);
    }
}

/// Sends the event once. Returns `true` if nothing is left to do: the endpoint accepted it, or event or endpoint is
/// deleted.
async fn attempt(app: &App, client: &Client, event: &str, endpoint: &str, number: u32) -> bool {
    let found = app.with(|stripe| {
        let event = stripe.events.get(event).ok()?;
        let endpoint = stripe.webhook_endpoints.get(endpoint).ok()?;
        Some((event.render().to_string(), event.kind, endpoint.url.clone(), endpoint.secret.clone()))
    });
    let Some((payload, kind, url, secret)) = found else { return true };
    // Receivers compare with their own clock, so the signature has the machine's time and not the stand-in's.
    let signature = sign(&payload, &secret, machine_time());
    let request = client
        .post(&url)
        .header("Stripe-Signature", signature)
        .header(CONTENT_TYPE, "application/json; charset=utf-8")
        .header("User-Agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)")
        .body(payload);
    let outcome = match request.send().await {
        Ok(answer) => Outcome::Answered(answer.status().as_u16()),
        Err(error) => Outcome::Failed(error.to_string()),
    };
    let accepted = outcome.is_success();
    app.with(|stripe| {
        if let Ok(event) = stripe.events.get_mut(event) {
            if accepted {
                event.pending.remove(endpoint);
            }
            let delivery =
                Delivery { at: machine_time(), event: event.id().to_owned(), kind, url, attempt: number, outcome };
            stripe.deliveries.push(delivery);
        }
    });
    accepted
}

fn record_dropped(app: &App, notice: &Notice) {
    app.with(|stripe| {
        let (Ok(event), Ok(endpoint)) =
            (stripe.events.get(&notice.event), stripe.webhook_endpoints.get(&notice.endpoint))
        else {
            return;
        };
        let (event, kind, url) = (notice.event.clone(), event.kind, endpoint.url.clone());
        let outcome = Outcome::Dropped;
        stripe.deliveries.push(Delivery { at: machine_time(), event, kind, url, attempt: 0, outcome });
    });
}
