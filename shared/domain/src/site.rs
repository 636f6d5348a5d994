//! How the site as a whole presents itself: its categories.

use serde::{Deserialize, Serialize};

use crate::{Invalid, Slug, text::one_line};

crate::text! {
    /// What a category or a subcategory is called: 1 to 60 graphemes.
    CategoryName, { "minLength": 1, "maxLength": 60, "examples": ["Home & kitchen"] }, |raw| one_line(raw, 60)
}

/// A part of a category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Subcategory {
    /// Names it within its category.
    pub slug: Slug,
    /// What it is called.
    pub name: CategoryName,
}

/// How many categories there may be.
pub const MAX_CATEGORIES: u32 = 100;
/// How many subcategories a category may have.
pub const MAX_SUBCATEGORIES: usize = 50;
/// How many banners there may be.
pub const MAX_BANNERS: usize = 10;

/// What the marketplace keeps of a sale: 0 to 10,000 hundredths of a percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, deserr::Deserr, schemars::JsonSchema)]
#[serde(transparent)]
#[schemars(transparent)]
#[deserr(try_from(u16) = Self::parse -> Invalid)]
pub struct Commission(#[schemars(range(min = 0, max = 10_000))] u16);

impl Commission {
    /// Takes a rate within the range.
    ///
    /// # Errors
    /// `out_of_range`.
    pub fn parse(basis_points: u16) -> Result<Self, Invalid> {
        match basis_points {
            0..=10_000 => Ok(Self(basis_points)),
            _ => Err(Invalid::new("out_of_range", "must be 0 to 10000")),
        }
    }

    /// In hundredths of a percent.
    pub const fn basis_points(self) -> u16 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_keeps_more_than_everything() {
        assert_eq!(Commission::parse(10_000).map(Commission::basis_points), Ok(10_000));
        assert!(Commission::parse(10_001).is_err());
    }
}
