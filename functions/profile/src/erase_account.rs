//! Queue `accounts` - erases what a deleted account leaves.
//!
//! Repetition: every step takes away what is there and does nothing where nothing is, so a repeated message, and one that
//! comes after a worker died half way, ends in the same state.

use jiff::Timestamp;
use souk_domain::{MediaId, Principal};
use souk_media::MediaStore;
use souk_messaging::{Consumer, Event, Failure, Message};
use souk_runtime::{Connect, Start, StartError};
use souk_store::{Store, media::MediaState};

/// Erases what an account leaves.
#[derive(Debug)]
pub struct Room;

/// The table and the bucket.
#[derive(Debug)]
pub struct Eraser {
    store: Store,
    files: MediaStore,
}

impl Connect for Eraser {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        let bucket: String = start.setting("MEDIA_BUCKET")?;
        let url: String = start.setting("MEDIA_URL")?;
        Ok(Self { store: Store::connect(start).await?, files: MediaStore::new(start.aws(), bucket, &url) })
    }
}

impl Consumer for Room {
    const MODULE: &'static str = module_path!();

    type Deps = Eraser;
    type Message = Message;

    async fn handle(eraser: &Eraser, message: Message, _: Timestamp) -> Result<(), Failure> {
        let Event::AccountDeleted { principal, avatar, .. } = message.event else { return Ok(()) };
        if let Principal::User(user) = principal {
            eraser.store.erasure().belongings_of(user).await?;
        }
        eraser.store.erasure().access_of(principal).await?;
        match avatar {
            Some(avatar) => eraser.picture(principal, avatar).await,
            None => Ok(()),
        }
    }
}

impl Eraser {
    /// The files first: once the item is gone, nobody knows where they are.
    async fn picture(&self, owner: Principal, id: MediaId) -> Result<(), Failure> {
        let Some(media) = self.store.media().of(owner, id).await? else { return Ok(()) };
        if let MediaState::Ready(picture) = &media.state {
            for rendition in &picture.renditions {
                let gone = self.files.delete(&format!("public/{}", rendition.path)).await;
                gone.map_err(|error| Failure::new(error.to_string()))?;
            }
        }
        Ok(self.store.media().forget(id).await?)
    }
}
