//! The settings of the server.

use std::time::Duration;

/// Everything that can be configured.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The port on 127.0.0.1; 0 picks a free one.
    pub port: u16,
    /// The key that API calls must present.
    pub secret_key: String,
    /// Webhook endpoints besides those created through the API.
    pub webhook_urls: Vec<String>,
    /// The secret that signs events to [`Self::webhook_urls`].
    pub webhook_secret: String,
    /// The pause before the first retry of a failed delivery. It doubles with every retry, up to a minute.
    pub first_retry: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            port: 4500,
            secret_key: "sk_test_local".to_owned(),
            webhook_urls: Vec::new(),
            webhook_secret: "whsec_local".to_owned(),
            first_retry: Duration::from_secs(1),
        }
    }
}
