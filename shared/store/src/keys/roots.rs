//! The entities that transactions of several contexts name: people, shops, products, SKUs and the site.

use souk_domain::{Email, ProductId, SellerId, ShopId, SkuId, UserId};

use super::Key;

/// A shopper's account.
pub fn user(id: UserId) -> Key {
    Key::new(format!("USER#{id}"), "PROFILE")
}

/// A seller's account.
pub fn seller(id: SellerId) -> Key {
    Key::new(format!("SELLER#{id}"), "PROFILE")
}

/// The record that the seller of a deleted shop may not register again.
pub fn barred_seller(email: &Email) -> Key {
    Key::new(format!("BARRED#seller#{email}"), "BARRED")
}

/// A shop.
pub fn shop(id: ShopId) -> Key {
    Key::new(format!("SHOP#{id}"), "SHOP")
}

/// Returns the shop of a partition.
pub fn shop_in(partition: &str) -> Option<ShopId> {
    ShopId::parse(partition.strip_prefix("SHOP#")?).ok()
}

/// The partition of the site's categories and settings.
pub fn site() -> String {
    "SITE".to_owned()
}

/// A product.
pub fn product(id: ProductId) -> Key {
    Key::new(product_partition(id), "PRODUCT")
}

/// The partition that a product shares with its SKUs.
pub fn product_partition(id: ProductId) -> String {
    format!("PRODUCT#{id}")
}

/// Returns the product of a partition.
pub fn product_in(partition: &str) -> Option<ProductId> {
    ProductId::parse(partition.strip_prefix("PRODUCT#")?).ok()
}

/// A SKU.
pub fn sku(id: SkuId) -> Key {
    Key::new(product_partition(id.product), format!("SKU#{:03}", id.number))
}
