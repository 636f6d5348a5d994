//! Addresses as they are asked for and answered.

use serde::Serialize;
use souk_domain::{Address, AddressId};
use souk_web::{Deserr, FieldErrors, JsonSchema};

/// Which address.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct Which {
    /// The address's id.
    pub(crate) address: AddressId,
}

/// An address that is kept.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "KeptAddress")]
pub struct AddressView {
    /// Names the address.
    pub(crate) id: AddressId,
    /// The address itself.
    #[serde(flatten)]
    pub(crate) address: Address,
}
