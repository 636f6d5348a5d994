//! A picture as its owner sees it.

use serde::Serialize;
use souk_domain::{MediaId, media::Transformation};
use souk_store_media::media::{Media, MediaState};
use souk_views::{MediaUrl, PictureView};
use souk_web::JsonSchema;

/// An upload or a transformation, and what became of it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Upload")]
pub struct UploadView {
    /// Names the picture.
    id: MediaId,
    /// What it is made of, unless it is uploaded.
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<OriginView>,
    /// How far it is.
    #[serde(flatten)]
    state: StateView,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "UploadOrigin")]
struct OriginView {
    /// The picture it is made of, which may be gone by now.
    source: MediaId,
    /// What is done to it.
    transformation: Transformation,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
#[schemars(rename = "UploadState")]
enum StateView {
    /// The file is not there, or not looked at yet; or what is asked for is not made yet.
    Waiting,
    /// Checked, and ready to be shown.
    Ready {
        /// The picture.
        picture: PictureView,
    },
    /// Not a picture that can be shown.
    Rejected {
        /// Stable and machine-readable: `not_an_image`, `too_large`, `nothing_stands_out`, ...
        reason: String,
    },
}

impl UploadView {
    pub(crate) fn of(media: &Media, url: &MediaUrl) -> Self {
        let state = match &media.state {
            MediaState::Waiting => StateView::Waiting,
            MediaState::Ready(picture) | MediaState::Removing(picture) | MediaState::Removed(picture) => {
                StateView::Ready { picture: url.view(picture) }
            }
            MediaState::Rejected { reason } => StateView::Rejected { reason: reason.clone() },
        };
        let origin =
            media.origin.map(|origin| OriginView { source: origin.source, transformation: origin.transformation });
        Self { id: media.id, origin, state }
    }
}
