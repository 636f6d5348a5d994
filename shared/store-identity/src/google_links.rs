//! Google accounts and the shoppers who sign in with them.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{Timestamp, fmt::serde::timestamp::millisecond::required as millis};
use serde::{Deserialize, Serialize};
use souk_domain::UserId;
use souk_store::{
    Entity, StoreError, Table, Transaction, WriteError, entity::text, outbox::OutboxRecord, table::Freshness,
    transaction::Condition,
};

use crate::{
    accounts::{Login, User},
    keys::{self, Key},
};

/// The link of a Google account to a shopper. A shopper may have several; the shopper's login names each of them too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoogleLink {
    /// Google's id of the account, which does not depend on its mail address.
    pub subject: String,
    /// The shopper.
    pub user: UserId,
    /// Since when.
    #[serde(with = "millis")]
    pub linked_at: Timestamp,
}

impl Entity for GoogleLink {
    const TYPE: &'static str = "google_link";

    fn key(&self) -> Key {
        keys::google_link(&self.subject)
    }
}

/// Why a Google account was not linked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// The Google account or the mail address got a shopper meanwhile, or the shopper was deleted. Read again.
    Stale,
}

/// Access to the links of Google accounts.
#[derive(Debug)]
pub struct GoogleLinks<'a> {
    table: &'a Table,
}

impl<'a> GoogleLinks<'a> {
    pub(crate) fn new(table: &'a Table) -> Self {
        Self { table }
    }

    /// Returns the link of a Google account.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn get(&self, subject: &str) -> Result<Option<GoogleLink>, StoreError> {
        self.table.get(keys::google_link(subject), Freshness::Strong).await
    }

    /// Links a Google account to the shopper of a login that was read, and writes the event for the owner.
    ///
    /// # Errors
    /// [`Rule::Stale`].
    pub async fn link(&self, link: &GoogleLink, login: &Login, event: &OutboxRecord) -> Result<(), WriteError<Rule>> {
        let still_theirs = Condition::new("principal = :owner")
            .value(":owner", text(login.principal))
            .value(":none", AttributeValue::L(Vec::new()))
            .value(":subject", AttributeValue::L(vec![text(&link.subject)]));
        let with_subject = "SET google = list_append(if_not_exists(google, :none), :subject)";
        Transaction::new()
            .create(link, Rule::Stale)
            .update(&login.key(), with_subject, still_theirs, Rule::Stale)
            .put(event)
            .commit(self.table)
            .await
    }

    /// Creates a shopper for a Google account, and writes the event that welcomes them.
    ///
    /// # Errors
    /// [`Rule::Stale`].
    pub async fn join(
        &self,
        link: &GoogleLink,
        login: &Login,
        user: &User,
        welcome: &OutboxRecord,
    ) -> Result<(), WriteError<Rule>> {
        Transaction::new()
            .create(link, Rule::Stale)
            .create(login, Rule::Stale)
            .create(user, Rule::Stale)
            .put(welcome)
            .commit(self.table)
            .await
    }
}
