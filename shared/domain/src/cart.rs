//! Merging a guest's cart into a shopper's.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Quantity, SkuId, Stock};

/// The SKUs of a cart with their quantities.
pub type Lines = BTreeMap<SkuId, Quantity>;

/// Why fewer pieces of a SKU were merged than the guest's cart had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "DropReason")]
pub enum Reason {
    /// The product is no longer on sale.
    Gone,
    /// The SKU is out of stock.
    SoldOut,
    /// The stock is lower than the guest's quantity.
    StockLimited,
    /// The shopper's cart has the largest number of SKUs.
    CartFull,
}

/// A SKU of which the shopper's cart has fewer pieces after the merge than the guest's cart had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[schemars(rename = "DroppedLine")]
pub struct Dropped {
    /// The SKU.
    pub sku: SkuId,
    /// The reason.
    pub reason: Reason,
    /// The quantity in the guest's cart.
    pub wanted: Quantity,
    /// The quantity in the shopper's cart after the merge; 0 if it does not have the SKU.
    pub kept: u32,
}

/// Merges a guest's lines into a shopper's. Returns the merged lines, and the SKUs of which fewer pieces were merged.
///
/// If both have a SKU, the larger quantity wins. At most the stock is merged. The shopper's own quantity is never
/// lowered, because the missing stock may be held by the shopper's own payment session. The merge is idempotent.
pub fn merge(
    own: &Lines,
    guest: &Lines,
    stock: impl Fn(SkuId) -> Option<Stock>,
    max_lines: usize,
) -> (Lines, Vec<Dropped>) {
    let mut lines = own.clone();
    let mut dropped = Vec::new();
    for (&sku, &wanted) in guest {
        let before = lines.get(&sku).copied();
        if before >= Some(wanted) {
            continue;
        }
        let (kept, reason) = match (before, stock(sku)) {
            (_, None) => (before, Some(Reason::Gone)),
            (None, Some(left)) if left.get() == 0 => (None, Some(Reason::SoldOut)),
            (None, Some(_)) if lines.len() >= max_lines => (None, Some(Reason::CartFull)),
            (_, Some(left)) => {
                let kept = before.max(limit_to_stock(wanted, left));
                (kept, (kept < Some(wanted)).then_some(Reason::StockLimited))
            }
        };
        if let Some(kept) = kept {
            lines.insert(sku, kept);
        }
        if let Some(reason) = reason {
            dropped.push(Dropped { sku, reason, wanted, kept: kept.map_or(0, Quantity::get) });
        }
    }
    (lines, dropped)
}

/// Returns the wanted quantity, or the stock if it is lower. Returns `None` if there is no stock.
fn limit_to_stock(wanted: Quantity, left: Stock) -> Option<Quantity> {
    Quantity::parse(wanted.get().min(left.get()).into()).ok()
}

#[cfg(test)]
mod tests {
    use proptest::{collection::btree_map, prelude::*};
    use uuid::Uuid;

    use super::*;
    use crate::{Id, ProductId};

    fn sku(number: u16) -> SkuId {
        SkuId { product: ProductId::from_uuid(Uuid::from_u128(3)), number }
    }

    fn lines(of: &[(u16, u32)]) -> Lines {
        of.iter().map(|&(number, count)| (sku(number), Quantity::parse(count.into()).unwrap())).collect()
    }

    fn any_lines() -> impl Strategy<Value = Lines> {
        btree_map(1u16..=8, 1u32..=9, 0..=8).prop_map(|lines_of| lines(&lines_of.into_iter().collect::<Vec<_>>()))
    }

    #[test]
    fn the_larger_quantity_wins_and_missing_pieces_are_reported() {
        let own = lines(&[(1, 5), (2, 1), (3, 2)]);
        let guest = lines(&[(1, 2), (2, 4), (3, 9), (4, 1), (5, 1), (6, 3), (7, 1)]);
        let stock = |of: SkuId| match of.number {
            3 => Stock::parse(4).ok(),
            4 => None,
            5 => Stock::parse(0).ok(),
            _ => Stock::parse(100).ok(),
        };
        let (merged, dropped) = merge(&own, &guest, stock, 4);
        assert_eq!(merged, lines(&[(1, 5), (2, 4), (3, 4), (6, 3)]));
        let reported: Vec<_> = dropped.iter().map(|line| (line.sku.number, line.reason, line.kept)).collect();
        let expected =
            [(3, Reason::StockLimited, 4), (4, Reason::Gone, 0), (5, Reason::SoldOut, 0), (7, Reason::CartFull, 0)];
        assert_eq!(reported, expected);
    }

    #[test]
    fn low_stock_does_not_lower_the_shoppers_own_quantity() {
        let own = lines(&[(1, 3)]);
        let (merged, dropped) = merge(&own, &lines(&[(1, 5)]), |_| Stock::parse(0).ok(), 90);
        assert_eq!(merged, own);
        assert_eq!((dropped[0].reason, dropped[0].kept), (Reason::StockLimited, 3));
    }

    proptest! {
        #[test]
        fn a_merge_respects_stock_and_limit_takes_the_larger_quantity_and_is_idempotent(
            own in any_lines(),
            guest in any_lines(),
            stock in btree_map(1u16..=8, 0u32..=9, 0..=8),
            max_lines in 0usize..=8,
        ) {
            let left = |of: SkuId| stock.get(&of.number).and_then(|&left| Stock::parse(left.into()).ok());
            let (merged, dropped) = merge(&own, &guest, left, max_lines);

            prop_assert!(merged.len() <= max_lines.max(own.len()));
            for (sku, had) in &own {
                prop_assert!(merged.get(sku) >= Some(had));
            }
            for (sku, count) in &merged {
                let in_stock = left(*sku).is_some_and(|left| count.get() <= left.get());
                prop_assert!(own.get(sku) == Some(count) || in_stock, "{sku} exceeds its stock");
                prop_assert!(Some(count) <= own.get(sku).max(guest.get(sku)));
            }
            for (sku, wanted) in &guest {
                let kept = merged.get(sku).map_or(0, |count| count.get());
                let reported = dropped.iter().find(|line| line.sku == *sku);
                prop_assert_eq!(reported.is_some(), kept < wanted.get());
                if let Some(reported) = reported {
                    prop_assert_eq!((reported.wanted, reported.kept), (*wanted, kept));
                }
            }
            prop_assert_eq!(merge(&merged, &guest, left, max_lines), (merged, dropped));
        }
    }
}
