//! Entities: how values are stored as items.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    error::StoreError,
    keys::{Index, IndexKey, Key},
};

/// A whole item, as DynamoDB returns it.
pub type Item = HashMap<String, AttributeValue>;

/// A stored value. Its item consists of its fields and `pk`, `sk`, `type`, and where they apply the keys of the three
/// indexes (`gsi1pk`, `gsi1sk`, ...) and `ttl`.
pub trait Entity: Serialize + DeserializeOwned + Send + Sync {
    /// The `type` attribute, for operators and for stream filters.
    const TYPE: &'static str;

    /// Returns its key.
    fn key(&self) -> Key;

    /// Returns its position in a list of the first index, if it is in one.
    fn index(&self) -> Option<IndexKey> {
        None
    }

    /// Returns its position in a list of the second index, if it is in one.
    fn index2(&self) -> Option<IndexKey> {
        None
    }

    /// Returns its position in a list of the third index, if it is in one.
    fn index3(&self) -> Option<IndexKey> {
        None
    }

    /// Returns when DynamoDB may delete it.
    fn ttl(&self) -> Option<Timestamp> {
        None
    }

    /// Returns the item.
    ///
    /// # Errors
    /// [`StoreError::Shape`] if the value does not fit DynamoDB's data model.
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

/// Reads a value from an item.
///
/// # Errors
/// [`StoreError::Shape`] if the item does not have the value's shape.
pub fn from_item<E: DeserializeOwned>(item: Item) -> Result<E, StoreError> {
    serde_dynamo::from_item(item).map_err(|error| StoreError::Shape(Box::new(error)))
}

impl Key {
    /// Returns the key of a stored item.
    ///
    /// # Errors
    /// [`StoreError::Shape`] if it has none. Every stored item has one.
    pub fn of(item: &Item) -> Result<Self, StoreError> {
        from_item(item.clone())
    }

    /// Returns the key as attributes.
    pub fn to_item(&self) -> Item {
        HashMap::from([
            ("pk".to_owned(), AttributeValue::S(self.pk.clone())),
            ("sk".to_owned(), AttributeValue::S(self.sk.clone())),
        ])
    }
}

/// Returns the `type` attribute of an item.
pub fn type_of(item: &Item) -> Option<&str> {
    item.get("type").and_then(|value| value.as_s().ok()).map(String::as_str)
}

/// Returns a number as an attribute value.
pub fn number(value: impl Into<i64>) -> AttributeValue {
    AttributeValue::N(value.into().to_string())
}

/// Returns a time as an attribute value, in milliseconds since 1970 like every stored time.
pub fn millis(at: Timestamp) -> AttributeValue {
    number(at.as_millisecond())
}

/// Returns a text as an attribute value.
pub fn text(value: impl ToString) -> AttributeValue {
    AttributeValue::S(value.to_string())
}
