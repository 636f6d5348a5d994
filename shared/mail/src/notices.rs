//! Mails about the security of an account.

use askama::Template;
use souk_domain::Notice;

use crate::{
    mails::{Mail, mail},
    plain::{device, filters, one_line},
    render::RenderError,
};

/// To the owner of an account, after an event that the owner should know about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountNotice {
    /// The name of the owner.
    pub name: String,
    /// The event.
    pub notice: Notice,
}

/// To the former owner of a deleted account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountDeleted {
    /// The name of the former owner.
    pub name: String,
}

/// Advice for a password that somebody else may know.
const CHANGE_PASSWORD: &str = "If this was not you, choose \u{201c}Forgot password\u{201d} where you sign in and set \
                               a new password. This signs out every device, including a stranger's.";

/// Advice after an event that needs more than the password: somebody else may also read the owner's mail.
const SECURE_MAILBOX: &str = "If this was not you, somebody else may be reading your mail. Set a new password for \
                              your mailbox first. Then choose \u{201c}Forgot password\u{201d} where you sign in to \
                              Souk: a new password signs out every device, including a stranger's.";

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

    fn message(&self) -> String {
        let fixed = match &self.notice {
            Notice::Welcome => "Your account was created. Sign in with this mail address.",
            Notice::NewSignIn { agent, address } => {
                return format!(
                    "Somebody signed in to your account on a new device: {}, from the network address {}.",
                    device(agent),
                    device(address),
                );
            }
            Notice::SessionRevoked { agent } => {
                return format!(
                    "A device was signed out because an old sign-in token of it was used again. This happens if \
                     somebody has copied the token. The device: {}.",
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
                "From now on a sign-in also requires a code of your authenticator app. Keep the recovery codes in a \
                 place that you can reach without the app."
            }
            Notice::SecondFactorOff => "A sign-in no longer requires a code of an authenticator app.",
            Notice::RecoveryCodeUsed { left } => {
                let left = match left {
                    0 => "None is left: create new ones in your account's settings.".to_owned(),
                    1 => "One is left.".to_owned(),
                    more => format!("{more} are left."),
                };
                return format!("A recovery code was used instead of a code of your authenticator app. {left}");
            }
            Notice::SecondFactorLocked => {
                "Several wrong codes in a row were entered for your two-step sign-in. For a while every code is \
                 refused, even a right one. The wait grows each time this happens."
            }
            Notice::Promoted => {
                "An admin made you an admin of Souk. Sign in as an admin with your current address and password."
            }
            Notice::Demoted => {
                "An admin of Souk removed the admin rights of your account. You can still sign in as a shopper."
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
                "If you did not create this account, somebody else may be reading your mail. Set a new password for \
                 your mailbox first. Then choose \u{201c}Forgot password\u{201d} where you sign in to Souk, and nobody \
                 else can use the account."
            }
            // A second factor is required only after the right password, so somebody else knows the password.
            Notice::NewSignIn { .. } | Notice::SecondFactorLocked => CHANGE_PASSWORD,
            Notice::SessionRevoked { .. } => {
                "If you know the device, sign in on it again. If you do not know it, choose \u{201c}Forgot \
                 password\u{201d} where you sign in and set a new password. This signs out every device, including a \
                 stranger's."
            }
            Notice::PasswordChanged | Notice::GoogleLinked | Notice::SecondFactorOn | Notice::SecondFactorOff => {
                SECURE_MAILBOX
            }
            Notice::RecoveryCodeUsed { .. } => {
                "If this was not you, somebody knows your password and your recovery codes. Choose \u{201c}Forgot \
                 password\u{201d} where you sign in and set a new password, and then create new recovery codes: the \
                 old ones stop working."
            }
            Notice::Promoted => "If you did not expect this, ask the other admins before you use these rights.",
            Notice::Demoted => "If you think this is a mistake, ask another admin.",
            Notice::Banned { .. } => "If you think this is a mistake, reply to this mail.",
            Notice::BanLifted => "Devices that were signed in before the ban stay signed out.",
        }
    }
}

mail!(AccountNotice, "notice.html", "notice.txt", |mail| format!("{} - Souk", mail.heading()));
mail!(AccountDeleted, "account_deleted.html", "account_deleted.txt", |_| "Your account is deleted - Souk".to_owned());
