use std::collections::BTreeMap;

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::{
    Country, Few, Id, ProductId, Shipping,
    discount::{Past, Reduction, Terms},
};

fn shop(n: u128) -> ShopId {
    ShopId::from_uuid(Uuid::from_u128(n))
}

fn product(n: u128) -> ProductId {
    ProductId::from_uuid(Uuid::from_u128(n))
}

/// Returns a line of one of five shops with three products each.
fn line() -> impl Strategy<Value = Line> {
    (0u128..15, 1u16..9, 1i64..=999, 1i64..1_000_000).prop_map(|(of, number, quantity, price)| Line {
        sku: SkuId { product: product(of), number },
        shop: shop(of / 3),
        quantity: Quantity::parse(quantity).unwrap(),
        unit_price: Money::new(price, Currency::EUR),
    })
}

/// Returns a discount of one of these shops, for all of its products or for some, its own and others'.
fn discount() -> impl Strategy<Value = (ShopId, Terms)> {
    let reduction = prop_oneof![
        (1u16..=10_000).prop_map(|basis_points| Reduction::Percent { basis_points }),
        (1i64..10_000_000).prop_map(|minor| Reduction::Flat(eur(minor))),
    ];
    let products = prop::collection::btree_set(0u128..15, 0..4);
    (0u128..5, reduction, prop::option::of(1i64..1_000_000), products).prop_map(|(of, reduction, minimum, products)| {
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
    })
}

/// Returns the terms on which some of these shops ship, to Germany or not.
fn shipping() -> impl Strategy<Value = BTreeMap<ShopId, Shipping>> {
    let amount = |most: i64| prop::option::of((1..most).prop_map(eur));
    let terms = (any::<bool>(), amount(10_000), amount(5_000_000)).prop_map(|(abroad, rate, free_above)| Shipping {
        countries: abroad.then(|| Few::parse(vec![country("FR"), country("CH")]).unwrap()),
        rate,
        free_above,
        dispatch_days: None,
    });
    prop::collection::btree_map((0u128..5).prop_map(shop), terms, 0..5)
}

fn country(code: &str) -> Country {
    Country::parse(code).unwrap()
}

/// Converts amounts in euros into another currency.
fn in_currency(currency: Currency, money: Money) -> Money {
    Money { currency, ..money }
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
fn the_offer_price_precedes_the_sale_price_and_the_regular_price() {
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
    fn the_price_is_always_one_of_the_given_prices(
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
        lines in prop::collection::vec(line(), 0..100),
        discounts in prop::collection::vec(discount(), 0..5),
        shipping in shipping(),
        currency in 0..Currency::ALL.len(),
    ) {
        let currency = Currency::ALL[currency];
        let (mut lines, mut discounts, mut shipping) = (lines, discounts, shipping);
        for line in &mut lines {
            line.unit_price = in_currency(currency, line.unit_price);
        }
        for (_, terms) in &mut discounts {
            terms.minimum = terms.minimum.map(|money| in_currency(currency, money));
            if let Reduction::Flat(off) = &mut terms.reduction {
                off.currency = currency;
            }
        }
        for terms in shipping.values_mut() {
            terms.rate = terms.rate.map(|money| in_currency(currency, money));
            terms.free_above = terms.free_above.map(|money| in_currency(currency, money));
        }
        let germany = country("DE");
        let delivery = Delivery { country: &germany, terms: &shipping };
        let quote = quote(currency, &lines, &deals(&discounts), Some(delivery), second(0)).unwrap();
        let of_lines: i64 = quote.lines.iter().map(|line| line.total.minor).sum();
        let of_shops: i64 = quote.shops.iter().map(|part| part.total.minor).sum();
        let of_shipping: i64 = quote.shops.iter().filter_map(|part| part.shipping).map(|price| price.minor).sum();
        prop_assert_eq!(of_lines + of_shipping, quote.total.minor);
        prop_assert_eq!(of_shops, quote.total.minor);
        prop_assert_eq!(quote.total.currency, currency);
        for (line, input) in quote.lines.iter().zip(&lines) {
            let full = input.unit_price.times(input.quantity.get()).unwrap();
            prop_assert_eq!(line.total.plus(line.discount).unwrap(), full);
            prop_assert!(line.total.minor >= 0 && line.discount.minor >= 0);
        }
        for part in &quote.shops {
            let own: i64 = quote.lines.iter().filter(|line| line.shop == part.shop).map(|line| line.total.minor).sum();
            prop_assert_eq!(own, part.lines.minor);
            let terms = shipping.get(&part.shop).cloned().unwrap_or_default();
            match part.shipping {
                None => prop_assert!(!terms.reaches(&germany)),
                Some(price) => {
                    let free_from = terms.free_above.map_or(i64::MAX, |from| from.minor);
                    let rate = terms.rate.map_or(0, |rate| rate.minor);
                    prop_assert!(terms.reaches(&germany));
                    prop_assert_eq!(price.minor, if own < free_from { rate } else { 0 });
                }
            }
            prop_assert_eq!(part.total.minor, own + part.shipping.map_or(0, |price| price.minor));
        }
        let off: i64 = quote.discounts.iter().flatten().map(|off| off.minor).sum();
        prop_assert_eq!(off, quote.lines.iter().map(|line| line.discount.minor).sum::<i64>());
    }

    #[test]
    fn without_a_delivery_the_price_is_that_of_the_lines(lines in prop::collection::vec(line(), 0..40)) {
        let quote = quote(Currency::EUR, &lines, &[], None, second(0)).unwrap();
        prop_assert_eq!(quote.lines.iter().map(|line| line.total.minor).sum::<i64>(), quote.total.minor);
        prop_assert!(quote.shops.iter().all(|part| part.shipping.is_none() && part.total == part.lines));
    }

    #[test]
    fn a_discount_reduces_each_eligible_line_by_its_share_and_no_other_line(
        lines in prop::collection::vec(line(), 1..40),
        (shop, terms) in discount(),
    ) {
        let bare = quote(Currency::EUR, &lines, &[], None, second(0)).unwrap();
        let with = quote(Currency::EUR, &lines, &deals(&[(shop, terms.clone())]), None, second(0)).unwrap();
        let eligible = |line: &PricedLine| line.shop == shop && terms.covers(line.sku.product);
        let sum: i64 = bare.lines.iter().filter(|line| eligible(line)).map(|line| line.total.minor).sum();
        let expected = terms.reduce(eur(sum), Past::default(), second(0)).unwrap();
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
fn shipping_is_free_for_what_is_left_after_the_discount() {
    let lines = [Line {
        sku: SkuId { product: product(0), number: 1 },
        shop: shop(0),
        quantity: Quantity::parse(1).unwrap(),
        unit_price: eur(5_000),
    }];
    let terms = Shipping { rate: Some(eur(490)), free_above: Some(eur(5_000)), ..Shipping::default() };
    let terms = BTreeMap::from([(shop(0), terms)]);
    let germany = country("DE");
    let delivery = Some(Delivery { country: &germany, terms: &terms });
    let whole = quote(Currency::EUR, &lines, &[], delivery, second(0)).unwrap();
    assert_eq!((whole.shops[0].shipping, whole.total), (Some(eur(0)), eur(5_000)));
    let discount = Terms {
        reduction: Reduction::Flat(eur(1)),
        minimum: None,
        first_order_only: false,
        per_shopper: None,
        in_total: None,
        starts_at: None,
        ends_at: None,
        products: Few::default(),
    };
    let less = quote(Currency::EUR, &lines, &deals(&[(shop(0), discount)]), delivery, second(0)).unwrap();
    assert_eq!((less.shops[0].shipping, less.total), (Some(eur(490)), eur(5_489)));
}

#[test]
fn a_price_that_does_not_fit_is_an_overflow() {
    let uuid = Uuid::from_u128(1);
    let line = Line {
        sku: SkuId { product: ProductId::from_uuid(uuid), number: 1 },
        shop: ShopId::from_uuid(uuid),
        quantity: Quantity::parse(2).unwrap(),
        unit_price: Money::new(i64::MAX, Currency::EUR),
    };
    assert_eq!(quote(Currency::EUR, &[line], &[], None, second(0)), Err(Overflow));
}
