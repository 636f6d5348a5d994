//! The workers of this service: a consumer, and a function that runs with each deployment.

pub mod move_category;
pub mod seed_site;
