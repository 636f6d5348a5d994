//! Who may sign in, and who wants to.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{Timestamp, fmt::serde::timestamp::millisecond::required as millis};
use serde::{Deserialize, Serialize};
use souk_domain::{Country, Email, PersonName, Phone, Principal, SellerId, UserId, code::Codes};

use crate::{
    Entity, StoreError, Table, Transaction, WriteError,
    entity::number,
    entity::text,
    keys::{self, Key, Realm},
    outbox::OutboxRecord,
    table::Freshness,
    transaction::Condition,
};

/// The credentials of a mail address in one realm. That the item exists is what makes the address taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Login {
    /// The address.
    pub email: Email,
    /// Whose it is.
    pub principal: Principal,
    /// The password's Argon2id hash as a PHC string.
    pub password: String,
}

impl Login {
    fn realm(&self) -> Realm {
        match self.principal {
            Principal::Seller(_) => Realm::Sellers,
            Principal::User(_) | Principal::Admin(_) => Realm::Users,
        }
    }
}

impl Entity for Login {
    const TYPE: &'static str = "login";

    fn key(&self) -> Key {
        keys::login(self.realm(), &self.email)
    }
}

/// A registration that waits for its code, and the code policy's state for the address.
///
/// For an address that is taken the same item is written with a code that nobody gets, so that the limits on sending
/// do not tell the two apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// The address.
    pub email: Email,
    /// What the account will be made from.
    pub applicant: Applicant,
    /// The password's Argon2id hash as a PHC string.
    pub password: String,
    /// Which codes went out, and how guessing went.
    pub codes: Codes,
    /// Counts the writes, so that two at a time cannot both count.
    pub version: u64,
    /// When the state may be forgotten.
    #[serde(with = "millis")]
    pub forgotten_at: Timestamp,
}

/// What somebody said of themselves when they registered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "realm", rename_all = "snake_case")]
pub enum Applicant {
    /// A shopper.
    User {
        /// What they are called.
        name: PersonName,
    },
    /// A seller.
    Seller {
        /// What they are called.
        name: PersonName,
        /// How to call them.
        phone: Phone,
        /// Where they sell from.
        country: Country,
    },
}

impl Applicant {
    /// Where they want to sign in.
    pub fn realm(&self) -> Realm {
        match self {
            Self::User { .. } => Realm::Users,
            Self::Seller { .. } => Realm::Sellers,
        }
    }

    /// What they are called.
    pub fn name(&self) -> &PersonName {
        match self {
            Self::User { name } | Self::Seller { name, .. } => name,
        }
    }
}

impl Entity for Pending {
    const TYPE: &'static str = "pending_registration";

    fn key(&self) -> Key {
        keys::pending(self.applicant.realm(), &self.email)
    }

    fn ttl(&self) -> Option<Timestamp> {
        Some(self.forgotten_at)
    }
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
    /// Whether an admin promoted them.
    #[serde(default)]
    pub admin: bool,
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
    /// Somebody else wrote the registration in between: read it again.
    Stale,
    /// The address got its account in between.
    Taken,
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

    /// The registration that waits at an address.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn pending(&self, realm: Realm, email: &Email) -> Result<Option<Pending>, StoreError> {
        self.table.get(keys::pending(realm, email), Freshness::Strong).await
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

    /// Writes a registration in place of the version that was read (0: none was), and the mail that it sends.
    ///
    /// # Errors
    /// [`Rule::Stale`] when another write came first.
    pub async fn save_pending(
        &self,
        pending: &Pending,
        read_version: u64,
        mail: Option<&OutboxRecord>,
    ) -> Result<(), WriteError<Rule>> {
        let transaction = Transaction::new().replace(pending, at_version(read_version), Rule::Stale);
        match mail {
            Some(mail) => transaction.put(mail),
            None => transaction,
        }
        .commit(self.table)
        .await
    }

    /// Turns a registration into an account.
    ///
    /// # Errors
    /// [`Rule::Stale`] when the registration is not the one that was read, [`Rule::Taken`] when the account exists.
    pub async fn confirm<P: Entity>(
        &self,
        pending: &Pending,
        login: &Login,
        profile: &P,
    ) -> Result<(), WriteError<Rule>> {
        Transaction::new()
            .delete(&pending.key(), at_version(pending.version), Rule::Stale)
            .create(login, Rule::Taken)
            .create(profile, Rule::Taken)
            .commit(self.table)
            .await
    }

    /// Stores a fresh hash of the password that was just right, unless it was changed in between.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn rehash(&self, login: &Login, hash: &str) -> Result<(), StoreError> {
        let update = self
            .table
            .update(&login.key())
            .update_expression("SET password = :new")
            .condition_expression("password = :old")
            .expression_attribute_values(":new", text(hash))
            .expression_attribute_values(":old", text(&login.password));
        // A password that was changed meanwhile has a fresh hash already.
        self.table.apply(update).await.map(drop)
    }
}

fn at_version(version: u64) -> Condition {
    if version == 0 {
        return Condition::new("attribute_not_exists(pk)");
    }
    let value: AttributeValue = number(i64::try_from(version).unwrap_or(i64::MAX));
    Condition::new("version = :version").value(":version", value)
}
