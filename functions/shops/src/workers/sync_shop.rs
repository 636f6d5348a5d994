//! Queue `catalogue` - brings what products show of their shop up to date: its name, its slug, and whether it is open.
//!
//! A shop is closed while its seller is banned, too; that is noticed here.
//!
//! Repetition: what decides is the shop as it is now, so an old message does what a new one would. A long list is gone
//! through in slices, each told of by the one before. The index may not show yet what was written just before: so the
//! whole list is gone through once more, a minute later.

use jiff::Timestamp;
use souk_domain::{Principal, ShopId};
use souk_messaging::{Consumer, Event, Failure, Message};
use souk_store::{ATTEMPTS, Position, Store, happened};
use souk_store_catalogue::CatalogueExt as _;
use souk_store_shops::{ShopsExt as _, shops::Shop};

/// Follows a shop.
#[derive(Debug)]
pub struct SyncShop;

/// How many parts of the list one message goes through, of 25 products each: some seconds.
const PARTS: usize = 20;

impl Consumer for SyncShop {
    const MODULE: &'static str = module_path!();

    type Deps = Store;
    type Message = Message;

    async fn handle(store: &Store, message: Message, now: Timestamp) -> Result<(), Failure> {
        match message.event {
            Event::ShopChanged { shop, from, again } => update_products(store, shop, from, again, now).await,
            Event::AccountNotice { principal: Principal::Seller(seller), .. } => judge(store, seller.into(), now).await,
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
    // One that is purged has no products left.
    let Some(whole) = store.shops().whole(id).await? else { return Ok(()) };
    for _ in 0..PARTS {
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

/// Closes or opens a shop, as its seller stands now.
async fn judge(store: &Store, id: ShopId, now: Timestamp) -> Result<(), Failure> {
    let news = Event::ShopChanged { shop: id, from: None, again: false }.record(now)?;
    for _ in 0..ATTEMPTS {
        let Some(before) = store.shops().whole(id).await? else { return Ok(()) };
        let standing = store.access().standing(Principal::Seller(id.into())).await?;
        let banned = standing.ban.is_some();
        if before.shop.banned == banned {
            return Ok(());
        }
        let after = Shop { banned, ..before.shop.clone().next() };
        if happened(store.shops().judge(&before, &after, &standing, &news).await)? {
            return Ok(());
        }
    }
    Err(Failure::new("others kept writing the shop"))
}
