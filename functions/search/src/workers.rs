//! The workers of this service: a batch consumer and a schedule.

pub mod index_products;
pub mod rebuild_index;
