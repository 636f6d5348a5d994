//! Every key format of what shoppers keep: addresses, wishlists, views and follows.

use jiff::Timestamp;
use souk_domain::{ShopId, UserId};
pub(crate) use souk_store::keys::{IndexKey, Key, shop, sortable, user};
pub(crate) use souk_store_shops::keys::{follower_count, followers};

/// A shopper's addresses.
pub fn addresses(user: UserId) -> Key {
    Key::new(format!("ADDRESSES#{user}"), "ADDRESSES")
}

/// A shopper's wishlist.
pub fn wishlist(user: UserId) -> Key {
    Key::new(format!("WISHLIST#{user}"), "WISHLIST")
}

/// The products that a shopper viewed last.
pub fn viewed(user: UserId) -> Key {
    Key::new(format!("VIEWED#{user}"), "VIEWED")
}

/// A shop that a shopper follows.
pub fn follow(user: UserId, shop: ShopId) -> Key {
    Key::new(follows(user), format!("SHOP#{shop}"))
}

/// The partition of the shops that a shopper follows.
pub fn follows(user: UserId) -> String {
    format!("FOLLOWS#{user}")
}

/// A position among the shops that a shopper follows, oldest follow first.
pub fn among_follows_of(user: UserId, at: Timestamp, shop: ShopId) -> IndexKey {
    IndexKey { list: follows_of(user), at: format!("{}#{shop}", sortable(at)) }
}

/// The list of the shops that a shopper follows.
pub fn follows_of(user: UserId) -> String {
    format!("USER#{user}#FOLLOWS")
}

/// The beginning of a follower's sort key in the partition of a shop's followers.
pub const FOLLOWER: &str = "USER#";

/// A shopper who follows a shop.
pub fn follower(shop: ShopId, user: UserId) -> Key {
    Key::new(followers(shop), format!("{FOLLOWER}{user}"))
}

/// A position among a shop's followers, oldest follow first.
pub fn among_followers_of(shop: ShopId, at: Timestamp, user: UserId) -> IndexKey {
    IndexKey { list: followers_of(shop), at: format!("{}#{user}", sortable(at)) }
}

/// The list of a shop's followers.
pub fn followers_of(shop: ShopId) -> String {
    format!("SHOP#{shop}#FOLLOWERS")
}
