//! Pictures in answers, with the addresses of their renditions.

use schemars::JsonSchema;
use serde::Serialize;
use souk_domain::{MediaId, Principal, media::Referrer};
use souk_runtime::{Connect, Start, StartError};
use souk_store::Store;
use souk_store_media::{MediaExt as _, media::Picture};
use souk_web::{FieldError, FieldErrors, Problem};

/// The public address below which renditions are served.
#[derive(Debug, Clone)]
pub struct MediaUrl(String);

/// A picture that can be shown.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Picture")]
pub struct PictureView {
    /// The id of the picture.
    id: MediaId,
    /// The width in pixels, after rotation.
    width: u32,
    /// The height in pixels, after rotation.
    height: u32,
    /// A `ThumbHash` in Base64, to draw until the picture is loaded.
    blur: String,
    /// WebP renditions, the narrowest first.
    renditions: Vec<RenditionView>,
}

/// One size of a picture.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Rendition")]
struct RenditionView {
    /// The width in pixels.
    width: u32,
    /// The height in pixels.
    height: u32,
    /// The address of the rendition. Its content never changes.
    url: String,
}

impl MediaUrl {
    /// Creates it from an address, with or without a slash at the end.
    pub fn new(url: &str) -> Self {
        Self(url.trim_end_matches('/').to_owned())
    }

    /// Returns the address of a path below the public address.
    pub fn of(&self, path: &str) -> String {
        format!("{}/{path}", self.0)
    }

    /// Returns a picture with its addresses.
    pub fn view(&self, picture: &Picture) -> PictureView {
        let renditions = picture.renditions.iter().map(|rendition| RenditionView {
            width: rendition.width,
            height: rendition.height,
            url: self.of(&rendition.path),
        });
        PictureView {
            id: picture.id,
            width: picture.width,
            height: picture.height,
            blur: picture.blur.clone(),
            renditions: renditions.collect(),
        }
    }
}

/// Adds references of a referrer that is about to show an owner's pictures, each with the JSON pointer of its field.
/// Returns the pictures in the same order. Pictures that the referrer shows already stay as they are: see
/// [`MediaItems::add_references`].
///
/// [`MediaItems::add_references`]: souk_store_media::media::MediaItems::add_references
///
/// # Errors
/// `invalid_input` with every picture that cannot be shown, at its pointer.
pub async fn refer_to_pictures(
    store: &Store,
    owner: Principal,
    referrer: Referrer,
    requested: &[(String, MediaId)],
    shown: &[&Picture],
) -> Result<Vec<Picture>, Problem> {
    let ids: Vec<MediaId> = requested.iter().map(|(_, id)| *id).collect();
    let references = store.media().add_references(owner, referrer, &ids, shown).await?;
    let (mut pictures, mut errors) = (Vec::with_capacity(ids.len()), FieldErrors::default());
    for ((pointer, _), reference) in requested.iter().zip(references) {
        match reference {
            Ok(picture) => pictures.push(picture),
            Err(refusal) => errors.0.push(FieldError::new(pointer, refusal.code(), refusal.to_string())),
        }
    }
    if errors.0.is_empty() { Ok(pictures) } else { Err(errors.into()) }
}

impl Connect for MediaUrl {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        Ok(Self::new(&start.setting::<String>("MEDIA_URL")?))
    }
}
