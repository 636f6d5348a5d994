//! What a seller may put on sale.

use serde_json::{Value, json};

/// A product to be created, in the words of the API.
#[derive(Debug, Clone)]
pub struct NewProduct(pub Value);

/// A variant to be created.
#[derive(Debug, Clone)]
pub struct NewSku(Value);

impl NewSku {
    /// A variant with so many in stock.
    pub fn new(stock: u32) -> Self {
        Self(json!({ "stock": stock }))
    }

    /// Its colour.
    #[must_use]
    pub fn colour(self, colour: &str) -> Self {
        self.with("colour", colour.into())
    }

    /// Its size.
    #[must_use]
    pub fn size(self, size: &str) -> Self {
        self.with("size", size.into())
    }

    /// Its own price, in cents.
    #[must_use]
    pub fn price(self, cents: i64) -> Self {
        self.with("price", euros(cents))
    }

    /// The seller's own name for it.
    #[must_use]
    pub fn code(self, code: &str) -> Self {
        self.with("code", code.into())
    }

    fn with(mut self, field: &str, value: Value) -> Self {
        self.0[field] = value;
        self
    }
}

impl NewProduct {
    /// A product of the home's at a price in cents.
    pub fn new(title: &str, cents: i64, skus: impl IntoIterator<Item = NewSku>) -> Self {
        let skus: Vec<Value> = skus.into_iter().map(|sku| sku.0).collect();
        Self(json!({ "title": title, "category": "home-kitchen", "price": euros(cents), "skus": skus }))
    }

    /// The price while a sale lasts, in cents.
    #[must_use]
    pub fn sale_price(self, cents: i64) -> Self {
        self.with("sale_price", euros(cents))
    }

    /// What the seller says of it.
    #[must_use]
    pub fn description(self, text: &str) -> Self {
        self.with("description", text.into())
    }

    /// Its place in addresses.
    #[must_use]
    pub fn slug(self, slug: &str) -> Self {
        self.with("slug", slug.into())
    }

    /// The ids of its pictures.
    #[must_use]
    pub fn pictures(self, ids: &[String]) -> Self {
        self.with("pictures", json!(ids))
    }

    /// Its category.
    #[must_use]
    pub fn category(self, slug: &str) -> Self {
        self.with("category", slug.into())
    }

    /// Any field of the API's.
    #[must_use]
    pub fn with(mut self, field: &str, value: Value) -> Self {
        self.0[field] = value;
        self
    }
}

/// A discount to be made, in the words of the API.
#[derive(Debug, Clone)]
pub struct NewDiscount(pub Value);

impl NewDiscount {
    /// A share in hundredths of a percent.
    pub fn percent(code: &str, basis_points: u32) -> Self {
        Self::new(code, json!({ "type": "percent", "basis_points": basis_points }))
    }

    /// An amount in cents.
    pub fn flat(code: &str, cents: i64) -> Self {
        Self::new(code, json!({ "type": "flat", "amount": cents, "currency": "EUR" }))
    }

    fn new(code: &str, reduction: Value) -> Self {
        Self(json!({ "code": code, "name": "For friends", "reduction": reduction }))
    }

    /// Any field of the API's.
    #[must_use]
    pub fn with(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.0[field] = value.into();
        self
    }
}

/// An amount of money in the words of the API.
pub fn euros(cents: i64) -> Value {
    json!({ "amount": cents, "currency": "EUR" })
}
