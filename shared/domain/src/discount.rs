//! Discounts: reductions that a seller grants to shoppers who enter a code.
//!
//! A discount applies to the lines of its own shop's eligible products, and to no other line. The reduction is
//! calculated from the sum of those lines and rounded once; [`quote`](crate::pricing::quote) splits it over them.

use std::fmt;

use jiff::{Timestamp, fmt::serde::timestamp::millisecond::optional as millis};
use serde::{Deserialize, Serialize};

use crate::{Money, Overflow, ProductId, ShopId, short_list::Few, text::Invalid};

/// The highest number of products that a discount may name.
pub const MAX_PRODUCTS: usize = 100;
/// The highest number of discounts for one cart, each of another shop.
pub const MAX_PER_CART: usize = 10;

crate::line! {
    /// The public name of a discount: 1 to 100 characters.
    DiscountName, 100, ["Ten off in spring"]
}

crate::text! {
    /// The code that shoppers enter for a discount: 3 to 40 characters of `A-Z`, `0-9` and `-`. Lower case is converted
    /// to upper case.
    DiscountCode, { "pattern": CODE, "examples": ["SPRING10"] }, |raw| parse_code(raw)
}

const CODE: &str = concat!("^", crate::space!(), "*[A-Za-z0-9-]{3,40}", crate::space!(), "*$");

fn parse_code(raw: &str) -> Result<String, Invalid> {
    let code = raw.trim().to_ascii_uppercase();
    let plain = code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-');
    if plain && (3..=40).contains(&code.len()) {
        return Ok(code);
    }
    Err(Invalid::new("malformed", "must consist of 3 to 40 characters of A-Z, 0-9 and hyphens"))
}

/// The reduction of a discount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Reduction {
    /// A share of the sum of the eligible lines.
    Percent {
        /// In hundredths of a percent: 1 to 10,000.
        basis_points: u16,
    },
    /// A fixed amount, limited to the sum of the eligible lines.
    Flat(Money),
}

/// The terms of a discount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// The reduction.
    pub reduction: Reduction,
    /// The minimum sum of the eligible lines before the discount. Other lines do not count, not even the shop's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum: Option<Money>,
    /// Only for shoppers who have never ordered from the shop.
    #[serde(default)]
    pub first_order_only: bool,
    /// How often one shopper may use it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_shopper: Option<u32>,
    /// How often all shoppers together may use it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_total: Option<u32>,
    /// When it begins.
    #[serde(default, with = "millis", skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<Timestamp>,
    /// When it ends: it is no longer valid at this moment.
    #[serde(default, with = "millis", skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Timestamp>,
    /// The products of the shop that it applies to; all if empty.
    #[serde(default)]
    pub products: Few<ProductId, MAX_PRODUCTS>,
}

/// The past use of a discount, without what the cart's own open payment session holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Past {
    /// How often all shoppers together have used it.
    pub used: u32,
    /// How often the shopper has used it; 0 for a guest.
    pub used_by_shopper: u32,
    /// Whether the shopper has ordered from the shop, or is paying with another discount for first orders.
    pub ordered: bool,
}

/// Why a discount does not apply. The name is part of the API, so its meaning never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "DiscountRefusal")]
pub enum Refusal {
    /// The shop has no such discount, or it is switched off.
    Unknown,
    /// The discount begins later.
    NotStarted,
    /// The discount has ended.
    Ended,
    /// All shoppers together have used it as often as allowed.
    UsedUp,
    /// The shopper has used it as often as allowed.
    AlreadyUsed,
    /// The discount is for a first order from the shop.
    NotFirstOrder,
    /// No line of the cart is eligible.
    NothingEligible,
    /// The eligible lines cost so little that the percentage is less than half of the smallest unit of the currency.
    RoundsToNothing,
    /// The sum of the eligible lines is below the minimum.
    BelowMinimum,
}

impl Refusal {
    /// Returns the name in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::NotStarted => "not_started",
            Self::Ended => "ended",
            Self::UsedUp => "used_up",
            Self::AlreadyUsed => "already_used",
            Self::NotFirstOrder => "not_first_order",
            Self::NothingEligible => "nothing_eligible",
            Self::RoundsToNothing => "rounds_to_nothing",
            Self::BelowMinimum => "below_minimum",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unknown => "the shop has no such discount",
            Self::NotStarted => "the discount begins later",
            Self::Ended => "the discount has ended",
            Self::UsedUp => "the discount has been used as often as allowed",
            Self::AlreadyUsed => "you have used the discount as often as allowed",
            Self::NotFirstOrder => "the discount is for first orders from the shop",
            Self::NothingEligible => "the cart has no product that the discount applies to",
            Self::RoundsToNothing => {
                "the discount rounds to nothing, because the products that it applies to cost too little"
            }
            Self::BelowMinimum => "the sum of the products that the discount applies to is below its minimum",
        })
    }
}

/// A discount that the shopper has entered, with its terms and its past use.
#[derive(Debug, Clone, Copy)]
pub struct Deal<'a> {
    /// The shop that grants it.
    pub shop: ShopId,
    /// The terms, or `None` if there is no such discount.
    pub terms: Option<&'a Terms>,
    /// The past use.
    pub past: Past,
}

impl Terms {
    /// Tells whether it applies to a product of its shop.
    pub fn covers(&self, product: ProductId) -> bool {
        self.products.is_empty() || self.products.contains(&product)
    }

    /// Returns the reduction for a sum of eligible lines: more than zero, and at most the sum.
    ///
    /// # Errors
    /// The inner [`Refusal`] if the discount does not apply. The outer [`Overflow`] if an amount of the discount is in
    /// another currency.
    pub fn reduce(&self, sum: Money, past: Past, now: Timestamp) -> Result<Result<Money, Refusal>, Overflow> {
        if self.starts_at.is_some_and(|starts_at| now < starts_at) {
            return Ok(Err(Refusal::NotStarted));
        }
        if self.ends_at.is_some_and(|ends_at| ends_at <= now) {
            return Ok(Err(Refusal::Ended));
        }
        if self.in_total.is_some_and(|limit| limit <= past.used) {
            return Ok(Err(Refusal::UsedUp));
        }
        if self.per_shopper.is_some_and(|limit| limit <= past.used_by_shopper) {
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
            _ if sum.minor <= 0 => Err(Refusal::NothingEligible),
            _ if off.minor <= 0 => Err(Refusal::RoundsToNothing),
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

    fn reduce(terms: &Terms, sum: i64, past: Past, at: i64) -> Result<i64, Refusal> {
        terms.reduce(eur(sum), past, second(at)).unwrap().map(|off| off.minor)
    }

    #[test]
    fn a_code_is_converted_to_upper_case_and_has_no_blanks() {
        assert_eq!(DiscountCode::parse(" spring-10 ").unwrap().as_str(), "SPRING-10");
        for raw in ["ab", "SPRING 10", "SPRING_10", "ÄÖÜ", "", &"A".repeat(41)] {
            assert!(DiscountCode::parse(raw).is_err(), "{raw}");
        }
    }

    #[test]
    fn each_term_has_its_own_refusal() {
        let ten = terms(Reduction::Percent { basis_points: 1_000 });
        let past = Past { used: 3, used_by_shopper: 1, ordered: true };
        assert_eq!(reduce(&ten, 1_995, past, 0), Ok(200), "rounded half up, once");
        let window = Terms { starts_at: Some(second(10)), ends_at: Some(second(20)), ..ten.clone() };
        assert_eq!(
            [9, 10, 19, 20].map(|at| reduce(&window, 1_000, past, at)),
            [Err(Refusal::NotStarted), Ok(100), Ok(100), Err(Refusal::Ended)]
        );
        let total = |in_total| Terms { in_total: Some(in_total), ..ten.clone() };
        assert_eq!([3, 4].map(|most| reduce(&total(most), 1_000, past, 0)), [Err(Refusal::UsedUp), Ok(100)]);
        let each = |per_shopper| Terms { per_shopper: Some(per_shopper), ..ten.clone() };
        assert_eq!([1, 2].map(|most| reduce(&each(most), 1_000, past, 0)), [Err(Refusal::AlreadyUsed), Ok(100)]);
        let first = Terms { first_order_only: true, ..ten.clone() };
        assert_eq!(reduce(&first, 1_000, past, 0), Err(Refusal::NotFirstOrder));
        assert_eq!(reduce(&first, 1_000, Past { ordered: false, ..past }, 0), Ok(100));
        let minimum = Terms { minimum: Some(eur(1_000)), ..ten.clone() };
        assert_eq!([999, 1_000].map(|sum| reduce(&minimum, sum, past, 0)), [Err(Refusal::BelowMinimum), Ok(100)]);
        assert_eq!(reduce(&ten, 0, past, 0), Err(Refusal::NothingEligible));
        assert_eq!([4, 5].map(|sum| reduce(&ten, sum, past, 0)), [Err(Refusal::RoundsToNothing), Ok(1)]);
    }

    #[test]
    fn an_amount_in_another_currency_is_an_overflow() {
        let yen = Money::new(5, Currency::JPY);
        let flat = terms(Reduction::Flat(yen));
        assert_eq!(flat.reduce(eur(1_000), Past::default(), second(0)), Err(Overflow));
        let minimum = Terms { minimum: Some(yen), ..terms(Reduction::Percent { basis_points: 1 }) };
        assert_eq!(minimum.reduce(eur(1_000), Past::default(), second(0)), Err(Overflow));
    }

    #[test]
    fn every_refusal_has_the_same_name_in_code_and_in_json() {
        for refusal in [
            Refusal::Unknown,
            Refusal::AlreadyUsed,
            Refusal::NotFirstOrder,
            Refusal::NothingEligible,
            Refusal::RoundsToNothing,
        ] {
            assert_eq!(serde_json::to_value(refusal).unwrap(), refusal.as_str());
        }
    }

    proptest! {
        #[test]
        fn no_reduction_exceeds_the_sum_or_the_terms(
            sum in 0i64..=i64::MAX / 2,
            basis_points in 1u16..=10_000,
            flat in 1i64..=i64::MAX,
        ) {
            let percent = reduce(&terms(Reduction::Percent { basis_points }), sum, Past::default(), 0).unwrap_or(0);
            prop_assert!((0..=sum).contains(&percent));
            let exact = i128::from(sum) * i128::from(basis_points);
            prop_assert!((i128::from(percent) * 10_000 - exact).abs() <= 5_000);
            let flat_off = reduce(&terms(Reduction::Flat(eur(flat))), sum, Past::default(), 0).unwrap_or(0);
            prop_assert_eq!(flat_off, flat.min(sum));
        }
    }
}
