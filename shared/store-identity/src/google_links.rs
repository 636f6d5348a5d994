//! Which shopper signs in with which Google account.

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

/// That a Google account is a shopper's. A shopper may have several, each of which stands in the shopper's login too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoogleLink {
    /// What Google calls the account, whatever its mail address is.
    pub subject: String,
    /// Whose it is.
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
    /// The Google account or the mail address got its shopper in between, or the shopper went: read again.
    Stale,
}

/// The linked Google accounts in the table.
#[derive(Debug)]
pub struct GoogleLinks<'a> {
    table: &'a Table,
}

impl<'a> GoogleLinks<'a> {
    pub(crate) fn new(table: &'a Table) -> Self {
        Self { table }
    }

    /// Whose a Google account is.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn get(&self, subject: &str) -> Result<Option<GoogleLink>, StoreError> {
        self.table.get(keys::google_link(subject), Freshness::Strong).await
    }

    /// Lets a Google account sign in as the shopper of a login that was read, and tells the owner.
    ///
    /// # Errors
    /// [`Rule::Stale`].
    pub async fn link(&self, link: &GoogleLink, login: &Login, news: &OutboxRecord) -> Result<(), WriteError<Rule>> {
        let still_theirs = Condition::new("principal = :owner")
            .value(":owner", text(login.principal))
            .value(":none", AttributeValue::L(Vec::new()))
            .value(":subject", AttributeValue::L(vec![text(&link.subject)]));
        let with_subject = "SET google = list_append(if_not_exists(google, :none), :subject)";
        Transaction::new()
            .create(link, Rule::Stale)
            .update(&login.key(), with_subject, still_theirs, Rule::Stale)
            .put(news)
            .commit(self.table)
            .await
    }

    /// Makes a shopper for a Google account, and tells them.
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
