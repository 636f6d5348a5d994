//! Shoppers' addresses.
//!
//! The addresses of a shopper are one item. The default is derived and not stored: it is the address that was chosen,
//! or the oldest if none was chosen or the chosen one is deleted. So there is exactly one default whenever there is an
//! address, whatever writes happen in parallel.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use souk_domain::{Address, AddressId, UserId};
use souk_store::{
    Entity, StoreError, Table, Transaction, WriteError,
    entity::{number, text},
    entries,
    idempotency::Answer,
    table::Freshness,
    transaction::Condition,
};

use crate::keys::{self, Key};

/// How many addresses a shopper may have.
pub const MAX_ADDRESSES: usize = 20;

/// A shopper's addresses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressBook {
    /// The shopper.
    pub user: UserId,
    /// The addresses, the oldest first.
    pub entries: BTreeMap<AddressId, Address>,
    /// The address that was chosen as the default. It may be deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chosen: Option<AddressId>,
}

impl AddressBook {
    /// Returns an address book without addresses.
    fn empty(user: UserId) -> Self {
        Self { user, entries: BTreeMap::new(), chosen: None }
    }

    /// Returns the address to use where none is named. Returns `None` only if there is no address.
    pub fn default_address(&self) -> Option<AddressId> {
        let chosen = self.chosen.filter(|chosen| self.entries.contains_key(chosen));
        chosen.or_else(|| self.entries.keys().next().copied())
    }
}

impl Entity for AddressBook {
    const TYPE: &'static str = "addresses";

    fn key(&self) -> Key {
        keys::addresses(self.user)
    }
}

/// Why an address was not added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// The shopper has [`MAX_ADDRESSES`].
    Full,
    /// The `Idempotency-Key` was used meanwhile.
    KeyUsed,
}

/// Access to addresses.
#[derive(Debug)]
pub struct Addresses<'a> {
    table: &'a Table,
}

impl<'a> Addresses<'a> {
    pub(crate) fn new(table: &'a Table) -> Self {
        Self { table }
    }

    /// Returns a shopper's addresses.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn of(&self, user: UserId) -> Result<AddressBook, StoreError> {
        let book = self.table.get(keys::addresses(user), Freshness::Strong).await?;
        Ok(book.unwrap_or_else(|| AddressBook::empty(user)))
    }

    /// Adds an address.
    ///
    /// # Errors
    /// Those of [`Rule`].
    pub async fn add(
        &self,
        user: UserId,
        id: AddressId,
        address: &Address,
        answer: Option<&Answer>,
    ) -> Result<(), WriteError<Rule>> {
        let function = Condition::new("attribute_exists(#entries) AND size(#entries) < :max")
            .name("#entries", "entries")
            .name("#entry", &id.to_string())
            .value(":address", attribute(address)?)
            .value(":max", number(i64::try_from(MAX_ADDRESSES).unwrap_or(i64::MAX)));
        let add = || {
            let add = "SET #entries.#entry = :address";
            let transaction = Transaction::new().update(&keys::addresses(user), add, function.clone(), Rule::Full);
            match answer {
                Some(answer) => transaction.create(answer, Rule::KeyUsed),
                None => transaction,
            }
        };
        match add().commit(self.table).await {
            Err(WriteError::Refused(rules)) if rules.broke(&Rule::Full) => {
                // Full, or the item does not exist: a path into a map needs the map.
                self.table.create(&AddressBook::empty(user)).await?;
                add().commit(self.table).await
            }
            result => result,
        }
    }

    /// Replaces an address. Returns whether the shopper has it.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn change(&self, user: UserId, id: AddressId, address: &Address) -> Result<bool, StoreError> {
        let change = entries::update(self.table, &keys::addresses(user), id)
            .update_expression("SET #entries.#entry = :address")
            .condition_expression("attribute_exists(#entries.#entry)")
            .expression_attribute_values(":address", attribute(address)?);
        Ok(self.table.apply(change).await?.is_ok())
    }

    /// Chooses the default. Returns whether the shopper has the address.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn choose(&self, user: UserId, id: AddressId) -> Result<bool, StoreError> {
        let choose = entries::update(self.table, &keys::addresses(user), id)
            .update_expression("SET chosen = :id")
            .condition_expression("attribute_exists(#entries.#entry)")
            .expression_attribute_values(":id", text(id));
        Ok(self.table.apply(choose).await?.is_ok())
    }

    /// Removes an address. Returns whether the shopper had it.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn remove(&self, user: UserId, id: AddressId) -> Result<bool, StoreError> {
        entries::remove(self.table, &keys::addresses(user), id).await
    }
}

fn attribute(address: &Address) -> Result<AttributeValue, StoreError> {
    serde_dynamo::to_attribute_value(address).map_err(|error| StoreError::Shape(Box::new(error)))
}

#[cfg(test)]
mod tests {
    use souk_domain::{
        Country, Id, PersonName,
        address::{AddressLabel, City, StreetLine, Zip},
    };
    use uuid::Uuid;

    use super::*;

    fn address(n: u128) -> (AddressId, Address) {
        let address = Address {
            label: AddressLabel::parse("Home").unwrap(),
            name: PersonName::parse("Ann Lee").unwrap(),
            street: StreetLine::parse("Kiln Lane 7").unwrap(),
            street2: None,
            city: City::parse("Potsdam").unwrap(),
            state: None,
            zip: Some(Zip::parse("14467").unwrap()),
            country: Country::parse("DE").unwrap(),
            phone: None,
        };
        (AddressId::from_uuid(Uuid::from_u128(n)), address)
    }

    #[test]
    fn the_default_is_the_chosen_address_and_the_oldest_where_that_is_gone() {
        let mut book = AddressBook::empty(UserId::from_uuid(Uuid::from_u128(1)));
        assert_eq!(book.default_address(), None);
        book.entries = BTreeMap::from([address(1), address(2), address(3)]);
        assert_eq!(book.default_address(), Some(address(1).0));
        book.chosen = Some(address(2).0);
        assert_eq!(book.default_address(), Some(address(2).0));
        book.entries.remove(&address(1).0);
        assert_eq!(book.default_address(), Some(address(2).0));
        book.entries.remove(&address(2).0);
        assert_eq!(book.default_address(), Some(address(3).0));
    }
}
