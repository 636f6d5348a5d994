//! Second factors of sellers and admins.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{Timestamp, fmt::serde::timestamp::millisecond::optional as millis};
use serde::{Deserialize, Serialize};
use souk_domain::{Principal, totp::Uses};
use souk_store::{
    Entity, StoreError, Table, Transaction, WriteError, entity::text, outbox::OutboxRecord, table::Freshness,
    transaction::Condition,
};

use crate::keys::{self, Key};

/// A principal's second factor, or the one that they are setting up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondFactor {
    /// The principal.
    pub principal: Principal,
    /// The secret that the authenticator app shares, sealed. Sealing never returns the same text twice.
    pub sealed_secret: String,
    /// When the app's first code was correct. The factor is not required before.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "millis")]
    pub confirmed_at: Option<Timestamp>,
    /// Which codes were used, and the wrong guesses.
    pub uses: Uses,
    /// The version. Every write increments it, so that of two parallel writes only one succeeds.
    pub version: u64,
}

impl SecondFactor {
    /// Returns whether signing in requires it.
    pub fn is_on(&self) -> bool {
        self.confirmed_at.is_some()
    }

    /// Requires the item to be the one that was read. The version alone is not enough: it starts again with a factor
    /// that is set up after another was removed.
    fn as_read(&self) -> Condition {
        Condition::new("version = :version AND sealed_secret = :secret")
            .value(":version", AttributeValue::N(self.version.to_string()))
            .value(":secret", text(&self.sealed_secret))
    }
}

impl Entity for SecondFactor {
    const TYPE: &'static str = "second_factor";

    fn key(&self) -> Key {
        keys::second_factor(self.principal)
    }
}

/// Why a second factor was not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Somebody else wrote meanwhile. Read again.
    Stale,
}

/// Access to second factors.
#[derive(Debug)]
pub struct SecondFactors<'a> {
    table: &'a Table,
}

impl<'a> SecondFactors<'a> {
    pub(crate) fn new(table: &'a Table) -> Self {
        Self { table }
    }

    /// Returns a principal's second factor.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn of(&self, principal: Principal) -> Result<Option<SecondFactor>, StoreError> {
        self.table.get(keys::second_factor(principal), Freshness::Strong).await
    }

    /// Replaces the factor that was read, if any, and writes the event.
    ///
    /// # Errors
    /// [`Rule::Stale`] if another write came first.
    pub async fn save(
        &self,
        next: &SecondFactor,
        read: Option<&SecondFactor>,
        event: Option<&OutboxRecord>,
    ) -> Result<(), WriteError<Rule>> {
        let condition = read.map_or_else(|| Condition::at_version(0), SecondFactor::as_read);
        Transaction::new().replace(next, condition, Rule::Stale).put_all(event).commit(self.table).await
    }

    /// Removes the factor that was read, and writes the event.
    ///
    /// # Errors
    /// [`Rule::Stale`] if another write came first.
    pub async fn remove(&self, read: &SecondFactor, event: &OutboxRecord) -> Result<(), WriteError<Rule>> {
        Transaction::new().delete(&read.key(), read.as_read(), Rule::Stale).put(event).commit(self.table).await
    }
}
