//! What both registrations have in common: a code goes out, or seems to.

use jiff::Timestamp;
use souk_domain::{Email, Password, Realm, code::Purpose};
use souk_runtime::Sealer;
use souk_store_identity::codes::{Applicant, Registration};
use souk_web::{Accepted, Problem};

use crate::{
    codes::{Codes, Subject},
    passwords,
};

souk_web::deps! {
    /// What functions need that send codes or weigh them.
    pub struct StoreSealer { store: Store, sealer: Sealer }
}

impl StoreSealer {
    /// What codes are sent and weighed with.
    pub(crate) fn codes(&self, now: Timestamp) -> Codes<'_> {
        Codes { store: &self.store, sealer: &self.sealer, now }
    }
}

/// Takes a registration in, or a repeated one in place of the first. An address that has an account takes the same way:
/// its owner gets another letter, and the code nobody.
pub(crate) async fn register(
    issuer: &StoreSealer,
    email: Email,
    password: &Password,
    applicant: Applicant,
    now: Timestamp,
) -> Result<Accepted, Problem> {
    let to = subject(applicant.realm(), email);
    let registration = Registration { applicant, password: passwords::hash(password)? };
    issuer.codes(now).send(to, Some(registration)).await
}

/// Whose registration's codes.
pub(crate) fn subject(realm: Realm, email: Email) -> Subject {
    Subject { purpose: Purpose::ConfirmRegistration, realm, email }
}
