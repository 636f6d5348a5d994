//! The workers of this service: a consumer and a schedule.

pub mod purge_shops;
pub mod sync_shop;
