//! Sending notices until the endpoint takes them.

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

/// How long nothing must have happened before reversed events go out.
const QUIET: Duration = Duration::from_millis(250);

/// Stripe gives up waiting after about this time.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

const LONGEST_BACKOFF: Duration = Duration::from_secs(60);

/// One attempt to deliver one event to one endpoint.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Delivery {
    pub(crate) at: i64,
    pub(crate) event: String,
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) url: String,
    /// 1 for the first.
    pub(crate) attempt: u32,
    pub(crate) outcome: Outcome,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// The endpoint's HTTP status; 2xx is success.
    Answered(u16),
    /// No answer, and why.
    Failed(String),
    /// Ordered not to be sent.
    Dropped,
}

impl Outcome {
    pub(crate) fn is_success(&self) -> bool {
        matches!(self, Self::Answered(200..=299))
    }
}

/// Delivers one notice after the other, for as long as the server lives. Failed ones are repeated beside the others.
pub(crate) async fn deliver_notices(app: Arc<App>, mut notices: UnboundedReceiver<Notice>) {
    let Ok(client) = Client::builder().redirect(redirect::Policy::none()).timeout(ANSWER_TIMEOUT).build() else {
        return;
    };
    let mut repeats = JoinSet::new();
    while let Some(first) = notices.recv().await {
        for notice in in_order(first, &mut notices).await {
            sleep_until(notice.due).await;
            if notice.mode.drop {
                note_dropped(&app, &notice);
                continue;
            }
            for _ in 0..notice.mode.copies {
                if !attempt(&app, &client, &notice.event, &notice.endpoint, 1).await {
                    repeats.spawn(repeat(app.clone(), client.clone(), notice.event.clone(), notice.endpoint.clone()));
                }
            }
        }
        while repeats.try_join_next().is_some() {}
    }
}

/// `first` alone or, when it is to be reversed, all that follow closely, newest first.
async fn in_order(first: Notice, notices: &mut UnboundedReceiver<Notice>) -> Vec<Notice> {
    let mut batch = vec![first];
    while batch.last().is_some_and(|last| last.mode.order == Order::Reversed) {
        match timeout(QUIET, notices.recv()).await {
            Ok(Some(next)) => batch.push(next),
            Ok(None) | Err(_) => break,
        }
    }
    // A notice that arrived after the mode had changed back ends the batch and keeps its place.
    let reversed = batch.iter().take_while(|notice| notice.mode.order == Order::Reversed).count();
    batch[..reversed].reverse();
    batch
}

/// Tries again, ever more slowly, until the endpoint takes the event or a reset forgets it.
async fn repeat(app: Arc<App>, client: Client, event: String, endpoint: String) {
    let mut backoff = app.settings.first_retry;
    for number in 2.. {
        sleep(backoff).await;
        if attempt(&app, &client, &event, &endpoint, number).await {
            return;
        }
        backoff = (backoff * 2).min(LONGEST_BACKOFF);
    }
}

/// Sends the event once. `true` when nothing is left to do: it was taken, or there is nothing or nobody to send to.
async fn attempt(app: &App, client: &Client, event: &str, endpoint: &str, number: u32) -> bool {
    let found = app.with(|stripe| {
        let event = stripe.events.get(event).ok()?;
        let endpoint = stripe.webhook_endpoints.get(endpoint).ok()?;
        Some((event.render().to_string(), event.kind, endpoint.url.clone(), endpoint.secret.clone()))
    });
    let Some((payload, kind, url, secret)) = found else { return true };
    // Receivers compare with their own clock, so the signature bears the machine's time whatever ours has been set to.
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
    let taken = outcome.is_success();
    app.with(|stripe| {
        if let Ok(event) = stripe.events.get_mut(event) {
            if taken {
                event.pending.remove(endpoint);
            }
            let delivery =
                Delivery { at: machine_time(), event: event.id().to_owned(), kind, url, attempt: number, outcome };
            stripe.deliveries.push(delivery);
        }
    });
    taken
}

fn note_dropped(app: &App, notice: &Notice) {
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
