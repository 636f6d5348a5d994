//! How the server is started.

use std::time::Duration;

/// Everything a caller may choose.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// The key that API calls must present.
    pub secret_key: String,
    /// Where events go, besides the endpoints created through the API.
    pub webhook_urls: Vec<String>,
    /// The secret that events to [`Self::webhook_urls`] are signed with.
    pub webhook_secret: String,
    /// Wait before a refused delivery is repeated; doubled every time, up to a minute.
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
