//! The largest cart that is allowed, in the units in which DynamoDB limits items and transactions.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use souk_domain::{
    DiscountCode, DiscountName, Email, Id as _, PersonName, Quantity, ShopName, SkuId, Slug, Title, UserId, WebUrl,
    delivery::{Carrier, MAX_PARTS, Pieces, Step, Tracking, TrackingNumber},
    discount::MAX_PER_CART,
    order::{OrderNumber, PaymentState},
};
use souk_store::{Entity, entity::Item};
use souk_store_shapes::{at, eur, id};
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
        AttributeValue::N(_) => 21,
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
        total: eur(99_999_999),
    };
    let parts: Vec<ShopPart> = (0..MAX_LINES).map(part).collect();
    PaymentSession {
        id: id(5),
        user: id(1),
        buyer: PersonName::parse(&text(100)).unwrap(),
        email: Email::parse(&format!("{}@{}.com", "a".repeat(64), ["b"; 60].join("."))).unwrap(),
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
