//! Which sign-in somebody belongs to.

use serde::{Deserialize, Serialize};

use crate::Principal;

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

    /// The name that keys have.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Users => "user",
            Self::Sellers => "seller",
        }
    }
}
