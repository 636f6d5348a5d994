//! Every key format of accounts: credentials, mailed codes, second factors, admins.

use souk_domain::{AdminId, Email, Principal, Realm, code::Purpose};
pub(crate) use souk_store::keys::{Key, barred_seller, seller, shop, standing, user};

/// The credentials of an address.
pub fn login(realm: Realm, email: &Email) -> Key {
    Key::new(format!("LOGIN#{}#{email}", realm.as_str()), "LOGIN")
}

/// The state of the codes that were mailed to an address for one purpose.
pub fn code_state(purpose: Purpose, realm: Realm, email: &Email) -> Key {
    let purpose = match purpose {
        Purpose::ConfirmRegistration => "register",
        Purpose::SignIn => "sign_in",
        Purpose::ResetPassword => "reset",
    };
    Key::new(format!("CODE#{purpose}#{}#{email}", realm.as_str()), "CODE")
}

/// The link of a Google account to a shopper, by Google's id of the account.
pub fn google_link(subject: &str) -> Key {
    Key::new(format!("GOOGLE#{subject}"), "GOOGLE")
}

/// A principal's second factor.
pub fn second_factor(principal: Principal) -> Key {
    Key::new(format!("MFA#{principal}"), "MFA")
}

/// An admin.
pub fn admin(id: AdminId) -> Key {
    Key::new(admins(), id.to_string())
}

/// The partition of all admins.
pub fn admins() -> String {
    "ADMINS".to_owned()
}
