//! What these functions need.

use souk_domain::{Invalid, MediaId};
use souk_media::MediaStore;
use souk_web::{Deserr, FieldErrors, JsonSchema};

souk_web::deps! {
    /// The table and the bucket.
    pub struct StoreFiles { store: Store, files: MediaStore }
}

/// Which picture.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct Which {
    /// The picture's id.
    pub(crate) id: MediaId,
}

/// Where an upload lands. Nothing here is ever shown.
pub(crate) fn upload_key(id: MediaId) -> String {
    format!("uploads/{id}")
}

/// Which upload landed there.
pub(crate) fn upload_of(key: &str) -> Result<MediaId, Invalid> {
    MediaId::parse(key.strip_prefix("uploads/").unwrap_or_default())
}

/// Where a rendition is shown, below the media address.
pub(crate) fn rendition_path(id: MediaId, width: u32) -> String {
    format!("{id}/{width}.webp")
}

/// Which picture is shown there.
pub(crate) fn shown_at(path: &str) -> Option<MediaId> {
    MediaId::parse(path.split_once('/')?.0).ok()
}

/// Where what is shown at a path is kept.
pub(crate) fn public_key(path: &str) -> String {
    format!("public/{path}")
}

/// The largest file that is taken: 20 MB, a 48-megapixel photo of a phone.
pub(crate) const MAX_BYTES: u64 = 20_000_000;
