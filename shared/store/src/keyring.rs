//! The public keys of the access tokens.

use jiff::{Timestamp, fmt::serde::timestamp::millisecond::required as millis};
use serde::{Deserialize, Serialize};

use crate::{
    Entity, StoreError, Table,
    entity::number,
    keys::{self, Key},
    table::Freshness,
};

/// The public keys of the access tokens, newest last.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keys {
    /// The keys.
    pub keys: Vec<PublicKey>,
    /// The version. Every change increments it.
    pub version: u64,
}

/// An Ed25519 public key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicKey {
    /// The key's id in the header of a token.
    pub kid: String,
    /// The 32 bytes in base64url, the `x` of a JWK.
    pub x: String,
    /// Since when its private key signs.
    #[serde(with = "millis")]
    pub since: Timestamp,
}

impl Entity for Keys {
    const TYPE: &'static str = "keys";

    fn key(&self) -> Key {
        keys::keyring()
    }
}

/// Access to the public keys.
#[derive(Debug)]
pub struct Keyring<'a> {
    table: &'a Table,
}

impl<'a> Keyring<'a> {
    pub(crate) fn new(table: &'a Table) -> Self {
        Self { table }
    }

    /// Returns the keys. Empty before the first sign-in.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn get(&self) -> Result<Keys, StoreError> {
        Ok(self.table.get(keys::keyring(), Freshness::Strong).await?.unwrap_or_default())
    }

    /// Replaces the keys that were read. Returns `false` if somebody else replaced them first.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn publish(&self, read: &Keys, keys: Vec<PublicKey>) -> Result<bool, StoreError> {
        let next = Keys { keys, version: read.version + 1 };
        let item = serde_dynamo::to_attribute_value(&next.keys).map_err(|error| StoreError::Shape(Box::new(error)))?;
        let update = self
            .table
            .update(&next.key())
            .update_expression("SET #keys = :keys, version = :next, #type = :type")
            .condition_expression("attribute_not_exists(version) OR version = :read")
            .expression_attribute_names("#keys", "keys")
            .expression_attribute_names("#type", "type")
            .expression_attribute_values(":type", crate::entity::text(Keys::TYPE))
            .expression_attribute_values(":keys", item)
            .expression_attribute_values(":next", number(i64::try_from(next.version).unwrap_or(i64::MAX)))
            .expression_attribute_values(":read", number(i64::try_from(read.version).unwrap_or(i64::MAX)));
        Ok(self.table.apply(update).await?.is_ok())
    }
}
