//! What no single field can know of a product: the marketplace's currency, what else there is, and the fields' relations.

use serde::Serialize;
use souk_domain::{Currency, Money, Slug, product::MAX_SKUS};
use souk_store_media::media::{Picture, Unclaimed};
use souk_store_shops::site::Category;
use souk_web::{Deserr, FieldError, FieldErrors, JsonSchema};

use crate::draft::{Matrix, Options};

/// The highest price, in minor units: the most that one card payment may be at Stripe.
pub const MAX_AMOUNT: i64 = 99_999_999;

/// An amount in the marketplace's currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct Price {
    /// In minor units: 1 to 99,999,999, the most that one card payment may be at Stripe.
    #[schemars(range(min = 1, max = 99_999_999))]
    pub amount: i64,
    /// ISO 4217; the marketplace's.
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

/// What is wrong with a product, as it is found: everything at once.
#[derive(Debug)]
pub struct Findings {
    currency: Currency,
    errors: FieldErrors,
}

impl Findings {
    /// Nothing yet, in a marketplace that runs in a currency.
    pub fn new(currency: Currency) -> Self {
        Self { currency, errors: FieldErrors::default() }
    }

    /// Adds what is wrong where.
    pub fn wrong(&mut self, pointer: impl Into<String>, code: &'static str, detail: impl Into<String>) {
        self.errors.0.push(FieldError::new(pointer, code, detail.into()));
    }

    /// Looks at a price.
    pub fn price(&mut self, pointer: &str, price: Price) {
        if !(1..=MAX_AMOUNT).contains(&price.amount) {
            self.wrong(format!("{pointer}/amount"), "out_of_range", format!("must be 1 to {MAX_AMOUNT}"));
        }
        if price.currency != self.currency {
            let detail = format!("this marketplace runs in {}", self.currency);
            self.wrong(format!("{pointer}/currency"), "other_currency", detail);
        }
    }

    /// Looks at the prices of a product.
    pub fn prices(&mut self, price: Price, sale_price: Option<Price>) {
        self.price("/price", price);
        let Some(sale) = sale_price else { return };
        self.price("/sale_price", sale);
        if sale.amount >= price.amount {
            self.wrong("/sale_price/amount", "not_below_price", "must be below the price");
        }
    }

    /// Looks at a matrix of variants.
    pub fn matrix(&mut self, matrix: &Matrix) {
        if matrix.colours.is_empty() && matrix.sizes.is_empty() {
            self.wrong("/matrix", "empty", "must have a colour or a size");
        }
        if let Some(price) = matrix.price {
            self.price("/matrix/price", price);
        }
    }

    /// Looks at all of a product's variants: how many there are, and whether they can be told apart.
    pub fn variants(&mut self, options: &[Options<'_>]) {
        if !(1..=MAX_SKUS).contains(&options.len()) {
            self.wrong("/skus", "wrong_length", format!("must have 1 to {MAX_SKUS} elements"));
        }
        for (n, own) in options.iter().enumerate() {
            if options.iter().take(n).any(|before| before == own) {
                self.wrong(format!("/skus/{n}"), "duplicate", "has the same colour and size as one before");
            }
        }
    }

    /// Looks at what a product is to be filed under, and gives the category if that is right.
    pub fn category(&mut self, category: Option<Category>, subcategory: Option<&Slug>) -> Option<Category> {
        match category {
            Some(category) if category.takes(subcategory) => return Some(category),
            Some(category) if category.takes(None) => {
                self.wrong("/subcategory", "unknown_subcategory", "is none of the category's");
            }
            _ => self.wrong("/category", "unknown_category", "is not a category that takes products"),
        }
        None
    }

    /// Looks at what came of claiming a product's pictures, and gives those that can be shown.
    pub fn pictures(&mut self, claims: &[Result<Picture, Unclaimed>]) -> Vec<Picture> {
        let mut pictures = Vec::with_capacity(claims.len());
        for (n, claim) in claims.iter().enumerate() {
            match claim {
                Ok(picture) => pictures.push(picture.clone()),
                Err(refusal) => self.wrong(format!("/pictures/{n}"), refusal.code(), refusal.to_string()),
            }
        }
        pictures
    }

    /// Everything that was found.
    ///
    /// # Errors
    /// All of it, if there is any.
    pub fn all(self) -> Result<(), FieldErrors> {
        if self.errors.0.is_empty() { Ok(()) } else { Err(self.errors) }
    }
}
