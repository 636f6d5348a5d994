//! Schedule, every five minutes - checks pictures that are due, and removes those that nothing shows.
//!
//! Idempotent: the condition of each step is the state before it. So two runs at once, and a run after a crash, end in
//! the same state.

use jiff::Timestamp;
use souk_messaging::{Failure, Schedule};
use souk_store_media::{
    MediaExt as _,
    media::{Media, MediaState},
};

use crate::{deps::StoreFiles, view::GIVEN_UP};

/// Removes pictures that nothing shows.
#[derive(Debug)]
pub struct PurgeMedia;

impl Schedule for PurgeMedia {
    const MODULE: &'static str = module_path!();

    type Deps = StoreFiles;

    async fn run(deps: &StoreFiles, now: Timestamp) -> Result<usize, Failure> {
        let due = deps.store.media().due(now).await?;
        let mut failed = None;
        for media in &due {
            // A picture that cannot be removed must not block the pictures after it.
            if let Err(failure) = purge(deps, media, now).await {
                failed = Some(failure);
            }
        }
        failed.map_or(Ok(due.len()), Err)
    }
}

async fn purge(deps: &StoreFiles, listed: &Media, now: Timestamp) -> Result<(), Failure> {
    let pictures = deps.store.media();
    // The list may be stale.
    let media = pictures.get(listed.id).await?.filter(|media| media.check_at.is_some_and(|at| at <= now));
    let Some(media) = media else { return Ok(()) };
    match &media.state {
        // A worker may process the picture at this moment: it will find it rejected. The next run continues.
        MediaState::Waiting => {
            pictures.settle(media.id, &MediaState::Rejected { reason: GIVEN_UP.to_owned() }).await?;
        }
        MediaState::Rejected { .. } => deps.sweep(&media).await?,
        MediaState::Ready(picture) => {
            let references = pictures.current_references(&media, now).await?;
            if !references.is_empty() {
                pictures.keep(&media, &references, now).await?;
            } else if let Some(removing) = pictures.take_down(&media, now).await? {
                deps.clear(&removing, picture, now).await?;
            }
        }
        MediaState::Removing(picture) => deps.clear(&media, picture, now).await?,
        MediaState::Removed(_) if media.ordered => pictures.keep_for_ever(&media).await?,
        MediaState::Removed(kept) => {
            deps.discard(&kept.renditions).await?;
            pictures.forget(&media).await?;
        }
    }
    Ok(())
}
