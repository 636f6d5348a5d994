//! Accounts and their credentials.

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

/// The credentials of a mail address in one realm. The address is taken while the item exists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Login {
    /// The address.
    pub email: Email,
    /// The principal who signs in.
    pub principal: Principal,
    /// The password's Argon2id hash as a PHC string. Absent if the account has no password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// The subjects of the Google accounts that sign in too. Each has an item of its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub google: Vec<String>,
}

impl Entity for Login {
    const TYPE: &'static str = "login";

    fn key(&self) -> Key {
        keys::login(Realm::of(self.principal), &self.email)
    }
}

/// A profile picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Avatar {
    /// The upload that it came from.
    pub media: MediaId,
    /// The picture to show.
    pub picture: Picture,
}

/// A shopper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The shopper's id.
    pub id: UserId,
    /// The mail address.
    pub email: Email,
    /// The name.
    pub name: PersonName,
    /// The phone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    /// The profile picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avatar: Option<Avatar>,
    /// When the account was confirmed.
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
    /// The seller's id.
    pub id: SellerId,
    /// The mail address.
    pub email: Email,
    /// The name.
    pub name: PersonName,
    /// The phone number.
    pub phone: Phone,
    /// The country of the business.
    pub country: Country,
    /// The profile picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avatar: Option<Avatar>,
    /// When the account was confirmed.
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
    /// Somebody else wrote the code's state meanwhile. Read it again.
    Stale,
    /// The address got an account meanwhile.
    Taken,
    /// The address belongs to a seller who deleted their shop.
    Barred,
}

/// Access to accounts.
#[derive(Debug)]
pub struct Accounts<'a> {
    table: &'a Table,
}

impl<'a> Accounts<'a> {
    pub(crate) fn new(table: &'a Table) -> Self {
        Self { table }
    }

    /// Returns the credentials of an address.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn login(&self, realm: Realm, email: &Email) -> Result<Option<Login>, StoreError> {
        self.table.get(keys::login(realm, email), Freshness::Strong).await
    }

    /// Returns a shopper's account.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn user(&self, id: UserId) -> Result<Option<User>, StoreError> {
        self.table.get(keys::user(id), Freshness::Strong).await
    }

    /// Returns a seller's account.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn seller(&self, id: SellerId) -> Result<Option<Seller>, StoreError> {
        self.table.get(keys::seller(id), Freshness::Strong).await
    }

    /// Creates an account in exchange for a mailed code, which `used` no longer holds, and writes the event that
    /// welcomes its owner.
    ///
    /// # Errors
    /// [`Rule::Stale`] if the code's state changed meanwhile, [`Rule::Taken`] if the account exists, [`Rule::Barred`]
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

    /// Stores a fresh hash of the password that was just verified, unless the password was changed meanwhile.
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
