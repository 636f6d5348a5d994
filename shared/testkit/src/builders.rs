//! Builders of request bodies for products and discounts.

use serde_json::{Value, json};

/// The body of a new product.
#[derive(Debug, Clone)]
pub struct NewProduct(pub Value);

/// A variant of a new product.
#[derive(Debug, Clone)]
pub struct NewSku(Value);

impl NewSku {
    /// Creates a variant with `stock` pieces.
    pub fn new(stock: u32) -> Self {
        Self(json!({ "stock": stock }))
    }

    /// Sets the colour.
    #[must_use]
    pub fn colour(self, colour: &str) -> Self {
        self.with("colour", colour.into())
    }

    /// Sets the size.
    #[must_use]
    pub fn size(self, size: &str) -> Self {
        self.with("size", size.into())
    }

    /// Sets a price of its own, in cents.
    #[must_use]
    pub fn price(self, cents: i64) -> Self {
        self.with("price", euros(cents))
    }

    /// Sets the seller's article number.
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
    /// Creates a product in the category `home-kitchen`. The price is in cents.
    pub fn new(title: &str, cents: i64, skus: impl IntoIterator<Item = NewSku>) -> Self {
        let skus: Vec<Value> = skus.into_iter().map(|sku| sku.0).collect();
        Self(json!({ "title": title, "category": "home-kitchen", "price": euros(cents), "skus": skus }))
    }

    /// Sets the sale price, in cents.
    #[must_use]
    pub fn sale_price(self, cents: i64) -> Self {
        self.with("sale_price", euros(cents))
    }

    /// Sets the description.
    #[must_use]
    pub fn description(self, text: &str) -> Self {
        self.with("description", text.into())
    }

    /// Sets the slug.
    #[must_use]
    pub fn slug(self, slug: &str) -> Self {
        self.with("slug", slug.into())
    }

    /// Sets the pictures by their ids.
    #[must_use]
    pub fn pictures(self, ids: &[String]) -> Self {
        self.with("pictures", json!(ids))
    }

    /// Sets the category by its slug.
    #[must_use]
    pub fn category(self, slug: &str) -> Self {
        self.with("category", slug.into())
    }

    /// Sets any field.
    #[must_use]
    pub fn with(mut self, field: &str, value: Value) -> Self {
        self.0[field] = value;
        self
    }
}

/// The body of a new discount.
#[derive(Debug, Clone)]
pub struct NewDiscount(pub Value);

impl NewDiscount {
    /// Creates a discount of a share, in hundredths of a percent.
    pub fn percent(code: &str, basis_points: u32) -> Self {
        Self::new(code, json!({ "type": "percent", "basis_points": basis_points }))
    }

    /// Creates a discount of a fixed amount, in cents.
    pub fn flat(code: &str, cents: i64) -> Self {
        Self::new(code, json!({ "type": "flat", "amount": cents, "currency": "EUR" }))
    }

    fn new(code: &str, reduction: Value) -> Self {
        Self(json!({ "code": code, "name": "For friends", "reduction": reduction }))
    }

    /// Sets any field.
    #[must_use]
    pub fn with(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.0[field] = value.into();
        self
    }
}

/// Returns an amount in euros as the API writes it.
pub fn euros(cents: i64) -> Value {
    json!({ "amount": cents, "currency": "EUR" })
}
