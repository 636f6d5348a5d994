//! The errors of calls to Stripe.

use thiserror::Error;

/// A failed call to Stripe. Neither `Debug` nor `Display` contains a secret.
#[derive(Debug, Error)]
pub enum GatewayError {
    /// Every attempt failed for a transient reason (network, timeout, 409, 429, 5xx). Whether Stripe acted is unknown:
    /// retry the call later with the same idempotency key.
    #[error("stripe could not be reached: {0}")]
    Unreachable(String),
    /// Stripe refused the request (4xx). A retry gets the same answer.
    #[error("stripe refused ({code}): {message}")]
    Refused {
        /// Stripe's error code, such as `resource_missing`, or the error type if Stripe gives no code.
        code: String,
        /// Stripe's message, written for developers.
        message: String,
    },
    /// Nobody has given the deployment a secret key yet, so nothing was sent to Stripe.
    #[error("stripe has no secret key")]
    NoKey,
    /// The secret key, the API address or an argument is unusable. A person must correct the configuration or the code.
    #[error("stripe is misconfigured: {0}")]
    Misconfigured(String),
}

/// A failed attempt.
#[derive(Debug)]
pub(crate) enum Failure {
    /// No answer came from Stripe. Whether Stripe acted is unknown.
    Lost(String),
    /// Stripe answered with an error.
    Answered { status: u16, code: String, message: String },
    /// A successful answer does not fit the pinned API version, so the pin is wrong.
    Unexpected(String),
}

impl Failure {
    pub(crate) fn timed_out() -> Self {
        Self::Lost("no answer in time".to_owned())
    }

    /// Whether another attempt with the same idempotency key may succeed.
    pub(crate) fn is_transient(&self) -> bool {
        match self {
            // A retry is safe, since every call with an effect has an idempotency key or is idempotent.
            Self::Lost(_) => true,
            Self::Answered { status, .. } => is_transient_status(*status),
            Self::Unexpected(_) => false,
        }
    }
}

/// Stripe's own libraries retry these: 409 is a concurrent call on the same object or key, 429 a rate limit.
fn is_transient_status(status: u16) -> bool {
    matches!(status, 409 | 429 | 500..=599)
}

impl From<Failure> for GatewayError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Lost(reason) => Self::Unreachable(reason),
            // Stripe's message repeats part of a wrong key, so the message is dropped.
            Failure::Answered { status: status @ (401 | 403), .. } => {
                Self::Misconfigured(format!("the secret key was refused with status {status}"))
            }
            Failure::Answered { status, code, message }
                if (400..500).contains(&status) && !is_transient_status(status) =>
            {
                Self::Refused { code, message }
            }
            Failure::Answered { status, .. } => Self::Unreachable(format!("status {status}")),
            Failure::Unexpected(reason) => Self::Misconfigured(reason),
        }
    }
}
