//! Queue `live` - pushes events to connected clients, and closes the sockets of sessions that ended.
//!
//! It is idempotent: a frame has the same id in every delivery, and clients drop a frame that they already have. A lease
//! on each frame would cost a write per socket, and could still lose the frame when the worker dies. A repeated event
//! closes only sockets whose sessions have ended.

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::{AdminId, Money, OrderId, Principal, SellerId, ShopId};
use souk_live::{Frame, FrameData, Pusher};
use souk_messaging::{Consumer, Event, Failure, Message};
use souk_store_sales::SalesExt as _;
use souk_web::JsonSchema;

/// Pushes an event to connected clients.
#[derive(Debug)]
pub struct PushLive;

souk_web::deps! {
    /// The table, and the client that pushes frames to sockets.
    pub struct StorePusher { store: Store, pusher: Pusher }
}

/// The data of the frame to each seller whose shop is in an order.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct NewOrder {
    /// Which order.
    order: OrderId,
    /// The seller's shop.
    shop: ShopId,
    /// What the shop's part of it comes to.
    total: Money,
}

impl FrameData for NewOrder {
    const KIND: &'static str = "order_placed";
}

impl Consumer for PushLive {
    const MODULE: &'static str = module_path!();

    type Deps = StorePusher;
    type Message = Message;

    async fn handle(deps: &StorePusher, message: Message, now: Timestamp) -> Result<(), Failure> {
        let order = match message.event {
            Event::OrderPlaced { order } => order,
            Event::AccountNotice { principal, .. }
            | Event::SessionsEnded { principal }
            | Event::AccountDeleted { principal, .. } => return close_sockets(deps, principal, now).await,
            _ => return Ok(()),
        };
        let placed = deps.store.orders().whole(order).await?;
        let placed = placed.ok_or_else(|| Failure::new("the order is not in the table"))?;
        for part in placed.parts {
            let shop = part.part.shop;
            let data = NewOrder { order, shop, total: part.part.total };
            let seller = Principal::Seller(SellerId::from(shop));
            let pushed = deps.pusher.push(&Frame::new(seller, message.id, message.at, data), now).await;
            pushed.map_err(|error| Failure::new(error.to_string()))?;
        }
        Ok(())
    }
}

/// Closes the sockets of a principal's ended sessions. A shopper may be an admin too, so a shopper's sockets as an admin
/// are closed as well.
async fn close_sockets(deps: &StorePusher, principal: Principal, now: Timestamp) -> Result<(), Failure> {
    let admin = match principal {
        Principal::User(user) => Some(Principal::Admin(AdminId::from(user))),
        _ => None,
    };
    for principal in admin.into_iter().chain([principal]) {
        let closed = deps.pusher.close_ended(principal, now).await;
        closed.map_err(|error| Failure::new(error.to_string()))?;
    }
    Ok(())
}
