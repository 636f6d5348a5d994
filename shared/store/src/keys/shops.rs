//! The site, its shops and their followers.

use jiff::Timestamp;
use souk_domain::{DomainName, ShopId, Slug, UserId};

use super::{IndexKey, Key, sortable};

/// A category.
pub fn category(slug: &Slug) -> Key {
    Key::new(site(), format!("CATEGORY#{slug}"))
}

/// What admins chose for the whole site.
pub fn site_settings() -> Key {
    Key::new(site(), "SETTINGS")
}

/// The partition of the site's categories and settings.
pub fn site() -> String {
    "SITE".to_owned()
}

/// A shop.
pub fn shop(id: ShopId) -> Key {
    Key::new(format!("SHOP#{id}"), "SHOP")
}

/// Which shop a partition is of.
pub fn shop_in(partition: &str) -> Option<ShopId> {
    ShopId::parse(partition.strip_prefix("SHOP#")?).ok()
}

/// That a shop was closed for good.
pub fn closed_shop(id: ShopId) -> Key {
    Key::new(format!("SHOP#{id}"), "CLOSED")
}

/// A place among all open shops, oldest first.
pub fn among_shops(created_at: Timestamp, id: ShopId) -> IndexKey {
    IndexKey { list: shops(), at: format!("{}#{id}", sortable(created_at)) }
}

/// The list of all open shops.
pub fn shops() -> String {
    "SHOPS".to_owned()
}

/// A place among the shops that were deleted, in the order in which they are purged.
pub fn among_deleted_shops(purge_at: Timestamp, id: ShopId) -> IndexKey {
    IndexKey { list: deleted_shops(), at: format!("{}#{id}", sortable(purge_at)) }
}

/// The list of all shops that were deleted.
pub fn deleted_shops() -> String {
    "DELETEDSHOPS".to_owned()
}

/// A place among the open shops, the least followed first.
pub fn among_top_shops(followers: u64, id: ShopId) -> IndexKey {
    IndexKey { list: top_shops(), at: format!("{followers:010}#{id}") }
}

/// The list of all open shops by their followers.
pub fn top_shops() -> String {
    "TOPSHOPS".to_owned()
}

/// A shop's own domain.
pub fn custom_domain(shop: ShopId) -> Key {
    Key::new(format!("SHOP#{shop}"), "DOMAIN")
}

/// A place among the domains that are looked at, in the order of the looks.
pub fn among_looks(at: Timestamp, shop: ShopId) -> IndexKey {
    IndexKey { list: looks(), at: format!("{}#{shop}", sortable(at)) }
}

/// The list of all domains that are looked at.
pub fn looks() -> String {
    "DOMAINS".to_owned()
}

/// The claim of a shop on a domain.
pub fn domain_claim(name: &DomainName) -> Key {
    Key::new(format!("DOMAIN#{name}"), "DOMAIN")
}

/// The claim of a shop on its slug.
pub fn shop_slug(slug: &Slug) -> Key {
    Key::new(format!("SLUG#shop#{slug}"), "SLUG")
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

/// How many follow a shop.
pub fn follower_count(shop: ShopId) -> Key {
    Key::new(followers(shop), "COUNT")
}

/// The partition of those who follow a shop, and their count.
pub fn followers(shop: ShopId) -> String {
    format!("FOLLOWERS#{shop}")
}

/// A place among a shop's followers, the first follower first.
pub fn among_followers_of(shop: ShopId, at: Timestamp, user: UserId) -> IndexKey {
    IndexKey { list: followers_of(shop), at: format!("{}#{user}", sortable(at)) }
}

/// The list of a shop's followers.
pub fn followers_of(shop: ShopId) -> String {
    format!("SHOP#{shop}#FOLLOWERS")
}
