//! What an item looks like in the table.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    error::StoreError,
    keys::{Index, IndexKey, Key},
};

/// A whole item, as DynamoDB has it.
pub type Item = HashMap<String, AttributeValue>;

/// A stored thing. Its item is its fields, plus `pk` and `sk`, `type`, and where they apply the keys of
/// the three indexes (`gsi1pk`, `gsi1sk`, ...) and `ttl`.
pub trait Entity: Serialize + DeserializeOwned + Send + Sync {
    /// The `type` attribute: for people who look at the table, and for stream filters.
    const TYPE: &'static str;

    /// Where it is.
    fn key(&self) -> Key;

    /// Which list of the first index it is in, if any.
    fn index(&self) -> Option<IndexKey> {
        None
    }

    /// Which list of the second index it is in, if any.
    fn index2(&self) -> Option<IndexKey> {
        None
    }

    /// Which list of the third index it is in, if any.
    fn index3(&self) -> Option<IndexKey> {
        None
    }

    /// From when on DynamoDB may remove it.
    fn ttl(&self) -> Option<Timestamp> {
        None
    }

    /// The item.
    ///
    /// # Errors
    /// [`StoreError::Shape`] when the value does not fit DynamoDB's data model.
    fn to_item(&self) -> Result<Item, StoreError> {
        let mut item: Item = serde_dynamo::to_item(self).map_err(|error| StoreError::Shape(Box::new(error)))?;
        let Key { pk, sk } = self.key();
        let mut text = |name: &str, value: String| item.insert(name.to_owned(), AttributeValue::S(value));
        text("pk", pk);
        text("sk", sk);
        text("type", Self::TYPE.to_owned());
        let places = [(Index::First, self.index()), (Index::Second, self.index2()), (Index::Third, self.index3())];
        for (index, place) in places {
            if let Some(IndexKey { list, at }) = place {
                let (pk, sk) = index.keys();
                text(pk, list);
                text(sk, at);
            }
        }
        if let Some(ttl) = self.ttl() {
            item.insert("ttl".to_owned(), AttributeValue::N(ttl.as_second().to_string()));
        }
        Ok(item)
    }
}

/// Reads an item back.
///
/// # Errors
/// [`StoreError::Shape`] when the item is not one of these.
pub fn from_item<E: DeserializeOwned>(item: Item) -> Result<E, StoreError> {
    serde_dynamo::from_item(item).map_err(|error| StoreError::Shape(Box::new(error)))
}

impl Key {
    /// The key of a stored item.
    ///
    /// # Errors
    /// [`StoreError::Shape`] when it has none, which no stored item does.
    pub fn of(item: &Item) -> Result<Self, StoreError> {
        from_item(item.clone())
    }

    /// The key as attributes.
    pub fn to_item(&self) -> Item {
        HashMap::from([
            ("pk".to_owned(), AttributeValue::S(self.pk.clone())),
            ("sk".to_owned(), AttributeValue::S(self.sk.clone())),
        ])
    }
}

/// What an item is an item of.
pub fn type_of(item: &Item) -> Option<&str> {
    item.get("type").and_then(|value| value.as_s().ok()).map(String::as_str)
}

/// A number as an attribute value.
pub fn number(value: impl Into<i64>) -> AttributeValue {
    AttributeValue::N(value.into().to_string())
}

/// A time as an attribute value: milliseconds since 1970, as every stored time.
pub fn millis(at: Timestamp) -> AttributeValue {
    number(at.as_millisecond())
}

/// A text as an attribute value.
pub fn text(value: impl ToString) -> AttributeValue {
    AttributeValue::S(value.to_string())
}
