//! The manifest of a version of the index.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, fmt::serde::timestamp::millisecond::required as millis};
use serde::{Deserialize, Serialize};
use souk_domain::{ProductId, ShopId};
use uuid::Uuid;

/// A part of the index that may have changed. A message of the queue `search` is a subject. It does not contain the new
/// state, so it may come late, twice or in another order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A product, or one of its SKUs.
    Product(ProductId),
    /// A shop.
    Shop(ShopId),
    /// The categories.
    Site,
}

/// The parts of the index that a version changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Changed {
    /// The whole index.
    Everything,
    /// These subjects.
    These(BTreeSet<Subject>),
}

/// The location of a file of the index: in a pack, which is an object that contains several files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FileLocation {
    /// The pack.
    pub pack: Uuid,
    /// The offset in the pack, in bytes.
    pub offset: u64,
    /// The length, in bytes.
    pub length: u64,
}

/// A version of the index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The number of the version. It is incremented with each commit, and starts with the time at which the first
    /// version was made, in milliseconds since 1970. So an index that is started over never repeats the numbers of a
    /// deleted one, and an old cursor never leads into the wrong version.
    pub version: u64,
    /// When it was made.
    #[serde(with = "millis")]
    pub at: Timestamp,
    /// The English name of the language with which it is written and read.
    pub language: String,
    /// The files by name.
    pub files: BTreeMap<String, FileLocation>,
    /// What it changed compared to the version before.
    pub changed: Changed,
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use souk_domain::Id;

    use super::*;

    #[test]
    fn a_message_contains_only_the_subject() {
        let (product, shop) = (ProductId::from_uuid(Uuid::from_u128(1)), ShopId::from_uuid(Uuid::from_u128(2)));
        let messages = [
            (Subject::Product(product), json!({ "product": "prod_00000000000000000000000000000001" })),
            (Subject::Shop(shop), json!({ "shop": "shop_00000000000000000000000000000002" })),
            (Subject::Site, json!("site")),
        ];
        for (subject, message) in messages {
            assert_eq!(serde_json::to_value(subject).unwrap(), message);
            assert_eq!(serde_json::from_value::<Subject>(message).unwrap(), subject);
        }
    }
}
