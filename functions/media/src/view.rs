//! The representation of a picture for its owner.

use serde::Serialize;
use souk_domain::{MediaId, media::Transformation};
use souk_store_media::media::{Media, MediaState};
use souk_views::{MediaUrl, PictureView};
use souk_web::JsonSchema;

/// An upload or a transformation, and its result.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Upload")]
pub struct UploadView {
    /// The id of the picture.
    id: MediaId,
    /// The transformation that makes the picture; absent for an upload.
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<UploadOrigin>,
    /// The state of the picture.
    #[serde(flatten)]
    state: UploadState,
}

#[derive(Debug, Serialize, JsonSchema)]
struct UploadOrigin {
    /// The picture that is transformed. It may have been deleted since.
    source: MediaId,
    /// The transformation.
    transformation: Transformation,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
enum UploadState {
    /// The file is not uploaded or not checked yet, or the transformation is not done yet.
    Waiting,
    /// Checked, and ready to be shown.
    Ready {
        /// The picture.
        picture: PictureView,
    },
    /// Refused: not a picture that can be shown.
    Rejected {
        /// Stable and machine-readable: `not_an_image`, `too_large`, `nothing_stands_out`, ...
        reason: String,
    },
}

impl UploadView {
    pub(crate) fn of(media: &Media, url: &MediaUrl) -> Self {
        let state = match &media.state {
            MediaState::Waiting => UploadState::Waiting,
            MediaState::Ready(picture) | MediaState::Removing(picture) | MediaState::Removed(picture) => {
                UploadState::Ready { picture: url.view(picture) }
            }
            MediaState::Rejected { reason } => UploadState::Rejected { reason: reason.clone() },
        };
        let origin =
            media.origin.map(|origin| UploadOrigin { source: origin.source, transformation: origin.transformation });
        Self { id: media.id, origin, state }
    }
}
