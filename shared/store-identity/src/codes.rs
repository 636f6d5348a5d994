//! Mailed codes: what is remembered of them for each address and purpose, and what waits for them.

use jiff::{SignedDuration, Timestamp, fmt::serde::timestamp::millisecond::required as millis};
use serde::{Deserialize, Serialize};
use souk_domain::{
    Country, Email, PersonName, Phone, Realm,
    code::{Codes, Purpose},
};
use souk_store::{
    Entity, StoreError, Table, Transaction, WriteError, outbox::OutboxRecord, table::Freshness, transaction::Condition,
};

use crate::keys::{self, Key};

/// How long a password may be chosen after the code was right.
pub const RESET_LIFETIME: SignedDuration = SignedDuration::from_mins(10);

/// The code policy's state for an address and a purpose.
///
/// It is written for every address that somebody asks a code for, whether it has an account or not, so that neither the
/// limits nor the work tell the two apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeState {
    /// What the codes are for.
    pub purpose: Purpose,
    /// As what the address signs in, or wants to.
    pub realm: Realm,
    /// The address.
    pub email: Email,
    /// Which codes went out, and how guessing went.
    pub codes: Codes,
    /// Who wants an account: the newest code confirms this registration and no other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration: Option<Registration>,
    /// What the code to reset a password was changed for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reset: Option<ResetGrant>,
    /// Counts the writes, so that two at a time cannot both count.
    pub version: u64,
    /// When the state may be forgotten.
    #[serde(with = "millis")]
    pub forgotten_at: Timestamp,
}

/// A registration that waits for its code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    /// What the account will be made from.
    pub applicant: Applicant,
    /// The password's Argon2id hash as a PHC string.
    pub password: String,
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
}

/// The right to choose a new password, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResetGrant {
    /// The SHA-256 of the reset token's secret.
    pub secret_hash: String,
    /// When it is over.
    #[serde(with = "millis")]
    pub expires_at: Timestamp,
}

impl CodeState {
    /// The state of an address of which nothing is stored.
    pub fn fresh(purpose: Purpose, realm: Realm, email: Email) -> Self {
        Self {
            purpose,
            realm,
            email,
            codes: Codes::default(),
            registration: None,
            reset: None,
            version: 0,
            forgotten_at: Timestamp::UNIX_EPOCH,
        }
    }

    /// The next version, with what became of the codes.
    #[must_use]
    pub fn next(self, codes: Codes, now: Timestamp) -> Self {
        Self { forgotten_at: codes.forgotten_at(now), codes, version: self.version + 1, ..self }
    }

    /// That the stored state is the one before this.
    pub(crate) fn as_read(&self) -> Condition {
        Condition::at_version(self.version - 1)
    }
}

impl Entity for CodeState {
    const TYPE: &'static str = "code_state";

    fn key(&self) -> Key {
        keys::code_state(self.purpose, self.realm, &self.email)
    }

    fn ttl(&self) -> Option<Timestamp> {
        Some(self.forgotten_at)
    }
}

/// Why a state was not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Somebody else wrote in between: read again.
    Stale,
}

/// The states of mailed codes in the table.
#[derive(Debug)]
pub struct CodeStates<'a> {
    table: &'a Table,
}

impl<'a> CodeStates<'a> {
    pub(crate) fn new(table: &'a Table) -> Self {
        Self { table }
    }

    /// The state of an address and a purpose.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn get(
        &self,
        purpose: Purpose,
        realm: Realm,
        email: &Email,
        now: Timestamp,
    ) -> Result<CodeState, StoreError> {
        let stored: Option<CodeState> =
            self.table.get(keys::code_state(purpose, realm, email), Freshness::Strong).await?;
        Ok(match stored {
            Some(state) if now < state.forgotten_at => state,
            // What is not cleaned away yet counts for nothing but its version.
            stored => CodeState {
                version: stored.map_or(0, |state| state.version),
                ..CodeState::fresh(purpose, realm, email.clone())
            },
        })
    }

    /// Writes a state in place of the version before, and the mail that it sends.
    ///
    /// # Errors
    /// [`Rule::Stale`] when another write came first.
    pub async fn save(&self, state: &CodeState, mail: Option<&OutboxRecord>) -> Result<(), WriteError<Rule>> {
        Transaction::new().replace(state, state.as_read(), Rule::Stale).put_all(mail).commit(self.table).await
    }
}
