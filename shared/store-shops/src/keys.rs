//! Every key format of the site, its shops, their domains and the counts of their followers.

use jiff::Timestamp;
use souk_domain::{DomainName, ShopId, Slug};
pub(crate) use souk_store::keys::{IndexKey, Key, barred_seller, seller, shop, site, sortable, standing};

/// A category.
pub fn category(slug: &Slug) -> Key {
    Key::new(site(), format!("CATEGORY#{slug}"))
}

/// The settings of the site.
pub fn site_settings() -> Key {
    Key::new(site(), "SETTINGS")
}

/// The record that a shop was purged.
pub fn closed_shop(id: ShopId) -> Key {
    Key::new(shop(id).pk, "CLOSED")
}

/// A position among all open shops, oldest first.
pub fn among_shops(created_at: Timestamp, id: ShopId) -> IndexKey {
    IndexKey { list: shops(), at: format!("{}#{id}", sortable(created_at)) }
}

/// The list of all open shops.
pub fn shops() -> String {
    "SHOPS".to_owned()
}

/// A position among the deleted shops, by the time of their purge.
pub fn among_deleted_shops(purge_at: Timestamp, id: ShopId) -> IndexKey {
    IndexKey { list: deleted_shops(), at: format!("{}#{id}", sortable(purge_at)) }
}

/// The list of all shops that were deleted.
pub fn deleted_shops() -> String {
    "DELETEDSHOPS".to_owned()
}

/// A position among the open shops, least followed first.
pub fn among_top_shops(followers: u64, id: ShopId) -> IndexKey {
    IndexKey { list: top_shops(), at: format!("{followers:010}#{id}") }
}

/// The list of all open shops by their followers.
pub fn top_shops() -> String {
    "TOPSHOPS".to_owned()
}

/// A shop's own domain.
pub fn custom_domain(id: ShopId) -> Key {
    Key::new(shop(id).pk, "DOMAIN")
}

/// A position among the domains that are checked, by the time of the next check.
pub fn among_looks(at: Timestamp, shop: ShopId) -> IndexKey {
    IndexKey { list: looks(), at: format!("{}#{shop}", sortable(at)) }
}

/// The list of all domains that are checked.
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

/// The count of a shop's followers.
pub fn follower_count(shop: ShopId) -> Key {
    Key::new(followers(shop), "COUNT")
}

/// The partition of a shop's followers and their count.
pub fn followers(shop: ShopId) -> String {
    format!("FOLLOWERS#{shop}")
}

/// The list of a category's members: products, and the shops that name it.
pub fn members_of(category: &Slug) -> String {
    format!("CATEGORY#{category}")
}

/// A position of a shop among a category's members, after its products.
pub fn among_shops_in(category: &Slug, id: ShopId) -> IndexKey {
    IndexKey { list: members_of(category), at: format!("SHOP#{id}") }
}
