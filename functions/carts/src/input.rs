//! What more than one of these functions reads.

use souk_domain::{DiscountCode, GuestCartId, Quantity, ShopId, SkuId};
use souk_web::{Deserr, FieldErrors, JsonSchema};

/// Which line of the shopper's cart.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct Line {
    /// What to buy.
    pub(crate) sku: SkuId,
}

/// Which guest's cart.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct Guest {
    /// The id that the cart was created with.
    pub(crate) cart: GuestCartId,
}

/// Which line of which guest's cart.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct GuestLine {
    /// The id that the cart was created with.
    pub(crate) cart: GuestCartId,
    /// What to buy.
    pub(crate) sku: SkuId,
}

/// How many.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
#[schemars(rename = "CartLineChange")]
pub struct LineChange {
    /// How many are to be in the cart, whatever was there before.
    pub(crate) quantity: Quantity,
}

/// Whose discount on the shopper's cart.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct OfShop {
    /// The shop that gives it.
    pub(crate) shop: ShopId,
}

/// Whose discount on which guest's cart.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct GuestOfShop {
    /// The id that the cart was created with.
    pub(crate) cart: GuestCartId,
    /// The shop that gives it.
    pub(crate) shop: ShopId,
}

/// Which discount.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
#[schemars(rename = "CartDiscountChange")]
pub struct DiscountChange {
    /// Its code, in capitals or not.
    pub(crate) code: DiscountCode,
}
