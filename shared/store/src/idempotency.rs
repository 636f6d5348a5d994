//! Idempotency: the answers that are repeated for an `Idempotency-Key`.
//!
//! The answer is written in the transaction of the effect. So there is no moment at which the effect happened and the
//! key is unknown, and none at which the key is used and nothing happened.

use jiff::{SignedDuration, Timestamp, fmt::serde::timestamp::millisecond::required as millis};
use serde::{Deserialize, Serialize};
use souk_domain::Principal;

use crate::{
    Entity, StoreError, Table,
    keys::{self, Key},
    table::Freshness,
};

/// How long an answer is repeated: as long as Stripe's own keys.
pub const LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// A stored answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The caller.
    pub principal: Principal,
    /// The operation: `create_shop`.
    pub operation: String,
    /// The client's key.
    pub key: String,
    /// A hash of the request. It tells whether the key is used again for a different request.
    pub fingerprint: String,
    /// The body, as JSON text.
    pub body: String,
    /// When the key is free again.
    #[serde(with = "millis")]
    pub expires_at: Timestamp,
}

impl Entity for Answer {
    const TYPE: &'static str = "idempotent_answer";

    fn key(&self) -> Key {
        keys::idempotency(self.principal, &self.operation, &self.key)
    }

    fn ttl(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

/// Access to stored answers.
#[derive(Debug)]
pub struct Idempotency<'a> {
    table: &'a Table,
}

impl<'a> Idempotency<'a> {
    pub(crate) fn new(table: &'a Table) -> Self {
        Self { table }
    }

    /// Stores an answer that needed no other write. Returns whether the key was free.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn remember(&self, answer: &Answer) -> Result<bool, StoreError> {
        self.table.create(answer).await
    }

    /// Frees the key of an answer whose effect was undone.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn forget(&self, answer: &Answer) -> Result<(), StoreError> {
        self.table.delete(answer.key()).await
    }

    /// Returns the answer that was stored under a key, unless it expired.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn answer(
        &self,
        principal: Principal,
        operation: &str,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<Answer>, StoreError> {
        let answer: Option<Answer> =
            self.table.get(keys::idempotency(principal, operation, key), Freshness::Strong).await?;
        match answer {
            Some(answer) if answer.expires_at <= now => {
                // Deleted, so that the key can be created again before DynamoDB deletes the item.
                self.table.delete(answer.key()).await?;
                Ok(None)
            }
            answer => Ok(answer),
        }
    }
}
