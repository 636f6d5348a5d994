//! The size of sessions and orders, in the units in which DynamoDB limits and charges them: the largest cart that is
//! allowed, and the usual one.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use souk_domain::{
    Country, DeliveryAddress, DiscountCode, DiscountName, Email, Id as _, PersonName, Phone, Quantity, ShopName, SkuId,
    Slug, TaxRate, Title, UserId, WebUrl,
    address::{City, Region, StreetLine, Zip},
    delivery::{Carrier, MAX_PARTS, Pieces, Step, Tracking, TrackingNumber},
    discount::MAX_PER_CART,
    order::{OrderNumber, PaymentState},
};
use souk_store::{Entity, entity::Item};
use souk_store_shapes::{address, at, email, eur, id, name};
use uuid::Uuid;

use crate::{
    carts::MAX_LINES,
    discounts::Granted,
    orders::{OrderLine, ShopPart},
    payments::{CheckoutPage, PaymentSession},
};

/// The largest item: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html>.
const ITEM: usize = 400 * 1_024;
/// The largest transaction, by the same page.
const TRANSACTION: usize = 4 * 1_024 * 1_024;

/// The largest character: four bytes.
const LETTER: &str = "𐐷";

/// Returns the size of an attribute at most, by
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html>.
fn size(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::N(digits) => 1 + digits.len().div_ceil(2),
        AttributeValue::L(values) => 3 + values.iter().map(|value| 1 + size(value)).sum::<usize>(),
        AttributeValue::M(fields) => 3 + fields.iter().map(|(name, value)| 1 + name.len() + size(value)).sum::<usize>(),
        AttributeValue::Ss(texts) => texts.iter().map(String::len).sum(),
        _ => 1,
    }
}

fn size_of(entity: &impl Entity) -> usize {
    let item: Item = entity.to_item().unwrap();
    item.iter().map(|(name, value)| name.len() + size(value)).sum()
}

fn number() -> OrderNumber {
    OrderNumber::parse("7KQ4-M2XP").unwrap()
}

/// A session of as many lines as a cart may have, each of a shop of its own, with the longest texts.
fn largest() -> PaymentSession {
    let text = |length: usize| LETTER.repeat(length);
    let part = |number: usize| ShopPart {
        shop: souk_domain::ShopId::from_uuid(Uuid::from_u128(number as u128)),
        shop_name: ShopName::parse(&text(100)).unwrap(),
        lines: vec![OrderLine {
            sku: SkuId { product: id(3), number: u16::MAX },
            product_slug: Slug::parse(&"a".repeat(80)).unwrap(),
            title: Title::parse(&text(200)).unwrap(),
            options: Some(format!("{} / {}", text(50), text(50))),
            picture: Some("p".repeat(200)),
            quantity: Quantity::parse(999).unwrap(),
            unit_price: eur(99_999_999),
            discount: Some(eur(99_999_999)),
            total: eur(99_999_999),
            commission: eur(99_999_999),
            tax_rate: TaxRate::parse(10_000).ok(),
            tax: 50_000_000,
        }],
        discount: (number < MAX_PER_CART).then(|| Granted {
            id: id(12),
            code: DiscountCode::parse("SPRING10").unwrap(),
            name: DiscountName::parse(&text(100)).unwrap(),
            off: eur(99_999_999),
            version: 1,
            first_order_only: true,
            per_shopper: Some(1),
            in_total: Some(1),
        }),
        shipping: Some(eur(99_999_999)),
        tax_rate: TaxRate::parse(10_000).ok(),
        shipping_tax: 50_000_000,
        total: eur(99_999_999),
    };
    let parts: Vec<ShopPart> = (0..MAX_LINES).map(part).collect();
    PaymentSession {
        id: id(5),
        user: id(1),
        buyer: PersonName::parse(&text(100)).unwrap(),
        email: Email::parse(&format!("{}@{}.com", "a".repeat(64), ["b"; 60].join("."))).unwrap(),
        address: Some(DeliveryAddress {
            name: PersonName::parse(&text(100)).unwrap(),
            street: StreetLine::parse(&text(100)).unwrap(),
            street2: Some(StreetLine::parse(&text(100)).unwrap()),
            city: City::parse(&text(100)).unwrap(),
            state: Some(Region::parse(&text(100)).unwrap()),
            zip: Some(Zip::parse(&"1".repeat(16)).unwrap()),
            country: Country::parse("DE").unwrap(),
            phone: Some(Phone::parse("+491234567890123").unwrap()),
        }),
        cart: id::<UserId>(1).into(),
        state: PaymentState::Opening,
        not_held: parts.iter().flat_map(|part| &part.lines).map(|line| line.sku).collect::<BTreeSet<_>>(),
        parts,
        total: eur(99_999_999),
        held_until: at(),
        created_at: at(),
        held_since: Some(at()),
        pages_given_up: 9,
        checkout: Some(CheckoutPage { id: "c".repeat(100), url: "u".repeat(1_000) }),
    }
}

#[test]
fn the_largest_cart_fits_into_an_item_and_its_order_into_a_transaction() {
    let session = largest();
    assert!(size_of(&session) < ITEM, "{}", size_of(&session));
    let (order, parts) = session.to_order(number(), Some("pi_1".to_owned()), Timestamp::UNIX_EPOCH);
    let together = size_of(&session) + size_of(&order) + parts.iter().map(size_of).sum::<usize>();
    assert!(together < TRANSACTION, "{together}");
}

#[test]
fn a_shop_order_of_the_largest_cart_with_as_many_shipments_as_there_may_be_fits_into_an_item() {
    let mut session = largest();
    let lines: Vec<OrderLine> = session.parts.iter().flat_map(|part| part.lines.clone()).collect();
    let lines: Vec<OrderLine> =
        (1..).zip(lines).map(|(number, line)| OrderLine { sku: SkuId { number, ..line.sku }, ..line }).collect();
    session.parts.truncate(1);
    session.parts[0].lines = lines;
    let (_, mut parts) = session.to_order(number(), None, Timestamp::UNIX_EPOCH);
    let mut part = parts.remove(0);
    let each: Pieces = part.pieces().into_keys().map(|sku| (sku, Quantity::parse(1).unwrap())).collect();
    let tracking = Tracking {
        carrier: Some(Carrier::parse(&LETTER.repeat(60)).unwrap()),
        tracking_number: Some(TrackingNumber::parse(&LETTER.repeat(60)).unwrap()),
        tracking_url: Some(WebUrl::parse(&format!("https://example.com/{}", LETTER.repeat(480))).unwrap()),
    };
    for shipment in (1..).take(MAX_PARTS) {
        let mut delivery = part.delivery.clone();
        delivery.ship(&part.pieces(), Some(each.clone()), tracking.clone(), at()).unwrap();
        delivery.advance(shipment, Step::OutForDelivery, at()).unwrap();
        delivery.advance(shipment, Step::AssumedDelivered, at()).unwrap();
        part = part.with(delivery);
    }
    assert!(size_of(&part) < ITEM, "{}", size_of(&part));
}

/// A session of three lines of these numbers of lines per shop, as a shopper usually has it: titles of 20 characters, one
/// picture, an address without a second line, shipping that costs something, and a rate of tax.
fn usual(lines_of_shops: &[u16]) -> PaymentSession {
    let rate = TaxRate::parse(1_900).ok();
    let line = |number: u16| OrderLine {
        sku: SkuId { product: souk_domain::ProductId::from_uuid(Uuid::now_v7()), number },
        product_slug: Slug::parse("stoneware-mug-of-ann").unwrap(),
        title: Title::parse("Stoneware mug of Ann").unwrap(),
        options: Some("Blue / XL".to_owned()),
        picture: Some(format!("{}/320.webp", souk_domain::MediaId::from_uuid(Uuid::now_v7()))),
        quantity: Quantity::parse(2).unwrap(),
        unit_price: eur(1_850),
        discount: None,
        total: eur(3_700),
        commission: eur(370),
        tax_rate: rate,
        tax: 591,
    };
    let part = |(n, &lines): (usize, &u16)| ShopPart {
        shop: souk_domain::ShopId::from_uuid(Uuid::from_u128(n as u128)),
        shop_name: ShopName::parse("Kiln of Carla Brandt").unwrap(),
        lines: (1..=lines).map(line).collect(),
        discount: None,
        shipping: Some(eur(490)),
        tax_rate: rate,
        shipping_tax: 78,
        total: eur(4_190),
    };
    PaymentSession {
        id: id(5),
        user: id(1),
        buyer: name(),
        email: email(),
        address: Some(DeliveryAddress { phone: Phone::parse("+4930901820").ok(), ..address() }),
        cart: id::<UserId>(1).into(),
        state: PaymentState::Open,
        parts: lines_of_shops.iter().enumerate().map(part).collect(),
        total: eur(12_570),
        not_held: BTreeSet::new(),
        held_until: at(),
        created_at: at(),
        held_since: None,
        pages_given_up: 0,
        checkout: Some(CheckoutPage { id: "c".repeat(66), url: "u".repeat(380) }),
    }
}

/// The write units of an item in a transaction: two for each KB.
fn units(entity: &impl Entity) -> usize {
    2 * size_of(entity).div_ceil(1_024)
}

#[test]
fn the_order_of_three_lines_is_written_with_these_units() {
    for (shops, expected) in [(&[3][..], 16), (&[2, 1], 22), (&[1, 1, 1], 26)] {
        let session = usual(shops);
        let (order, parts) = session.to_order(number(), Some(format!("pi_{}", "1".repeat(24))), at());
        // Beside these the order's number, the event and the cart, each of less than a KB.
        let written = units(&session) + units(&order) + parts.iter().map(units).sum::<usize>() + 3 * 2;
        let sizes: Vec<usize> = parts.iter().map(size_of).collect();
        assert_eq!(written, expected, "session {}, order {}, parts {sizes:?}", size_of(&session), size_of(&order));
    }
}
