//! The HTTP endpoints of this service, in reading order.

pub mod get_openapi;
pub mod get_reference;
