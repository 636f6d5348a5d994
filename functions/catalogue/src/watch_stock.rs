//! Stream of the table, written SKUs - tells a seller once when a SKU runs low, and again after it was refilled.
//!
//! What the stream brings is only the reason to look: whether to tell is a condition on the SKU as it is then. So nobody is
//! told twice of the same fall, however often and late the stream tells of it.

use jiff::Timestamp;
use souk_messaging::{Event, Failure, StreamReader};
use souk_store::{
    Store,
    products::{Product, Sku},
};

/// Watches the stock.
#[derive(Debug)]
pub struct Room;

impl StreamReader for Room {
    const MODULE: &'static str = module_path!();

    type Deps = Store;
    type Item = Sku;

    async fn handle(store: &Store, sku: Sku, now: Timestamp) -> Result<(), Failure> {
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
}
