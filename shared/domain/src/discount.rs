//! Discounts: what a seller takes off for those who know a code.
//!
//! A discount is for the lines of its own shop's eligible products, and touches no other line. What it takes off is
//! worked out of the sum of those lines and rounded once; [`quote`](crate::pricing::quote) splits it over them.

use std::fmt;

use jiff::{Timestamp, fmt::serde::timestamp::millisecond::optional as millis};
use serde::{Deserialize, Serialize};

use crate::{
    Money, Overflow, ProductId, ShopId,
    few::Few,
    text::{Invalid, one_line},
};

/// How many products a discount may name.
pub const MAX_PRODUCTS: usize = 100;
/// How many discounts apply to one cart, each of another shop.
pub const MAX_PER_CART: usize = 10;

crate::text! {
    /// What a discount is called in public: 1 to 100 graphemes.
    DiscountName, { "minLength": 1, "maxLength": 100, "examples": ["Ten off in spring"] }, |raw| one_line(raw, 100)
}

crate::text! {
    /// What shoppers type to get a discount: 3 to 40 of `A-Z`, `0-9` and `-`. Lower case is raised.
    DiscountCode, { "pattern": "^[A-Za-z0-9-]{3,40}$", "examples": ["SPRING10"] }, |raw| parse_code(raw)
}

fn parse_code(raw: &str) -> Result<String, Invalid> {
    let code = raw.trim().to_ascii_uppercase();
    let plain = code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-');
    if plain && (3..=40).contains(&code.len()) {
        return Ok(code);
    }
    Err(Invalid::new("malformed", "must be 3 to 40 of A-Z, 0-9 and hyphens"))
}

/// How much a discount takes off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Reduction {
    /// A share of the sum of the eligible lines.
    Percent {
        /// In 1/100 of a percent: 1 to 10,000.
        basis_points: u16,
    },
    /// The same amount whatever the sum, but never more than it.
    Flat(Money),
}

/// On what terms a discount is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// How much it takes off.
    pub reduction: Reduction,
    /// What the eligible lines must come to before the discount. Other lines do not help, not even the shop's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum: Option<Money>,
    /// Only for who has never ordered from the shop.
    #[serde(default)]
    pub first_order_only: bool,
    /// How often one shopper may use it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_shopper: Option<u32>,
    /// How often it may be used by all together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_total: Option<u32>,
    /// From when on.
    #[serde(default, with = "millis", skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<Timestamp>,
    /// When it ends: at this moment it no longer counts.
    #[serde(default, with = "millis", skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Timestamp>,
    /// For which of the shop's products; all where none is named.
    #[serde(default)]
    pub products: Few<ProductId, MAX_PRODUCTS>,
}

/// What happened before, without what the cart's own open payment holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Past {
    /// How often the discount was used by all together.
    pub used: u32,
    /// How often the shopper used it. Of a guest nothing is known.
    pub used_by_shopper: u32,
    /// Whether the shopper has ordered from the shop, or is about to with another discount for first orders.
    pub ordered: bool,
}

/// Why a discount takes nothing off. The name is part of the API: it never changes its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "DiscountRefusal")]
pub enum Refusal {
    /// The shop has no such discount, or it is switched off.
    Unknown,
    /// It begins later.
    NotStarted,
    /// It is over.
    Ended,
    /// It was used as often as it may be.
    UsedUp,
    /// The shopper has used it as often as one may.
    AlreadyUsed,
    /// It is for the first order from the shop.
    NotFirstOrder,
    /// None of the lines is one that it takes anything off.
    NothingEligible,
    /// The eligible lines come to too little.
    BelowMinimum,
}

impl Refusal {
    /// The name in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::NotStarted => "not_started",
            Self::Ended => "ended",
            Self::UsedUp => "used_up",
            Self::AlreadyUsed => "already_used",
            Self::NotFirstOrder => "not_first_order",
            Self::NothingEligible => "nothing_eligible",
            Self::BelowMinimum => "below_minimum",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unknown => "the shop has no such discount",
            Self::NotStarted => "the discount begins later",
            Self::Ended => "the discount is over",
            Self::UsedUp => "the discount is used up",
            Self::AlreadyUsed => "you have used the discount",
            Self::NotFirstOrder => "the discount is for a first order from the shop",
            Self::NothingEligible => "nothing that the discount is for is in the cart",
            Self::BelowMinimum => "what the discount is for comes to too little",
        })
    }
}

/// A discount that is asked for: whose lines it is for, on what terms, and what happened before.
#[derive(Debug, Clone, Copy)]
pub struct Deal<'a> {
    /// The shop that gives it.
    pub shop: ShopId,
    /// On what terms; `None` where there is no such discount.
    pub terms: Option<&'a Terms>,
    /// What happened before.
    pub past: Past,
}

impl Terms {
    /// Whether it is for a product of its shop.
    pub fn covers(&self, product: ProductId) -> bool {
        self.products.is_empty() || self.products.contains(&product)
    }

    /// What it takes off eligible lines of this sum: more than nothing, and at most all.
    ///
    /// # Errors
    /// [`Refusal`] inside; [`Overflow`] outside, when an amount of its own is in another currency.
    pub fn weigh(&self, sum: Money, past: Past, now: Timestamp) -> Result<Result<Money, Refusal>, Overflow> {
        if self.starts_at.is_some_and(|starts_at| now < starts_at) {
            return Ok(Err(Refusal::NotStarted));
        }
        if self.ends_at.is_some_and(|ends_at| ends_at <= now) {
            return Ok(Err(Refusal::Ended));
        }
        if self.in_total.is_some_and(|most| most <= past.used) {
            return Ok(Err(Refusal::UsedUp));
        }
        if self.per_shopper.is_some_and(|most| most <= past.used_by_shopper) {
            return Ok(Err(Refusal::AlreadyUsed));
        }
        if self.first_order_only && past.ordered {
            return Ok(Err(Refusal::NotFirstOrder));
        }
        let off = match self.reduction {
            Reduction::Percent { basis_points } => sum.share(basis_points)?,
            Reduction::Flat(amount) => amount,
        };
        if [Some(off), self.minimum].iter().flatten().any(|amount| amount.currency != sum.currency) {
            return Err(Overflow);
        }
        let off = Money::new(off.minor.min(sum.minor), sum.currency);
        Ok(match self.minimum {
            _ if off.minor <= 0 => Err(Refusal::NothingEligible),
            Some(minimum) if sum.minor < minimum.minor => Err(Refusal::BelowMinimum),
            _ => Ok(off),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Currency;

    fn eur(minor: i64) -> Money {
        Money::new(minor, Currency::EUR)
    }

    fn second(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn terms(reduction: Reduction) -> Terms {
        Terms {
            reduction,
            minimum: None,
            first_order_only: false,
            per_shopper: None,
            in_total: None,
            starts_at: None,
            ends_at: None,
            products: Few::default(),
        }
    }

    fn weigh(terms: &Terms, sum: i64, past: Past, at: i64) -> Result<i64, Refusal> {
        terms.weigh(eur(sum), past, second(at)).unwrap().map(|off| off.minor)
    }

    #[test]
    fn a_code_is_raised_and_has_no_blanks() {
        assert_eq!(DiscountCode::parse(" spring-10 ").unwrap().as_str(), "SPRING-10");
        for raw in ["ab", "SPRING 10", "SPRING_10", "ÄÖÜ", "", &"A".repeat(41)] {
            assert!(DiscountCode::parse(raw).is_err(), "{raw}");
        }
    }

    #[test]
    fn each_term_refuses_by_its_name() {
        let ten = terms(Reduction::Percent { basis_points: 1_000 });
        let past = Past { used: 3, used_by_shopper: 1, ordered: true };
        assert_eq!(weigh(&ten, 1_995, past, 0), Ok(200), "rounded half up, once");
        let window = Terms { starts_at: Some(second(10)), ends_at: Some(second(20)), ..ten.clone() };
        assert_eq!(
            [9, 10, 19, 20].map(|at| weigh(&window, 1_000, past, at)),
            [Err(Refusal::NotStarted), Ok(100), Ok(100), Err(Refusal::Ended)]
        );
        let total = |in_total| Terms { in_total: Some(in_total), ..ten.clone() };
        assert_eq!([3, 4].map(|most| weigh(&total(most), 1_000, past, 0)), [Err(Refusal::UsedUp), Ok(100)]);
        let each = |per_shopper| Terms { per_shopper: Some(per_shopper), ..ten.clone() };
        assert_eq!([1, 2].map(|most| weigh(&each(most), 1_000, past, 0)), [Err(Refusal::AlreadyUsed), Ok(100)]);
        let first = Terms { first_order_only: true, ..ten.clone() };
        assert_eq!(weigh(&first, 1_000, past, 0), Err(Refusal::NotFirstOrder));
        assert_eq!(weigh(&first, 1_000, Past { ordered: false, ..past }, 0), Ok(100));
        let minimum = Terms { minimum: Some(eur(1_000)), ..ten.clone() };
        assert_eq!([999, 1_000].map(|sum| weigh(&minimum, sum, past, 0)), [Err(Refusal::BelowMinimum), Ok(100)]);
        assert_eq!([0, 4].map(|sum| weigh(&ten, sum, past, 0)), [Err(Refusal::NothingEligible); 2]);
    }

    #[test]
    fn an_amount_in_another_currency_takes_nothing_off() {
        let yen = Money::new(5, Currency::JPY);
        let flat = terms(Reduction::Flat(yen));
        assert_eq!(flat.weigh(eur(1_000), Past::default(), second(0)), Err(Overflow));
        let minimum = Terms { minimum: Some(yen), ..terms(Reduction::Percent { basis_points: 1 }) };
        assert_eq!(minimum.weigh(eur(1_000), Past::default(), second(0)), Err(Overflow));
    }

    #[test]
    fn every_refusal_is_called_in_code_as_in_json() {
        for refusal in [Refusal::Unknown, Refusal::AlreadyUsed, Refusal::NotFirstOrder, Refusal::NothingEligible] {
            assert_eq!(serde_json::to_value(refusal).unwrap(), refusal.as_str());
        }
    }

    proptest! {
        #[test]
        fn no_discount_takes_more_than_there_is_or_than_it_says(
            sum in 0i64..=i64::MAX / 2,
            basis_points in 1u16..=10_000,
            flat in 1i64..=i64::MAX,
        ) {
            let percent = weigh(&terms(Reduction::Percent { basis_points }), sum, Past::default(), 0).unwrap_or(0);
            prop_assert!((0..=sum).contains(&percent));
            let exact = i128::from(sum) * i128::from(basis_points);
            prop_assert!((i128::from(percent) * 10_000 - exact).abs() <= 5_000);
            let flat_off = weigh(&terms(Reduction::Flat(eur(flat))), sum, Past::default(), 0).unwrap_or(0);
            prop_assert_eq!(flat_off, flat.min(sum));
        }
    }
}
