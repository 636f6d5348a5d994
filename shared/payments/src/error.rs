//! Why Stripe did not do what was asked.

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

/// Why one attempt did not succeed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// No answer that is Stripe's: whether Stripe acted is unknown.
    Lost(String),
    /// Stripe's own error answer.
    Answered { status: u16, code: String, message: String },
    /// A successful answer that the pinned API version does not contain: the pin is wrong.
    Unexpected(String),
}

impl Failure {
    pub(crate) fn timed_out() -> Self {
        Self::Lost("no answer in time".to_owned())
    }

    /// Whether another attempt is worth it, under the same idempotency key.
    pub(crate) fn is_transient(&self) -> bool {
        match self {
            // A repeat is harmless, since every effect is under an idempotency key.
            Self::Lost(_) => true,
            Self::Answered { status, .. } => is_passing(*status),
            Self::Unexpected(_) => false,
        }
    }
}

/// Stripe's own libraries repeat these: 409 is a concurrent call on the same object or key, 429 a limit.
fn is_passing(status: u16) -> bool {
    matches!(status, 409 | 429 | 500..=599)
}

impl From<Failure> for GatewayError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Lost(reason) => Self::Unreachable(reason),
            // Stripe repeats part of a wrong key in its message, so that message goes no further.
            Failure::Answered { status: status @ (401 | 403), .. } => {
                Self::Misconfigured(format!("the secret key was refused with status {status}"))
            }
            Failure::Answered { status, code, message } if (400..500).contains(&status) && !is_passing(status) => {
                Self::Refused { code, message }
            }
            Failure::Answered { status, .. } => Self::Unreachable(format!("status {status}")),
            Failure::Unexpected(reason) => Self::Misconfigured(reason),
        }
    }
}
