//! What both registrations have in common: a code goes out, or seems to.

use jiff::Timestamp;
use souk_domain::{Email, Password, code::Purpose};
use souk_runtime::{Connect, Sealer, Start, StartError};
use souk_store::{
    Store, StoreError, WriteError,
    codes::{Applicant, Registration},
    keys::Realm,
};
use souk_web::{Accepted, Deps, Problem};

use crate::{
    codes::{Codes, Subject},
    passwords,
};

/// How often a write that meets another one is decided anew. Each meeting means that another request got through.
pub(crate) const ATTEMPTS: usize = 8;

/// What rooms need that send codes or weigh them.
#[derive(Debug)]
pub struct Desk {
    pub(crate) store: Store,
    pub(crate) sealer: Sealer,
}

impl Connect for Desk {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        Ok(Self { store: Store::connect(start).await?, sealer: Sealer::connect(start).await? })
    }
}

impl Deps for Desk {
    fn store(&self) -> Option<&Store> {
        Some(&self.store)
    }
}

impl Desk {
    /// What codes are sent and weighed with.
    pub(crate) fn codes(&self, now: Timestamp) -> Codes<'_> {
        Codes { store: &self.store, sealer: &self.sealer, now }
    }
}

/// Takes a registration in, or a repeated one in place of the first. An address that has an account takes the same way:
/// its owner gets another letter, and the code nobody.
pub(crate) async fn register(
    desk: &Desk,
    email: Email,
    password: &Password,
    applicant: Applicant,
    now: Timestamp,
) -> Result<Accepted, Problem> {
    let to = subject(applicant.realm(), email);
    let registration = Registration { applicant, password: passwords::hash(password)? };
    desk.codes(now).send(to, Some(registration)).await
}

/// Sends a new code for the registration that waits at an address. Where none does, it is all the same but the letter.
pub(crate) async fn resend(desk: &Desk, realm: Realm, email: Email, now: Timestamp) -> Result<Accepted, Problem> {
    desk.codes(now).send(subject(realm, email), None).await
}

/// Whose registration's codes.
pub(crate) fn subject(realm: Realm, email: Email) -> Subject {
    Subject { purpose: Purpose::ConfirmRegistration, realm, email }
}

/// Whether a write happened. It did not where its conditions were broken: something else was written in between.
pub(crate) fn happened<R>(written: Result<(), WriteError<R>>) -> Result<bool, StoreError> {
    match written {
        Ok(()) => Ok(true),
        Err(WriteError::Refused(_)) => Ok(false),
        Err(WriteError::Store(error)) => Err(error),
    }
}
