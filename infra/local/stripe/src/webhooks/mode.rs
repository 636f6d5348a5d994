//! How events travel: at once and in order, unless a developer orders otherwise.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

/// What `POST /_local/webhooks` sets, for the events that happen from then on.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct DeliveryMode {
    /// How late every delivery is.
    pub(crate) delay_ms: u64,
    /// How often every event is delivered.
    pub(crate) copies: u32,
    /// In which order.
    pub(crate) order: Order,
    /// Events are recorded but never sent, until resent by hand.
    pub(crate) drop: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Order {
    /// As they happened.
    Fifo,
    /// Collected until nothing has happened for a moment, then newest first.
    Reversed,
}

impl Default for DeliveryMode {
    fn default() -> Self {
        Self { delay_ms: 0, copies: 1, order: Order::Fifo, drop: false }
    }
}

/// An event on its way to one endpoint.
#[derive(Debug)]
pub(crate) struct Notice {
    pub(crate) event: String,
    pub(crate) endpoint: String,
    pub(crate) mode: DeliveryMode,
    pub(crate) due: Instant,
}

impl Notice {
    pub(crate) fn new(event: &str, endpoint: String, mode: DeliveryMode) -> Self {
        let due = Instant::now() + Duration::from_millis(mode.delay_ms);
        Self { event: event.to_owned(), endpoint, mode, due }
    }
}
