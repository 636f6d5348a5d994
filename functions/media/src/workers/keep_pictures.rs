//! Queue `pictures` - marks pictures that an order shows, so that they are kept.
//!
//! Idempotent: marking a picture twice changes nothing. A picture that was removed had no rendition left for the order.

use std::collections::BTreeSet;

use jiff::Timestamp;
use souk_messaging::{Consumer, Event, Failure, Message};
use souk_store::Store;
use souk_store_media::MediaExt as _;
use souk_store_sales::SalesExt as _;

use crate::deps::picture_of_path;

/// Keeps pictures for orders.
#[derive(Debug)]
pub struct KeepPictures;

impl Consumer for KeepPictures {
    const MODULE: &'static str = module_path!();

    type Deps = Store;
    type Message = Message;

    async fn handle(store: &Store, message: Message, _: Timestamp) -> Result<(), Failure> {
        let Event::OrderPlaced { order } = message.event else { return Ok(()) };
        let order = store.orders().whole(order).await?.ok_or_else(|| Failure::new("the order does not exist"))?;
        let lines = order.parts.iter().flat_map(|part| &part.part.lines);
        let pictures: BTreeSet<_> = lines.filter_map(|line| picture_of_path(line.picture.as_deref()?)).collect();
        for picture in pictures {
            store.media().keep_for_order(picture).await?;
        }
        Ok(())
    }
}
