//! The check of Stripe's signature of a webhook call: <https://docs.stripe.com/webhooks#verify-manually>.
//!
//! `async-stripe-webhook` makes the same check, but only together with reading the event, and it fails if the event
//! does not fit its model of one API version. Such an event must still be stored, so the check is made here. The tests
//! compare the two.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac::{Context, HMAC_SHA256, Key, Tag};
use secrecy::{ExposeSecret, SecretString};

use crate::webhook::WebhookError;

/// Largest difference between the time of signing and now, in seconds. Stripe's own libraries have the same tolerance.
const TOLERANCE: u64 = 300;

/// Length of an HMAC-SHA256 in bytes.
const TAG: usize = 32;

/// Accepts a payload if one signature in the header is valid and recent.
pub(crate) fn check(payload: &str, header: &str, secret: &SecretString, now_unix: i64) -> Result<(), WebhookError> {
    // An empty secret would let anybody sign.
    if secret.expose_secret().is_empty() {
        return Err(WebhookError::BadSignature);
    }
    let header = Header::parse(header).ok_or(WebhookError::BadSignature)?;
    // The payload is hashed once, however many signatures the header lists. A client cannot make it expensive.
    let expected = sign(header.signed_at, payload, secret);
    if !header.signatures.iter().any(|signature| matches(&expected, signature)) {
        return Err(WebhookError::BadSignature);
    }
    if header.signed_at_unix.abs_diff(now_unix) > TOLERANCE { Err(WebhookError::Stale) } else { Ok(()) }
}

fn sign(signed_at: &str, payload: &str, secret: &SecretString) -> Tag {
    let mut mac = Context::with_key(&Key::new(HMAC_SHA256, secret.expose_secret().as_bytes()));
    mac.update(signed_at.as_bytes());
    mac.update(b".");
    mac.update(payload.as_bytes());
    mac.sign()
}

/// Compares in constant time, so that response times do not reveal the valid signature byte by byte.
fn matches(expected: &Tag, signature: &str) -> bool {
    let mut tag = [0; TAG];
    hex::decode_to_slice(signature, &mut tag).is_ok() && verify_slices_are_equal(expected.as_ref(), &tag).is_ok()
}

/// `t=1492774577,v1=5257a8...,v0=6ffbb5...`
struct Header<'h> {
    /// The time as it was written, since that text was signed.
    signed_at: &'h str,
    signed_at_unix: i64,
    /// The signatures of scheme `v1`: several while the secret of the endpoint is rotated. Other schemes are for tests
    /// only.
    signatures: Vec<&'h str>,
}

impl<'h> Header<'h> {
    fn parse(header: &'h str) -> Option<Self> {
        let mut signed_at = None;
        let mut signatures = Vec::new();
        for pair in header.split(',') {
            match pair.split_once('=')? {
                ("t", time) => signed_at = Some((time, time.parse().ok()?)),
                ("v1", signature) => signatures.push(signature),
                _ => {}
            }
        }
        let (signed_at, signed_at_unix) = signed_at?;
        Some(Self { signed_at, signed_at_unix, signatures })
    }
}
