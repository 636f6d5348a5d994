//! Queue `transforms` - makes a new picture from an existing one.
//!
//! Idempotent: the same source gives the same renditions under the same keys, and the first result stands. So a
//! repeated message, and a message after a crash, changes nothing.

use jiff::Timestamp;
use souk_media::{Rejection, StorageError, transform};
use souk_messaging::{Consumer, Event, Failure, Message};
use souk_store_media::{
    MediaExt as _,
    media::{MediaState, Origin},
};

use crate::{
    deps::{MAX_BYTES, StoreFiles, public_key},
    files::failed,
};

/// Transforms pictures.
#[derive(Debug)]
pub struct TransformImage;

impl Consumer for TransformImage {
    const MODULE: &'static str = module_path!();

    type Deps = StoreFiles;
    type Message = Message;

    async fn handle(deps: &StoreFiles, message: Message, _: Timestamp) -> Result<(), Failure> {
        let Event::TransformationRequested { media: id } = message.event else { return Ok(()) };
        let Some(media) = deps.store.media().get(id).await? else { return Ok(()) };
        let (MediaState::Waiting, Some(origin)) = (media.state, media.origin) else { return Ok(()) };
        let made = match source(deps, origin).await? {
            Some(bytes) => transform(&bytes, origin.transformation),
            None => Err(Rejection::SourceGone),
        };
        deps.settle(id, made).await
    }
}

/// Returns the source's largest rendition. There is no larger file: the original was deleted, because it may contain
/// the place where it was taken.
async fn source(deps: &StoreFiles, origin: Origin) -> Result<Option<Vec<u8>>, Failure> {
    let source = deps.store.media().get(origin.source).await?;
    let Some(MediaState::Ready(picture)) = source.map(|source| source.state) else { return Ok(None) };
    let Some(largest) = picture.renditions.last() else { return Ok(None) };
    match deps.files.get(&public_key(&largest.path), MAX_BYTES).await {
        Ok(bytes) => Ok(Some(bytes)),
        Err(StorageError::Missing { .. }) => Ok(None),
        Err(error) => Err(failed(error)),
    }
}
