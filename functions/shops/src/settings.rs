//! The settings of a shop, as the API reads and answers them.

use serde::Serialize;
use souk_domain::Stock;
use souk_web::{Deserr, FieldErrors, JsonSchema};

/// The settings of a shop.
#[derive(Debug, Clone, Copy, Serialize, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct ShopSettings {
    /// The stock from which on a variant is low: you are notified when so many pieces or fewer are left.
    pub(crate) low_stock: Stock,
}
