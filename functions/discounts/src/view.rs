//! A discount as it is answered to its seller, and its path.

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::{DiscountCode, DiscountId, DiscountName, Few, Money, ProductId, discount::MAX_PRODUCTS};
use souk_store_sales::discounts::Discount;
use souk_web::{Deserr, FieldErrors, JsonSchema};

use crate::form::Reduction;

/// The path of a discount.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct DiscountPath {
    /// The id of the discount.
    pub(crate) discount: DiscountId,
}

/// A discount.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Discount")]
pub struct DiscountView {
    /// The id of the discount.
    id: DiscountId,
    /// The code that shoppers enter.
    code: DiscountCode,
    /// The public name.
    name: DiscountName,
    /// The reduction.
    reduction: Reduction,
    /// The least total of the lines that the discount applies to.
    #[serde(skip_serializing_if = "Option::is_none")]
    minimum: Option<Money>,
    /// Whether it applies only to a shopper's first order from the shop.
    first_order_only: bool,
    /// How often one shopper can use it.
    #[serde(skip_serializing_if = "Option::is_none")]
    per_shopper: Option<u32>,
    /// How often all shoppers together can use it.
    #[serde(skip_serializing_if = "Option::is_none")]
    in_total: Option<u32>,
    /// When it starts.
    #[serde(skip_serializing_if = "Option::is_none")]
    starts_at: Option<Timestamp>,
    /// When it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    ends_at: Option<Timestamp>,
    /// The products that it applies to. An empty list means all products of the shop.
    products: Few<ProductId, MAX_PRODUCTS>,
    /// Whether shoppers can use it.
    enabled: bool,
    /// How often it was used, including payment sessions that are not paid yet.
    used: u32,
    /// When it was created.
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
