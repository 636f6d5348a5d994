//! Stream of the table, products, shops and categories - tells the search what to look at again, and a seller once when a
//! SKU runs low, and again after it was refilled.
//!
//! What the stream brings is only the reason to look. The search is told of what, and not how it is. Whether to tell a
//! seller is a condition on the SKU as it is then, so nobody is told twice of the same fall, however often and late the
//! stream tells of it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Deserialize;
use souk_messaging::{Change, Event, Failure, Sender, StreamReader};
use souk_runtime::{Connect, Start, StartError};
use souk_search::Subject;
use souk_store::{
    Store,
    keys::{self, Key},
};
use souk_store_catalogue::{
    CatalogueExt as _,
    products::{Product, Sku},
};
use souk_store_shops::ShopsExt as _;

/// Watches products.
#[derive(Debug)]
pub struct WatchProducts;

/// The table and the queue of the search.
#[derive(Debug)]
pub struct WatchProductsDeps {
    store: Store,
    search: Sender,
}

/// An item of those that are watched.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Item {
    /// A SKU.
    Sku(Sku),
    /// Anything else: what it is stands in its key.
    #[serde(other)]
    Other,
}

impl Connect for WatchProductsDeps {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        Ok(Self { store: Store::connect(start).await?, search: Sender::to(start, "SEARCH_QUEUE")? })
    }
}

impl StreamReader for WatchProducts {
    const MODULE: &'static str = module_path!();

    type Deps = WatchProductsDeps;
    type Item = Item;

    async fn announce(watch: &WatchProductsDeps, items: &[Key]) -> Result<(), Failure> {
        let subjects: BTreeSet<Subject> = items.iter().filter_map(subject).collect();
        watch.search.send(&subjects.into_iter().collect::<Vec<_>>()).await
    }

    async fn handle(watch: &WatchProductsDeps, change: Change<Item>, now: Timestamp) -> Result<(), Failure> {
        match change {
            Change::Modified(Item::Sku(sku)) => weigh(&watch.store, sku, now).await,
            // A new SKU did not fall to anything.
            _ => Ok(()),
        }
    }
}

/// What the search has to look at again when this item was written or removed.
fn subject(item: &Key) -> Option<Subject> {
    let partition = item.pk.as_str();
    if partition == keys::site() {
        return Some(Subject::Site);
    }
    keys::product_in(partition).map(Subject::Product).or_else(|| keys::shop_in(partition).map(Subject::Shop))
}

/// Tells the seller when a SKU has fallen to the threshold, and takes the mark off it when there is more again.
async fn weigh(store: &Store, sku: Sku, now: Timestamp) -> Result<(), Failure> {
    // Of what is not on sale nobody needs to be told; it counts with the first sale after it is.
    let product = store.products().get(sku.id.product).await?.filter(Product::is_listed);
    let Some(product) = product else { return Ok(()) };
    let Some(shop) = store.shops().get(product.shop).await? else { return Ok(()) };
    match (sku.available <= shop.low_stock, sku.low) {
        (true, false) => {
            let news = Event::StockLow { sku: sku.id }.record(now)?;
            store.products().mark_low(sku.id, shop.low_stock, &news).await?;
        }
        (false, true) => store.products().unmark_low(sku.id, shop.low_stock).await?,
        _ => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use souk_domain::{Id, ProductId, ShopId, SkuId, StockChangeId};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn the_key_of_an_item_says_what_is_to_be_looked_at_again() {
        let (product, shop) = (ProductId::from_uuid(Uuid::from_u128(1)), ShopId::from_uuid(Uuid::from_u128(2)));
        let of_product =
            [keys::product(product), souk_store_catalogue::keys::product_details(product), keys::sku(SkuId { product, number: 1 })];
        for key in of_product {
            assert_eq!(subject(&key), Some(Subject::Product(product)));
        }
        assert_eq!(subject(&keys::shop(shop)), Some(Subject::Shop(shop)));
        assert_eq!(subject(&souk_store_shops::keys::site_settings()), Some(Subject::Site));
        assert_eq!(subject(&souk_store_catalogue::keys::stock_change(product, StockChangeId::from_uuid(Uuid::from_u128(3)))), None);
    }

    #[test]
    fn of_all_items_only_skus_are_read() {
        let id = "sku_0199dc31c0de7a10a4f25b6c7d8e9f01_1";
        let price = json!({ "amount": 1_850, "currency": "EUR" });
        let sku = json!({ "pk": "x", "sk": "y", "type": "sku", "id": id, "available": 5, "price": price });
        let item = |value| {
            let stored: serde_dynamo::Item = serde_dynamo::to_item(value).unwrap();
            serde_dynamo::from_item::<_, Item>(stored)
        };
        assert!(matches!(item(sku).unwrap(), Item::Sku(sku) if sku.id.to_string() == id));
        assert!(matches!(item(json!({ "pk": "x", "sk": "y", "type": "product" })).unwrap(), Item::Other));
    }
}
