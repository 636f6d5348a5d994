//! New passwords, each in one transaction with everything that it ends.

use souk_domain::Principal;
use souk_store::{
    Entity, Table, Transaction, WriteError,
    access::{Session, Standing},
    entity::text,
    outbox::OutboxRecord,
    transaction::Condition,
};

use crate::{accounts::Login, codes::CodeState};

/// A new password for an account.
#[derive(Debug)]
pub struct PasswordChange {
    /// The credentials as they were read.
    pub login: Login,
    /// The new password's Argon2id hash as a PHC string.
    pub hash: String,
    /// The next standings of everybody who signs in with this password, with their sessions ended.
    pub standings: Vec<Standing>,
    /// The event that tells the owner.
    pub event: OutboxRecord,
}

/// Why a password was not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Somebody else wrote meanwhile. Read again.
    Stale,
}

/// Access to passwords.
#[derive(Debug)]
pub struct Passwords<'a> {
    table: &'a Table,
}

impl<'a> Passwords<'a> {
    pub(crate) fn new(table: &'a Table) -> Self {
        Self { table }
    }

    /// Returns all principals who sign in with the password of an account. A shopper may be an admin too.
    pub fn signing_in_with(owner: Principal) -> Vec<Principal> {
        match owner {
            Principal::User(id) => vec![owner, Principal::Admin(id.into())],
            Principal::Admin(id) => vec![Principal::User(id.into()), owner],
            Principal::Seller(_) => vec![owner],
        }
    }

    /// Stores a password in exchange for the right to choose one, which `used` no longer holds.
    ///
    /// # Errors
    /// [`Rule::Stale`] if the right, the credentials or a standing changed meanwhile.
    pub async fn reset(&self, used: &CodeState, change: &PasswordChange) -> Result<(), WriteError<Rule>> {
        write(change).replace(used, used.as_read(), Rule::Stale).commit(self.table).await
    }

    /// Stores a password, and opens the one session that continues.
    ///
    /// # Errors
    /// [`Rule::Stale`] if the credentials or a standing changed meanwhile.
    pub async fn change(&self, session: &Session, change: &PasswordChange) -> Result<(), WriteError<Rule>> {
        write(change).create(session, Rule::Stale).commit(self.table).await
    }
}

fn write(change: &PasswordChange) -> Transaction<Rule> {
    let condition = match &change.login.password {
        Some(old) => Condition::new("principal = :owner AND password = :old").value(":old", text(old)),
        None => Condition::new("principal = :owner AND attribute_not_exists(password)"),
    };
    let condition = condition.value(":owner", text(change.login.principal)).value(":new", text(&change.hash));
    Transaction::new()
        .update(&change.login.key(), "SET password = :new", condition, Rule::Stale)
        .put(&change.event)
        .advance(&change.standings, Rule::Stale)
}
