//! Carts. A cart is one item, so that reading it is one read and emptying it one write, whatever is in it.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use serde::{Deserialize, Serialize};
use souk_domain::{CartId, PaymentSessionId, Quantity, SkuId};

use crate::{
    Entity, StoreError, Table,
    entity::{from_item, number, text},
    keys::{self, Key},
    table::Freshness,
};

/// How many different SKUs fit into a cart: as many as one transaction can take the stock of, with room for what else
/// is in it (DynamoDB: 100 items).
pub const MAX_LINES: usize = 90;

/// A cart. Prices are not in it: they are looked up whenever they are shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cart {
    /// Names the cart.
    pub id: CartId,
    /// How many of what.
    #[serde(default)]
    pub lines: BTreeMap<SkuId, Quantity>,
    /// The payment session that may be paid now.
    #[serde(default)]
    pub payment_session: Option<PaymentSessionId>,
    /// Counts the changes.
    #[serde(default)]
    pub version: u64,
}

impl Entity for Cart {
    const TYPE: &'static str = "cart";

    fn key(&self) -> Key {
        keys::cart(self.id)
    }
}

/// The cart has [`MAX_LINES`] different SKUs already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the cart is full")]
pub struct CartFull;

/// The carts in the table.
#[derive(Debug)]
pub struct Carts<'a> {
    table: &'a Table,
}

impl<'a> Carts<'a> {
    pub(crate) fn new(table: &'a Table) -> Self {
        Self { table }
    }

    /// A cart; an empty one where none was kept.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn get(&self, id: CartId) -> Result<Cart, StoreError> {
        let cart = self.table.get(keys::cart(id), Freshness::Strong).await?;
        Ok(cart.unwrap_or(Cart { id, lines: BTreeMap::new(), payment_session: None, version: 0 }))
    }

    /// Sets how many of a SKU are in a cart, whatever was there, and answers the cart after it. Repeating it changes
    /// nothing; two at a time leave the later one.
    ///
    /// # Errors
    /// [`CartFull`] inside; those of [`StoreError`] outside.
    pub async fn set(&self, id: CartId, sku: SkuId, quantity: Quantity) -> Result<Result<Cart, CartFull>, StoreError> {
        // A path into a map needs the map to be there.
        let exists = self
            .table
            .update(&keys::cart(id))
            .update_expression("SET id = :id, #type = :type, #lines = :none")
            .condition_expression("attribute_not_exists(#lines)")
            .expression_attribute_names("#type", "type")
            .expression_attribute_names("#lines", "lines")
            .expression_attribute_values(":id", text(id))
            .expression_attribute_values(":type", text(Cart::TYPE))
            .expression_attribute_values(":none", AttributeValue::M([].into()));
        let line = self
            .table
            .update(&keys::cart(id))
            .update_expression("SET #lines.#sku = :quantity ADD version :one")
            .condition_expression("attribute_exists(#lines) AND (attribute_exists(#lines.#sku) OR size(#lines) < :max)")
            .expression_attribute_names("#lines", "lines")
            .expression_attribute_names("#sku", sku.to_string())
            .expression_attribute_values(":quantity", number(quantity.get()))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":max", number(i64::try_from(MAX_LINES).unwrap_or(i64::MAX)))
            .return_values(ReturnValue::AllNew);
        let output = match self.table.apply(line.clone()).await? {
            Ok(output) => output,
            Err(Some(item)) if item.contains_key("lines") => return Ok(Err(CartFull)),
            Err(_) => {
                let _already_there = self.table.apply(exists).await?;
                match self.table.apply(line).await? {
                    Ok(output) => output,
                    Err(_) => return Ok(Err(CartFull)),
                }
            }
        };
        from_item(output.attributes.unwrap_or_default()).map(Ok)
    }
}
