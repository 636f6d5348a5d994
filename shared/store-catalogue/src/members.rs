//! The members of a category: its products, and the shops that name it.

use serde::Deserialize;
use souk_domain::Slug;
use souk_store::{
    Entity, Page, Position, StoreError, Table,
    entity::{number, text},
    table::ListQuery,
};
use souk_store_shops::{shops::Shop, site::Category};

use crate::{
    keys::{self, Index},
    products::Product,
};

/// A member of a category.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Member {
    /// A product, on sale or not.
    Product(Box<Product>),
    /// A shop that names the category, open or not.
    Shop(Box<Shop>),
}

/// The members of categories in the table.
#[derive(Debug)]
pub struct Members<'a> {
    table: &'a Table,
}

impl<'a> Members<'a> {
    pub(crate) fn new(table: &'a Table) -> Self {
        Self { table }
    }

    /// Lists the members of a category, products first, for workers that visit all of them. One read.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn of(&self, category: &Slug, from: Option<Position>, limit: u8) -> Result<Page<Member>, StoreError> {
        self.table.list(ListQuery::oldest(keys::members_of(category), from, limit).of(Index::Third)).await
    }

    /// Moves a member, as the list returned it, out of a category that retires, or out of a subcategory that the
    /// category no longer has. Leaves a member alone that was moved elsewhere meanwhile.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn move_out(&self, member: &Member, category: &Category) -> Result<(), StoreError> {
        let (key, part) = match member {
            Member::Product(product) => (product.key(), product.subcategory.as_ref()),
            Member::Shop(shop) => (shop.key(), None),
        };
        let update = self.table.update(&key).expression_attribute_values(":one", number(1));
        let update = match (&category.retiring, part) {
            (Some(into), _) => update
                .update_expression("SET category = :into, gsi3pk = :list ADD version :one REMOVE subcategory")
                .condition_expression("category = :here")
                .expression_attribute_values(":here", text(&category.slug))
                .expression_attribute_values(":into", text(into))
                .expression_attribute_values(":list", text(keys::members_of(into))),
            (None, Some(part)) if !category.takes(Some(part)) => update
                .update_expression("ADD version :one REMOVE subcategory")
                .condition_expression("category = :here AND subcategory = :part")
                .expression_attribute_values(":here", text(&category.slug))
                .expression_attribute_values(":part", text(part)),
            (None, _) => return Ok(()),
        };
        self.table.apply(update).await.map(drop)
    }
}
