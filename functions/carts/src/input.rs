//! The inputs that several functions share.

use souk_domain::{Country, DiscountCode, GuestCartId, Quantity, ShopId, SkuId};
use souk_web::{Deserr, FieldErrors, JsonSchema};

/// The path of a line in the shopper's cart.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct CartLinePath {
    /// The id of the variant.
    pub(crate) sku: SkuId,
}

/// The path of a guest's cart.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct GuestCartPath {
    /// The id of the guest's cart.
    pub(crate) cart: GuestCartId,
}

/// The path of a line in a guest's cart.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct GuestCartLinePath {
    /// The id of the guest's cart.
    pub(crate) cart: GuestCartId,
    /// The id of the variant.
    pub(crate) sku: SkuId,
}

/// The new quantity of a line.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct CartLineChange {
    /// The number of pieces, which replaces the current number.
    pub(crate) quantity: Quantity,
}

/// The path of a shop's discount in the shopper's cart.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct CartDiscountPath {
    /// The id of the shop.
    pub(crate) shop: ShopId,
}

/// The path of a shop's discount in a guest's cart.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct GuestCartDiscountPath {
    /// The id of the guest's cart.
    pub(crate) cart: GuestCartId,
    /// The id of the shop.
    pub(crate) shop: ShopId,
}

/// The discount to apply.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct CartDiscountChange {
    /// The code of the discount. Upper and lower case are the same.
    pub(crate) code: DiscountCode,
}

/// Where the parcels would go.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct Destination {
    /// The country, to be told what shipping there costs and which lines are not shipped there.
    #[deserr(default)]
    pub(crate) country: Option<Country>,
}
