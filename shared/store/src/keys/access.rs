//! Who may come in: sign-ins, codes, sessions, second factors, admins.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use souk_domain::{AdminId, AuditId, Email, Principal, SellerId, SessionId, UserId, audit::Subject, code::Purpose};

use super::{IndexKey, Key, sortable};

/// Which sign-in an address belongs to. An admin signs in as a shopper who was promoted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Realm {
    /// Shoppers.
    #[default]
    Users,
    /// Sellers.
    Sellers,
}

impl Realm {
    /// Where a principal signs in.
    pub const fn of(principal: Principal) -> Self {
        match principal {
            Principal::User(_) | Principal::Admin(_) => Self::Users,
            Principal::Seller(_) => Self::Sellers,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Users => "user",
            Self::Sellers => "seller",
        }
    }
}

/// The credentials of an address.
pub fn login(realm: Realm, email: &Email) -> Key {
    Key::new(format!("LOGIN#{}#{email}", realm.name()), "LOGIN")
}

/// What is remembered of the codes mailed to an address for one purpose.
pub fn code_state(purpose: Purpose, realm: Realm, email: &Email) -> Key {
    let purpose = match purpose {
        Purpose::ConfirmRegistration => "register",
        Purpose::SignIn => "sign_in",
        Purpose::ResetPassword => "reset",
    };
    Key::new(format!("CODE#{purpose}#{}#{email}", realm.name()), "CODE")
}

/// The link of a Google account to a shopper, by what Google calls the account.
pub fn google_link(subject: &str) -> Key {
    Key::new(format!("GOOGLE#{subject}"), "GOOGLE")
}

/// How a principal stands: bans, and what ended all sessions.
pub fn standing(principal: Principal) -> Key {
    Key::new(access_partition(principal), "STANDING")
}

/// A session.
pub fn session(principal: Principal, id: SessionId) -> Key {
    Key::new(access_partition(principal), format!("SESSION#{id}"))
}

/// The partition that a principal's standing and sessions share.
pub fn access_partition(principal: Principal) -> String {
    format!("ACCESS#{principal}")
}

/// A principal's second factor.
pub fn second_factor(principal: Principal) -> Key {
    Key::new(format!("MFA#{principal}"), "MFA")
}

/// A place among the bans, oldest first.
pub fn among_bans(since: Timestamp, principal: Principal) -> IndexKey {
    IndexKey { list: bans(), at: format!("{}#{principal}", sortable(since)) }
}

/// The list of all bans.
pub fn bans() -> String {
    "BANS".to_owned()
}

/// An admin.
pub fn admin(id: AdminId) -> Key {
    Key::new(admins(), id.to_string())
}

/// The partition of all admins.
pub fn admins() -> String {
    "ADMINS".to_owned()
}

/// What an admin did to somebody or something.
pub fn audit_record(subject: &Subject, id: AuditId) -> Key {
    Key::new(audit_of(subject), id.to_string())
}

/// The partition of what admins did to somebody or something.
pub fn audit_of(subject: &Subject) -> String {
    format!("AUDIT#{subject}")
}

/// A place among all that admins did, oldest first.
pub fn among_audit(id: AuditId) -> IndexKey {
    IndexKey { list: audit(), at: id.to_string() }
}

/// The list of all that admins did.
pub fn audit() -> String {
    "AUDIT".to_owned()
}

/// A shopper's profile.
pub fn user(id: UserId) -> Key {
    Key::new(format!("USER#{id}"), "PROFILE")
}

/// A seller's profile.
pub fn seller(id: SellerId) -> Key {
    Key::new(format!("SELLER#{id}"), "PROFILE")
}

/// That the seller of a deleted shop may not register again.
pub fn barred_seller(email: &Email) -> Key {
    Key::new(format!("BARRED#seller#{email}"), "BARRED")
}
