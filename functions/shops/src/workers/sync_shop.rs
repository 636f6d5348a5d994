//! Queue `catalogue` - updates what products show of their shop: its name, its slug, and whether it is open. Also
//! closes the shop of a banned seller.
//!
//! Idempotent: the shop is read as it is now, so an old message does the same as a new one. A long list is processed in
//! several messages, each sent by the one before. The list is read from a secondary index, which may miss products that
//! were written just before. So the whole list is processed once more a minute later.

use jiff::Timestamp;
use souk_domain::{Principal, ShopId};
use souk_messaging::{Consumer, Event, Failure, Message};
use souk_store::{Position, Store, happened, retry_on_conflict};
use souk_store_catalogue::CatalogueExt as _;
use souk_store_shops::{ShopsExt as _, shops::Shop};

/// Updates the products of a shop.
#[derive(Debug)]
pub struct SyncShop;

/// How many pages of 25 products one message processes: some seconds.
const PAGES_PER_MESSAGE: usize = 20;

impl Consumer for SyncShop {
    const MODULE: &'static str = module_path!();

    type Deps = Store;
    type Message = Message;

    async fn handle(store: &Store, message: Message, now: Timestamp) -> Result<(), Failure> {
        match message.event {
            Event::ShopChanged { shop, from, again } => update_products(store, shop, from, again, now).await,
            Event::AccountNotice { principal: Principal::Seller(seller), .. } => {
                apply_ban(store, seller.into(), now).await
            }
            _ => Ok(()),
        }
    }
}

async fn update_products(
    store: &Store,
    id: ShopId,
    mut from: Option<Position>,
    again: bool,
    now: Timestamp,
) -> Result<(), Failure> {
    // A purged shop has no products left.
    let Some(whole) = store.shops().whole(id).await? else { return Ok(()) };
    for _ in 0..PAGES_PER_MESSAGE {
        from = store.products().update_copies(&whole.shop, from).await?;
        if from.is_none() {
            break;
        }
    }
    let next = match from {
        Some(from) => Event::ShopChanged { shop: id, from: Some(from), again },
        None if !again => Event::ShopChanged { shop: id, from: None, again: true },
        None => return Ok(()),
    };
    Ok(store.outbox().tell(&next.record(now)?).await?)
}

/// Closes or opens a shop, depending on whether its seller is banned now.
async fn apply_ban(store: &Store, id: ShopId, now: Timestamp) -> Result<(), Failure> {
    let event = Event::ShopChanged { shop: id, from: None, again: false }.record(now)?;
    retry_on_conflict(|| async {
        let Some(before) = store.shops().whole(id).await? else { return Ok(Some(())) };
        let standing = store.access().standing(Principal::Seller(id.into())).await?;
        let banned = standing.ban.is_some();
        if before.shop.banned == banned {
            return Ok(Some(()));
        }
        let after = Shop { banned, ..before.shop.clone().next() };
        Ok(happened(store.shops().judge(&before, &after, &standing, &event).await)?.then_some(()))
    })
    .await
}
