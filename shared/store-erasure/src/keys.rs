//! The keys of other contexts that the erasure names.

pub(crate) use souk_store::keys::{Key, access_partition, shop};
pub(crate) use souk_store_identity::keys::second_factor;
pub(crate) use souk_store_live::keys::{inbox, notification_settings, notifications_of};
pub(crate) use souk_store_sales::keys::cart;
pub(crate) use souk_store_shoppers::keys::{FOLLOWER, addresses, follow, follows, viewed, wishlist};
pub(crate) use souk_store_shops::keys::{follower_count, followers, shop_slug};
