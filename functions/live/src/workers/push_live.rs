//! Queue `live` - tells connected clients what happened, and closes the sockets of those whose sessions ended: who may
//! still come in opens another one.
//!
//! Repetition: a frame carries its event's id, and clients drop what they have seen. To claim each frame first would
//! cost a write per socket and could still lose it when the worker dies. A socket that was opened after what closes the
//! others stays open.

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::{AdminId, Money, OrderId, Principal, SellerId, ShopId};
use souk_live::{Frame, Pusher};
use souk_messaging::{Consumer, Event, Failure, Message};
use souk_store_sales::SalesExt as _;

/// Pushes news.
#[derive(Debug)]
pub struct PushLive;

souk_web::deps! {
    /// The table and the sockets.
    pub struct StorePusher { store: Store, pusher: Pusher }
}

/// To each seller whose shop is in an order.
#[derive(Debug, Serialize)]
struct NewOrder {
    order: OrderId,
    shop: ShopId,
    total: Money,
}

impl Consumer for PushLive {
    const MODULE: &'static str = module_path!();

    type Deps = StorePusher;
    type Message = Message;

    async fn handle(deps: &StorePusher, message: Message, now: Timestamp) -> Result<(), Failure> {
        let order = match message.event {
            Event::OrderPlaced { order } => order,
            Event::AccountNotice { principal, .. } | Event::AccountDeleted { principal, .. } => {
                return close(deps, principal, message.at, now).await;
            }
            _ => return Ok(()),
        };
        let whole = deps.store.orders().whole(order).await?;
        let whole = whole.ok_or_else(|| Failure::new("the order is not stored"))?;
        for part in whole.parts {
            let shop = part.part.shop;
            let data = NewOrder { order, shop, total: part.part.total };
            let frame = Frame { kind: "order_placed", id: message.id, at: message.at, data };
            let seller = Principal::Seller(SellerId::from(shop));
            let pushed = deps.pusher.push(seller, &frame, now).await;
            pushed.map_err(|error| Failure::new(error.to_string()))?;
        }
        Ok(())
    }
}

/// Closes what somebody opened until `at`: as a shopper also what they opened as the admin that they may be.
async fn close(deps: &StorePusher, principal: Principal, at: Timestamp, now: Timestamp) -> Result<(), Failure> {
    let admin = match principal {
        Principal::User(user) => Some(Principal::Admin(AdminId::from(user))),
        _ => None,
    };
    for principal in admin.into_iter().chain([principal]) {
        let closed = deps.pusher.close(principal, at, now).await;
        closed.map_err(|error| Failure::new(error.to_string()))?;
    }
    Ok(())
}
