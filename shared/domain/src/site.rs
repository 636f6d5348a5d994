//! The categories of the site, and the limits of what admins can set up.

use serde::{Deserialize, Serialize};

use crate::{Invalid, Slug};

crate::line! {
    /// The name of a category or a subcategory: 1 to 60 characters.
    CategoryName, 60, ["Home & kitchen"]
}

/// A subcategory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Subcategory {
    /// The slug, unique within the category.
    pub slug: Slug,
    /// The name.
    pub name: CategoryName,
}

/// The highest number of categories.
pub const MAX_CATEGORIES: u32 = 100;
/// The highest number of subcategories of a category.
pub const MAX_SUBCATEGORIES: usize = 50;
/// The highest number of banners.
pub const MAX_BANNERS: usize = 10;

/// The marketplace's commission on a sale: 0 to 10,000 hundredths of a percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, deserr::Deserr, schemars::JsonSchema)]
#[serde(transparent)]
#[schemars(transparent)]
#[deserr(try_from(u16) = Self::parse -> Invalid)]
pub struct Commission(#[schemars(range(min = 0, max = 10_000))] u16);

impl Commission {
    /// Accepts a rate within the range.
    ///
    /// # Errors
    /// `out_of_range`.
    pub fn parse(basis_points: u16) -> Result<Self, Invalid> {
        match basis_points {
            0..=10_000 => Ok(Self(basis_points)),
            _ => Err(Invalid::new("out_of_range", "must be 0 to 10000 hundredths of a percent")),
        }
    }

    /// Returns the rate in hundredths of a percent.
    pub const fn basis_points(self) -> u16 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commission_is_at_most_100_percent() {
        assert_eq!(Commission::parse(10_000).map(Commission::basis_points), Ok(10_000));
        assert!(Commission::parse(10_001).is_err());
    }
}
