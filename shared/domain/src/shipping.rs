//! Shipping: where a shop sends its parcels, for how much, and how soon.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Country, Few, Invalid, Money, ShopId};

/// How many countries a list can name: as many as ISO 3166-1 has.
pub const MAX_COUNTRIES: usize = 249;

/// The longest time to dispatch, in days.
pub const MAX_DISPATCH_DAYS: u16 = 365;

/// The terms on which a shop ships. Those of a shop that has set nothing are everywhere, and for free.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shipping {
    /// The countries to which the shop ships. Absent: everywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub countries: Option<Few<Country, MAX_COUNTRIES>>,
    /// The price of shipping, whatever is bought. Absent: free.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<Money>,
    /// The sum of the shop's lines, less its discount, from which on shipping is free.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free_above: Option<Money>,
    /// How long it takes until a parcel leaves the shop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dispatch_days: Option<DispatchDays>,
}

impl Shipping {
    /// Returns whether the shop ships to a country.
    pub fn reaches(&self, country: &Country) -> bool {
        self.countries.as_ref().is_none_or(|countries| countries.contains(country))
    }

    /// Returns the price of shipping lines with this sum.
    pub fn price(&self, lines: Money) -> Money {
        let is_free = self.free_above.is_some_and(|from| lines.minor >= from.minor);
        self.rate.filter(|_| !is_free).unwrap_or(Money::zero(lines.currency))
    }
}

/// The days from the payment of an order until its parcel leaves the shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema, deserr::Deserr)]
#[deserr(deny_unknown_fields, where_predicate = __Deserr_E: deserr::MergeWithError<Invalid>)]
pub struct DispatchDays {
    /// At least so many days.
    pub from: Days,
    /// At most so many days, not fewer than `from`.
    pub to: Days,
}

/// A number of days: 0 to 365.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, deserr::Deserr, schemars::JsonSchema,
)]
#[serde(transparent)]
#[schemars(transparent)]
#[deserr(try_from(u16) = Self::parse -> Invalid)]
pub struct Days(#[schemars(range(min = 0, max = 365))] u16);

impl Days {
    /// Accepts a number within the range.
    ///
    /// # Errors
    /// `out_of_range`.
    pub fn parse(days: u16) -> Result<Self, Invalid> {
        match days {
            0..=MAX_DISPATCH_DAYS => Ok(Self(days)),
            _ => Err(Invalid::new("out_of_range", format!("must be 0 to {MAX_DISPATCH_DAYS}"))),
        }
    }
}

/// Where a cart goes, and the terms of its shops.
#[derive(Debug, Clone, Copy)]
pub struct Delivery<'a> {
    /// The country of the address.
    pub country: &'a Country,
    /// The terms of the shops. A shop without terms ships everywhere, and for free.
    pub terms: &'a BTreeMap<ShopId, Shipping>,
}

impl Delivery<'_> {
    /// Returns the price of shipping a shop's lines with this sum. Returns `None` if the shop does not ship there.
    pub fn price(&self, shop: ShopId, lines: Money) -> Option<Money> {
        match self.terms.get(&shop) {
            None => Some(Money::zero(lines.currency)),
            Some(terms) => terms.reaches(self.country).then(|| terms.price(lines)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Currency;

    fn eur(minor: i64) -> Money {
        Money::new(minor, Currency::EUR)
    }

    fn country(code: &str) -> Country {
        Country::parse(code).unwrap()
    }

    #[test]
    fn a_shop_that_has_set_nothing_ships_everywhere_for_free() {
        let terms = Shipping::default();
        assert!(terms.reaches(&country("DE")) && terms.reaches(&country("NZ")));
        assert_eq!(terms.price(eur(1)), eur(0));
    }

    #[test]
    fn a_list_of_countries_excludes_all_others_and_an_empty_list_all() {
        let to = |countries: &[&str]| Shipping {
            countries: Some(Few::parse(countries.iter().map(|code| country(code)).collect()).unwrap()),
            ..Shipping::default()
        };
        assert!(to(&["DE", "AT"]).reaches(&country("AT")));
        assert!(!to(&["DE", "AT"]).reaches(&country("CH")));
        assert!(!to(&[]).reaches(&country("DE")));
    }

    #[test]
    fn the_rate_is_charged_up_to_the_amount_from_which_on_shipping_is_free() {
        let flat = Shipping { rate: Some(eur(490)), ..Shipping::default() };
        assert_eq!(flat.price(eur(99_999_999)), eur(490));
        let free_from = Shipping { free_above: Some(eur(5_000)), ..flat };
        for (lines, price) in [(0, 490), (4_999, 490), (5_000, 0), (5_001, 0)] {
            assert_eq!(free_from.price(eur(lines)), eur(price), "{lines}");
        }
    }

    #[test]
    fn a_time_to_dispatch_is_at_most_a_year() {
        assert!(Days::parse(365).is_ok());
        assert_eq!(Days::parse(366).unwrap_err().code, "out_of_range");
    }
}
