//! What the workers do with files: keep what was made, settle what became of a picture, take away what nobody shows.

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
    /// Settles a picture that waits by what came of making its renditions. Made again, they are the same under the same
    /// keys. Those of a picture that is not kept any more are taken away again.
    pub(crate) async fn settle(&self, id: MediaId, made: Result<Renditions, Rejection>) -> Result<(), Failure> {
        let state = match made {
            Ok(renditions) => MediaState::Ready(self.keep(id, renditions).await?),
            Err(Rejection::Unrenderable(reason)) => return Err(Failure::new(reason)),
            Err(rejection) => MediaState::Rejected { reason: rejection.reason().to_owned() },
        };
        match (self.store.media().settle(id, &state).await?, state) {
            (Settled::Gone(left), MediaState::Ready(picture)) => {
                let gone: Vec<_> = picture.renditions.into_iter().filter(|made| !left.contains(made)).collect();
                self.discard(&gone).await
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

    /// Takes away what a worker that died left of a picture that never came to be, and then its item.
    pub(crate) async fn sweep(&self, media: &Media) -> Result<(), Failure> {
        self.files.delete_prefix(&public_key(&format!("{}/", media.id))).await.map_err(failed)?;
        self.store.media().forget(media).await?;
        Ok(())
    }

    /// Takes away what nobody may show any more, and then its item. What its owner may have sold with leaves its smallest
    /// rendition for the orders.
    pub(crate) async fn clear(&self, media: &Media, picture: &Picture, now: Timestamp) -> Result<(), Failure> {
        let orders_need = match media.owner {
            Principal::Seller(_) => 1,
            Principal::User(_) | Principal::Admin(_) => 0,
        };
        let (left, gone) = picture.renditions.split_at(orders_need.min(picture.renditions.len()));
        self.discard(gone).await?;
        if left.is_empty() {
            self.store.media().forget(media).await?;
        } else {
            let remnant = Picture { renditions: left.to_vec(), ..picture.clone() };
            self.store.media().leave(media, &remnant, now).await?;
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
