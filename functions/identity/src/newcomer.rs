//! New accounts, however they come to be.

use jiff::Timestamp;
use souk_domain::{Email, Id, PersonName, Principal, UserId};
use souk_messaging::{Notice, tell};
use souk_store::{StoreError, outbox::OutboxRecord};
use souk_store_identity::accounts::{Login, User};
use uuid::Uuid;

/// What a new shopper's account is made of.
#[derive(Debug)]
pub(crate) struct Newcomer {
    pub(crate) user: User,
    pub(crate) login: Login,
    /// For the transaction that makes the account.
    pub(crate) welcome: OutboxRecord,
}

/// A new shopper, who may have the hash of a password or none.
pub(crate) fn shopper(
    email: Email,
    name: PersonName,
    password: Option<String>,
    now: Timestamp,
) -> Result<Newcomer, StoreError> {
    let id = UserId::from_uuid(Uuid::now_v7());
    let principal = Principal::User(id);
    Ok(Newcomer {
        login: Login { email: email.clone(), principal, password, google: Vec::new() },
        user: User { id, email, name, phone: None, avatar: None, created_at: now },
        welcome: tell(principal, Notice::Welcome, now)?,
    })
}
