//! Money: a whole number of minor units and its currency.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::Invalid;

/// A sum that does not fit: nobody owes 92 quadrillion cents, so something upstream is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the amount does not fit into 64 bits of minor units")]
pub struct Overflow;

/// An amount of money. Serialises as `{"amount": 1299, "currency": "EUR"}`, the amount in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Money {
    /// In minor units of the currency: cents for EUR, yen for JPY.
    #[serde(rename = "amount")]
    pub minor: i64,
    /// ISO 4217.
    pub currency: Currency,
}

impl Money {
    /// Nothing, in a currency.
    pub const fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// An amount in minor units.
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// The sum of two amounts of one currency.
    ///
    /// # Errors
    /// [`Overflow`] when it does not fit, or when the currencies differ: there is no such sum.
    pub fn plus(self, other: Self) -> Result<Self, Overflow> {
        if self.currency != other.currency {
            return Err(Overflow);
        }
        self.minor.checked_add(other.minor).map(|minor| Self { minor, ..self }).ok_or(Overflow)
    }

    /// The amount for so many pieces.
    ///
    /// # Errors
    /// [`Overflow`] when it does not fit.
    pub fn times(self, count: u32) -> Result<Self, Overflow> {
        self.minor.checked_mul(i64::from(count)).map(|minor| Self { minor, ..self }).ok_or(Overflow)
    }

    /// Reads what [`Money::decimal`] writes; fewer decimals than the currency has are taken, too.
    ///
    /// # Errors
    /// `malformed`.
    pub fn parse_decimal(raw: &str, currency: Currency) -> Result<Self, Invalid> {
        let (whole, decimals) = raw.split_once('.').unwrap_or((raw, ""));
        let width = currency.exponent() as usize;
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let decimals_fit = decimals.len() <= width && raw.contains('.') != decimals.is_empty();
        Some(format!("{whole}{decimals:0<width$}"))
            .filter(|minor| !whole.is_empty() && decimals_fit && digits(minor))
            .and_then(|minor| minor.parse().ok())
            .map(|minor| Self { minor, currency })
            .ok_or_else(|| {
                let example = Self { minor: 1_299, currency }.decimal();
                Invalid::new("malformed", format!("must be an amount such as {example}"))
            })
    }

    /// The bare amount, as spreadsheets take it: `12.99`, in yen `1299`.
    pub fn decimal(self) -> String {
        let digits = self.currency.exponent();
        let unit = 10u64.pow(digits);
        let (sign, minor) = (if self.minor < 0 { "-" } else { "" }, self.minor.unsigned_abs());
        match digits as usize {
            0 => format!("{sign}{minor}"),
            width => format!("{sign}{}.{:0width$}", minor / unit, minor % unit),
        }
    }

    /// A share in basis points (1/100 of a percent), rounded half up, of an amount that is not negative.
    ///
    /// # Errors
    /// [`Overflow`] when the share does not fit.
    pub fn share(self, basis_points: u16) -> Result<Self, Overflow> {
        let exact = i128::from(self.minor) * i128::from(basis_points);
        i64::try_from((exact + 5_000).div_euclid(10_000)).map(|minor| Self { minor, ..self }).map_err(|_| Overflow)
    }
}

/// Splits an amount over parts in proportion to their weights, by largest remainder: each share is its exact one rounded
/// up or down, and together they are the amount. Of equal remainders the earlier part gets the unit. Neither the amount
/// nor a weight may be negative; where all weights are zero, so are the shares.
pub fn split(amount: i64, weights: &[i64]) -> Vec<i64> {
    let sum: i128 = weights.iter().map(|&weight| i128::from(weight)).sum();
    if sum == 0 {
        return vec![0; weights.len()];
    }
    let exact: Vec<i128> = weights.iter().map(|&weight| i128::from(amount) * i128::from(weight)).collect();
    let mut shares: Vec<i64> = exact.iter().map(|part| i64::try_from(part / sum).unwrap_or(i64::MAX)).collect();
    let mut by_remainder: Vec<usize> = (0..weights.len()).collect();
    by_remainder.sort_by_key(|&n| std::cmp::Reverse(exact[n] % sum));
    // Fewer units are left than parts have a remainder.
    let left = usize::try_from(amount - shares.iter().sum::<i64>()).unwrap_or_default();
    for n in by_remainder.into_iter().take(left) {
        shares[n] += 1;
    }
    shares
}

/// The sum of amounts in one currency.
///
/// # Errors
/// [`Overflow`] when it does not fit or an amount is in another currency.
pub fn sum(currency: Currency, amounts: impl IntoIterator<Item = Money>) -> Result<Money, Overflow> {
    amounts.into_iter().try_fold(Money::zero(currency), Money::plus)
}

impl fmt::Display for Money {
    /// `EUR 12.99`, `JPY 1299`: the code before the amount, which reads the same in every language.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.currency, self.decimal())
    }
}

macro_rules! currencies {
    ($($code:ident $exponent:literal $name:literal),+ $(,)?) => {
        /// The ISO 4217 currencies that a marketplace can run in: those Stripe settles without special rounding rules.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "UPPERCASE")]
        pub enum Currency {
            $(#[doc = $name] $code),+
        }

        impl Currency {
            /// Every supported currency.
            pub const ALL: &[Self] = &[$(Self::$code),+];

            /// How many decimal digits the minor unit has, by ISO 4217.
            pub const fn exponent(self) -> u32 {
                match self { $(Self::$code => $exponent),+ }
            }

            /// The three-letter code.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$code => stringify!($code)),+ }
            }

            /// Parses a three-letter code in capitals.
            ///
            /// # Errors
            /// `unsupported` for anything else.
            pub fn parse(raw: &str) -> Result<Self, Invalid> {
                match raw {
                    $(stringify!($code) => Ok(Self::$code),)+
                    _ => Err(Invalid::new("unsupported", "must be a supported ISO 4217 code such as EUR")),
                }
            }
        }
    };
}

currencies! {
    AUD 2 "Australian dollar", BRL 2 "Brazilian real", CAD 2 "Canadian dollar", CHF 2 "Swiss franc", CZK 2 "Czech koruna",
    DKK 2 "Danish krone", EUR 2 "Euro", GBP 2 "Pound sterling", INR 2 "Indian rupee", JPY 0 "Yen", MXN 2 "Mexican peso",
    NOK 2 "Norwegian krone", NZD 2 "New Zealand dollar", PLN 2 "Zloty", RON 2 "Romanian leu", SEK 2 "Swedish krona",
    SGD 2 "Singapore dollar", USD 2 "US dollar",
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Currency {
    type Err = Invalid;

    fn from_str(raw: &str) -> Result<Self, Invalid> {
        Self::parse(raw)
    }
}

crate::edge!(Currency, { "pattern": "^[A-Z]{3}$", "examples": ["EUR"] });

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn money_reads_with_its_code_and_its_exponent() {
        assert_eq!(Money::new(1299, Currency::EUR).to_string(), "EUR 12.99");
        assert_eq!(Money::new(-5, Currency::EUR).to_string(), "EUR -0.05");
        assert_eq!(Money::new(1299, Currency::JPY).to_string(), "JPY 1299");
    }

    #[test]
    fn the_largest_remainders_get_what_is_left() {
        assert_eq!(split(100, &[1, 1, 1]), [34, 33, 33]);
        assert_eq!(split(10, &[15, 25, 60]), [2, 2, 6]);
        assert_eq!(split(5, &[0, 7]), [0, 5]);
        assert_eq!(split(5, &[0, 0]), [0, 0]);
    }

    #[test]
    fn currencies_do_not_mix() {
        assert_eq!(Money::new(1, Currency::EUR).plus(Money::new(1, Currency::USD)), Err(Overflow));
    }

    #[test]
    fn an_amount_is_read_from_decimals_without_rounding() {
        let read = |raw, currency| Money::parse_decimal(raw, currency).map(|money| money.minor);
        assert_eq!(read("12.99", Currency::EUR), Ok(1_299));
        assert_eq!(read("12.9", Currency::EUR), Ok(1_290));
        assert_eq!(read("12", Currency::EUR), Ok(1_200));
        assert_eq!(read("1299", Currency::JPY), Ok(1_299));
        for raw in ["", ".", "12.", ".99", "12,99", "12.999", "-1", "+1", "1e3", "1 2", "99999999999999999999"] {
            assert!(read(raw, Currency::EUR).is_err(), "{raw}");
        }
        assert!(read("12.9", Currency::JPY).is_err());
    }

    proptest! {
        #[test]
        fn an_amount_reads_back_from_its_decimals(minor in 0i64..=i64::MAX, which in 0..Currency::ALL.len()) {
            let money = Money::new(minor, Currency::ALL[which]);
            prop_assert_eq!(Money::parse_decimal(&money.decimal(), money.currency), Ok(money));
        }

        #[test]
        fn a_share_is_never_more_than_half_a_unit_off(minor in 0i64..=i64::MAX / 2, rate in 0u16..=10_000) {
            let share = Money::new(minor, Currency::EUR).share(rate).unwrap().minor;
            let error = i128::from(share) * 10_000 - i128::from(minor) * i128::from(rate);
            prop_assert!((-5_000..=5_000).contains(&error), "off by {error}/10000");
            prop_assert!((0..=minor).contains(&share));
        }

        #[test]
        fn a_split_is_the_whole_and_no_share_is_a_unit_off(
            amount in 0i64..=i64::MAX,
            weights in prop::collection::vec(0i64..=i64::MAX / 100, 1..100),
        ) {
            let shares = split(amount, &weights);
            let sum: i128 = weights.iter().map(|&weight| i128::from(weight)).sum();
            let whole = if sum == 0 { 0 } else { i128::from(amount) };
            prop_assert_eq!(shares.iter().map(|&share| i128::from(share)).sum::<i128>(), whole);
            for (&share, &weight) in shares.iter().zip(&weights) {
                let off = i128::from(share) * sum - whole * i128::from(weight);
                prop_assert!(off.abs() < sum.max(1) && share >= 0);
                prop_assert!(weight > 0 || share == 0);
                prop_assert!(whole > sum || share <= weight);
            }
        }

        #[test]
        fn a_sum_is_exact_or_refused(parts in prop::collection::vec(any::<i64>(), 0..20)) {
            let exact: i128 = parts.iter().map(|&p| i128::from(p)).sum();
            let ours = sum(Currency::EUR, parts.into_iter().map(|p| Money::new(p, Currency::EUR)));
            if let Ok(total) = ours {
                prop_assert_eq!(i128::from(total.minor), exact);
            }
        }
    }
}
