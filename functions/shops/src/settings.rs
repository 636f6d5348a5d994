//! What a seller sets for their shop, as it is read and answered.

use serde::Serialize;
use souk_domain::Stock;
use souk_web::{Deserr, FieldErrors, JsonSchema};

/// What a seller sets for their shop.
#[derive(Debug, Clone, Copy, Serialize, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
#[schemars(rename = "ShopSettings")]
pub struct Settings {
    /// With so many pieces left or fewer, you are told that a variant runs low.
    pub(crate) low_stock: Stock,
}
