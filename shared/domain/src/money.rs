//! Money: a whole number of minor units with a currency.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::Invalid;

/// An amount that does not fit. No real amount is as large as 92 quadrillion cents, so the error is upstream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the amount does not fit into 64 bits of minor units")]
pub struct Overflow;

/// An amount of money. Serialises as `{"amount": 1299, "currency": "EUR"}`, the amount in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Money {
    /// The amount in minor units of the currency: cents for EUR, yen for JPY.
    #[serde(rename = "amount")]
    pub minor: i64,
    /// The ISO 4217 code.
    pub currency: Currency,
}

impl Money {
    /// Returns zero in a currency.
    pub const fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// Returns an amount of minor units.
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Returns the sum of two amounts of one currency.
    ///
    /// # Errors
    /// [`Overflow`] if it does not fit, or if the currencies differ.
    pub fn plus(self, other: Self) -> Result<Self, Overflow> {
        if self.currency != other.currency {
            return Err(Overflow);
        }
        self.minor.checked_add(other.minor).map(|minor| Self { minor, ..self }).ok_or(Overflow)
    }

    /// Returns the amount for several pieces.
    ///
    /// # Errors
    /// [`Overflow`] if it does not fit.
    pub fn times(self, count: u32) -> Result<Self, Overflow> {
        self.minor.checked_mul(i64::from(count)).map(|minor| Self { minor, ..self }).ok_or(Overflow)
    }

    /// Parses the format of [`Money::decimal`]. Fewer decimals than the currency has are accepted.
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

    /// Returns the amount without its currency, as in spreadsheets: `12.99`, in yen `1299`.
    pub fn decimal(self) -> String {
        let digits = self.currency.exponent();
        let unit = 10u64.pow(digits);
        let (sign, minor) = (if self.minor < 0 { "-" } else { "" }, self.minor.unsigned_abs());
        match digits as usize {
            0 => format!("{sign}{minor}"),
            width => format!("{sign}{}.{:0width$}", minor / unit, minor % unit),
        }
    }

    /// Returns a share in basis points (hundredths of a percent), rounded half up. The amount must not be negative.
    ///
    /// # Errors
    /// [`Overflow`] if the share does not fit.
    pub fn share(self, basis_points: u16) -> Result<Self, Overflow> {
        let exact = i128::from(self.minor) * i128::from(basis_points);
        i64::try_from((exact + 5_000).div_euclid(10_000)).map(|minor| Self { minor, ..self }).map_err(|_| Overflow)
    }
}

/// Splits an amount into shares in proportion to their weights, by the largest remainder method: each share is its
/// exact value rounded up or down, and all shares sum to the amount. Of equal remainders, the earlier one gets the
/// unit. The amount and the weights must not be negative. If all weights are zero, all shares are zero.
pub fn split(amount: i64, weights: &[i64]) -> Vec<i64> {
    let sum: i128 = weights.iter().map(|&weight| i128::from(weight)).sum();
    if sum == 0 {
        return vec![0; weights.len()];
    }
    let exact: Vec<i128> = weights.iter().map(|&weight| i128::from(amount) * i128::from(weight)).collect();
    let mut shares: Vec<i64> = exact.iter().map(|part| i64::try_from(part / sum).unwrap_or(i64::MAX)).collect();
    let mut by_remainder: Vec<usize> = (0..weights.len()).collect();
    by_remainder.sort_by_key(|&n| std::cmp::Reverse(exact[n] % sum));
    // Fewer units are left than there are shares with a remainder.
    let left = usize::try_from(amount - shares.iter().sum::<i64>()).unwrap_or_default();
    for n in by_remainder.into_iter().take(left) {
        shares[n] += 1;
    }
    shares
}

/// Returns the sum of amounts in one currency.
///
/// # Errors
/// [`Overflow`] if it does not fit, or if an amount is in another currency.
pub fn sum(currency: Currency, amounts: impl IntoIterator<Item = Money>) -> Result<Money, Overflow> {
    amounts.into_iter().try_fold(Money::zero(currency), Money::plus)
}

impl fmt::Display for Money {
    /// `EUR 12.99`, `JPY 1299`: the code comes before the amount, which is understood in every language.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.currency, self.decimal())
    }
}

macro_rules! currencies {
    ($($code:ident $exponent:literal $name:literal),+ $(,)?) => {
        /// The ISO 4217 currencies that a marketplace can use: those that Stripe settles without special rounding
        /// rules.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "UPPERCASE")]
        pub enum Currency {
            $(#[doc = $name] $code),+
        }

        impl Currency {
            /// All supported currencies.
            pub const ALL: &[Self] = &[$(Self::$code),+];

            /// Returns the number of decimals, by ISO 4217.
            pub const fn exponent(self) -> u32 {
                match self { $(Self::$code => $exponent),+ }
            }

            /// Returns the three-letter code.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$code => stringify!($code)),+ }
            }

            /// Parses a three-letter code in upper case.
            ///
            /// # Errors
            /// `unsupported` for any other text.
            pub fn parse(raw: &str) -> Result<Self, Invalid> {
                match raw {
                    $(stringify!($code) => Ok(Self::$code),)+
                    _ => Err(Invalid::new("unsupported", "must be a supported ISO 4217 currency code such as EUR")),
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

crate::edge!(Currency, {
    "enum": Currency::ALL.iter().map(|currency| currency.code()).collect::<Vec<_>>(),
    "examples": ["EUR"]
});

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn money_is_written_with_code_and_decimals() {
        assert_eq!(Money::new(1299, Currency::EUR).to_string(), "EUR 12.99");
        assert_eq!(Money::new(-5, Currency::EUR).to_string(), "EUR -0.05");
        assert_eq!(Money::new(1299, Currency::JPY).to_string(), "JPY 1299");
    }

    #[test]
    fn the_largest_remainders_get_the_remaining_units() {
        assert_eq!(split(100, &[1, 1, 1]), [34, 33, 33]);
        assert_eq!(split(10, &[15, 25, 60]), [2, 2, 6]);
        assert_eq!(split(5, &[0, 7]), [0, 5]);
        assert_eq!(split(5, &[0, 0]), [0, 0]);
    }

    #[test]
    fn amounts_of_different_currencies_cannot_be_added() {
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
        fn an_amount_survives_writing_and_reading_its_decimals(minor in 0i64..=i64::MAX, currency in 0..Currency::ALL.len()) {
            let money = Money::new(minor, Currency::ALL[currency]);
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
        fn shares_sum_to_the_amount_and_each_is_less_than_a_unit_off(
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
            let result = sum(Currency::EUR, parts.into_iter().map(|p| Money::new(p, Currency::EUR)));
            if let Ok(total) = result {
                prop_assert_eq!(i128::from(total.minor), exact);
            }
        }
    }
}
