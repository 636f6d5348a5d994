//! The HTTP endpoints of this service, in reading order.

pub mod get_domain;
pub mod remove_domain;
pub mod request_domain;
