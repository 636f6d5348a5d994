//! Reference: the API describes itself.

pub mod get_openapi;
pub mod get_reference;

souk_web::endpoints![get_openapi, get_reference];
