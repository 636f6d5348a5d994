//! Keys: the types, and the formats of what every function needs.
//!
//! Each context has its own `keys` module. Every key format is one function, which reads and writes both call, so that
//! a format cannot drift apart. No two contexts make the same partition.
//!
//! Time-ordered sort keys contain no time, because ids are UUIDs of version 7, whose text sorts by creation.

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
    /// The partition key.
    pub pk: String,
    /// The sort key.
    pub sk: String,
}

impl Key {
    /// Creates a key. Only the functions of `keys` modules call it.
    pub fn new(pk: String, sk: impl Into<String>) -> Self {
        Self { pk, sk: sk.into() }
    }
}

/// A position in a list of a secondary index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexKey {
    /// The list: the index's partition key.
    pub list: String,
    /// The position in the list: the index's sort key.
    pub at: String,
}

/// The secondary indexes. An item can be in one list of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Index {
    /// `gsi1`: most lists.
    First,
    /// `gsi2`: a shop's products, and a shopper's orders from one shop.
    Second,
    /// `gsi3`: a category's members, and a shop's orders that are not delivered yet.
    Third,
}

impl Index {
    /// Returns DynamoDB's name of the index.
    pub const fn name(self) -> &'static str {
        match self {
            Self::First => "gsi1",
            Self::Second => "gsi2",
            Self::Third => "gsi3",
        }
    }

    /// Returns the attributes of its partition key and its sort key.
    pub const fn keys(self) -> (&'static str, &'static str) {
        match self {
            Self::First => ("gsi1pk", "gsi1sk"),
            Self::Second => ("gsi2pk", "gsi2sk"),
            Self::Third => ("gsi3pk", "gsi3sk"),
        }
    }
}

/// Returns milliseconds since 1970 in a fixed width that sorts as text until the year 2286.
pub fn sortable(at: Timestamp) -> String {
    format!("{:013}", at.as_millisecond())
}
