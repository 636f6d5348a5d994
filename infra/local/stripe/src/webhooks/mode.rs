//! The delivery mode: immediate and in order, unless a developer requests another one.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

/// The delivery mode that `POST /_local/webhooks` sets for later events.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct DeliveryMode {
    /// By how much every delivery is delayed, in milliseconds.
    pub(crate) delay_ms: u64,
    /// How often every event is delivered.
    pub(crate) copies: u32,
    /// The order of the events.
    pub(crate) order: Order,
    /// Whether events are recorded and not sent, until a developer resends them.
    pub(crate) drop: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Order {
    /// In the order in which they occurred.
    Fifo,
    /// Collected until none has occurred for a moment, then newest first.
    Reversed,
}

impl Default for DeliveryMode {
    fn default() -> Self {
        Self { delay_ms: 0, copies: 1, order: Order::Fifo, drop: false }
    }
}

/// An event that is queued for one endpoint.
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
