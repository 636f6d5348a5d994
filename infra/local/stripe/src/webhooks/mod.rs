//! Telling the endpoints what happened, as reliably or unreliably as ordered.

mod delivery;
mod mode;

pub(crate) use delivery::{Delivery, Outcome, deliver_notices};
pub(crate) use mode::{DeliveryMode, Notice, Order};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The `Stripe-Signature` header of `payload`: <https://docs.stripe.com/webhooks#verify-manually>.
pub fn sign(payload: &str, secret: &str, unix_time: i64) -> String {
    // HMAC takes keys of every length; its fallible constructor is shared with MACs that do not.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(format!("{unix_time}.{payload}").as_bytes());
    format!("t={unix_time},v1={}", hex::encode(mac.finalize().into_bytes()))
}
