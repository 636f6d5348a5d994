//! The profile: what somebody says of themselves, and how Souk forgets them.

pub mod export_me;
pub mod get_me;
pub mod update_me;

pub mod erase_account;

mod deps;
mod view;

souk_web::endpoints![get_me, update_me, export_me];
