//! Queue `notifications` - creates the notifications about an event or an alarm, and pushes them over the open sockets.
//!
//! It is idempotent: the id of a notification comes from its event, so a repeated message does not create a second one.
//! The frame is pushed again with the same id, because the first worker may have died before it could push.

use jiff::Timestamp;
use serde::Deserialize;
use souk_domain::{
    EventId, Notice, OrderId, Principal, SellerId, ShopId, SkuId, UserId,
    delivery::{Party, Progress},
};
use souk_live::Frame;
use souk_messaging::{Consumer, Event, Failure, Message};
use souk_store::Store;
use souk_store_catalogue::CatalogueExt as _;
use souk_store_identity::IdentityExt as _;
use souk_store_live::{LiveExt as _, notifications::Content};
use souk_store_sales::{SalesExt as _, orders::ShopOrder};

use crate::{alarm::Alarm, deps::StorePusher, texts, view::NotificationView};

/// Creates the notifications about an event or an alarm.
#[derive(Debug)]
pub struct Notify;

/// A message of the queue, from the outbox or from the topic of alarms.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum QueueMessage {
    /// An event from the outbox.
    Event(Message),
    /// An alarm that went on or off.
    Alarm(Alarm),
}

impl Consumer for Notify {
    const MODULE: &'static str = module_path!();

    type Deps = StorePusher;
    type Message = QueueMessage;

    async fn handle(deps: &StorePusher, message: QueueMessage, now: Timestamp) -> Result<(), Failure> {
        let (id, at, contents) = match message {
            QueueMessage::Event(Message { id, at, event }) => (id, at, contents_for_event(&deps.store, event).await?),
            QueueMessage::Alarm(alarm) => (alarm.id(), alarm.at, contents_for_alarm(&deps.store, &alarm).await?),
        };
        let mut results = Vec::with_capacity(contents.len());
        for (to, content) in contents {
            // A principal who cannot be notified does not stop the others.
            results.push(deps.notify(to, &content, id, at, now).await);
        }
        results.into_iter().collect()
    }
}

impl StorePusher {
    /// Stores a notification and pushes it over the principal's open sockets. Does nothing if the principal turned this
    /// kind off.
    async fn notify(
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
        let pushed = self.pusher.push(&Frame::new(to, event, at, data), now).await;
        pushed.map(drop).map_err(|error| Failure::new(error.to_string()))
    }
}

/// Returns the principals whom an event concerns, each with a text.
async fn contents_for_event(store: &Store, event: Event) -> Result<Vec<(Principal, Content)>, Failure> {
    Ok(match event {
        Event::OrderPlaced { order } => order_placed(store, order).await?,
        Event::OrderProgressed { order, shop, progress } => order_progressed(store, order, shop, progress).await?,
        Event::OrderCancelled { order, shop, cancellation } => {
            order_cancelled(store, order, shop, cancellation).await?
        }
        Event::RefundFailed { order, shop, refund } => {
            let part = shop_order(store, order, shop).await?;
            for_admins(store, &texts::refund_failed(&part, refund)).await?
        }
        Event::StockLow { sku } => stock_low(store, sku).await?,
        Event::AccountNotice { principal: Principal::Seller(seller), notice: Notice::Welcome } => {
            seller_joined(store, seller).await?
        }
        Event::AccountNotice { principal, notice } => {
            texts::security(&notice).map(|content| (principal, content)).into_iter().collect()
        }
        // These events do not go to this queue: see `Event::queues`.
        Event::CodeRequested { .. }
        | Event::SessionsEnded { .. }
        | Event::AccountDeleted { .. }
        | Event::StripeEventReceived { .. }
        | Event::PaymentSessionGivenUp { .. }
        | Event::RefundRequested { .. }
        | Event::TransformationRequested { .. }
        | Event::ShopChanged { .. }
        | Event::CategoryChanged { .. }
        | Event::ImportGoesOn { .. }
        | Event::ExportGoesOn { .. } => vec![],
    })
}

/// Returns a text for every admin if the alarm is on.
async fn contents_for_alarm(store: &Store, alarm: &Alarm) -> Result<Vec<(Principal, Content)>, Failure> {
    if alarm.is_on() { for_admins(store, &texts::failure(alarm)).await } else { Ok(Vec::new()) }
}

/// Returns the texts about an order: for the shopper, for each seller about the shop's part, and for every admin.
async fn order_placed(store: &Store, id: OrderId) -> Result<Vec<(Principal, Content)>, Failure> {
    let placed = store.orders().whole(id).await?.ok_or_else(|| Failure::new("the order is not in the table"))?;
    let buyer = account_of(store, placed.order.user).await?;
    let mut contents: Vec<_> = buyer.map(|buyer| (buyer, texts::order_confirmed(&placed.order))).into_iter().collect();
    contents.extend(placed.parts.iter().map(|part| {
        let seller = SellerId::from(part.part.shop);
        (Principal::Seller(seller), texts::new_order(part))
    }));
    contents.extend(for_admins(store, &texts::new_order_for_admins(&placed)).await?);
    Ok(contents)
}

/// Returns a text for the shopper. An order of the first versions does not name its shopper.
async fn order_progressed(
    store: &Store,
    id: OrderId,
    shop: ShopId,
    progress: Progress,
) -> Result<Vec<(Principal, Content)>, Failure> {
    let part = shop_order(store, id, shop).await?;
    let Some(user) = part.user else { return Ok(Vec::new()) };
    let buyer = account_of(store, user).await?;
    Ok(buyer.map(|buyer| (buyer, texts::order_progressed(&part, progress))).into_iter().collect())
}

/// Returns a text for the shopper, and one for the seller if the shopper cancelled.
async fn order_cancelled(
    store: &Store,
    id: OrderId,
    shop: ShopId,
    number: u8,
) -> Result<Vec<(Principal, Content)>, Failure> {
    let part = shop_order(store, id, shop).await?;
    let cancellation = part.delivery.cancellations.iter().find(|cancellation| cancellation.number == number);
    let cancellation = cancellation.ok_or_else(|| Failure::new("the cancellation is not in the table"))?;
    let mut contents = Vec::new();
    if let Some(user) = part.user {
        let buyer = account_of(store, user).await?;
        contents.extend(buyer.map(|buyer| (buyer, texts::order_cancelled(&part, cancellation))));
    }
    if cancellation.by == Party::Buyer {
        let seller = Principal::Seller(SellerId::from(shop));
        contents.push((seller, texts::order_cancelled_by_buyer(&part, cancellation)));
    }
    Ok(contents)
}

/// Reads a shop order.
async fn shop_order(store: &Store, id: OrderId, shop: ShopId) -> Result<ShopOrder, Failure> {
    store.orders().at(shop, id).await?.ok_or_else(|| Failure::new("the shop order is not in the table"))
}

/// Returns a shopper as a recipient. An account that was deleted gets no notifications: nothing would ever delete them.
async fn account_of(store: &Store, user: UserId) -> Result<Option<Principal>, Failure> {
    Ok(store.accounts().user(user).await?.map(|user| Principal::User(user.id)))
}

/// Returns a text for the seller, unless the product is no longer for sale.
async fn stock_low(store: &Store, sku: SkuId) -> Result<Vec<(Principal, Content)>, Failure> {
    let found = store.products().for_sale(&[sku]).await?;
    let contents = found
        .iter()
        .map(|(product, sku)| (Principal::Seller(SellerId::from(product.shop)), texts::stock_low(product, sku)));
    Ok(contents.collect())
}

/// Returns a text about a new seller for every admin.
async fn seller_joined(store: &Store, id: SellerId) -> Result<Vec<(Principal, Content)>, Failure> {
    match store.accounts().seller(id).await? {
        Some(seller) => for_admins(store, &texts::new_seller(&seller)).await,
        // The account has been deleted in the meantime.
        None => Ok(Vec::new()),
    }
}

/// Addresses a text to every admin.
async fn for_admins(store: &Store, content: &Content) -> Result<Vec<(Principal, Content)>, Failure> {
    let admins = store.admins().list().await?;
    Ok(admins.into_iter().map(|admin| (Principal::Admin(admin.id), content.clone())).collect())
}
