//! Queue `media`, fed by S3 - looks at what was uploaded and makes renditions of it.
//!
//! Looking at the same upload again makes the same renditions under the same keys, and the first verdict stands; so a
//! repeated message, or a worker that died half way, changes nothing.

use jiff::Timestamp;
use serde::Deserialize;
use souk_domain::MediaId;
use souk_media::{Limits, Rejection, StorageError, inspect_and_render};
use souk_messaging::{Consumer, Failure};
use souk_store::media::{MediaState, Picture, Rendition};

use crate::deps::{MAX_BYTES, Shelf, public_key, rendition_path, upload_key, upload_of};

/// Looks at uploads.
#[derive(Debug)]
pub struct Room;

/// What S3 tells a queue. Its test message, sent when the connection is made, has no records.
#[derive(Debug, Deserialize)]
pub struct Notification {
    #[serde(rename = "Records", default)]
    records: Vec<Record>,
}

#[derive(Debug, Deserialize)]
struct Record {
    s3: S3,
}

#[derive(Debug, Deserialize)]
struct S3 {
    object: Object,
}

#[derive(Debug, Deserialize)]
struct Object {
    key: String,
}

impl Consumer for Room {
    const MODULE: &'static str = module_path!();

    type Deps = Shelf;
    type Message = Notification;

    async fn handle(shelf: &Shelf, notification: Notification, _: Timestamp) -> Result<(), Failure> {
        for record in notification.records {
            // S3 escapes keys here; ours hold nothing that would be.
            let id = upload_of(&record.s3.object.key).map_err(|error| Failure::new(error.to_string()))?;
            look_at(shelf, id).await?;
        }
        Ok(())
    }
}

async fn look_at(shelf: &Shelf, id: MediaId) -> Result<(), Failure> {
    // The form that was signed for this upload may be gone with its item; nobody could see the result then.
    let Some(media) = shelf.store.media().get(id).await? else { return discard(shelf, id).await };
    if media.state != MediaState::Waiting {
        return discard(shelf, id).await;
    }
    let state = match shelf.files.get(&upload_key(id), MAX_BYTES).await {
        Ok(bytes) => match inspect_and_render(&bytes, &Limits::default()) {
            Ok(renditions) => MediaState::Ready(keep(shelf, id, renditions).await?),
            Err(Rejection::Unrenderable(reason)) => return Err(Failure::new(reason)),
            Err(rejection) => MediaState::Rejected { reason: reason(&rejection).to_owned() },
        },
        Err(StorageError::TooBig { .. }) => MediaState::Rejected { reason: "too_many_bytes".to_owned() },
        // Looked at before, and the message came again.
        Err(StorageError::Missing { .. }) => return Ok(()),
        Err(error) => return Err(Failure::new(error.to_string())),
    };
    shelf.store.media().settle(id, &state).await?;
    discard(shelf, id).await
}

async fn keep(shelf: &Shelf, id: MediaId, renditions: souk_media::Renditions) -> Result<Picture, Failure> {
    let mut kept = Vec::with_capacity(renditions.images.len());
    for image in renditions.images {
        let path = rendition_path(id, image.width);
        let stored = shelf.files.put_rendition(&public_key(&path), image.bytes, "image/webp").await;
        stored.map_err(|error| Failure::new(error.to_string()))?;
        kept.push(Rendition { width: image.width, height: image.height, path });
    }
    Ok(Picture { width: renditions.width, height: renditions.height, blur: renditions.blur, renditions: kept })
}

/// The original has done its work: nobody may see it, with the place it was taken at still in it.
async fn discard(shelf: &Shelf, id: MediaId) -> Result<(), Failure> {
    shelf.files.delete(&upload_key(id)).await.map_err(|error| Failure::new(error.to_string()))
}

fn reason(rejection: &Rejection) -> &'static str {
    match rejection {
        Rejection::NotAnImage => "not_an_image",
        Rejection::Unsupported(_) => "unsupported",
        Rejection::Truncated => "truncated",
        Rejection::Damaged => "damaged",
        Rejection::TooLarge { .. } => "too_large",
        Rejection::TooSmall { .. } => "too_small",
        Rejection::Unrenderable(_) => "unrenderable",
    }
}
