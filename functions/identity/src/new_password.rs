//! The effects of a new password, for a forgotten password and for a change by the owner.

use jiff::Timestamp;
use souk_messaging::{Notice, tell};
use souk_store::{Store, StoreError};
use souk_store_identity::{
    accounts::Login,
    passwords::{PasswordChange, Passwords},
};

/// Prepares the change of a login's password: it ends the sessions of every principal that signs in with this password,
/// and notifies the owner.
pub(crate) async fn change(
    store: &Store,
    login: Login,
    hash: String,
    now: Timestamp,
) -> Result<PasswordChange, StoreError> {
    let mut standings = Vec::with_capacity(2);
    for principal in Passwords::signing_in_with(login.principal) {
        standings.push(store.access().standing(principal).await?.all_sessions_ended());
    }
    let event = tell(login.principal, Notice::PasswordChanged, now)?;
    Ok(PasswordChange { login, hash, standings, event })
}
