//! Pictures: how many a principal may have, what may show them, and how they can be transformed.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{Invalid, Principal, ProductId, SellerId, ShopId, UserId};

/// Returns how many pictures a principal may have, unprocessed uploads included. The limit is high enough for the
/// products of a large shop, and for everything that a shopper or an admin shows.
pub const fn max_stored(owner: Principal) -> u32 {
    match owner {
        Principal::Seller(_) => 5_000,
        Principal::User(_) | Principal::Admin(_) => 500,
    }
}

/// Something that shows a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Referrer {
    /// A product.
    Product(ProductId),
    /// A shop, with its avatar or cover.
    Shop(ShopId),
    /// A shopper's profile, which is also the profile of the admin with the same UUID.
    User(UserId),
    /// A seller's profile.
    Seller(SellerId),
    /// The site, with a category's picture, the logo or a banner.
    Site,
}

const SITE: &str = "site";

impl Referrer {
    /// Returns the profile of a principal.
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
    /// `malformed` if the text is no referrer.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        if raw == SITE {
            return Ok(Self::Site);
        }
        ProductId::parse(raw)
            .map(Self::Product)
            .or_else(|_| ShopId::parse(raw).map(Self::Shop))
            .or_else(|_| UserId::parse(raw).map(Self::User))
            .or_else(|_| SellerId::parse(raw).map(Self::Seller))
            .map_err(|_| {
                Invalid::new("malformed", "must be the id of a product, a shop, a shopper or a seller, or `site`")
            })
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

/// A transformation of a picture. The name is stored, so its meaning never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, deserr::Deserr, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Transformation {
    /// Cuts the foreground out.
    #[deserr(rename = "remove_background")]
    RemoveBackground,
    /// Improves light and contrast, reduces noise and sharpens edges.
    #[deserr(rename = "retouch")]
    Retouch,
    /// Adds a soft shadow below a picture without background.
    #[deserr(rename = "drop_shadow")]
    DropShadow,
    /// Enlarges width and height up to twice.
    #[deserr(rename = "upscale")]
    Upscale,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_referrer_survives_writing_and_reading() {
        let uuid = "0192f3a4b5c67d8e9fa0b1c2d3e4f5a6";
        for kind in ["prod", "shop", "user", "seller"] {
            let text = format!("{kind}_{uuid}");
            assert_eq!(Referrer::parse(&text).unwrap().to_string(), text);
        }
        assert_eq!(Referrer::parse("site"), Ok(Referrer::Site));
        assert!(Referrer::parse(&format!("order_{uuid}")).is_err());
    }
}
