//! Who may sign in.

use jiff::{Timestamp, fmt::serde::timestamp::millisecond::required as millis};
use serde::{Deserialize, Serialize};
use souk_domain::{Country, Email, MediaId, PersonName, Phone, Principal, Realm, SellerId, UserId};
use souk_store::{
    Entity, StoreError, Table, Transaction, WriteError, entity::text, outbox::OutboxRecord, table::Freshness,
    transaction::Condition,
};
use souk_store_media::media::Picture;

use crate::{
    codes::CodeState,
    keys::{self, Key},
};

/// The credentials of a mail address in one realm. That the item exists is what makes the address taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Login {
    /// The address.
    pub email: Email,
    /// Whose it is.
    pub principal: Principal,
    /// The password's Argon2id hash as a PHC string. Who signs in otherwise may have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// What Google calls the Google accounts that sign in too, each of which has an item of its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub google: Vec<String>,
}

impl Entity for Login {
    const TYPE: &'static str = "login";

    fn key(&self) -> Key {
        keys::login(Realm::of(self.principal), &self.email)
    }
}

/// A profile photo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Avatar {
    /// The upload it came from.
    pub media: MediaId,
    /// What is shown.
    pub picture: Picture,
}

/// A shopper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Names the shopper.
    pub id: UserId,
    /// Where mail goes.
    pub email: Email,
    /// What they are called.
    pub name: PersonName,
    /// How to call them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    /// What they look like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avatar: Option<Avatar>,
    /// When the code was confirmed.
    #[serde(with = "millis")]
    pub created_at: Timestamp,
}

impl Entity for User {
    const TYPE: &'static str = "user";

    fn key(&self) -> Key {
        keys::user(self.id)
    }
}

/// A seller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seller {
    /// Names the seller.
    pub id: SellerId,
    /// Where mail goes.
    pub email: Email,
    /// What they are called.
    pub name: PersonName,
    /// How to call them.
    pub phone: Phone,
    /// Where they sell from.
    pub country: Country,
    /// What they look like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avatar: Option<Avatar>,
    /// When the code was confirmed.
    #[serde(with = "millis")]
    pub created_at: Timestamp,
}

impl Entity for Seller {
    const TYPE: &'static str = "seller";

    fn key(&self) -> Key {
        keys::seller(self.id)
    }
}

/// Why an account was not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Somebody else wrote the code's state in between: read it again.
    Stale,
    /// The address got its account in between.
    Taken,
    /// The address is that of a seller who deleted their shop.
    Barred,
}

/// The accounts in the table.
#[derive(Debug)]
pub struct Accounts<'a> {
    table: &'a Table,
}

impl<'a> Accounts<'a> {
    pub(crate) fn new(table: &'a Table) -> Self {
        Self { table }
    }

    /// The credentials of an address.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn login(&self, realm: Realm, email: &Email) -> Result<Option<Login>, StoreError> {
        self.table.get(keys::login(realm, email), Freshness::Strong).await
    }

    /// A shopper's profile.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn user(&self, id: UserId) -> Result<Option<User>, StoreError> {
        self.table.get(keys::user(id), Freshness::Strong).await
    }

    /// A seller's profile.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn seller(&self, id: SellerId) -> Result<Option<Seller>, StoreError> {
        self.table.get(keys::seller(id), Freshness::Strong).await
    }

    /// Makes an account in exchange for a code, which `used` no longer holds, and tells its owner.
    ///
    /// # Errors
    /// [`Rule::Stale`] when the code's state changed in between, [`Rule::Taken`] when the account exists, [`Rule::Barred`]
    /// for a seller who deleted their shop.
    pub async fn confirm<P: Entity>(
        &self,
        used: &CodeState,
        login: &Login,
        profile: &P,
        welcome: &OutboxRecord,
    ) -> Result<(), WriteError<Rule>> {
        let transaction = Transaction::new()
            .replace(used, used.as_read(), Rule::Stale)
            .create(login, Rule::Taken)
            .create(profile, Rule::Taken)
            .put(welcome);
        match Realm::of(login.principal) {
            Realm::Users => transaction,
            Realm::Sellers => {
                let may_sell = Condition::new("attribute_not_exists(pk)");
                transaction.check(&keys::barred_seller(&login.email), may_sell, Rule::Barred)
            }
        }
        .commit(self.table)
        .await
    }

    /// Stores a fresh hash of the password that was just right, unless it was changed in between.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn rehash(&self, login: &Login, hash: &str) -> Result<(), StoreError> {
        let Some(old) = &login.password else { return Ok(()) };
        let update = self
            .table
            .update(&login.key())
            .update_expression("SET password = :new")
            .condition_expression("password = :old")
            .expression_attribute_values(":new", text(hash))
            .expression_attribute_values(":old", text(old));
        // A password that was changed meanwhile has a fresh hash already.
        self.table.apply(update).await.map(drop)
    }
}
