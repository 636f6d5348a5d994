//! A new shopper's account. It is created by a confirmed registration, a first sign-in with a mailed code or a first
//! sign-in with Google.

use jiff::Timestamp;
use souk_domain::{Email, Id, PersonName, Principal, UserId};
use souk_messaging::{Notice, tell};
use souk_store::{StoreError, outbox::OutboxRecord};
use souk_store_identity::accounts::{Login, User};
use uuid::Uuid;

/// The items of a new shopper's account. One transaction writes them.
#[derive(Debug)]
pub(crate) struct NewShopper {
    pub(crate) user: User,
    pub(crate) login: Login,
    /// The welcome notice for the outbox.
    pub(crate) welcome: OutboxRecord,
}

impl NewShopper {
    /// Builds the items of a new shopper. `password` is the hash of a password, or `None` for a shopper without one.
    pub(crate) fn create(
        email: Email,
        name: PersonName,
        password: Option<String>,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let id = UserId::from_uuid(Uuid::now_v7());
        let principal = Principal::User(id);
        Ok(Self {
            login: Login { email: email.clone(), principal, password, google: Vec::new() },
            user: User { id, email, name, phone: None, avatar: None, created_at: now },
            welcome: tell(principal, Notice::Welcome, now)?,
        })
    }
}
