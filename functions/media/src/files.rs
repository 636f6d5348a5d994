//! What the workers do with files: store renditions, record the result of an upload, and delete files that nothing
//! shows.

use jiff::Timestamp;
use souk_domain::{MediaId, Principal};
use souk_media::{Rejection, Renditions, StorageError};
use souk_messaging::Failure;
use souk_store_media::{
    MediaExt as _,
    media::{Media, MediaState, Picture, Rendition, Settled},
};

use crate::deps::{StoreFiles, public_key, rendition_path};

impl StoreFiles {
    /// Records the result for a picture that waits. A repeated run writes the same renditions under the same keys. If
    /// the picture was removed in between, its new renditions are deleted again.
    pub(crate) async fn settle(&self, id: MediaId, made: Result<Renditions, Rejection>) -> Result<(), Failure> {
        let state = match made {
            Ok(renditions) => MediaState::Ready(self.keep(id, renditions).await?),
            Err(Rejection::Unrenderable(reason)) => return Err(Failure::new(reason)),
            Err(rejection) => MediaState::Rejected { reason: rejection.reason().to_owned() },
        };
        match (self.store.media().settle(id, &state).await?, state) {
            (Settled::Gone(left), MediaState::Ready(picture)) => {
                let removed: Vec<_> = picture.renditions.into_iter().filter(|made| !left.contains(made)).collect();
                self.discard(&removed).await
            }
            _ => Ok(()),
        }
    }

    async fn keep(&self, id: MediaId, made: Renditions) -> Result<Picture, Failure> {
        let mut renditions = Vec::with_capacity(made.images.len());
        for image in made.images {
            let path = rendition_path(id, image.width);
            self.files.put_rendition(&public_key(&path), image.bytes, "image/webp").await.map_err(failed)?;
            renditions.push(Rendition { width: image.width, height: image.height, path });
        }
        Ok(Picture { id, width: made.width, height: made.height, blur: made.blur, renditions })
    }

    /// Deletes the renditions that a crashed worker left of a picture that never became ready, and then the picture's
    /// item.
    pub(crate) async fn sweep(&self, media: &Media) -> Result<(), Failure> {
        self.files.delete_prefix(&public_key(&format!("{}/", media.id))).await.map_err(failed)?;
        self.store.media().forget(media).await?;
        Ok(())
    }

    /// Deletes the renditions of a picture that must not be shown any more, and then its item. A seller's picture keeps
    /// its smallest rendition, because orders may show it.
    pub(crate) async fn clear(&self, media: &Media, picture: &Picture, now: Timestamp) -> Result<(), Failure> {
        let orders_need = match media.owner {
            Principal::Seller(_) => 1,
            Principal::User(_) | Principal::Admin(_) => 0,
        };
        let (left, removed) = picture.renditions.split_at(orders_need.min(picture.renditions.len()));
        self.discard(removed).await?;
        if left.is_empty() {
            self.store.media().forget(media).await?;
        } else {
            let kept = Picture { renditions: left.to_vec(), ..picture.clone() };
            self.store.media().leave(media, &kept, now).await?;
        }
        Ok(())
    }

    pub(crate) async fn discard(&self, renditions: &[Rendition]) -> Result<(), Failure> {
        for rendition in renditions {
            self.files.delete(&public_key(&rendition.path)).await.map_err(failed)?;
        }
        Ok(())
    }
}

pub(crate) fn failed(error: StorageError) -> Failure {
    Failure::new(error.to_string())
}
