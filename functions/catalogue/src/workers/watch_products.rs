//! Stream of the table, products, shops and categories - tells the search index what changed, and tells a seller when
//! the stock of a SKU has become low.
//!
//! A change in the stream is only the reason to look. The message to the indexer names the subject and not its new
//! state. Whether to notify the seller is decided by a condition on the SKU as it is at that moment. So a seller is
//! notified once per fall, however often and late the stream delivers the change, and again only after the SKU was
//! refilled.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Deserialize;
use souk_messaging::{Change, Event, FailedAt, Failure, Sender, StreamReader, one_by_one};
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

/// Reacts to changes of products, shops and categories.
#[derive(Debug)]
pub struct WatchProducts;

/// The table and the queue of the indexer.
#[derive(Debug)]
pub struct WatchProductsDeps {
    store: Store,
    search: Sender,
}

/// An item of the table, as far as this function reads it.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Item {
    /// A SKU.
    Sku(Sku),
    /// Any other item. Its key says what it is.
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

    async fn handle(watch: &WatchProductsDeps, changes: Vec<Change<Item>>, now: Timestamp) -> Result<(), FailedAt> {
        one_by_one(changes, async |change| match change {
            Change::Modified(Item::Sku(sku)) => check_stock(&watch.store, sku, now).await,
            // A new SKU has not fallen to the threshold.
            _ => Ok(()),
        })
        .await
    }
}

/// Returns what the indexer has to read again after this item was written or removed.
fn subject(item: &Key) -> Option<Subject> {
    let partition = item.pk.as_str();
    if partition == keys::site() {
        return Some(Subject::Site);
    }
    keys::product_in(partition).map(Subject::Product).or_else(|| keys::shop_in(partition).map(Subject::Shop))
}

/// Notifies the seller when a SKU has fallen to the threshold, and removes the mark when it is above it again.
async fn check_stock(store: &Store, sku: Sku, now: Timestamp) -> Result<(), Failure> {
    // A product that is not listed cannot be sold. Its SKU is checked with the first sale after it is listed.
    let product = store.products().get(sku.id.product).await?.filter(Product::is_listed);
    let Some(product) = product else { return Ok(()) };
    let Some(shop) = store.shops().get(product.shop).await? else { return Ok(()) };
    match (sku.available <= shop.low_stock, sku.low) {
        (true, false) => {
            let event = Event::StockLow { sku: sku.id }.record(now)?;
            store.products().mark_low(sku.id, shop.low_stock, &event).await?;
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
    fn the_key_of_an_item_tells_what_to_index_again() {
        let (product, shop) = (ProductId::from_uuid(Uuid::from_u128(1)), ShopId::from_uuid(Uuid::from_u128(2)));
        let of_product = [
            keys::product(product),
            souk_store_catalogue::keys::product_details(product),
            keys::sku(SkuId { product, number: 1 }),
        ];
        for key in of_product {
            assert_eq!(subject(&key), Some(Subject::Product(product)));
        }
        assert_eq!(subject(&keys::shop(shop)), Some(Subject::Shop(shop)));
        assert_eq!(subject(&souk_store_shops::keys::site_settings()), Some(Subject::Site));
        assert_eq!(
            subject(&souk_store_catalogue::keys::stock_change(product, StockChangeId::from_uuid(Uuid::from_u128(3)))),
            None
        );
    }

    #[test]
    fn only_skus_are_parsed() {
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
