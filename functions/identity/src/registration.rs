//! Registration, for shoppers and sellers: it stores the applicant and requests a mailed code.

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
    /// The table and the sealer: what a function needs to send and check mailed codes.
    pub struct StoreSealer { store: Store, sealer: Sealer }
}

impl StoreSealer {
    /// Returns the access to mailed codes at the time `now`.
    pub(crate) fn codes(&self, now: Timestamp) -> Codes<'_> {
        Codes { store: &self.store, sealer: &self.sealer, now }
    }
}

/// Stores a registration and requests a code for it. A repeated registration replaces the first one. An address that
/// already has an account is treated the same way, so that the answer does not reveal it: its owner gets a different
/// mail, without a code.
pub(crate) async fn register(
    deps: &StoreSealer,
    email: Email,
    password: &Password,
    applicant: Applicant,
    now: Timestamp,
) -> Result<Accepted, Problem> {
    let to = subject(applicant.realm(), email);
    let registration = Registration { applicant, password: passwords::hash(password)? };
    deps.codes(now).send(to, Some(registration)).await
}

/// Returns the subject of the codes that confirm a registration.
pub(crate) fn subject(realm: Realm, email: Email) -> Subject {
    Subject { purpose: Purpose::ConfirmRegistration, realm, email }
}
