//! Queue `notifications` - tells everybody whom an event concerns, in their list and over their open sockets.
//!
//! Repetition: who was told of the event before has the notification already, and it counts once. The frame goes out
//! again, with the same id, because whoever was told may have been told by a worker that died before it could push.

use jiff::Timestamp;
use souk_domain::{EventId, Notice, OrderId, Principal, SellerId};
use souk_live::Frame;
use souk_messaging::{Consumer, Event, Failure, Message};
use souk_store::{Store, notifications::Content};

use crate::{deps::Crier, view::NotificationView, words};

/// Tells people.
#[derive(Debug)]
pub struct Room;

impl Consumer for Room {
    const MODULE: &'static str = module_path!();

    type Deps = Crier;
    type Message = Message;

    async fn handle(crier: &Crier, message: Message, now: Timestamp) -> Result<(), Failure> {
        let news = match message.event {
            Event::OrderPlaced { order } => order_placed(&crier.store, order).await?,
            Event::AccountNotice { principal: Principal::Seller(seller), notice: Notice::Welcome } => {
                seller_joined(&crier.store, seller).await?
            }
            Event::AccountNotice { principal, notice } => {
                words::security(&notice).map(|content| (principal, content)).into_iter().collect()
            }
            Event::CodeRequested { .. } | Event::AccountDeleted { .. } | Event::StripeEventReceived { .. } => vec![],
        };
        let mut told = Vec::with_capacity(news.len());
        for (to, content) in news {
            // One who cannot be told keeps no other from it.
            told.push(crier.tell(to, &content, message.id, message.at, now).await);
        }
        told.into_iter().collect()
    }
}

impl Crier {
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
