//! An upload as it is answered.

use serde::Serialize;
use souk_domain::MediaId;
use souk_store::media::{Media, MediaState};
use souk_web::{JsonSchema, MediaUrl, PictureView};

/// An upload, and what became of it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Upload")]
pub struct UploadView {
    /// Names the picture.
    id: MediaId,
    /// How far it is.
    #[serde(flatten)]
    state: StateView,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
#[schemars(rename = "UploadState")]
enum StateView {
    /// The file is not there, or not looked at yet.
    Waiting,
    /// Checked, and ready to be shown.
    Ready {
        /// The picture.
        picture: PictureView,
    },
    /// Not a picture that can be shown.
    Rejected {
        /// Stable and machine-readable: `not_an_image`, `too_large`, ...
        reason: String,
    },
}

impl UploadView {
    pub(crate) fn of(media: &Media, url: &MediaUrl) -> Self {
        let state = match &media.state {
            MediaState::Waiting => StateView::Waiting,
            MediaState::Ready(picture) => StateView::Ready { picture: url.view(picture) },
            MediaState::Rejected { reason } => StateView::Rejected { reason: reason.clone() },
        };
        Self { id: media.id, state }
    }
}
