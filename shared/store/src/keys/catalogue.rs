//! Pictures, products, and their imports and exports.

use jiff::Timestamp;
use souk_domain::{JobId, MediaId, Principal, ProductId, ShopId, SkuId, Slug, StockChangeId, media::Referrer};

use super::{IndexKey, Key, seller, shop, site, sortable, user};

/// A picture.
pub fn media(id: MediaId) -> Key {
    Key::new(format!("MEDIA#{id}"), "MEDIA")
}

/// How many pictures somebody keeps.
pub fn media_count(owner: Principal) -> Key {
    Key::new(format!("MEDIA#{owner}"), "COUNT")
}

/// A place among all pictures, in the order in which somebody looks whether they are still used.
pub fn among_media(check_at: Timestamp, id: MediaId) -> IndexKey {
    IndexKey { list: media_to_check(), at: format!("{}#{id}", sortable(check_at)) }
}

/// The list of all pictures that are looked at again.
pub fn media_to_check() -> String {
    "MEDIA".to_owned()
}

/// The partition of what shows a picture.
pub fn partition_of(referrer: Referrer) -> String {
    match referrer {
        Referrer::Product(id) => product_partition(id),
        Referrer::Shop(id) => shop(id).pk,
        Referrer::User(id) => user(id).pk,
        Referrer::Seller(id) => seller(id).pk,
        Referrer::Site => site(),
    }
}

/// A product.
pub fn product(id: ProductId) -> Key {
    Key::new(product_partition(id), "PRODUCT")
}

/// The partition that a product shares with its SKUs.
pub fn product_partition(id: ProductId) -> String {
    format!("PRODUCT#{id}")
}

/// Which product a partition is of.
pub fn product_in(partition: &str) -> Option<ProductId> {
    ProductId::parse(partition.strip_prefix("PRODUCT#")?).ok()
}

/// A SKU.
pub fn sku(id: SkuId) -> Key {
    Key::new(product_partition(id.product), format!("SKU#{:03}", id.number))
}

/// The claim of a product on its slug.
pub fn product_slug(slug: &Slug) -> Key {
    Key::new(format!("SLUG#product#{slug}"), "SLUG")
}

/// A place among all products on sale, oldest first.
pub fn in_catalogue(id: ProductId) -> IndexKey {
    IndexKey { list: catalogue(), at: id.to_string() }
}

/// The list of all products on sale.
pub fn catalogue() -> String {
    "CATALOG".to_owned()
}

/// An import or an export of a shop's products.
pub fn job(shop: ShopId, id: JobId) -> Key {
    Key::new(jobs_of(shop), id.to_string())
}

/// The partition of a shop's imports and exports.
pub fn jobs_of(shop: ShopId) -> String {
    format!("JOBS#{shop}")
}

/// A row that an import refused.
pub fn refused_row(job: JobId, row: u32) -> Key {
    Key::new(refused_rows(job), format!("{row:010}"))
}

/// The partition of the rows that an import refused.
pub fn refused_rows(job: JobId) -> String {
    format!("JOBROWS#{job}")
}

/// What there is to say of a product.
pub fn product_details(id: ProductId) -> Key {
    Key::new(product_partition(id), "DETAILS")
}

/// How many pieces of a product were sold.
pub fn product_sales(id: ProductId) -> Key {
    Key::new(product_partition(id), "SALES")
}

/// That a product on sale has an offer.
pub fn offer(product: ProductId) -> Key {
    Key::new(product_partition(product), "OFFER")
}

/// A place among the offers of products on sale, in the order in which they end.
pub fn among_offers(ends_at: Timestamp, product: ProductId) -> IndexKey {
    IndexKey { list: offers(), at: format!("{}#{product}", sortable(ends_at)) }
}

/// The list of all offers of products on sale.
pub fn offers() -> String {
    "OFFERS".to_owned()
}

/// A place among the offers of a shop's products on sale, in the order in which they end.
pub fn among_offers_of(shop: ShopId, ends_at: Timestamp, product: ProductId) -> IndexKey {
    IndexKey { list: offers_of(shop), at: format!("{}#{product}", sortable(ends_at)) }
}

/// The list of all offers of a shop's products on sale.
pub fn offers_of(shop: ShopId) -> String {
    format!("SHOP#{shop}#OFFERS")
}

/// A place among the deleted products, in the order in which they are purged.
pub fn in_trash(purge_at: Timestamp, id: ProductId) -> IndexKey {
    IndexKey { list: trash(), at: format!("{}#{id}", sortable(purge_at)) }
}

/// The list of all deleted products.
pub fn trash() -> String {
    "TRASH".to_owned()
}

/// A place among a shop's products, by tab, oldest first.
pub fn among_products_of(shop: ShopId, tab: &'static str, id: ProductId) -> IndexKey {
    IndexKey { list: products_of(shop), at: format!("{tab}{id}") }
}

/// The list of a shop's products.
pub fn products_of(shop: ShopId) -> String {
    format!("SHOP#{shop}#PRODUCTS")
}

/// A place among a category's products, those on sale apart from the others, oldest first.
pub fn among_products_in(category: &Slug, part: &'static str, id: ProductId) -> IndexKey {
    IndexKey { list: members_of(category), at: format!("{part}{id}") }
}

/// A shop's place behind a category's products.
pub fn among_shops_in(category: &Slug, id: ShopId) -> IndexKey {
    IndexKey { list: members_of(category), at: format!("SHOP#{id}") }
}

/// The list of what is in a category: products, and the shops that name it.
pub fn members_of(category: &Slug) -> String {
    format!("CATEGORY#{category}")
}

/// A change of a product's stock.
pub fn stock_change(product: ProductId, id: StockChangeId) -> Key {
    Key::new(stock_changes_of(product), id.to_string())
}

/// The partition of all changes of a product's stock.
pub fn stock_changes_of(product: ProductId) -> String {
    format!("STOCK#{product}")
}
