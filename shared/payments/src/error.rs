//! Why Stripe did not do what was asked.

use stripe::StripeError;
use thiserror::Error;

/// A call to Stripe that did not succeed. Neither `Debug` nor `Display` carries a secret.
#[derive(Debug, Error)]
pub enum GatewayError {
    /// No usable answer after every attempt (network, timeout, 409, 429, 5xx). Whether Stripe acted is unknown: repeat
    /// the call later with the same idempotency key.
    #[error("stripe could not be reached: {0}")]
    Unreachable(String),
    /// Stripe understood and refused (4xx). Repeating the same call gives the same answer.
    #[error("stripe refused ({code}): {message}")]
    Refused {
        /// Stripe's error code, such as `resource_missing`; the error type where Stripe gives no code.
        code: String,
        /// Stripe's message, written for developers.
        message: String,
    },
    /// The secret key, the API address or an argument cannot be used: a person must mend the configuration or the code.
    #[error("stripe is misconfigured: {0}")]
    Misconfigured(String),
}

/// Whether one failed attempt deserves another, under the same idempotency key.
pub(crate) fn is_transient(error: &StripeError) -> bool {
    match error {
        // Stripe's own libraries repeat these: 409 is a concurrent call on the same object or key, 429 a limit.
        StripeError::Stripe(_, status) => matches!(status, 409 | 429 | 500..=599),
        StripeError::ClientError(_) | StripeError::Timeout => true,
        // A body that is no Stripe JSON comes from something in between, such as a proxy's 502 page; async-stripe drops
        // its status. A repeat is harmless, since every effect is under an idempotency key.
        StripeError::JSONDeserialize(_) => true,
        StripeError::ConfigError(_) => false,
    }
}

impl From<StripeError> for GatewayError {
    fn from(error: StripeError) -> Self {
        match error {
            StripeError::ConfigError(reason) => Self::Misconfigured(reason),
            // Stripe repeats part of a wrong key in its message, so that message goes no further.
            StripeError::Stripe(_, status @ (401 | 403)) => {
                Self::Misconfigured(format!("the secret key was refused with status {status}"))
            }
            StripeError::Stripe(details, status) if (400..500).contains(&status) && !matches!(status, 409 | 429) => {
                Self::Refused {
                    code: details
                        .code
                        .as_ref()
                        .map_or_else(|| details.type_.as_str().to_owned(), |code| code.as_str().to_owned()),
                    message: details.message.unwrap_or_default(),
                }
            }
            StripeError::Stripe(_, status) => Self::Unreachable(format!("status {status}")),
            StripeError::ClientError(reason) => Self::Unreachable(reason),
            StripeError::Timeout => Self::Unreachable("no answer in time".to_owned()),
            StripeError::JSONDeserialize(reason) => Self::Unreachable(reason),
        }
    }
}
