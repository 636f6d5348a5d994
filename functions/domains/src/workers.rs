//! The workers of this service: a schedule.

pub mod check_domains;
