//! What somebody is told about their own account.

use serde::{Deserialize, Serialize};

use crate::BanReason;

/// What somebody should know about their own account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Notice {
    /// The account exists.
    Welcome,
    /// Somebody signed in on a device that never did before.
    NewSignIn {
        /// What the device called itself.
        agent: String,
        /// Where it called from.
        address: String,
    },
    /// A refresh token was used a second time, so its session was ended.
    SessionRevoked {
        /// What the session's device called itself.
        agent: String,
    },
    /// The password is another one now.
    PasswordChanged,
    /// A Google account can sign in from now on.
    GoogleLinked,
    /// A second factor is asked for from now on.
    SecondFactorOn,
    /// No second factor is asked for any more.
    SecondFactorOff,
    /// A recovery code took the second factor's place.
    RecoveryCodeUsed {
        /// How many codes are left.
        left: u32,
    },
    /// So many wrong codes came in a row that no code counts for a while.
    SecondFactorLocked,
    /// They are an admin now.
    Promoted,
    /// They are no longer an admin.
    Demoted,
    /// They may not come in any more.
    Banned {
        /// Why, in the admin's words.
        reason: BanReason,
    },
    /// They may come in again.
    BanLifted,
}

impl Notice {
    /// Whether somebody may have lost the right to act as them: what is open stays so for those alone who come in anew.
    pub const fn ends_sessions(&self) -> bool {
        matches!(self, Self::SessionRevoked { .. } | Self::PasswordChanged | Self::Demoted | Self::Banned { .. })
    }
}
