//! Queue `sales` - counts what was sold of each product.
//!
//! Each shop's part of an order is counted in the transaction that says so; told again, by whomever, it changes nothing.

use jiff::Timestamp;
use souk_messaging::{Consumer, Event, Failure, Message};
use souk_store::Store;
use souk_store_catalogue::CatalogueExt as _;
use souk_store_sales::SalesExt as _;

/// Counts sales.
#[derive(Debug)]
pub struct CountSales;

impl Consumer for CountSales {
    const MODULE: &'static str = module_path!();

    type Deps = Store;
    type Message = Message;

    async fn handle(store: &Store, message: Message, now: Timestamp) -> Result<(), Failure> {
        let Event::OrderPlaced { order } = message.event else { return Ok(()) };
        let order = store.orders().whole(order).await?.ok_or_else(|| Failure::new("an order that is not there"))?;
        for part in &order.parts {
            let lines = part.part.lines.iter().map(|line| (line.sku.product, line.quantity));
            store.products().count_sales("count-sales", (part.order, part.part.shop), lines, now).await?;
        }
        Ok(())
    }
}
