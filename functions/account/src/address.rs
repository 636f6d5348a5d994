//! The path and the answer of an address.

use serde::Serialize;
use souk_domain::{Address, AddressId};
use souk_web::{Deserr, FieldErrors, JsonSchema};

/// The path of an address.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct AddressPath {
    /// The id of the address.
    pub(crate) address: AddressId,
}

/// A stored address.
#[derive(Debug, Serialize, JsonSchema)]
pub struct KeptAddress {
    /// The id of the address.
    pub(crate) id: AddressId,
    /// The address itself.
    #[serde(flatten)]
    pub(crate) address: Address,
}
