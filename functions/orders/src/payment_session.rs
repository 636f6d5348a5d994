//! Payment sessions: how one opens, gets its checkout page, and ends.

pub(crate) mod checkout_page;
pub(crate) mod destination;
pub(crate) mod ending;
pub(crate) mod opening;
pub(crate) mod pricing;
