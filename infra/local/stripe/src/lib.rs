//! A stand-in for Stripe on the developer's machine: the API that Souk uses, the hosted pages, signed webhooks.
//!
//! It keeps state, refuses what Stripe refuses and can be ordered to misbehave as a network does. It is started by
//! `make local` and, in process, by tests; no function links it. Not there: subscriptions and invoices, connected
//! accounts acting for themselves (`Stripe-Account`), disputes, payouts, Stripe's fees, delayed capture.

// `json!` recurses once per field, and Stripe's objects have many.
#![recursion_limit = "256"]

mod api;
mod app;
mod cards;
mod dashboard;
mod error;
mod faults;
mod form;
mod idempotency;
mod lists;
mod money;
mod objects;
mod pages;
mod settings;
mod state;
mod webhooks;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::mpsc::unbounded_channel;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::app::{App, router};
use crate::objects::WebhookEndpoint;
use crate::state::Stripe;
use crate::webhooks::deliver_notices;

pub use settings::Settings;
pub use webhooks::sign;

/// The API version whose objects are sent: the one `async-stripe` pins, which a test compares.
pub const API_VERSION: &str = "2026-09-30.endive";

/// How often sessions are checked for having expired while nobody asks.
const EXPIRY_TICK: Duration = Duration::from_millis(200);

/// A running stand-in; dropping it ends it.
#[derive(Debug)]
pub struct LocalStripe {
    address: SocketAddr,
    tasks: JoinSet<()>,
}

impl LocalStripe {
    /// Starts serving on 127.0.0.1.
    ///
    /// # Errors
    /// When the port is taken.
    pub async fn start(settings: Settings) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, settings.port)).await?;
        let address = listener.local_addr()?;
        let endpoints = settings
            .webhook_urls
            .iter()
            .map(|url| WebhookEndpoint::from_settings(url.clone(), settings.webhook_secret.clone()))
            .collect();
        let (notices, arriving) = unbounded_channel();
        let stripe = Stripe::new(format!("http://{address}"), endpoints, notices);
        let app = Arc::new(App::new(settings, stripe));

        let mut tasks = JoinSet::new();
        tasks.spawn(deliver_notices(app.clone(), arriving));
        let clock = app.clone();
        tasks.spawn(async move {
            loop {
                // Looking at the state expires what is due.
                clock.with(|_| ());
                sleep(EXPIRY_TICK).await;
            }
        });
        tasks.spawn(async move {
            // axum's server ends only with this task.
            let _ = axum::serve(listener, router(app)).await;
        });
        Ok(Self { address, tasks })
    }

    /// Where it listens, such as `http://127.0.0.1:4500`; the API is below `/v1`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns only if the server fails.
    pub async fn serve(mut self) {
        self.tasks.join_next().await;
    }
}
