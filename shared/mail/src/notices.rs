//! Letters about an account: something changed about who may act for its owner.

use askama::Template;
use souk_domain::Notice;

use crate::{
    letters::{Letter, letter},
    plain::{device, filters, one_line},
    render::RenderError,
};

/// To the owner of an account that something happened to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountNotice {
    /// The owner's name.
    pub name: String,
    /// What happened.
    pub notice: Notice,
}

/// To somebody whose account is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountDeleted {
    /// What they were called.
    pub name: String,
}

/// What to do about a password that somebody else may know.
const CHANGE_PASSWORD: &str = "If it was not you, choose \u{201c}Forgot password\u{201d} where you sign in and set a new \
                               password. That signs out every device, also a stranger's.";

/// What to do when somebody got further than a password leads.
const SECURE_MAILBOX: &str = "If it was not you, somebody else may be reading your mail. Set a new password for your \
                              mailbox first. Then choose \u{201c}Forgot password\u{201d} where you sign in to Souk: a new \
                              password signs out every device, also a stranger's.";

impl AccountNotice {
    fn heading(&self) -> &'static str {
        match &self.notice {
            Notice::Welcome => "Welcome to Souk",
            Notice::NewSignIn { .. } => "New sign-in to your account",
            Notice::SessionRevoked { .. } => "A device was signed out",
            Notice::PasswordChanged => "Your password was changed",
            Notice::GoogleLinked => "You can now sign in with Google",
            Notice::SecondFactorOn => "Two-step sign-in is on",
            Notice::SecondFactorOff => "Two-step sign-in is off",
            Notice::RecoveryCodeUsed { .. } => "A recovery code was used",
            Notice::SecondFactorLocked => "Wrong codes for two-step sign-in",
            Notice::Promoted => "You are an admin now",
            Notice::Demoted => "You are no longer an admin",
            Notice::Banned { .. } => "Your account is banned",
            Notice::BanLifted => "Your account is open again",
        }
    }

    fn news(&self) -> String {
        let fixed = match &self.notice {
            Notice::Welcome => "Your account is open. You sign in with this mail address.",
            Notice::NewSignIn { agent, address } => {
                return format!(
                    "Somebody signed in to your account on a device that had not been there before: {}, from the network \
                     address {}.",
                    device(agent),
                    device(address),
                );
            }
            Notice::SessionRevoked { agent } => {
                return format!(
                    "A device was signed out because its key to your account came back after it had been used. That \
                     happens when somebody has copied the key. The device: {}.",
                    device(agent),
                );
            }
            Notice::PasswordChanged => {
                "The password of your account was changed, and every other device was signed out. The old password no \
                 longer works."
            }
            Notice::GoogleLinked => {
                "A Google account with this mail address was linked to your account and can sign in to it from now on."
            }
            Notice::SecondFactorOn => {
                "From now on signing in asks for a code of your authenticator app as well. Keep the recovery codes where \
                 you find them without the app."
            }
            Notice::SecondFactorOff => "Signing in no longer asks for a code of an authenticator app.",
            Notice::RecoveryCodeUsed { left } => {
                let left = match left {
                    0 => "None is left: make new ones in your account's settings.".to_owned(),
                    1 => "One is left.".to_owned(),
                    more => format!("{more} are left."),
                };
                return format!("A recovery code was used in place of the code of your authenticator app. {left}");
            }
            Notice::SecondFactorLocked => {
                "Several wrong codes in a row were entered for your two-step sign-in. For a while no code counts, not even a \
                 right one. The wait grows each time it happens again."
            }
            Notice::Promoted => {
                "An admin made you an admin of Souk. Sign in as an admin with the address and password you have."
            }
            Notice::Demoted => {
                "An admin of Souk took back the rights of an admin from your account. As a shopper you sign in as before."
            }
            Notice::Banned { reason } => {
                return format!(
                    "An admin of Souk has banned your account, and you cannot sign in. The reason: {reason}"
                );
            }
            Notice::BanLifted => "An admin of Souk has lifted the ban on your account. You can sign in again.",
        };
        fixed.to_owned()
    }

    fn advice(&self) -> &'static str {
        match &self.notice {
            Notice::Welcome => {
                "If you did not open this account, somebody else may be reading your mail. Set a new password for your \
                 mailbox first. Then choose \u{201c}Forgot password\u{201d} where you sign in to Souk, and the account is \
                 yours alone."
            }
            // Codes are asked for only after the right password.
            Notice::NewSignIn { .. } | Notice::SecondFactorLocked => CHANGE_PASSWORD,
            Notice::SessionRevoked { .. } => {
                "If you know the device, sign in on it again. If you do not know it, choose \u{201c}Forgot \
                 password\u{201d} where you sign in and set a new password. That signs out every device, also a stranger's."
            }
            Notice::PasswordChanged | Notice::GoogleLinked | Notice::SecondFactorOn | Notice::SecondFactorOff => {
                SECURE_MAILBOX
            }
            Notice::RecoveryCodeUsed { .. } => {
                "If it was not you, somebody knows your password and your recovery codes. Choose \u{201c}Forgot \
                 password\u{201d} where you sign in and set a new password, and then make new recovery codes: the old ones \
                 stop working."
            }
            Notice::Promoted => {
                "If you know nothing of this, ask the other admins before you do anything with these rights."
            }
            Notice::Demoted => "If you think this is a mistake, ask another admin.",
            Notice::Banned { .. } => "If you think this is a mistake, answer to this mail.",
            Notice::BanLifted => "What was signed in before the ban stays signed out.",
        }
    }
}

letter!(AccountNotice, "notice.html", "notice.txt", |letter| format!("{} - Souk", letter.heading()));
letter!(AccountDeleted, "account_deleted.html", "account_deleted.txt", |_| "Your account is deleted - Souk".to_owned());
