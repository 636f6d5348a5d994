//! The tax that prices include. Souk does not compute which tax applies: a shop states its rates, and Souk shows how much
//! of a price they are.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Invalid, Money, Slug, site::MAX_CATEGORIES};

crate::line! {
    /// The number under which a shop pays its taxes, such as a VAT identification number: 1 to 50 characters.
    TaxNumber, 50, ["DE123456789"]
}

/// How many categories may have a rate of their own: as many as there can be.
pub const MAX_TAX_CATEGORIES: usize = MAX_CATEGORIES as usize;

/// The rate of a tax: 0 to 10,000 basis points (hundredths of a percent) of the net price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, deserr::Deserr, schemars::JsonSchema)]
#[serde(transparent)]
#[schemars(transparent)]
#[deserr(try_from(u16) = Self::parse -> Invalid)]
pub struct TaxRate(#[schemars(range(min = 0, max = 10_000))] u16);

impl TaxRate {
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

    /// Returns the tax that an amount includes: amount × rate / (10,000 + rate), rounded half up. The amount must not be
    /// negative. The tax is at most the amount.
    pub fn included_in(self, gross: Money) -> Money {
        let whole = 10_000 + i128::from(self.0);
        let exact = i128::from(gross.minor) * i128::from(self.0);
        let tax = (2 * exact + whole).div_euclid(2 * whole);
        // The rate is at most 10,000, so the exact tax is at most half of the amount, and always fits.
        Money { minor: i64::try_from(tax).unwrap_or(gross.minor), ..gross }
    }
}

/// The tax that the prices of a shop include.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShopTax {
    /// The number under which the shop pays it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<TaxNumber>,
    /// The rate of its products and of its shipping.
    pub rate: TaxRate,
    /// The rates of the categories that have another one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub categories: BTreeMap<Slug, TaxRate>,
}

impl ShopTax {
    /// Returns the rate of products of a category.
    pub fn rate_of(&self, category: &Slug) -> TaxRate {
        self.categories.get(category).copied().unwrap_or(self.rate)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Currency;

    fn rate(basis_points: u16) -> TaxRate {
        TaxRate::parse(basis_points).unwrap()
    }

    #[test]
    fn a_rate_is_at_most_100_percent() {
        assert!(TaxRate::parse(10_000).is_ok());
        assert_eq!(TaxRate::parse(10_001).unwrap_err().code, "out_of_range");
    }

    #[test]
    fn the_included_tax_is_rounded_half_up_to_the_minor_unit() {
        for (gross, basis_points, tax) in [
            (11_900, 1_900, 1_900),
            (1_850, 1_900, 295),
            (1_850, 700, 121),
            (999, 0, 0),
            (0, 1_900, 0),
            // 0.5 and 1.5 exactly
            (1, 10_000, 1),
            (3, 10_000, 2),
            (i64::MAX, 10_000, i64::MAX / 2 + 1),
        ] {
            let included = rate(basis_points).included_in(Money::new(gross, Currency::EUR));
            assert_eq!(included, Money::new(tax, Currency::EUR), "{basis_points} of {gross}");
        }
    }

    #[test]
    fn a_category_may_have_a_rate_of_its_own() {
        let slug = |raw| Slug::parse(raw).unwrap();
        let tax = ShopTax { number: None, rate: rate(1_900), categories: [(slug("books"), rate(700))].into() };
        assert_eq!((tax.rate_of(&slug("books")), tax.rate_of(&slug("garden"))), (rate(700), rate(1_900)));
    }

    proptest! {
        #[test]
        fn the_tax_is_within_the_amount_and_half_a_unit_of_its_exact_value(
            gross in 0i64..=i64::MAX,
            basis_points in 0u16..=10_000,
            currency in 0..Currency::ALL.len(),
        ) {
            let gross = Money::new(gross, Currency::ALL[currency]);
            let tax = rate(basis_points).included_in(gross);
            prop_assert!((0..=gross.minor).contains(&tax.minor));
            let net = gross.plus(Money { minor: -tax.minor, ..tax }).unwrap();
            prop_assert_eq!(net.plus(tax), Ok(gross));
            // The net price and the rate give the tax again, but for the rounding.
            let whole = 10_000 + i128::from(basis_points);
            let error = i128::from(tax.minor) * whole - i128::from(gross.minor) * i128::from(basis_points);
            prop_assert!(2 * error <= whole && 2 * error > -whole, "off by {error}/{whole}");
        }
    }
}
