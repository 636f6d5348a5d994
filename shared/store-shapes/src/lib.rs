//! For tests of the store only: whole stored items as snapshots.
//!
//! Every context keeps a snapshot of the whole item of each of its entities, attribute by attribute. A change of a snapshot
//! is a change of what is in tables that people run, and needs a thought about the items that are there already.

#![expect(clippy::unwrap_used, clippy::panic, reason = "only tests use this crate")]

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde_json::{Value, json};
use souk_domain::{
    Country, Currency, DeliveryAddress, Email, Id, Money, PersonName, ShopName, Slug, Title,
    address::{City, StreetLine, Zip},
};
use uuid::Uuid;

/// Declares a test for each entity: its whole item is as in the snapshot, and reads back as it was.
///
/// The crate that uses it has `souk_store` and `insta` among its dependencies.
#[macro_export]
macro_rules! shapes {
    ($($test:ident: $entity:expr;)+) => {$(
        #[test]
        fn $test() {
            let entity = $entity;
            let item = souk_store::Entity::to_item(&entity).unwrap();
            assert_eq!(souk_store::entity::from_item(item.clone()).ok(), Some(entity));
            insta::with_settings!({ omit_expression => true }, { insta::assert_json_snapshot!($crate::notation(&item)) });
        }
    )+};
}

/// An item in DynamoDB's own notation, its attributes in the order of their names.
pub fn notation(item: &HashMap<String, AttributeValue>) -> Value {
    item.iter()
        .map(|(name, value)| (name.clone(), value_notation(value)))
        .collect::<BTreeMap<_, _>>()
        .into_iter()
        .collect()
}

fn value_notation(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) => json!({ "S": text }),
        AttributeValue::N(number) => json!({ "N": number }),
        AttributeValue::Bool(flag) => json!({ "BOOL": flag }),
        AttributeValue::Null(_) => json!({ "NULL": true }),
        AttributeValue::L(list) => json!({ "L": list.iter().map(value_notation).collect::<Vec<_>>() }),
        AttributeValue::M(map) => {
            json!({ "M": map.iter().map(|(name, value)| (name.clone(), value_notation(value))).collect::<BTreeMap<_, _>>() })
        }
        other => panic!("an attribute of an unexpected type: {other:?}"),
    }
}

/// A time.
pub fn at() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

/// The id with this number.
pub fn id<I: Id>(n: u128) -> I {
    I::from_uuid(Uuid::from_u128(n))
}

/// An amount in euros.
pub fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

/// A mail address.
pub fn email() -> Email {
    Email::parse("ann@example.com").unwrap()
}

/// Where a parcel goes.
pub fn address() -> DeliveryAddress {
    DeliveryAddress {
        name: name(),
        street: StreetLine::parse("Kiln Lane 7").unwrap(),
        street2: None,
        city: City::parse("Potsdam").unwrap(),
        state: None,
        zip: Some(Zip::parse("14467").unwrap()),
        country: Country::parse("DE").unwrap(),
        phone: None,
    }
}

/// The name of a person.
pub fn name() -> PersonName {
    PersonName::parse("Ann Lee").unwrap()
}

/// A slug.
pub fn slug() -> Slug {
    Slug::parse("stoneware-mug").unwrap()
}

/// The title of a product.
pub fn title() -> Title {
    Title::parse("Stoneware mug").unwrap()
}

/// The name of a shop.
pub fn shop_name() -> ShopName {
    ShopName::parse("Blue Kiln").unwrap()
}
