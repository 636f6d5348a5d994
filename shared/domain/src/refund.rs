//! Refunds: what comes back for pieces of a line, and how a refund proceeds.

use serde::{Deserialize, Serialize};

/// Returns the part of an amount that belongs to some pieces of a line: to the `count` pieces after the first `before` of
/// `all`. Whatever the sizes of the parts and their order, the parts of all pieces add up to the amount exactly.
///
/// `before + count` is at most `all`, which is at least 1, and the amount is not negative.
pub fn part_of(amount: i64, before: u32, count: u32, all: u32) -> i64 {
    let up_to = |pieces: u32| i128::from(amount) * i128::from(pieces.min(all)) / i128::from(all.max(1));
    i64::try_from(up_to(before.saturating_add(count)) - up_to(before)).unwrap_or_default()
}

/// The state of a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefundState {
    /// Stripe is being asked for it.
    Pending,
    /// Stripe accepted it. The money is with the buyer's bank within days.
    Succeeded,
    /// Stripe refused it. The marketplace has to refund in another way.
    Failed,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_last_piece_gets_what_the_others_leave() {
        let parts: Vec<i64> = (0..3).map(|before| part_of(1_000, before, 1, 3)).collect();
        assert_eq!(parts, [333, 333, 334]);
        assert_eq!(part_of(1_000, 0, 3, 3), 1_000);
        assert_eq!(part_of(0, 0, 3, 3), 0);
    }

    proptest! {
        #[test]
        fn refunds_in_any_parts_are_never_negative_and_add_up_to_the_amount(
            amount in 0i64..=99_999_999_999,
            counts in prop::collection::vec(1u32..=100, 1..20),
        ) {
            let all: u32 = counts.iter().sum();
            let (mut before, mut sum) = (0, 0);
            for count in counts {
                let part = part_of(amount, before, count, all);
                prop_assert!(part >= 0);
                let exact = i128::from(amount) * i128::from(count);
                let error = (i128::from(part) * i128::from(all) - exact).abs();
                prop_assert!(error < i128::from(all), "a unit or more off");
                before += count;
                sum += part;
                prop_assert!(sum <= amount);
            }
            prop_assert_eq!(sum, amount);
        }
    }
}
