//! The dependencies of the functions in this service.

use souk_domain::{Email, Principal};
use souk_runtime::{Connect, Start, StartError};
use souk_store::Store;
use souk_store_identity::IdentityExt as _;
use souk_web::{Code, Deps, Problem};

/// The table, and the mail address of the first admin.
#[derive(Debug)]
pub struct StoreFirstAdmin {
    pub(crate) store: Store,
    first_admin: Option<Email>,
}

impl Connect for StoreFirstAdmin {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        let first_admin: Option<String> = start.optional("FIRST_ADMIN")?;
        let first_admin = first_admin.and_then(|first| Email::parse(&first).ok());
        Ok(Self { store: Store::connect(start).await?, first_admin })
    }
}

impl Deps for StoreFirstAdmin {
    fn store(&self) -> Option<&Store> {
        Some(&self.store)
    }
}

impl StoreFirstAdmin {
    /// Refuses to ban or demote the first admin, so that there is always an admin.
    pub(crate) fn refuse_first(&self, email: &Email) -> Result<(), Problem> {
        if self.first_admin.as_ref() == Some(email) { Err(Code::FirstAdmin.into()) } else { Ok(()) }
    }

    /// Returns the mail address of a principal.
    /// # Errors
    /// `not_found` if the principal does not exist.
    pub(crate) async fn email_of(&self, principal: Principal) -> Result<Email, Problem> {
        let email = match principal {
            Principal::User(id) => self.store.accounts().user(id).await?.map(|user| user.email),
            Principal::Seller(id) => self.store.accounts().seller(id).await?.map(|seller| seller.email),
            Principal::Admin(id) => self.store.admins().get(id).await?.map(|admin| admin.email),
        };
        email.ok_or_else(|| Code::NotFound.into())
    }
}
