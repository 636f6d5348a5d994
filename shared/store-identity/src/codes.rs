//! Mailed codes: the state of each address and purpose, and what waits for a code.

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

/// How long a new password may be chosen after the code was correct.
pub const RESET_LIFETIME: SignedDuration = SignedDuration::from_mins(10);

/// The state of the code policy for an address and a purpose.
///
/// It is written for every address for which somebody requests a code, whether the address has an account or not. So
/// neither the limits nor the time of an answer tell the two apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeState {
    /// The purpose of the codes.
    pub purpose: Purpose,
    /// The realm in which the address signs in or registers.
    pub realm: Realm,
    /// The address.
    pub email: Email,
    /// Which codes were sent, and the wrong guesses.
    pub codes: Codes,
    /// The registration that waits. The newest code confirms this one and no other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration: Option<Registration>,
    /// The right that a correct reset code was exchanged for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reset: Option<ResetGrant>,
    /// The version. Every write increments it, so that of two parallel writes only one succeeds.
    pub version: u64,
    /// When the state may be deleted.
    #[serde(with = "millis")]
    pub forgotten_at: Timestamp,
}

/// A registration that waits for its code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    /// What the account will be created from.
    pub applicant: Applicant,
    /// The password's Argon2id hash as a PHC string.
    pub password: String,
}

/// What somebody entered in the registration form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "realm", rename_all = "snake_case")]
pub enum Applicant {
    /// A shopper.
    User {
        /// The name.
        name: PersonName,
    },
    /// A seller.
    Seller {
        /// The name.
        name: PersonName,
        /// The phone number.
        phone: Phone,
        /// The country of the business.
        country: Country,
    },
}

impl Applicant {
    /// Returns the realm in which they register.
    pub fn realm(&self) -> Realm {
        match self {
            Self::User { .. } => Realm::Users,
            Self::Seller { .. } => Realm::Sellers,
        }
    }
}

/// The right to choose a new password once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResetGrant {
    /// The SHA-256 of the reset token's secret.
    pub secret_hash: String,
    /// When it expires.
    #[serde(with = "millis")]
    pub expires_at: Timestamp,
}

impl CodeState {
    /// Returns the state of an address of which nothing is stored.
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

    /// Returns the next version with a new state of the codes.
    #[must_use]
    pub fn next(self, codes: Codes, now: Timestamp) -> Self {
        Self { forgotten_at: codes.forgotten_at(now), codes, version: self.version + 1, ..self }
    }

    /// Requires the stored state to be the one before this.
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
    /// Somebody else wrote meanwhile. Read again.
    Stale,
}

/// Access to the states of mailed codes.
#[derive(Debug)]
pub struct CodeStates<'a> {
    table: &'a Table,
}

impl<'a> CodeStates<'a> {
    pub(crate) fn new(table: &'a Table) -> Self {
        Self { table }
    }

    /// Returns the state of an address and a purpose.
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
            // Of an expired item that DynamoDB has not deleted yet, only the version counts.
            stored => CodeState {
                version: stored.map_or(0, |state| state.version),
                ..CodeState::fresh(purpose, realm, email.clone())
            },
        })
    }

    /// Replaces the version before, and writes the event of the mail to send.
    ///
    /// # Errors
    /// [`Rule::Stale`] if another write came first.
    pub async fn save(&self, state: &CodeState, mail: Option<&OutboxRecord>) -> Result<(), WriteError<Rule>> {
        Transaction::new().replace(state, state.as_read(), Rule::Stale).put_all(mail).commit(self.table).await
    }
}
