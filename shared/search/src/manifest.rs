//! What the index consists of, version by version.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, fmt::serde::timestamp::millisecond::required as millis};
use serde::{Deserialize, Serialize};
use souk_domain::{ProductId, ShopId};
use uuid::Uuid;

/// Something that the index tells of and that is to be looked at again. A message of the queue `search` is one: it says
/// nothing of how the thing is now, so it does no harm when it comes late, twice or in another order.
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

/// What a version was made anew of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Changed {
    /// All of it.
    Everything,
    /// These.
    These(BTreeSet<Subject>),
}

/// Where a file of the index is: in an object that holds several, one behind the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// Which object.
    pub pack: Uuid,
    /// Where it begins there, in bytes.
    pub offset: u64,
    /// How many bytes it has.
    pub length: u64,
}

/// A version of the index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Counts the versions, from the moment on, in milliseconds since 1970, at which the first one was made. So an index
    /// that is begun anew never repeats the version of one that is gone, and nobody's place in a list leads astray.
    pub version: u64,
    /// When it was made.
    #[serde(with = "millis")]
    pub at: Timestamp,
    /// The English name of the language that it was written with and is read with.
    pub language: String,
    /// Its files by name.
    pub files: BTreeMap<String, Place>,
    /// What the version before had otherwise.
    pub changed: Changed,
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use souk_domain::Id;

    use super::*;

    #[test]
    fn a_message_names_what_it_is_about_and_nothing_else() {
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
