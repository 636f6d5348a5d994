//! The calculation of a cart's price. The order of the steps is public:
//!
//! 1. unit price: the offer's price while the offer runs, else the sale price if there is one, else the regular price;
//! 2. times the quantity;
//! 3. less the shop's discount: calculated from the sum of the eligible lines, rounded once, and split over these lines
//!    by the largest remainder method;
//! 4. summed per shop, in the order in which the shops first appear;
//! 5. plus the shop's shipping: nothing if that sum reaches the amount from which on the shop ships for free, else its
//!    rate;
//! 6. summed over the shops.
//!
//! Nothing else is rounded, so the parts always sum to the total, and no part is negative. The tax that prices include
//! ([`tax`](crate::tax)) is computed from the total of each line and from the shipping of each shop. It is a part of them
//! and changes no sum.

#[cfg(test)]
mod tests;

use jiff::{Timestamp, fmt::serde::timestamp::millisecond::required as millis};
use serde::{Deserialize, Serialize};

use crate::{
    Currency, Money, Overflow, Quantity, ShopId, SkuId,
    discount::{Deal, Refusal},
    money,
    shipping::Delivery,
};

/// A lower price for a limited time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// The price of one piece while the offer runs.
    pub price: Money,
    /// When the offer begins.
    #[serde(with = "millis")]
    pub starts_at: Timestamp,
    /// When the offer ends: its price is no longer valid at this moment.
    #[serde(with = "millis")]
    pub ends_at: Timestamp,
}

impl Offer {
    /// Tells whether the offer runs.
    pub fn runs_at(&self, now: Timestamp) -> bool {
        self.starts_at <= now && now < self.ends_at
    }
}

/// The prices of one piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prices {
    /// The price without sale and offer.
    pub regular: Money,
    /// The sale price.
    pub sale: Option<Money>,
    /// The offer.
    pub offer: Option<Offer>,
}

impl Prices {
    /// Returns a price that no sale and no offer changes.
    pub const fn fixed(price: Money) -> Self {
        Self { regular: price, sale: None, offer: None }
    }

    /// Returns the price of one piece at a time.
    pub fn at(&self, now: Timestamp) -> Money {
        let offered = self.offer.filter(|offer| offer.runs_at(now)).map(|offer| offer.price);
        offered.or(self.sale).unwrap_or(self.regular)
    }
}

/// A line of a cart with its current price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The SKU.
    pub sku: SkuId,
    /// The shop that sells it.
    pub shop: ShopId,
    /// The quantity.
    pub quantity: Quantity,
    /// The current price of one piece.
    pub unit_price: Money,
}

/// A line with its calculated price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PricedLine {
    /// The SKU.
    pub sku: SkuId,
    /// The shop that sells it.
    pub shop: ShopId,
    /// The quantity.
    pub quantity: Quantity,
    /// The price of one piece.
    pub unit_price: Money,
    /// The share of the shop's discount in this line.
    pub discount: Money,
    /// The price of all pieces, less the discount.
    pub total: Money,
}

/// The total of a shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShopTotal {
    /// The shop.
    pub shop: ShopId,
    /// The sum of the shop's lines.
    pub lines: Money,
    /// The price of shipping. `None` if the shop does not ship there, or if no delivery was given.
    pub shipping: Option<Money>,
    /// The lines and the shipping.
    pub total: Money,
}

/// The price of a cart with all its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// The lines, in the given order.
    pub lines: Vec<PricedLine>,
    /// The shops, in the order in which they first appear in the lines.
    pub shops: Vec<ShopTotal>,
    /// The reduction of each discount, or why it does not apply, in the given order.
    pub discounts: Vec<Result<Money, Refusal>>,
    /// The total.
    pub total: Money,
}

/// Calculates the price of the lines with these discounts, and with their shipping if a delivery is given.
///
/// # Errors
/// [`Overflow`] if a sum does not fit, or if a line, a discount or a rate of shipping is in another currency.
pub fn quote(
    currency: Currency,
    lines: &[Line],
    deals: &[Deal<'_>],
    delivery: Option<Delivery<'_>>,
    now: Timestamp,
) -> Result<Quote, Overflow> {
    let mut lines: Vec<PricedLine> = lines
        .iter()
        .map(|line| {
            Ok(PricedLine {
                sku: line.sku,
                shop: line.shop,
                quantity: line.quantity,
                unit_price: line.unit_price,
                discount: Money::zero(currency),
                total: line.unit_price.times(line.quantity.get())?,
            })
        })
        .collect::<Result<_, Overflow>>()?;
    let discounts =
        deals.iter().map(|deal| apply_discount(currency, &mut lines, deal, now)).collect::<Result<_, _>>()?;
    let mut shops: Vec<ShopTotal> = Vec::new();
    for line in &lines {
        match shops.iter_mut().find(|part| part.shop == line.shop) {
            Some(part) => part.lines = part.lines.plus(line.total)?,
            None => {
                shops.push(ShopTotal { shop: line.shop, lines: line.total, shipping: None, total: line.total });
            }
        }
    }
    for part in &mut shops {
        part.shipping = delivery.and_then(|delivery| delivery.price(part.shop, part.lines));
        part.total = part.lines.plus(part.shipping.unwrap_or(Money::zero(currency)))?;
    }
    let total = money::sum(currency, shops.iter().map(|part| part.total))?;
    Ok(Quote { lines, shops, discounts, total })
}

/// Applies a discount to its eligible lines.
fn apply_discount(
    currency: Currency,
    lines: &mut [PricedLine],
    deal: &Deal<'_>,
    now: Timestamp,
) -> Result<Result<Money, Refusal>, Overflow> {
    let Some(terms) = deal.terms else { return Ok(Err(Refusal::Unknown)) };
    let eligible = lines.iter_mut().filter(|line| line.shop == deal.shop && terms.covers(line.sku.product));
    let mut eligible: Vec<&mut PricedLine> = eligible.collect();
    let sum = money::sum(currency, eligible.iter().map(|line| line.total))?;
    let off = match terms.reduce(sum, deal.past, now)? {
        Ok(off) => off,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let weights: Vec<i64> = eligible.iter().map(|line| line.total.minor).collect();
    for (line, share) in eligible.iter_mut().zip(money::split(off.minor, &weights)) {
        line.discount = line.discount.plus(Money::new(share, currency))?;
        line.total = line.total.plus(Money::new(-share, currency))?;
    }
    Ok(Ok(off))
}
