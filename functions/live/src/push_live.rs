//! Queue `live` - tells connected clients what happened.
//!
//! Repetition: a frame carries its event's id, and clients drop what they have seen. To claim each frame first would
//! cost a write per socket and could still lose it when the worker dies.

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::{Money, OrderId, Principal, SellerId, ShopId};
use souk_live::{Frame, Pusher};
use souk_messaging::{Consumer, Event, Failure, Message};

/// Pushes news.
#[derive(Debug)]
pub struct Room;

souk_web::deps! {
    /// The table and the sockets.
    pub struct Studio { store: Store, pusher: Pusher }
}

/// To each seller whose shop is in an order.
#[derive(Debug, Serialize)]
struct NewOrder {
    order: OrderId,
    shop: ShopId,
    total: Money,
}

impl Consumer for Room {
    const MODULE: &'static str = module_path!();

    type Deps = Studio;
    type Message = Message;

    async fn handle(studio: &Studio, message: Message, now: Timestamp) -> Result<(), Failure> {
        let Event::OrderPlaced { order } = message.event else { return Ok(()) };
        let whole = studio.store.orders().whole(order).await?;
        let whole = whole.ok_or_else(|| Failure::new("the order is not stored"))?;
        for part in whole.parts {
            let shop = part.part.shop;
            let data = NewOrder { order, shop, total: part.part.total };
            let frame = Frame { kind: "order_placed", id: message.id, at: message.at, data };
            let seller = Principal::Seller(SellerId::from(shop));
            let pushed = studio.pusher.push(seller, &frame, now).await;
            pushed.map_err(|error| Failure::new(error.to_string()))?;
        }
        Ok(())
    }
}
