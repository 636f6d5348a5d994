//! Pictures as they are answered: with addresses.

use schemars::JsonSchema;
use serde::Serialize;
use souk_domain::MediaId;
use souk_runtime::{Connect, Start, StartError};
use souk_store_media::media::Picture;

/// Where the world reads renditions.
#[derive(Debug, Clone)]
pub struct MediaUrl(String);

/// A picture, ready to be shown.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Picture")]
pub struct PictureView {
    /// Names it.
    id: MediaId,
    /// In pixels, upright.
    width: u32,
    /// In pixels, upright.
    height: u32,
    /// A `ThumbHash` in base64, to be drawn until the picture is there.
    blur: String,
    /// WebP renditions, the narrowest first.
    renditions: Vec<RenditionView>,
}

/// One size of a picture.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Rendition")]
struct RenditionView {
    /// In pixels.
    width: u32,
    /// In pixels.
    height: u32,
    /// Where it is; it never changes.
    url: String,
}

impl MediaUrl {
    /// The address of what lies at a path below it.
    pub fn of(&self, path: &str) -> String {
        format!("{}/{path}", self.0)
    }

    /// A picture with its addresses.
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

impl Connect for MediaUrl {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        let url: String = start.setting("MEDIA_URL")?;
        Ok(Self(url.trim_end_matches('/').to_owned()))
    }
}
