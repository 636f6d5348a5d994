//! Pictures: who may keep how many, what shows them, and what can be made of them.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{Invalid, Principal, ProductId, SellerId, ShopId, UserId};

/// How many pictures somebody may keep, those that wait to be looked at included: enough for the products of a large
/// shop, and for whatever a shopper or an admin shows.
pub const fn max_stored(owner: Principal) -> u32 {
    match owner {
        Principal::Seller(_) => 5_000,
        Principal::User(_) | Principal::Admin(_) => 500,
    }
}

/// What shows a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Referrer {
    /// One of a product's pictures.
    Product(ProductId),
    /// A shop's avatar or cover.
    Shop(ShopId),
    /// A shopper's profile, which is also that of the admin they may be.
    User(UserId),
    /// A seller's profile.
    Seller(SellerId),
    /// A category's picture, the logo or a banner.
    Site,
}

const SITE: &str = "site";

impl Referrer {
    /// Whoever's profile it is.
    pub fn profile_of(principal: Principal) -> Self {
        match principal {
            Principal::User(id) => Self::User(id),
            Principal::Admin(id) => Self::User(id.into()),
            Principal::Seller(id) => Self::Seller(id),
        }
    }

    /// Parses the text form.
    ///
    /// # Errors
    /// `malformed` when it is none.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        if raw == SITE {
            return Ok(Self::Site);
        }
        ProductId::parse(raw)
            .map(Self::Product)
            .or_else(|_| ShopId::parse(raw).map(Self::Shop))
            .or_else(|_| UserId::parse(raw).map(Self::User))
            .or_else(|_| SellerId::parse(raw).map(Self::Seller))
            .map_err(|_| Invalid::new("malformed", "must be the id of what shows pictures, or `site`"))
    }
}

impl fmt::Display for Referrer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Product(id) => id.fmt(f),
            Self::Shop(id) => id.fmt(f),
            Self::User(id) => id.fmt(f),
            Self::Seller(id) => id.fmt(f),
            Self::Site => f.write_str(SITE),
        }
    }
}

impl FromStr for Referrer {
    type Err = Invalid;

    fn from_str(raw: &str) -> Result<Self, Invalid> {
        Self::parse(raw)
    }
}

crate::ids::as_text!(Referrer);

/// What can be made of a picture. The name is stored: it never changes its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, deserr::Deserr, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Transformation {
    /// What stands before the background, cut out.
    #[deserr(rename = "remove_background")]
    RemoveBackground,
    /// Better light and contrast, less noise, sharper edges.
    #[deserr(rename = "retouch")]
    Retouch,
    /// A soft shadow under what is cut out.
    #[deserr(rename = "drop_shadow")]
    DropShadow,
    /// Up to twice the width and height.
    #[deserr(rename = "upscale")]
    Upscale,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_referrer_reads_back_as_itself() {
        let uuid = "0192f3a4b5c67d8e9fa0b1c2d3e4f5a6";
        for kind in ["prod", "shop", "user", "seller"] {
            let text = format!("{kind}_{uuid}");
            assert_eq!(Referrer::parse(&text).unwrap().to_string(), text);
        }
        assert_eq!(Referrer::parse("site"), Ok(Referrer::Site));
        assert!(Referrer::parse(&format!("order_{uuid}")).is_err());
    }
}
