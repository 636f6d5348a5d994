//! The HTTP endpoints of this service, in reading order.

pub mod export_me;
pub mod get_me;
pub mod update_me;
