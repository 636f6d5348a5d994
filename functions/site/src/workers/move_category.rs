//! Queue `categories` - takes products and shops out of a category that retires, and products out of parts that are gone.
//!
//! A category that retires lets nothing in any more, but the index may not yet show what came a moment before. So there is
//! a second look, a minute later; only a look that finds nothing closes the category.
//!
//! Repetition: what left is passed over, so a repeated message, and one that comes after a worker died half way, goes on
//! where the last one stopped.

use jiff::Timestamp;
use souk_messaging::{Consumer, Event, Failure, Message};
use souk_store::Store;
use souk_store_catalogue::CatalogueExt as _;
use souk_store_shops::ShopsExt as _;

/// Moves products and shops.
#[derive(Debug)]
pub struct MoveCategory;

/// How many pages of them one call goes through: some seconds.
const PAGES: usize = 10;
const PAGE_SIZE: u8 = 100;

impl Consumer for MoveCategory {
    const MODULE: &'static str = module_path!();

    type Deps = Store;
    type Message = Message;

    async fn handle(store: &Store, message: Message, now: Timestamp) -> Result<(), Failure> {
        let Event::CategoryChanged { category: slug, mut from, again } = message.event else { return Ok(()) };
        // None: a call before this one closed it.
        let Some(category) = store.site().category(&slug).await? else { return Ok(()) };
        let mut empty = from.is_none();
        for _ in 0..PAGES {
            let page = store.members().of(&slug, from, PAGE_SIZE).await?;
            empty &= page.items.is_empty();
            for member in &page.items {
                store.members().lead_out(member, &category).await?;
            }
            from = page.next;
            if from.is_none() {
                return match (category.retiring, again) {
                    (Some(_), true) if empty => Ok(store.site().close(&slug).await?),
                    (None, true) => Ok(()),
                    _ => tell(store, &Event::CategoryChanged { category: slug, from, again: true }, now).await,
                };
            }
        }
        tell(store, &Event::CategoryChanged { category: slug, from, again }, now).await
    }
}

async fn tell(store: &Store, event: &Event, now: Timestamp) -> Result<(), Failure> {
    Ok(store.table().put(&event.record(now)?).await?)
}
