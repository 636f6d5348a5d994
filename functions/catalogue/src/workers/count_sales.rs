//! Queue `sales` - adds the sold pieces of an order to the counters of its products, and takes them off the held pieces of
//! its variants.
//!
//! The transaction that counts a shop order also marks it as counted. So a repeated message changes nothing.

use jiff::Timestamp;
use souk_messaging::{Consumer, Event, Failure, Message};
use souk_store::Store;
use souk_store_catalogue::CatalogueExt as _;
use souk_store_sales::SalesExt as _;

/// Counts the sales of products.
#[derive(Debug)]
pub struct CountSales;

impl Consumer for CountSales {
    const MODULE: &'static str = module_path!();

    type Deps = Store;
    type Message = Message;

    async fn handle(store: &Store, message: Message, now: Timestamp) -> Result<(), Failure> {
        let Event::OrderPlaced { order } = message.event else { return Ok(()) };
        let order = store.orders().whole(order).await?.ok_or_else(|| Failure::new("the order does not exist"))?;
        for part in &order.parts {
            let lines = part.part.lines.iter().map(|line| (line.sku, line.quantity));
            store.products().count_sales("count-sales", (part.order, part.part.shop), lines, now).await?;
        }
        Ok(())
    }
}
