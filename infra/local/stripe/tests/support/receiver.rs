//! A webhook endpoint that stores the calls it receives.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use souk_payments::webhook::{EventKind, StripeEvent, verify};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;

use super::{WEBHOOK_SECRET, now};

/// Longer than any delivery takes on a busy machine. Only a failing test waits that long.
const PATIENCE: Duration = Duration::from_secs(20);

/// A webhook call.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) payload: String,
    pub(crate) signature: String,
}

impl Received {
    pub(crate) fn event(&self) -> StripeEvent {
        verify(&self.payload, &self.signature, &WEBHOOK_SECRET.to_owned().into(), now()).unwrap()
    }

    pub(crate) fn kind(&self) -> String {
        let event: serde_json::Value = serde_json::from_str(&self.payload).unwrap();
        event["type"].as_str().unwrap().to_owned()
    }
}

/// The endpoint. It refuses the first calls with 500 if requested.
pub(crate) struct Receiver {
    pub(crate) url: String,
    calls: UnboundedReceiver<Received>,
}

struct Shared {
    calls: UnboundedSender<Received>,
    refusals_left: AtomicU32,
}

impl Receiver {
    pub(crate) async fn new() -> Self {
        Self::refusing_first(0).await
    }

    pub(crate) async fn refusing_first(refusals: u32) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/webhooks/stripe", listener.local_addr().unwrap());
        let (sender, calls) = unbounded_channel();
        let shared = Arc::new(Shared { calls: sender, refusals_left: AtomicU32::new(refusals) });
        let router = Router::new().route("/webhooks/stripe", post(receive)).with_state(shared);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, calls }
    }

    /// Returns the next call.
    pub(crate) async fn next(&mut self) -> Received {
        timeout(PATIENCE, self.calls.recv()).await.expect("a webhook call arrives").unwrap()
    }

    /// Returns the next call about `kind` and skips others.
    pub(crate) async fn next_of(&mut self, kind: &str) -> Received {
        loop {
            let received = self.next().await;
            if received.kind() == kind {
                return received;
            }
        }
    }

    /// Returns the kinds of the next `count` calls.
    pub(crate) async fn next_kinds(&mut self, count: usize) -> Vec<String> {
        let mut kinds = Vec::new();
        for _ in 0..count {
            kinds.push(self.next().await.kind());
        }
        kinds
    }

    /// Returns how many calls have arrived and were not read.
    pub(crate) fn waiting(&self) -> usize {
        self.calls.len()
    }

    pub(crate) async fn next_completed(&mut self) -> StripeEvent {
        let event = self.next_of("checkout.session.completed").await.event();
        assert!(matches!(event.kind, EventKind::CheckoutCompleted(_)));
        event
    }
}

async fn receive(State(shared): State<Arc<Shared>>, headers: HeaderMap, payload: String) -> StatusCode {
    let signature = headers["Stripe-Signature"].to_str().unwrap().to_owned();
    let _ = shared.calls.send(Received { payload, signature });
    let refusing =
        shared.refusals_left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
    if refusing { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::OK }
}
