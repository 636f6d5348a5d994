//! `POST /v1/media` - answers a form for uploading a picture.

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::MediaId;
use souk_store_media::{MediaExt as _, media::Media};
use souk_web::{
    Body, Code, Created, Cx, Deserr, Endpoint, FieldErrors, JsonSchema, Limit, Problem, Route, SignedInCaller, route,
};

use crate::deps::{MAX_BYTES, StoreFiles, upload_key};

/// Creates an upload.
#[derive(Debug)]
pub struct CreateUpload;

/// The file that will be uploaded.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct NewUpload {
    /// The content type of the file.
    content_type: ContentType,
}

/// An accepted content type.
#[derive(Debug, Clone, Copy, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
enum ContentType {
    #[deserr(rename = "image/jpeg")]
    #[schemars(rename = "image/jpeg")]
    Jpeg,
    #[deserr(rename = "image/png")]
    #[schemars(rename = "image/png")]
    Png,
    #[deserr(rename = "image/webp")]
    #[schemars(rename = "image/webp")]
    Webp,
}

impl ContentType {
    fn as_str(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
        }
    }
}

/// The form for uploading the file.
#[derive(Debug, Serialize, JsonSchema)]
pub struct UploadForm {
    /// The id of the picture, valid before the file is uploaded.
    id: MediaId,
    /// Where to POST `multipart/form-data`: every field below, then the file as `file`, last.
    url: String,
    /// The fields of the form.
    fields: BTreeMap<String, String>,
    /// The largest accepted file, in bytes.
    max_bytes: u64,
    /// When the form expires.
    expires_at: Timestamp,
}

impl Endpoint for CreateUpload {
    const ROUTE: Route = route!(POST "/v1/media");
    const SUMMARY: &'static str = "Create an upload; the answer is a form for uploading a picture to the storage";
    const LIMIT: Option<Limit> = Some(Limit::per_minute(60, 60));
    const PROBLEMS: &'static [Code] = &[Code::MediaLimit];

    type Deps = StoreFiles;
    type Caller = SignedInCaller;
    type Input = Body<NewUpload>;
    type Output = Created<UploadForm>;

    async fn handle(
        cx: &Cx<'_, StoreFiles>,
        SignedInCaller(owner): SignedInCaller,
        Body(input): Body<NewUpload>,
    ) -> Result<Self::Output, Problem> {
        let id: MediaId = cx.fresh();
        let valid_for = Duration::from_secs(10 * 60);
        let form = cx.files.presign_upload(&upload_key(id), input.content_type.as_str(), MAX_BYTES, valid_for).await;
        let form = form.map_err(|error| {
            tracing::error!(error = &error as &dyn std::error::Error, "the upload form could not be signed");
            Problem::new(Code::Internal)
        })?;
        let expected = cx.store.media().expect(&Media::asked_for(id, owner, None, cx.now)).await;
        expected.map_err(|error| Problem::from_write(error, |_| Code::MediaLimit.into()))?;
        let souk_media::UploadForm { url, fields, expires_at } = form;
        Ok(Created(UploadForm { id, url, fields, max_bytes: MAX_BYTES, expires_at }))
    }
}
