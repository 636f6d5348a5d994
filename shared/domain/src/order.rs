//! The states of payments and orders, and the numbers of orders.

use serde::{Deserialize, Serialize};

use crate::{Id as _, Invalid, OrderId};

/// The state of a payment session. `Paid` and `Refunded` are final. `Expired` can still change: a late payment buys the
/// order if the stock is still there, and is refunded otherwise. A payment of a `Superseded` session is refunded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentState {
    /// A part of the stock is held, because all of it does not fit into one transaction. Payment is not possible yet.
    Opening,
    /// The stock is held, and the shopper may pay.
    Open,
    /// A part of the stock is returned, because all of it does not fit into one transaction. Payment is no longer
    /// possible.
    Closing,
    /// Paid. The order exists.
    Paid,
    /// Nobody paid in time. The stock is returned.
    Expired,
    /// A newer session replaced it. The stock is returned.
    Superseded,
    /// A payment came that could not become an order. It was refunded.
    Refunded,
}

/// The state of a shop order: that of its piece which is furthest behind, without the pieces that were cancelled. A shop
/// order only ever moves to a later state.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, deserr::Deserr, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// Paid, and not processed by the seller yet.
    #[deserr(rename = "ordered")]
    Ordered,
    /// Packed, at least in part not shipped yet.
    #[deserr(rename = "packed")]
    Packed,
    /// With the carrier.
    #[deserr(rename = "shipped")]
    Shipped,
    /// With the carrier's driver, on the last way to the buyer.
    #[deserr(rename = "out_for_delivery")]
    OutForDelivery,
    /// With the buyer.
    #[deserr(rename = "delivered")]
    Delivered,
    /// Cancelled as a whole.
    #[deserr(rename = "cancelled")]
    Cancelled,
}

impl DeliveryState {
    /// All states, in their order.
    pub const ALL: [Self; 6] =
        [Self::Ordered, Self::Packed, Self::Shipped, Self::OutForDelivery, Self::Delivered, Self::Cancelled];

    /// Returns whether nothing is left to be done for the buyer.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Delivered | Self::Cancelled)
    }

    /// Returns the name by which it is stored and sent.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ordered => "ordered",
            Self::Packed => "packed",
            Self::Shipped => "shipped",
            Self::OutForDelivery => "out_for_delivery",
            Self::Delivered => "delivered",
            Self::Cancelled => "cancelled",
        }
    }
}

crate::text! {
    /// The number of an order, for people: eight letters and digits in two groups, `7KQ4-M2XP`. It is read in Crockford's
    /// Base32 (<https://www.crockford.com/base32.html>): lower case, other separators and the letters that look like digits
    /// are understood. It does not reveal how many orders there are.
    OrderNumber, { "maxLength": 20, "examples": ["7KQ4-M2XP"] }, |raw| parse_number(raw)
}

/// Crockford's alphabet: no I, L, O and U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl OrderNumber {
    /// Returns a number that an order can have: the first, or another one for each earlier one that was taken. The random
    /// part of the order's id decides, so that everybody who creates the order chooses the same.
    pub fn of(order: OrderId, taken: u32) -> Self {
        let (_, random) = order.uuid().as_u64_pair();
        let mut bits = mixed(random.wrapping_add(u64::from(taken)));
        let mut text = String::with_capacity(9);
        for n in 0..8 {
            if n == 4 {
                text.push('-');
            }
            let digit = ALPHABET.get(usize::try_from(bits % 32).unwrap_or_default()).copied().unwrap_or(b'0');
            text.push(char::from(digit));
            bits /= 32;
        }
        Self(text)
    }
}

/// Mixes the bits of a number (SplitMix64: <https://prng.di.unimi.it/splitmix64.c>).
fn mixed(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn parse_number(raw: &str) -> Result<String, Invalid> {
    let malformed = || Invalid::new("malformed", "must be the number of an order such as 7KQ4-M2XP");
    if raw.len() > 20 {
        return Err(malformed());
    }
    let digits: Option<String> = raw
        .chars()
        .filter(|c| !matches!(c, '-' | ' ' | '#'))
        .map(|c| match c.to_ascii_uppercase() {
            'O' => Some('0'),
            'I' | 'L' => Some('1'),
            c => u8::try_from(c).is_ok_and(|c| ALPHABET.contains(&c)).then_some(c),
        })
        .collect();
    match digits {
        Some(digits) if digits.len() == 8 => {
            let (start, end) = digits.split_at(4);
            Ok(format!("{start}-{end}"))
        }
        _ => Err(malformed()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use uuid::Uuid;

    use super::*;

    #[test]
    fn an_order_number_is_read_as_people_write_it() {
        for raw in ["7KQ4-M2XP", "7kq4m2xp", " #7KQ4 M2XP "] {
            assert_eq!(OrderNumber::parse(raw).unwrap().as_str(), "7KQ4-M2XP");
        }
        assert_eq!(OrderNumber::parse("oOiI-lL10").unwrap().as_str(), "0011-1110");
        for raw in ["", "7KQ4-M2X", "7KQ4-M2XPP", "7KQ4-M2XU", "7KQ4_M2XP", "７KQ4-M2XP"] {
            assert_eq!(OrderNumber::parse(raw).unwrap_err().code, "malformed", "{raw}");
        }
    }

    #[test]
    fn the_numbers_of_orders_differ_and_do_not_count() {
        let number = |order: u128, taken| OrderNumber::of(OrderId::from_uuid(Uuid::from_u128(order)), taken);
        assert_eq!(number(1, 0), number(1, 0));
        let numbers: BTreeSet<OrderNumber> = (0..1_000).flat_map(|n| [number(n << 8, 0), number(n << 8, 1)]).collect();
        assert_eq!(numbers.len(), 2_000);
        for number in numbers {
            assert_eq!(OrderNumber::parse(number.as_str()), Ok(number));
        }
    }

    #[test]
    fn a_state_is_stored_and_read_by_the_same_name() {
        use deserr::errors::JsonError;
        assert!(DeliveryState::ALL.is_sorted());
        for state in DeliveryState::ALL {
            assert_eq!(serde_json::to_value(state).unwrap(), state.name());
            let read = deserr::deserialize::<DeliveryState, _, JsonError>(serde_json::json!(state.name()));
            assert_eq!(read.unwrap(), state);
        }
    }
}
