//! Queue `notifications` - tells everybody whom an event or an alarm concerns, in their list and over their open sockets.
//!
//! Repetition: who was told of the event before has the notification already, and it counts once. The frame goes out
//! again, with the same id, because whoever was told may have been told by a worker that died before it could push.

use jiff::Timestamp;
use serde::Deserialize;
use souk_domain::{EventId, Notice, OrderId, Principal, SellerId, SkuId};
use souk_live::Frame;
use souk_messaging::{Consumer, Event, Failure, Message};
use souk_store::Store;
use souk_store_catalogue::CatalogueExt as _;
use souk_store_identity::IdentityExt as _;
use souk_store_live::{LiveExt as _, notifications::Content};
use souk_store_sales::SalesExt as _;

use crate::{alarm::Alarm, deps::StorePusher, view::NotificationView, words};

/// Tells people.
#[derive(Debug)]
pub struct Notify;

/// What stands in the queue: what the outbox tells, and what the topic of alarms does.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Heard {
    /// Something happened.
    Event(Message),
    /// Something fails, or does no more.
    Alarm(Alarm),
}

impl Consumer for Notify {
    const MODULE: &'static str = module_path!();

    type Deps = StorePusher;
    type Message = Heard;

    async fn handle(deps: &StorePusher, heard: Heard, now: Timestamp) -> Result<(), Failure> {
        let (id, at, news) = match heard {
            Heard::Event(Message { id, at, event }) => (id, at, of_event(&deps.store, event).await?),
            Heard::Alarm(alarm) => (alarm.id(), alarm.at, of_alarm(&deps.store, &alarm).await?),
        };
        let mut told = Vec::with_capacity(news.len());
        for (to, content) in news {
            // One who cannot be told keeps no other from it.
            told.push(deps.tell(to, &content, id, at, now).await);
        }
        told.into_iter().collect()
    }
}

impl StorePusher {
    async fn tell(
        &self,
        to: Principal,
        content: &Content,
        event: EventId,
        at: Timestamp,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let notification = self.store.notifications().tell(to, event, at, content, now).await?;
        let Some(notification) = notification else { return Ok(()) };
        let data = NotificationView::of(notification, false);
        let pushed = self.pusher.push(to, &Frame { kind: "notification", id: event, at, data }, now).await;
        pushed.map(drop).map_err(|error| Failure::new(error.to_string()))
    }
}

/// Whom an event concerns, and what they are told.
async fn of_event(store: &Store, event: Event) -> Result<Vec<(Principal, Content)>, Failure> {
    Ok(match event {
        Event::OrderPlaced { order } => order_placed(store, order).await?,
        Event::StockLow { sku } => stock_low(store, sku).await?,
        Event::AccountNotice { principal: Principal::Seller(seller), notice: Notice::Welcome } => {
            seller_joined(store, seller).await?
        }
        Event::AccountNotice { principal, notice } => {
            words::security(&notice).map(|content| (principal, content)).into_iter().collect()
        }
        // These do not come here: see `Event::queues`.
        Event::CodeRequested { .. }
        | Event::AccountDeleted { .. }
        | Event::StripeEventReceived { .. }
        | Event::TransformationRequested { .. }
        | Event::ShopChanged { .. }
        | Event::CategoryChanged { .. }
        | Event::ImportGoesOn { .. }
        | Event::ExportGoesOn { .. } => vec![],
    })
}

/// All admins, unless it is over again.
async fn of_alarm(store: &Store, alarm: &Alarm) -> Result<Vec<(Principal, Content)>, Failure> {
    if alarm.is_on() { to_admins(store, &words::failure(alarm)).await } else { Ok(Vec::new()) }
}

/// The shopper of everything, each seller of the shop's own part, and all admins.
async fn order_placed(store: &Store, id: OrderId) -> Result<Vec<(Principal, Content)>, Failure> {
    let whole = store.orders().whole(id).await?.ok_or_else(|| Failure::new("the order is not stored"))?;
    let mut news = vec![(Principal::User(whole.order.user), words::order_confirmed(&whole.order))];
    news.extend(whole.parts.iter().map(|part| {
        let seller = SellerId::from(part.part.shop);
        (Principal::Seller(seller), words::sold(part))
    }));
    news.extend(to_admins(store, &words::sold_in_all(&whole)).await?);
    Ok(news)
}

/// The seller, unless it is gone by now.
async fn stock_low(store: &Store, sku: SkuId) -> Result<Vec<(Principal, Content)>, Failure> {
    let found = store.products().for_sale(&[sku]).await?;
    let told = found
        .iter()
        .map(|(product, sku)| (Principal::Seller(SellerId::from(product.shop)), words::stock_low(product, sku)));
    Ok(told.collect())
}

/// All admins.
async fn seller_joined(store: &Store, id: SellerId) -> Result<Vec<(Principal, Content)>, Failure> {
    match store.accounts().seller(id).await? {
        Some(seller) => to_admins(store, &words::new_seller(&seller)).await,
        // The account is gone again already.
        None => Ok(Vec::new()),
    }
}

async fn to_admins(store: &Store, content: &Content) -> Result<Vec<(Principal, Content)>, Failure> {
    let admins = store.admins().list().await?;
    Ok(admins.into_iter().map(|admin| (Principal::Admin(admin.id), content.clone())).collect())
}
