//! Queue `media`, fed by S3 - looks at what was uploaded and makes renditions of it.
//!
//! Looking at the same upload again makes the same renditions under the same keys, and the first verdict stands; so a
//! repeated message, or a worker that died half way, changes nothing.

use jiff::Timestamp;
use souk_domain::MediaId;
use souk_media::{Limits, Rejection, StorageError, inspect_and_render};
use souk_messaging::{Consumer, Failure, Uploaded};
use souk_store_media::{MediaExt as _, media::MediaState};

use crate::{
    deps::{MAX_BYTES, StoreFiles, upload_key, upload_of},
    files::failed,
};

/// Looks at uploads.
#[derive(Debug)]
pub struct ProcessImage;

impl Consumer for ProcessImage {
    const MODULE: &'static str = module_path!();

    type Deps = StoreFiles;
    type Message = Uploaded;

    async fn handle(deps: &StoreFiles, uploaded: Uploaded, _: Timestamp) -> Result<(), Failure> {
        for key in uploaded.keys() {
            let id = upload_of(key).map_err(|error| Failure::new(error.to_string()))?;
            look_at(deps, id).await?;
        }
        Ok(())
    }
}

async fn look_at(deps: &StoreFiles, id: MediaId) -> Result<(), Failure> {
    let media = deps.store.media().get(id).await?;
    // Of one that is gone, nobody could see the result; one that is settled has had its look.
    if media.is_some_and(|media| media.state == MediaState::Waiting) {
        match deps.files.get(&upload_key(id), MAX_BYTES).await {
            Ok(bytes) => deps.settle(id, inspect_and_render(&bytes, &Limits::default())).await?,
            Err(StorageError::TooBig { .. }) => deps.settle(id, Err(Rejection::TooManyBytes)).await?,
            // Looked at before, and the message came again.
            Err(StorageError::Missing { .. }) => return Ok(()),
            Err(error) => return Err(failed(error)),
        }
    }
    // The original has done its work: nobody may see it, with the place it was taken at still in it.
    deps.files.delete(&upload_key(id)).await.map_err(failed)
}
