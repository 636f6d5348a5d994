//! The rules of a product that no single field can check: the marketplace's currency, the category and the pictures,
//! and the relations between fields.

use serde::Serialize;
use souk_domain::{Currency, Money, Slug, product::MAX_SKUS};
use souk_store_media::media::{Picture, ReferenceRefused};
use souk_store_shops::site::Category;
use souk_web::{Deserr, FieldError, FieldErrors, JsonSchema};

use crate::draft::{Matrix, Options};

/// The highest price, in minor units: Stripe's limit for one card payment.
pub const MAX_AMOUNT: i64 = 99_999_999;

/// An amount in the marketplace's currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct Price {
    /// In minor units: 1 to 99,999,999, Stripe's limit for one card payment.
    #[schemars(range(min = 1, max = 99_999_999))]
    pub amount: i64,
    /// The ISO 4217 code of the marketplace's currency.
    pub currency: Currency,
}

impl From<Price> for Money {
    fn from(Price { amount, currency }: Price) -> Self {
        Self::new(amount, currency)
    }
}

impl From<Money> for Price {
    fn from(Money { minor, currency }: Money) -> Self {
        Self { amount: minor, currency }
    }
}

/// Collects the errors of a product, to report all of them at once.
#[derive(Debug)]
pub struct Findings {
    currency: Currency,
    errors: FieldErrors,
}

impl Findings {
    /// Starts without errors, for a marketplace with this currency.
    pub fn new(currency: Currency) -> Self {
        Self { currency, errors: FieldErrors::default() }
    }

    /// Adds an error.
    pub fn wrong(&mut self, pointer: impl Into<String>, code: &'static str, detail: impl Into<String>) {
        self.errors.0.push(FieldError::new(pointer, code, detail.into()));
    }

    /// Checks a price.
    pub fn price(&mut self, pointer: &str, price: Price) {
        if !(1..=MAX_AMOUNT).contains(&price.amount) {
            self.wrong(format!("{pointer}/amount"), "out_of_range", format!("must be 1 to {MAX_AMOUNT}"));
        }
        if price.currency != self.currency {
            let detail = format!("must be {}, the currency of this marketplace", self.currency);
            self.wrong(format!("{pointer}/currency"), "other_currency", detail);
        }
    }

    /// Checks the prices of a product.
    pub fn prices(&mut self, price: Price, sale_price: Option<Price>) {
        self.price("/price", price);
        let Some(sale) = sale_price else { return };
        self.price("/sale_price", sale);
        if sale.amount >= price.amount {
            self.wrong("/sale_price/amount", "not_below_price", "must be below the regular price");
        }
    }

    /// Checks a matrix of variants.
    pub fn matrix(&mut self, matrix: &Matrix) {
        if matrix.colours.is_empty() && matrix.sizes.is_empty() {
            self.wrong("/matrix", "empty", "must have a colour or a size");
        }
        if let Some(price) = matrix.price {
            self.price("/matrix/price", price);
        }
    }

    /// Checks all variants of a product: their number, and that their options differ.
    pub fn variants(&mut self, options: &[Options<'_>]) {
        if !(1..=MAX_SKUS).contains(&options.len()) {
            self.wrong("/skus", "wrong_length", format!("must have 1 to {MAX_SKUS} variants"));
        }
        for (n, sku) in options.iter().enumerate() {
            if options.iter().take(n).any(|before| before == sku) {
                self.wrong(format!("/skus/{n}"), "duplicate", "must differ from all other variants in colour or size");
            }
        }
    }

    /// Checks the category and the subcategory of a product. Returns the category if they are valid.
    pub fn category(&mut self, category: Option<Category>, subcategory: Option<&Slug>) -> Option<Category> {
        match category {
            Some(category) if category.takes(subcategory) => return Some(category),
            Some(category) if category.takes(None) => {
                self.wrong("/subcategory", "unknown_subcategory", "must be the slug of a subcategory of the category");
            }
            _ => self.wrong("/category", "unknown_category", "must be the slug of a category that accepts products"),
        }
        None
    }

    /// Checks a product's references to pictures. Returns the pictures to which a reference was added.
    pub fn pictures(&mut self, references: &[Result<Picture, ReferenceRefused>]) -> Vec<Picture> {
        let mut pictures = Vec::with_capacity(references.len());
        for (n, reference) in references.iter().enumerate() {
            match reference {
                Ok(picture) => pictures.push(picture.clone()),
                Err(refusal) => self.wrong(format!("/pictures/{n}"), refusal.code(), refusal.to_string()),
            }
        }
        pictures
    }

    /// Finishes the check.
    ///
    /// # Errors
    /// All errors that were added.
    pub fn all(self) -> Result<(), FieldErrors> {
        if self.errors.0.is_empty() { Ok(()) } else { Err(self.errors) }
    }
}
