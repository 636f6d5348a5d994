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

/// What a shopper looked at last.
pub fn viewed(user: UserId) -> Key {
    Key::new(format!("VIEWED#{user}"), "VIEWED")
}

/// A shop that a shopper follows.
pub fn follow(user: UserId, shop: ShopId) -> Key {
    Key::new(follows(user), format!("SHOP#{shop}"))
}

/// The partition of all that a shopper follows.
pub fn follows(user: UserId) -> String {
    format!("FOLLOWS#{user}")
}

/// A place among the shops that a shopper follows, the first followed first.
pub fn among_follows_of(user: UserId, at: Timestamp, shop: ShopId) -> IndexKey {
    IndexKey { list: follows_of(user), at: format!("{}#{shop}", sortable(at)) }
}

/// The list of the shops that a shopper follows.
pub fn follows_of(user: UserId) -> String {
    format!("USER#{user}#FOLLOWS")
}

/// What the place of a follower among a shop's followers begins with.
pub const FOLLOWER: &str = "USER#";

/// A shopper who follows a shop.
pub fn follower(shop: ShopId, user: UserId) -> Key {
    Key::new(followers(shop), format!("{FOLLOWER}{user}"))
}

/// A place among a shop's followers, the first follower first.
pub fn among_followers_of(shop: ShopId, at: Timestamp, user: UserId) -> IndexKey {
    IndexKey { list: followers_of(shop), at: format!("{}#{user}", sortable(at)) }
}

/// The list of a shop's followers.
pub fn followers_of(shop: ShopId) -> String {
    format!("SHOP#{shop}#FOLLOWERS")
}
