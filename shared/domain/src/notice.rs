//! Messages to a principal about their own account.

use serde::{Deserialize, Serialize};

use crate::BanReason;

/// A message to a principal about their own account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Notice {
    /// The account was created.
    Welcome,
    /// Somebody signed in on a new device.
    NewSignIn {
        /// The user agent of the device.
        agent: String,
        /// The IP address of the device.
        address: String,
    },
    /// A refresh token was used twice, so its session was ended.
    SessionRevoked {
        /// The user agent of the session's device.
        agent: String,
    },
    /// The password was changed.
    PasswordChanged,
    /// A Google account was linked and can sign in.
    GoogleLinked,
    /// A second factor was switched on.
    SecondFactorOn,
    /// The second factor was switched off.
    SecondFactorOff,
    /// A recovery code was used as second factor.
    RecoveryCodeUsed {
        /// How many recovery codes are left.
        left: u32,
    },
    /// Too many wrong codes were entered in a row, so the second factor is locked for a while.
    SecondFactorLocked,
    /// The shopper became an admin.
    Promoted,
    /// The admin lost their rights.
    Demoted,
    /// The account was banned.
    Banned {
        /// The reason, in the admin's words.
        reason: BanReason,
    },
    /// The ban was lifted.
    BanLifted,
}

impl Notice {
    /// Tells whether a session may have lost its rights. Then open connections are closed, and have to be authenticated
    /// again.
    pub const fn ends_sessions(&self) -> bool {
        matches!(self, Self::SessionRevoked { .. } | Self::PasswordChanged | Self::Demoted | Self::Banned { .. })
    }
}
