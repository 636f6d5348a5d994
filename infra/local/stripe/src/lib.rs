//! A local stand-in for Stripe: the part of the API that Souk uses, the hosted pages, and signed webhooks.
//!
//! It keeps state, refuses what Stripe refuses, and fails on request as a network does. `make local` starts it as a
//! process, and tests start it in their own process. No function links it. It does not have subscriptions and invoices,
//! calls on behalf of connected accounts (`Stripe-Account`), disputes, payouts, Stripe's fees, and delayed capture.

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

/// The API version of the objects. `async-stripe` pins it, and a test compares the two.
pub const API_VERSION: &str = "2026-09-30.endive";

/// How often sessions are checked for expiry while no request does it.
const EXPIRY_TICK: Duration = Duration::from_millis(200);

/// A running stand-in. Dropping it stops it.
#[derive(Debug)]
pub struct LocalStripe {
    address: SocketAddr,
    tasks: JoinSet<()>,
}

impl LocalStripe {
    /// Starts the server on 127.0.0.1.
    ///
    /// # Errors
    /// Fails if the port is in use.
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
                // Every access to the state expires the sessions that are due.
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

    /// Returns the base URL, such as `http://127.0.0.1:4500`. The API is under `/v1`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Runs until the server fails.
    pub async fn serve(mut self) {
        self.tasks.join_next().await;
    }
}
