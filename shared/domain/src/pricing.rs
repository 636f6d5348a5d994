//! What a cart costs. One published order of computation:
//!
//! 1. unit price: the sale price if there is one, else the regular price;
//! 2. times the quantity;
//! 3. summed per shop, in the order in which the shops first appear;
//! 4. summed over the shops.
//!
//! Nothing is rounded on the way, so the parts always sum to the total.

use serde::{Deserialize, Serialize};

use crate::{
    Currency, Money, Overflow, Quantity, ShopId, SkuId,
    money::{self},
};

/// A line of a cart with what the catalogue says of it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What is bought.
    pub sku: SkuId,
    /// Who sells it.
    pub shop: ShopId,
    /// How many.
    pub quantity: Quantity,
    /// The price without a sale.
    pub regular: Money,
    /// The price while a sale lasts, below the regular one.
    pub sale: Option<Money>,
}

/// A line with its price worked out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PricedLine {
    /// What is bought.
    pub sku: SkuId,
    /// Who sells it.
    pub shop: ShopId,
    /// How many.
    pub quantity: Quantity,
    /// The price of one.
    pub unit_price: Money,
    /// The price of all.
    pub total: Money,
}

/// What a shop's lines cost together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShopTotal {
    /// Whose lines.
    pub shop: ShopId,
    /// Their sum.
    pub total: Money,
}

/// A cart's cost, whole and in parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// In the order given.
    pub lines: Vec<PricedLine>,
    /// In the order in which the shops first appear in the lines.
    pub shops: Vec<ShopTotal>,
    /// The sum of everything.
    pub total: Money,
}

/// Works out what the lines cost.
///
/// # Errors
/// [`Overflow`] when a sum does not fit, or a line is priced in another currency.
pub fn quote(currency: Currency, lines: &[Line]) -> Result<Quote, Overflow> {
    let lines: Vec<PricedLine> = lines
        .iter()
        .map(|line| {
            let unit_price = line.sale.unwrap_or(line.regular);
            Ok(PricedLine {
                sku: line.sku,
                shop: line.shop,
                quantity: line.quantity,
                unit_price,
                total: unit_price.times(line.quantity.get())?,
            })
        })
        .collect::<Result<_, Overflow>>()?;
    let mut shops: Vec<ShopTotal> = Vec::new();
    for line in &lines {
        match shops.iter_mut().find(|part| part.shop == line.shop) {
            Some(part) => part.total = part.total.plus(line.total)?,
            None => shops.push(ShopTotal { shop: line.shop, total: line.total }),
        }
    }
    let total = money::sum(currency, shops.iter().map(|part| part.total))?;
    Ok(Quote { lines, shops, total })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::{Id, ProductId};

    fn line() -> impl Strategy<Value = Line> {
        (0u128..5, 1u16..9, 1i64..=999, 1i64..1_000_000, prop::option::of(0i64..1_000_000)).prop_map(
            |(shop, number, quantity, regular, sale)| Line {
                sku: SkuId { product: ProductId::from_uuid(Uuid::from_u128(shop)), number },
                shop: ShopId::from_uuid(Uuid::from_u128(shop)),
                quantity: Quantity::parse(quantity).unwrap(),
                regular: Money::new(regular, Currency::EUR),
                sale: sale.filter(|sale| *sale < regular).map(|sale| Money::new(sale, Currency::EUR)),
            },
        )
    }

    proptest! {
        #[test]
        fn parts_sum_to_the_total_and_nothing_is_negative(lines in prop::collection::vec(line(), 0..40)) {
            let quote = quote(Currency::EUR, &lines).unwrap();
            let of_lines: i64 = quote.lines.iter().map(|line| line.total.minor).sum();
            let of_shops: i64 = quote.shops.iter().map(|part| part.total.minor).sum();
            prop_assert_eq!(of_lines, quote.total.minor);
            prop_assert_eq!(of_shops, quote.total.minor);
            prop_assert!(quote.lines.iter().all(|line| line.total.minor >= 0));
            for part in &quote.shops {
                let own: i64 = quote.lines.iter().filter(|line| line.shop == part.shop).map(|line| line.total.minor).sum();
                prop_assert_eq!(own, part.total.minor);
            }
        }
    }

    #[test]
    fn a_price_that_does_not_fit_is_refused() {
        let uuid = Uuid::from_u128(1);
        let line = Line {
            sku: SkuId { product: ProductId::from_uuid(uuid), number: 1 },
            shop: ShopId::from_uuid(uuid),
            quantity: Quantity::parse(2).unwrap(),
            regular: Money::new(i64::MAX, Currency::EUR),
            sale: None,
        };
        assert_eq!(quote(Currency::EUR, &[line]), Err(Overflow));
    }
}
