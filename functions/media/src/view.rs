//! The representation of a picture for its owner.

use std::borrow::Cow;

use schemars::{Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use souk_domain::{MediaId, media::Transformation};
use souk_media::Rejection;
use souk_store_media::media::{Media, MediaState};
use souk_views::{MediaUrl, PictureView};
use souk_web::JsonSchema;

/// The reason of an upload that was never completed.
pub(crate) const GIVEN_UP: &str = "given_up";

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
        /// Why not, for programs.
        #[schemars(with = "RejectionReason")]
        reason: String,
    },
}

/// Why a picture was rejected, for programs. A reason never changes its meaning.
struct RejectionReason;

impl JsonSchema for RejectionReason {
    fn schema_name() -> Cow<'static, str> {
        "RejectionReason".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let reasons = [Rejection::REASONS, &[GIVEN_UP]].concat();
        json_schema!({
            "description": "Why a picture was rejected, for programs. A reason never changes its meaning.",
            "type": "string",
            "enum": reasons,
        })
    }
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
