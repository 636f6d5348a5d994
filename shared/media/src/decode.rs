//! From untrusted bytes to pixels: the format by content, the size by the header, the pixels last.

use std::io::Cursor;

use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, codecs::jpeg::JpegDecoder, codecs::png::PngDecoder,
    codecs::webp::WebPDecoder, metadata::Orientation,
};

use crate::complete;

/// What a picture may be at most and must be at least.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Width times height. Read from the header, before anything is decoded.
    pub max_pixels: u64,
    /// The shorter side, in pixels.
    pub min_side: u32,
    /// What the decoder may allocate for one buffer, in bytes.
    pub max_memory: u64,
}

impl Default for Limits {
    /// 40 megapixels (phones give 12 to 50, cameras 24 to 45), 64 pixels, and the 8 bytes a pixel that a 16-bit RGBA
    /// picture of 40 megapixels takes: 320 MB.
    fn default() -> Self {
        Self { max_pixels: 40_000_000, min_side: 64, max_memory: 320_000_000 }
    }
}

/// What a PNG may unfold to before its pixels, in bytes: its colour profile is compressed too, and read with the header.
const MAX_BESIDE_PIXELS: u64 = 32_000_000;

/// The largest colour profile that is looked at, in bytes. Those of cameras and screens have some 500 to 500,000.
const MAX_PROFILE: usize = 4_000_000;

/// Why a picture is not accepted, or nothing can be made of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// The content is no picture of any known format.
    #[error("this is not a picture")]
    NotAnImage,
    /// A picture, but of a kind that is not accepted; the kind is named.
    #[error("{0} pictures are not accepted; send JPEG, PNG or still WebP")]
    Unsupported(String),
    /// The content ends before the picture does.
    #[error("the picture is incomplete")]
    Truncated,
    /// The content breaks the rules of its format, or asks for more work than an honest picture does.
    #[error("the picture is damaged")]
    Damaged,
    /// More pixels than accepted.
    #[error("the picture has {pixels} pixels, more than accepted")]
    TooLarge {
        /// Width times height.
        pixels: u64,
    },
    /// A side is shorter than accepted.
    #[error("the picture is {width} x {height} pixels, too small")]
    TooSmall {
        /// Pixels.
        width: u32,
        /// Pixels.
        height: u32,
    },
    /// More bytes than are taken.
    #[error("the file is too large")]
    TooManyBytes,
    /// What a transformation was to start from is gone.
    #[error("the picture to start from is gone")]
    SourceGone,
    /// Nothing in the picture looks other than its border, so there is no background to remove.
    #[error("nothing stands out from the background")]
    NothingStandsOut,
    /// The picture has no transparent part, so nothing in it could throw a shadow.
    #[error("nothing is cut out; remove the background first")]
    NothingCutOut,
    /// The picture is nearly as wide as the widest rendition.
    #[error("the picture is large enough")]
    LargeEnough,
    /// The picture is fine; drawing it failed, as it does without memory. Trying again may help.
    #[error("the picture could not be rendered: {0}")]
    Unrenderable(String),
}

impl Rejection {
    /// Stable and machine-readable.
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

/// Decoded pixels, as stored; `orientation` says how to turn them upright.
pub(crate) struct Decoded {
    pub(crate) pixels: DynamicImage,
    pub(crate) orientation: Orientation,
    /// The ICC profile the pixel values are to be read by; sRGB where there is none.
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
            let mut beside = image::Limits::no_limits();
            beside.max_alloc = Some(MAX_BESIDE_PIXELS);
            let decoder = PngDecoder::with_limits(Cursor::new(bytes), beside).map_err(|error| refusal(&error))?;
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

/// Refuses by the size in the header, so that a small file which unfolds to gigabytes costs nothing.
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
    // The rest of what is read before the pixels may be broken without harm to them.
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

/// Names the formats that people do upload and that have no signature `image` knows.
fn unknown_format(bytes: &[u8]) -> Rejection {
    // ISO base media: a box size, "ftyp", the brand. iPhones write HEIC.
    if let Some([b'f', b't', b'y', b'p', brand @ ..]) = bytes.get(4..12)
        && [b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"].iter().any(|known| known.as_slice() == brand)
    {
        return Rejection::Unsupported("HEIC".to_owned());
    }
    // An SVG may begin with an XML declaration, comments and a document type; its element comes soon after.
    let head = String::from_utf8_lossy(bytes.get(..1024).unwrap_or(bytes));
    if head.trim_start_matches('\u{feff}').trim_start().starts_with('<') && head.contains("<svg") {
        return Rejection::Unsupported("SVG".to_owned());
    }
    Rejection::NotAnImage
}
