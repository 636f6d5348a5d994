//! Queue `categories` - moves products and shops out of a category that is being deleted, and removes deleted
//! subcategories from products.
//!
//! A category that is being deleted accepts nothing new, but the secondary index may not show what was added a moment
//! before. So the list is read a second time, a minute later. Only a run that finds nothing removes the category.
//!
//! Idempotent: what was moved is no longer listed. So a repeated message, and a message after a crash, continues where
//! the last run stopped.

use jiff::Timestamp;
use souk_messaging::{Consumer, Event, Failure, Message};
use souk_store::Store;
use souk_store_catalogue::CatalogueExt as _;
use souk_store_shops::ShopsExt as _;

/// Moves products and shops to another category.
#[derive(Debug)]
pub struct MoveCategory;

/// How many pages one message processes: some seconds.
const PAGES: usize = 10;
const PAGE_SIZE: u8 = 100;

impl Consumer for MoveCategory {
    const MODULE: &'static str = module_path!();

    type Deps = Store;
    type Message = Message;

    async fn handle(store: &Store, message: Message, now: Timestamp) -> Result<(), Failure> {
        let Event::CategoryChanged { category: slug, mut from, again } = message.event else { return Ok(()) };
        // An earlier message has removed the category.
        let Some(category) = store.site().category(&slug).await? else { return Ok(()) };
        let mut empty = from.is_none();
        for _ in 0..PAGES {
            let page = store.members().of(&slug, from, PAGE_SIZE).await?;
            empty &= page.items.is_empty();
            for member in &page.items {
                store.members().move_out(member, &category).await?;
            }
            from = page.next;
            if from.is_none() {
                return match (category.retiring, again) {
                    (Some(_), true) if empty => Ok(store.site().close(&slug).await?),
                    (None, true) => Ok(()),
                    _ => send(store, &Event::CategoryChanged { category: slug, from, again: true }, now).await,
                };
            }
        }
        send(store, &Event::CategoryChanged { category: slug, from, again }, now).await
    }
}

async fn send(store: &Store, event: &Event, now: Timestamp) -> Result<(), Failure> {
    Ok(store.table().put(&event.record(now)?).await?)
}
