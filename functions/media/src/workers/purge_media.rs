//! Schedule, every five minutes - looks at pictures that are due, and takes away those that nothing shows.
//!
//! Every step has the state before it as its condition: two runs at once, or one after a crash, end in the same state.

use jiff::Timestamp;
use souk_messaging::{Failure, Schedule};
use souk_store_media::{
    MediaExt as _,
    media::{Media, MediaState},
};

use crate::deps::StoreFiles;

/// Purges pictures.
#[derive(Debug)]
pub struct PurgeMedia;

impl Schedule for PurgeMedia {
    const MODULE: &'static str = module_path!();

    type Deps = StoreFiles;

    async fn run(deps: &StoreFiles, now: Timestamp) -> Result<usize, Failure> {
        let due = deps.store.media().due(now).await?;
        let mut failed = None;
        for media in &due {
            // One that cannot be taken away must not keep the younger ones.
            if let Err(failure) = look_at(deps, media, now).await {
                failed = Some(failure);
            }
        }
        failed.map_or(Ok(due.len()), Err)
    }
}

async fn look_at(deps: &StoreFiles, listed: &Media, now: Timestamp) -> Result<(), Failure> {
    let pictures = deps.store.media();
    // The list may be behind.
    let media = pictures.get(listed.id).await?.filter(|media| media.check_at.is_some_and(|at| at <= now));
    let Some(media) = media else { return Ok(()) };
    match &media.state {
        // A worker may be at it at this moment, and finds it so; the next run goes on.
        MediaState::Waiting => {
            pictures.settle(media.id, &MediaState::Rejected { reason: "given_up".to_owned() }).await?;
        }
        MediaState::Rejected { .. } => deps.sweep(&media).await?,
        MediaState::Ready(picture) => {
            let uses = pictures.uses_now(&media, now).await?;
            if !uses.is_empty() {
                pictures.keep(&media, &uses, now).await?;
            } else if let Some(removing) = pictures.take_down(&media, now).await? {
                deps.clear(&removing, picture, now).await?;
            }
        }
        MediaState::Removing(picture) => deps.clear(&media, picture, now).await?,
        MediaState::Removed(_) if media.ordered => pictures.keep_for_ever(&media).await?,
        MediaState::Removed(remnant) => {
            deps.discard(&remnant.renditions).await?;
            pictures.forget(&media).await?;
        }
    }
    Ok(())
}
