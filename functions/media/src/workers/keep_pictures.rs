//! Queue `pictures` - remembers of pictures that an order shows them.
//!
//! Remembering it twice changes nothing, and a picture that is gone had no rendition left for the order to show.

use std::collections::BTreeSet;

use jiff::Timestamp;
use souk_messaging::{Consumer, Event, Failure, Message};
use souk_store::Store;
use souk_store_media::MediaExt as _;
use souk_store_sales::SalesExt as _;

use crate::deps::shown_at;

/// Keeps pictures for orders.
#[derive(Debug)]
pub struct KeepPictures;

impl Consumer for KeepPictures {
    const MODULE: &'static str = module_path!();

    type Deps = Store;
    type Message = Message;

    async fn handle(store: &Store, message: Message, _: Timestamp) -> Result<(), Failure> {
        let Event::OrderPlaced { order } = message.event else { return Ok(()) };
        let order = store.orders().whole(order).await?.ok_or_else(|| Failure::new("an order that is not there"))?;
        let lines = order.parts.iter().flat_map(|part| &part.part.lines);
        let pictures: BTreeSet<_> = lines.filter_map(|line| shown_at(line.picture.as_deref()?)).collect();
        for picture in pictures {
            store.media().keep_for_order(picture).await?;
        }
        Ok(())
    }
}
