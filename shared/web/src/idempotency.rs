//! The `Idempotency-Key` header: a repeated request has no further effect and gets the first answer.

use aws_lc_rs::digest;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde::Serialize;
use souk_domain::Principal;
use souk_store::idempotency::{Answer, LIFETIME};

use crate::{Code, Idempotent, Incoming, Problem};

/// The `Idempotency-Key` of a request, for one operation and one principal.
#[derive(Debug, Clone)]
pub struct Key {
    pub(crate) principal: Principal,
    pub(crate) operation: &'static str,
    pub(crate) key: String,
    pub(crate) fingerprint: String,
}

impl Key {
    /// Reads the key from the header. Returns `None` if the operation has no keys or an optional key is absent.
    pub(crate) fn read(
        request: &Incoming,
        operation: &'static str,
        principal: Option<Principal>,
        rule: Idempotent,
    ) -> Result<Option<Self>, Problem> {
        let (Some(principal), true) = (principal, rule != Idempotent::No) else { return Ok(None) };
        let Some(header) = request.headers.get("idempotency-key") else {
            return match rule {
                Idempotent::Required => Err(Code::IdempotencyKeyMissing.into()),
                _ => Ok(None),
            };
        };
        let key = header.to_str().unwrap_or_default();
        if !(1..=255).contains(&key.len()) || !key.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(Code::IdempotencyKeyMalformed.into());
        }
        Ok(Some(Self { principal, operation, key: key.to_owned(), fingerprint: fingerprint(request) }))
    }

    /// Makes the item that stores an answer for repetition. It belongs into the transaction whose result the answer
    /// describes.
    ///
    /// # Errors
    /// `internal` if the body does not serialise.
    pub fn answer<T: Serialize>(&self, body: &T, now: Timestamp) -> Result<Answer, Problem> {
        Ok(Answer {
            principal: self.principal,
            operation: self.operation.to_owned(),
            key: self.key.clone(),
            fingerprint: self.fingerprint.clone(),
            body: serde_json::to_string(body).map_err(|_| Problem::new(Code::Internal))?,
            expires_at: now + LIFETIME,
        })
    }
}

/// Hashes the path parameters and the body of a request, so that a key that is reused for another request is noticed.
/// Two spellings of the same JSON count as different requests: the second is refused and not answered wrongly.
fn fingerprint(request: &Incoming) -> String {
    let mut context = digest::Context::new(&digest::SHA256);
    for (name, value) in &request.path {
        context.update(format!("{name}={value}\n").as_bytes());
    }
    context.update(&request.body);
    BASE64_URL_SAFE_NO_PAD.encode(context.finish())
}
