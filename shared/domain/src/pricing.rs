//! What a cart costs. One published order of computation:
//!
//! 1. unit price: the offer's price inside its window, else the sale price if there is one, else the regular price;
//! 2. times the quantity;
//! 3. less the shop's discount: worked out of the sum of the lines that it is for, rounded once, and split over these
//!    lines by largest remainder;
//! 4. summed per shop, in the order in which the shops first appear;
//! 5. summed over the shops.
//!
//! Nothing else is rounded on the way, so the parts always sum to the total, and no line goes below zero.

use jiff::{Timestamp, fmt::serde::timestamp::millisecond::required as millis};
use serde::{Deserialize, Serialize};

use crate::{
    Currency, Money, Overflow, Quantity, ShopId, SkuId,
    discount::{Deal, Refusal},
    money,
};

/// A price for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// What one costs inside the window.
    pub price: Money,
    /// When the window begins.
    #[serde(with = "millis")]
    pub starts_at: Timestamp,
    /// When the window ends: at this moment the offer's price no longer counts.
    #[serde(with = "millis")]
    pub ends_at: Timestamp,
}

impl Offer {
    /// Whether its window is open.
    pub fn runs_at(&self, now: Timestamp) -> bool {
        self.starts_at <= now && now < self.ends_at
    }
}

/// What one may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prices {
    /// Without a sale and an offer.
    pub regular: Money,
    /// While a sale lasts.
    pub sale: Option<Money>,
    /// For a while.
    pub offer: Option<Offer>,
}

impl Prices {
    /// A price that no sale and no offer changes.
    pub const fn fixed(price: Money) -> Self {
        Self { regular: price, sale: None, offer: None }
    }

    /// What one costs now.
    pub fn at(&self, now: Timestamp) -> Money {
        let offered = self.offer.filter(|offer| offer.runs_at(now)).map(|offer| offer.price);
        offered.or(self.sale).unwrap_or(self.regular)
    }
}

/// A line of a cart with what the catalogue says of it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What is bought.
    pub sku: SkuId,
    /// Who sells it.
    pub shop: ShopId,
    /// How many.
    pub quantity: Quantity,
    /// What one costs now.
    pub unit_price: Money,
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
    /// What the shop's discount takes off all.
    pub discount: Money,
    /// The price of all, less the discount.
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
    /// What each discount takes off, or why nothing, in the order given.
    pub discounts: Vec<Result<Money, Refusal>>,
    /// The sum of everything.
    pub total: Money,
}

/// Works out what the lines cost with these discounts.
///
/// # Errors
/// [`Overflow`] when a sum does not fit, or a line or a discount is in another currency.
pub fn quote(currency: Currency, lines: &[Line], deals: &[Deal<'_>], now: Timestamp) -> Result<Quote, Overflow> {
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
    let discounts = deals.iter().map(|deal| take_off(currency, &mut lines, deal, now)).collect::<Result<_, _>>()?;
    let mut shops: Vec<ShopTotal> = Vec::new();
    for line in &lines {
        match shops.iter_mut().find(|part| part.shop == line.shop) {
            Some(part) => part.total = part.total.plus(line.total)?,
            None => shops.push(ShopTotal { shop: line.shop, total: line.total }),
        }
    }
    let total = money::sum(currency, shops.iter().map(|part| part.total))?;
    Ok(Quote { lines, shops, discounts, total })
}

/// Takes a discount off the lines that it is for.
fn take_off(
    currency: Currency,
    lines: &mut [PricedLine],
    deal: &Deal<'_>,
    now: Timestamp,
) -> Result<Result<Money, Refusal>, Overflow> {
    let Some(terms) = deal.terms else { return Ok(Err(Refusal::Unknown)) };
    let eligible = lines.iter_mut().filter(|line| line.shop == deal.shop && terms.covers(line.sku.product));
    let mut eligible: Vec<&mut PricedLine> = eligible.collect();
    let sum = money::sum(currency, eligible.iter().map(|line| line.total))?;
    let off = match terms.weigh(sum, deal.past, now)? {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::{
        Few, Id, ProductId,
        discount::{Past, Reduction, Terms},
    };

    fn shop(n: u128) -> ShopId {
        ShopId::from_uuid(Uuid::from_u128(n))
    }

    fn product(n: u128) -> ProductId {
        ProductId::from_uuid(Uuid::from_u128(n))
    }

    /// A line of one of five shops with three products each.
    fn line() -> impl Strategy<Value = Line> {
        (0u128..15, 1u16..9, 1i64..=999, 1i64..1_000_000).prop_map(|(of, number, quantity, price)| Line {
            sku: SkuId { product: product(of), number },
            shop: shop(of / 3),
            quantity: Quantity::parse(quantity).unwrap(),
            unit_price: Money::new(price, Currency::EUR),
        })
    }

    /// A discount of one of these shops, for all of its products or for some, its own and others'.
    fn discount() -> impl Strategy<Value = (ShopId, Terms)> {
        let reduction = prop_oneof![
            (1u16..=10_000).prop_map(|basis_points| Reduction::Percent { basis_points }),
            (1i64..10_000_000).prop_map(|minor| Reduction::Flat(eur(minor))),
        ];
        let products = prop::collection::btree_set(0u128..15, 0..4);
        (0u128..5, reduction, prop::option::of(1i64..1_000_000), products).prop_map(
            |(of, reduction, minimum, products)| {
                let terms = Terms {
                    reduction,
                    minimum: minimum.map(eur),
                    first_order_only: false,
                    per_shopper: None,
                    in_total: None,
                    starts_at: None,
                    ends_at: None,
                    products: Few::parse(products.into_iter().map(product).collect()).unwrap(),
                };
                (shop(of), terms)
            },
        )
    }

    fn deals(discounts: &[(ShopId, Terms)]) -> Vec<Deal<'_>> {
        let past = Past::default();
        discounts.iter().map(|(shop, terms)| Deal { shop: *shop, terms: Some(terms), past }).collect()
    }

    fn eur(minor: i64) -> Money {
        Money::new(minor, Currency::EUR)
    }

    fn second(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    #[test]
    fn an_offer_counts_inside_its_window_then_the_sale_then_the_regular_price() {
        let offer = Some(Offer { price: eur(700), starts_at: second(10), ends_at: second(20) });
        let both = Prices { regular: eur(1_000), sale: Some(eur(900)), offer };
        for (at, price) in [(0, 900), (9, 900), (10, 700), (19, 700), (20, 900), (99, 900)] {
            assert_eq!(both.at(second(at)), eur(price), "{at}");
        }
        let no_sale = Prices { sale: None, ..both };
        assert_eq!((no_sale.at(second(15)), no_sale.at(second(20))), (eur(700), eur(1_000)));
        assert_eq!(Prices::fixed(eur(1_200)).at(second(15)), eur(1_200));
    }

    proptest! {
        #[test]
        fn a_price_is_always_one_of_those_named(
            regular in 1i64..9_999,
            sale in prop::option::of(1i64..9_999),
            offer in prop::option::of((1i64..9_999, 0i64..99, 0i64..99)),
            now in 0i64..99,
        ) {
            let offer = offer.map(|(price, starts, ends)| Offer {
                price: eur(price),
                starts_at: second(starts),
                ends_at: second(ends),
            });
            let prices = Prices { regular: eur(regular), sale: sale.map(eur), offer };
            let expected = match (offer, prices.sale) {
                (Some(offer), _) if (offer.starts_at..offer.ends_at).contains(&second(now)) => offer.price,
                (_, Some(sale)) => sale,
                (_, None) => prices.regular,
            };
            prop_assert_eq!(prices.at(second(now)), expected);
        }

        #[test]
        fn parts_sum_to_the_total_and_nothing_is_negative(
            lines in prop::collection::vec(line(), 0..40),
            discounts in prop::collection::vec(discount(), 0..5),
        ) {
            let quote = quote(Currency::EUR, &lines, &deals(&discounts), second(0)).unwrap();
            let of_lines: i64 = quote.lines.iter().map(|line| line.total.minor).sum();
            let of_shops: i64 = quote.shops.iter().map(|part| part.total.minor).sum();
            prop_assert_eq!(of_lines, quote.total.minor);
            prop_assert_eq!(of_shops, quote.total.minor);
            for (line, asked) in quote.lines.iter().zip(&lines) {
                let full = asked.unit_price.times(asked.quantity.get()).unwrap();
                prop_assert_eq!(line.total.plus(line.discount).unwrap(), full);
                prop_assert!(line.total.minor >= 0 && line.discount.minor >= 0);
            }
            for part in &quote.shops {
                let own: i64 = quote.lines.iter().filter(|line| line.shop == part.shop).map(|line| line.total.minor).sum();
                prop_assert_eq!(own, part.total.minor);
            }
            let off: i64 = quote.discounts.iter().flatten().map(|off| off.minor).sum();
            prop_assert_eq!(off, quote.lines.iter().map(|line| line.discount.minor).sum::<i64>());
        }

        #[test]
        fn a_discount_stays_with_the_lines_it_is_for_and_each_gets_its_share(
            lines in prop::collection::vec(line(), 1..40),
            (shop, terms) in discount(),
        ) {
            let bare = quote(Currency::EUR, &lines, &[], second(0)).unwrap();
            let with = quote(Currency::EUR, &lines, &deals(&[(shop, terms.clone())]), second(0)).unwrap();
            let eligible = |line: &PricedLine| line.shop == shop && terms.covers(line.sku.product);
            let sum: i64 = bare.lines.iter().filter(|line| eligible(line)).map(|line| line.total.minor).sum();
            let expected = terms.weigh(eur(sum), Past::default(), second(0)).unwrap();
            prop_assert_eq!(with.discounts, [expected]);
            let off = expected.map_or(0, |off| off.minor);
            for (line, before) in with.lines.iter().zip(&bare.lines) {
                if eligible(line) {
                    let error = i128::from(line.discount.minor) * i128::from(sum) - i128::from(off) * i128::from(before.total.minor);
                    prop_assert!(error.abs() < i128::from(sum.max(1)), "a unit or more off");
                } else {
                    prop_assert_eq!(line, before);
                }
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
            unit_price: Money::new(i64::MAX, Currency::EUR),
        };
        assert_eq!(quote(Currency::EUR, &[line], &[], second(0)), Err(Overflow));
    }
}
