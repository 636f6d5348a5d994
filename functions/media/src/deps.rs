//! The dependencies that several functions of this service share, and the keys of files in S3.

use souk_domain::{Invalid, MediaId};
use souk_media::MediaStore;
use souk_web::{Deserr, FieldErrors, JsonSchema};

souk_web::deps! {
    /// The table and the bucket.
    pub struct StoreFiles { store: Store, files: MediaStore }
}

/// The path of an endpoint for one picture.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct PicturePath {
    /// The id of the picture.
    pub(crate) id: MediaId,
}

/// Returns the S3 key of an upload. Nothing below this prefix is public.
pub(crate) fn upload_key(id: MediaId) -> String {
    format!("uploads/{id}")
}

/// Parses the S3 key of an upload.
pub(crate) fn parse_upload_key(key: &str) -> Result<MediaId, Invalid> {
    MediaId::parse(key.strip_prefix("uploads/").unwrap_or_default())
}

/// Returns the path of a rendition below the public address of pictures.
pub(crate) fn rendition_path(id: MediaId, width: u32) -> String {
    format!("{id}/{width}.webp")
}

/// Returns the picture of a rendition's path.
pub(crate) fn picture_of_path(path: &str) -> Option<MediaId> {
    MediaId::parse(path.split_once('/')?.0).ok()
}

/// Returns the S3 key of a rendition's path.
pub(crate) fn public_key(path: &str) -> String {
    format!("public/{path}")
}

/// The largest accepted file: 20 MB, the size of a 48-megapixel photo of a phone.
pub(crate) const MAX_BYTES: u64 = 20_000_000;
