//! Answers to repeat: what an `Idempotency-Key` stands for.
//!
//! The item is written in the transaction of the effect itself. So there is no moment at which the effect happened and
//! the key is unknown, and none at which the key is taken and nothing happened.

use jiff::{SignedDuration, Timestamp, fmt::serde::timestamp::millisecond::required as millis};
use serde::{Deserialize, Serialize};
use souk_domain::Principal;

use crate::{
    Entity, StoreError, Table,
    keys::{self, Key},
    table::Freshness,
};

/// How long an answer is repeated. The same as Stripe's own keys.
pub const LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// An answer that was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Who asked.
    pub principal: Principal,
    /// Which operation: `create_shop`.
    pub operation: String,
    /// The client's key.
    pub key: String,
    /// A hash of the request, by which a second use for something else is told.
    pub fingerprint: String,
    /// The body of the answer, as JSON text.
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

/// The answers in the table.
#[derive(Debug)]
pub struct Idempotency<'a> {
    table: &'a Table,
}

impl<'a> Idempotency<'a> {
    pub(crate) fn new(table: &'a Table) -> Self {
        Self { table }
    }

    /// Remembers an answer that needed no write of its own. Whether the key was free.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn remember(&self, answer: &Answer) -> Result<bool, StoreError> {
        self.table.create(answer).await
    }

    /// The answer that was given under a key, if it still counts.
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
                // Out of the way, so that the key can be created again before the cleaner comes by.
                self.table.delete(answer.key()).await?;
                Ok(None)
            }
            answer => Ok(answer),
        }
    }
}
