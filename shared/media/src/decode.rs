//! Decoding of untrusted bytes: first the format by content, then the size by header, and the pixels last.

use std::io::Cursor;

use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, codecs::jpeg::JpegDecoder, codecs::png::PngDecoder,
    codecs::webp::WebPDecoder, metadata::Orientation,
};

use crate::complete;

/// The limits of an accepted picture.
#[derive(Debug, Clone)]
pub struct Limits {
    /// The highest number of pixels: width times height. It is checked by the header, before anything is decoded.
    pub max_pixels: u64,
    /// The minimum of the shorter side, in pixels.
    pub min_side: u32,
    /// The highest number of bytes that the decoder may allocate for one buffer.
    pub max_memory: u64,
}

impl Default for Limits {
    /// 40 megapixels (phones have 12 to 50, cameras 24 to 45), 64 pixels, and 320 MB: a 16-bit RGBA picture has 8 bytes
    /// per pixel.
    fn default() -> Self {
        Self { max_pixels: 40_000_000, min_side: 64, max_memory: 320_000_000 }
    }
}

/// How many bytes a PNG may decompress before its pixels. Its colour profile is compressed too, and is read with the
/// header.
const MAX_METADATA: u64 = 32_000_000;

/// The largest colour profile that is used, in bytes. Those of cameras and screens have about 500 to 500,000.
const MAX_PROFILE: usize = 4_000_000;

/// Why a picture is not accepted, or why a transformation is not possible.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// The content is not a picture of any known format.
    #[error("this is not a picture")]
    NotAnImage,
    /// A picture of a format that is not accepted. It names the format.
    #[error("{0} pictures are not accepted; send JPEG, PNG or still WebP")]
    Unsupported(String),
    /// The content ends before the picture does.
    #[error("the picture is incomplete")]
    Truncated,
    /// The content violates its format, or costs more work than a normal picture.
    #[error("the picture is damaged")]
    Damaged,
    /// The picture has more pixels than accepted.
    #[error("the picture has {pixels} pixels, which is more than accepted")]
    TooLarge {
        /// Width times height.
        pixels: u64,
    },
    /// A side is shorter than accepted.
    #[error("the picture is {width} x {height} pixels, which is too small")]
    TooSmall {
        /// In pixels.
        width: u32,
        /// In pixels.
        height: u32,
    },
    /// The file is larger than accepted.
    #[error("the file is too large")]
    TooManyBytes,
    /// The source of a transformation no longer exists.
    #[error("the source picture no longer exists")]
    SourceGone,
    /// Everything in the picture looks like its border, so there is no background to remove.
    #[error("nothing stands out from the background")]
    NothingStandsOut,
    /// The picture has no transparent part, so nothing in it can have a shadow.
    #[error("the picture has no transparent part; remove the background first")]
    NothingCutOut,
    /// The picture is nearly as wide as the widest rendition.
    #[error("the picture is already large enough")]
    LargeEnough,
    /// The picture is valid, but rendering failed, for example for lack of memory. A retry may succeed.
    #[error("the picture could not be rendered: {0}")]
    Unrenderable(String),
}

impl Rejection {
    /// Every reason that there is.
    pub const REASONS: &[&str] = &[
        "not_an_image",
        "unsupported",
        "truncated",
        "damaged",
        "too_large",
        "too_small",
        "too_many_bytes",
        "source_gone",
        "nothing_stands_out",
        "nothing_cut_out",
        "large_enough",
        "unrenderable",
    ];

    /// Returns the stable, machine-readable reason.
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::NotAnImage => "not_an_image",
            Self::Unsupported(_) => "unsupported",
            Self::Truncated => "truncated",
            Self::Damaged => "damaged",
            Self::TooLarge { .. } => "too_large",
            Self::TooSmall { .. } => "too_small",
            Self::TooManyBytes => "too_many_bytes",
            Self::SourceGone => "source_gone",
            Self::NothingStandsOut => "nothing_stands_out",
            Self::NothingCutOut => "nothing_cut_out",
            Self::LargeEnough => "large_enough",
            Self::Unrenderable(_) => "unrenderable",
        }
    }
}

/// Decoded pixels as stored. `orientation` says how to rotate them upright.
pub(crate) struct Decoded {
    pub(crate) pixels: DynamicImage,
    pub(crate) orientation: Orientation,
    /// The ICC profile of the pixel values; sRGB if there is none.
    pub(crate) profile: Option<Vec<u8>>,
}

pub(crate) fn decode(bytes: &[u8], limits: &Limits) -> Result<Decoded, Rejection> {
    match image::guess_format(bytes) {
        Ok(ImageFormat::Jpeg) => {
            complete::check_jpeg(bytes)?;
            let decoder = JpegDecoder::new(Cursor::new(bytes)).map_err(|error| refusal(&error))?;
            check_size(&decoder, limits)?;
            read(decoder, limits)
        }
        Ok(ImageFormat::Png) => {
            complete::check_png(bytes)?;
            let mut metadata_limits = image::Limits::no_limits();
            metadata_limits.max_alloc = Some(MAX_METADATA);
            let decoder =
                PngDecoder::with_limits(Cursor::new(bytes), metadata_limits).map_err(|error| refusal(&error))?;
            if decoder.is_apng().map_err(|error| refusal(&error))? {
                return Err(Rejection::Unsupported("animated PNG".to_owned()));
            }
            check_size(&decoder, limits)?;
            read(decoder, limits)
        }
        Ok(ImageFormat::WebP) => {
            complete::check_webp(bytes)?;
            let decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(|error| refusal(&error))?;
            if decoder.has_animation() {
                return Err(Rejection::Unsupported("animated WebP".to_owned()));
            }
            check_size(&decoder, limits)?;
            read(decoder, limits)
        }
        Ok(other) => Err(Rejection::Unsupported(name_of(other))),
        Err(_) => Err(unknown_format(bytes)),
    }
}

/// Checks the size in the header, so that a small file that decompresses to gigabytes costs nothing.
fn check_size(decoder: &impl ImageDecoder, limits: &Limits) -> Result<(), Rejection> {
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if pixels > limits.max_pixels || decoder.total_bytes() > limits.max_memory {
        return Err(Rejection::TooLarge { pixels });
    }
    if width.min(height) < limits.min_side {
        return Err(Rejection::TooSmall { width, height });
    }
    Ok(())
}

fn read(mut decoder: impl ImageDecoder, limits: &Limits) -> Result<Decoded, Rejection> {
    // Metadata before the pixels may be damaged without affecting them.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let profile = decoder.icc_profile().ok().flatten().filter(|profile| profile.len() <= MAX_PROFILE);

    let mut memory = image::Limits::default();
    memory.max_alloc = Some(limits.max_memory);
    decoder.set_limits(memory).map_err(|error| refusal(&error))?;
    let pixels = DynamicImage::from_decoder(decoder).map_err(|error| refusal(&error))?;
    Ok(Decoded { pixels, orientation, profile })
}

fn refusal(error: &ImageError) -> Rejection {
    match error {
        ImageError::Unsupported(what) => Rejection::Unsupported(what.to_string()),
        _ => Rejection::Damaged,
    }
}

fn name_of(format: ImageFormat) -> String {
    format.extensions_str().first().map_or_else(|| format!("{format:?}"), |extension| extension.to_uppercase())
}

/// Names formats that people upload and that `image` does not know.
fn unknown_format(bytes: &[u8]) -> Rejection {
    // ISO base media: a box size, "ftyp", the brand. iPhones write HEIC.
    if let Some([b'f', b't', b'y', b'p', brand @ ..]) = bytes.get(4..12)
        && [b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"].iter().any(|known| known.as_slice() == brand)
    {
        return Rejection::Unsupported("HEIC".to_owned());
    }
    // An SVG may begin with an XML declaration, comments and a document type. Its element comes soon after.
    let head = String::from_utf8_lossy(bytes.get(..1024).unwrap_or(bytes));
    if head.trim_start_matches('\u{feff}').trim_start().starts_with('<') && head.contains("<svg") {
        return Rejection::Unsupported("SVG".to_owned());
    }
    Rejection::NotAnImage
}
