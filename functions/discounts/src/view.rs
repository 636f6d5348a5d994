//! A discount as it is answered to its seller.

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::{DiscountCode, DiscountId, DiscountName, Few, Money, ProductId, discount::MAX_PRODUCTS};
use souk_store_sales::discounts::Discount;
use souk_web::{Deserr, FieldErrors, JsonSchema};

use crate::form::Reduction;

/// Which discount.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct Which {
    /// The discount's id.
    pub(crate) discount: DiscountId,
}

/// A discount.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Discount")]
pub struct DiscountView {
    /// Names it.
    id: DiscountId,
    /// What shoppers type.
    code: DiscountCode,
    /// What it is called in public.
    name: DiscountName,
    /// How much it takes off.
    reduction: Reduction,
    /// What the lines that it is for must come to.
    #[serde(skip_serializing_if = "Option::is_none")]
    minimum: Option<Money>,
    /// Whether it is only for who has never ordered from the shop.
    first_order_only: bool,
    /// How often one shopper may use it.
    #[serde(skip_serializing_if = "Option::is_none")]
    per_shopper: Option<u32>,
    /// How often it may be used by all together.
    #[serde(skip_serializing_if = "Option::is_none")]
    in_total: Option<u32>,
    /// From when on.
    #[serde(skip_serializing_if = "Option::is_none")]
    starts_at: Option<Timestamp>,
    /// Until when.
    #[serde(skip_serializing_if = "Option::is_none")]
    ends_at: Option<Timestamp>,
    /// The only products that it is for; for all of the shop's if none is named.
    products: Few<ProductId, MAX_PRODUCTS>,
    /// Whether it is given at all.
    enabled: bool,
    /// How often it was used, those included who are about to pay.
    used: u32,
    /// When it was made.
    created_at: Timestamp,
}

impl DiscountView {
    pub(crate) fn of(Discount { id, code, name, terms, enabled, created_at, .. }: Discount, used: u32) -> Self {
        Self {
            id,
            code,
            name,
            reduction: terms.reduction.into(),
            minimum: terms.minimum,
            first_order_only: terms.first_order_only,
            per_shopper: terms.per_shopper,
            in_total: terms.in_total,
            starts_at: terms.starts_at,
            ends_at: terms.ends_at,
            products: terms.products,
            enabled,
            used,
            created_at,
        }
    }
}
