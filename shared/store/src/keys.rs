//! Every key format, once. Reads and writes both come here, so a format cannot drift apart.
//!
//! Time-ordered sort keys need no time in them: our ids are UUIDs of version 7, whose text sorts by creation.

use jiff::Timestamp;
use serde::Deserialize;

mod access;
mod machinery;
mod roots;

pub use access::*;
pub use machinery::*;
pub use roots::*;

/// The primary key of an item.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub struct Key {
    /// The partition.
    pub pk: String,
    /// The place within the partition.
    pub sk: String,
}

impl Key {
    /// A key. Only the functions of a `keys` module make one.
    pub fn new(pk: String, sk: impl Into<String>) -> Self {
        Self { pk, sk: sk.into() }
    }
}

/// A place in a list that a secondary index keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexKey {
    /// The list the item is in: the index's partition key.
    pub list: String,
    /// The item's place in the list: the index's sort key.
    pub at: String,
}

/// The secondary indexes. An item can be in one list of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Index {
    /// `gsi1`: most lists.
    First,
    /// `gsi2`: a shop's products, and what a shopper ordered from a shop.
    Second,
    /// `gsi3`: a category's products and shops.
    Third,
}

impl Index {
    /// What DynamoDB calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::First => "gsi1",
            Self::Second => "gsi2",
            Self::Third => "gsi3",
        }
    }

    /// The attributes of its partition key and its sort key.
    pub const fn keys(self) -> (&'static str, &'static str) {
        match self {
            Self::First => ("gsi1pk", "gsi1sk"),
            Self::Second => ("gsi2pk", "gsi2sk"),
            Self::Third => ("gsi3pk", "gsi3sk"),
        }
    }
}

/// Milliseconds since 1970 in a width that sorts as text until the year 2286.
pub fn sortable(at: Timestamp) -> String {
    format!("{:013}", at.as_millisecond())
}
