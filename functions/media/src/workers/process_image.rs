//! Queue `media`, fed by S3 - checks an uploaded file and makes renditions of it.
//!
//! Idempotent: the same upload gives the same renditions under the same keys, and the first result stands. So a
//! repeated message, and a message after a crash, changes nothing.

use jiff::Timestamp;
use souk_domain::MediaId;
use souk_media::{Limits, Rejection, StorageError, inspect_and_render};
use souk_messaging::{Consumer, Failure, Uploaded};
use souk_store_media::{MediaExt as _, media::MediaState};

use crate::{
    deps::{MAX_BYTES, StoreFiles, parse_upload_key, upload_key},
    files::failed,
};

/// Processes uploads.
#[derive(Debug)]
pub struct ProcessImage;

impl Consumer for ProcessImage {
    const MODULE: &'static str = module_path!();

    type Deps = StoreFiles;
    type Message = Uploaded;

    async fn handle(deps: &StoreFiles, uploaded: Uploaded, _: Timestamp) -> Result<(), Failure> {
        for key in uploaded.keys() {
            let id = parse_upload_key(key).map_err(|error| Failure::new(error.to_string()))?;
            process(deps, id).await?;
        }
        Ok(())
    }
}

async fn process(deps: &StoreFiles, id: MediaId) -> Result<(), Failure> {
    let media = deps.store.media().get(id).await?;
    // The result of a deleted picture would be invisible, and a picture with a result was processed before.
    if media.is_some_and(|media| media.state == MediaState::Waiting) {
        match deps.files.get(&upload_key(id), MAX_BYTES).await {
            Ok(bytes) => deps.settle(id, inspect_and_render(&bytes, &Limits::default())).await?,
            Err(StorageError::TooBig { .. }) => deps.settle(id, Err(Rejection::TooManyBytes)).await?,
            // The upload was processed before, and the message is a repetition.
            Err(StorageError::Missing { .. }) => return Ok(()),
            Err(error) => return Err(failed(error)),
        }
    }
    // The original is not needed any more. It must not be shown, because it may contain the place where it was taken.
    deps.files.delete(&upload_key(id)).await.map_err(failed)
}
