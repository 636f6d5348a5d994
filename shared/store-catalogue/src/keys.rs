//! Every key format of products.

use jiff::Timestamp;
use souk_domain::{ProductId, ShopId, Slug, StockChangeId};
pub(crate) use souk_store::keys::{Index, IndexKey, Key, product, product_partition, shop, sku, sortable};
pub(crate) use souk_store_shops::keys::members_of;

/// The claim of a product on its slug.
pub fn product_slug(slug: &Slug) -> Key {
    Key::new(format!("SLUG#product#{slug}"), "SLUG")
}

/// A position among all products on sale, oldest first.
pub fn in_catalogue(id: ProductId) -> IndexKey {
    IndexKey { list: catalogue(), at: id.to_string() }
}

/// The list of all products on sale.
pub fn catalogue() -> String {
    "CATALOG".to_owned()
}

/// The details of a product.
pub fn product_details(id: ProductId) -> Key {
    Key::new(product_partition(id), "DETAILS")
}

/// How many pieces of a product were sold.
pub fn product_sales(id: ProductId) -> Key {
    Key::new(product_partition(id), "SALES")
}

/// The pointer to the offer of a product on sale.
pub fn offer(product: ProductId) -> Key {
    Key::new(product_partition(product), "OFFER")
}

/// A position among the offers of products on sale, by their end.
pub fn among_offers(ends_at: Timestamp, product: ProductId) -> IndexKey {
    IndexKey { list: offers(), at: format!("{}#{product}", sortable(ends_at)) }
}

/// The list of all offers of products on sale.
pub fn offers() -> String {
    "OFFERS".to_owned()
}

/// A position among the offers of a shop's products on sale, by their end.
pub fn among_offers_of(shop: ShopId, ends_at: Timestamp, product: ProductId) -> IndexKey {
    IndexKey { list: offers_of(shop), at: format!("{}#{product}", sortable(ends_at)) }
}

/// The list of all offers of a shop's products on sale.
pub fn offers_of(shop: ShopId) -> String {
    format!("SHOP#{shop}#OFFERS")
}

/// A position among the deleted products, by the time of their purge.
pub fn in_trash(purge_at: Timestamp, id: ProductId) -> IndexKey {
    IndexKey { list: trash(), at: format!("{}#{id}", sortable(purge_at)) }
}

/// The list of all deleted products.
pub fn trash() -> String {
    "TRASH".to_owned()
}

/// A position among a shop's products, by tab, oldest first.
pub fn among_products_of(shop: ShopId, tab: &'static str, id: ProductId) -> IndexKey {
    IndexKey { list: products_of(shop), at: format!("{tab}{id}") }
}

/// The list of a shop's products.
pub fn products_of(shop: ShopId) -> String {
    format!("SHOP#{shop}#PRODUCTS")
}

/// A position among a category's products, listed ones apart from hidden ones, oldest first.
pub fn among_products_in(category: &Slug, part: &'static str, id: ProductId) -> IndexKey {
    IndexKey { list: members_of(category), at: format!("{part}{id}") }
}

/// A change of a product's stock.
pub fn stock_change(product: ProductId, id: StockChangeId) -> Key {
    Key::new(stock_changes_of(product), id.to_string())
}

/// The partition of all changes of a product's stock.
pub fn stock_changes_of(product: ProductId) -> String {
    format!("STOCK#{product}")
}
