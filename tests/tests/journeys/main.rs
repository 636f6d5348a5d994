//! What shoppers, sellers and admins do on a deployed Souk, and what it refuses.
//!
//! Every test registers its own accounts, so the tests run in parallel and repeatedly on one stack. `SOUK_OUTPUTS`
//! names it.

#![expect(clippy::expect_used, reason = "a failed test panics and says where")]

mod account;
mod accounts;
mod addresses;
mod admins;
mod authorization;
mod bad_input;
mod bulk;
mod cancellations;
mod carts;
mod catalogue;
mod catalogue_lists;
mod checkout;
mod closing;
mod codes;
mod deliveries;
mod delivery;
mod discount_limits;
mod discounts;
mod domains;
mod followers;
mod functions;
mod giving_up;
mod google;
mod holds;
mod large_carts;
mod limits;
mod lists;
mod long_lists;
mod low_stock;
mod many_shoppers;
mod matrix;
mod media;
mod notifications;
mod offers;
mod passwords;
mod product_edits;
mod profile;
mod rotation;
mod sale;
mod search;
mod search_changes;
mod second_factor;
mod second_factor_races;
mod seller_builds_a_shop;
mod sessions;
mod shops;
mod site;
mod sockets;
mod stock;
mod tokens;
mod uploads;
mod webhooks;
