//! Delivery of events to webhook endpoints, as reliable or unreliable as requested.

mod delivery;
mod mode;

pub(crate) use delivery::{Delivery, Outcome, deliver_notices};
pub(crate) use mode::{DeliveryMode, Notice, Order};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Returns the `Stripe-Signature` header of a payload: <https://docs.stripe.com/webhooks#verify-manually>.
pub fn sign(payload: &str, secret: &str, unix_time: i64) -> String {
    // HMAC accepts keys of every length. Its constructor is fallible because other MACs share it.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(format!("{unix_time}.{payload}").as_bytes());
    format!("t={unix_time},v1={}", hex::encode(mac.finalize().into_bytes()))
}
