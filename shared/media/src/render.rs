//! Rendering of decoded pixels: upright, in sRGB, in three widths, as lossy WebP, and a blurred preview.

use base64::{Engine, prelude::BASE64_STANDARD};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer, images::Image, images::ImageRef};
use image::{DynamicImage, RgbaImage, metadata::Orientation};
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

use crate::decode::{Decoded, Rejection};

/// The widths of the renditions, in pixels: a thumbnail, a phone or a list, a product page.
pub const RENDITION_WIDTHS: [u32; 3] = [320, 800, 1600];

/// The maximum height of a rendition, as a multiple of its nominal width. A thinner strip becomes narrower than its
/// nominal width, which bounds its pixels, ...
const MAX_HEIGHT_PER_WIDTH: u32 = 4;

/// ... but not narrower than this part of it, so that something can be seen, ...
const NARROWEST_PART: u32 = 5;

/// ... unless it would exceed WebP's pixels per side.
const MAX_SIDE: u32 = 16383;

/// libwebp's scale is 0 to 100, its default is 75. At 80, smooth backgrounds of product photos have no visible blocks.
const WEBP_QUALITY: f32 = 80.0;

/// `ThumbHash` accepts at most 100 pixels per side.
const BLUR_SIDE: u32 = 100;

/// A picture that is ready to be served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renditions {
    /// Width of the upright original, in pixels.
    pub width: u32,
    /// Height of the upright original, in pixels.
    pub height: u32,
    /// A [ThumbHash](https://evanw.github.io/thumbhash/) in Base64, about 30 characters: colours, transparency and
    /// aspect ratio, to be drawn until the picture is loaded.
    pub blur: String,
    /// The renditions, the narrowest first, with different widths: [`RENDITION_WIDTHS`], each limited to the original's
    /// width.
    pub images: Vec<Rendition>,
}

/// One size of a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendition {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// A lossy WebP (`image/webp`) without metadata.
    pub bytes: Vec<u8>,
}

pub(crate) fn render(decoded: Decoded) -> Result<Renditions, Rejection> {
    let Decoded { pixels, orientation, profile } = decoded;
    let swaps = swaps_sides(orientation);
    let (width, height) = swap_if(swaps, (pixels.width(), pixels.height()));

    let mut sizes: Vec<_> = RENDITION_WIDTHS.iter().map(|&target| fit(width, height, target)).collect();
    sizes.dedup();

    // Shrinks first, so that rotation and colour conversion process at most a tenth of a photo's pixels.
    let opaque = !pixels.color().has_alpha();
    let largest = sizes.last().copied().unwrap_or((width, height));
    let (stored_width, stored_height) = swap_if(swaps, largest);
    let mut base = resize(&pixels.into_rgba8(), stored_width, stored_height, opaque)?;
    if let Some(profile) = profile {
        base = into_srgb(base, &profile);
    }
    let mut base = DynamicImage::ImageRgba8(base);
    base.apply_orientation(orientation);
    let base = base.into_rgba8();

    let mut images = Vec::with_capacity(sizes.len());
    for (width, height) in sizes {
        images.push(encode(&resize(&base, width, height, opaque)?)?);
    }
    Ok(Renditions { width, height, blur: blur(&base, opaque)?, images })
}

/// Tells whether rotating a picture upright swaps width and height.
fn swaps_sides(orientation: Orientation) -> bool {
    match orientation {
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH => {
            true
        }
        Orientation::NoTransforms
        | Orientation::Rotate180
        | Orientation::FlipHorizontal
        | Orientation::FlipVertical => false,
    }
}

fn swap_if(swap: bool, (a, b): (u32, u32)) -> (u32, u32) {
    if swap { (b, a) } else { (a, b) }
}

/// Returns the size of a `width` x `height` picture at `target` width. The picture is never enlarged, and has at least
/// one pixel.
fn fit(width: u32, height: u32, target: u32) -> (u32, u32) {
    let scale = |side: u32, to: u32, of: u32| -> u32 {
        let exact = u64::from(side) * u64::from(to);
        let rounded = (exact + u64::from(of) / 2) / u64::from(of);
        u32::try_from(rounded).unwrap_or(u32::MAX).max(1)
    };
    let new_width = width.min(target);
    let new_height = scale(height, new_width, width);
    let narrowest = width.min(target / NARROWEST_PART);
    let max_height = scale(height, narrowest, width).max(target * MAX_HEIGHT_PER_WIDTH).min(MAX_SIDE);
    if new_height > max_height { (scale(width, max_height, height), max_height) } else { (new_width, new_height) }
}

/// Resizes a picture with a Lanczos filter.
pub(crate) fn resize(source: &RgbaImage, width: u32, height: u32, opaque: bool) -> Result<RgbaImage, Rejection> {
    if source.dimensions() == (width, height) {
        return Ok(source.clone());
    }
    let view =
        ImageRef::new(source.width(), source.height(), source.as_raw(), PixelType::U8x4).map_err(unrenderable)?;
    let mut resized = Image::new(width, height, PixelType::U8x4);
    // With transparency, colours are weighted by it. Otherwise invisible pixels would bleed into the edges.
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3)).use_alpha(!opaque);
    Resizer::new().resize(&view, &mut resized, &options).map_err(unrenderable)?;
    RgbaImage::from_raw(width, height, resized.into_vec())
        .ok_or_else(|| Rejection::Unrenderable("resized to another size".to_owned()))
}

/// Converts the colours to sRGB, which a WebP without a profile is assumed to have; phones use wider colour spaces. A
/// damaged profile, or one that is not for RGB, is ignored, as browsers do.
fn into_srgb(image: RgbaImage, profile: &[u8]) -> RgbaImage {
    let Ok(profile) = ColorProfile::new_from_slice(profile) else { return image };
    if profile.color_space != DataColorSpace::Rgb {
        return image;
    }
    let Ok(transform) = profile.create_transform_8bit(
        Layout::Rgba,
        &ColorProfile::new_srgb(),
        Layout::Rgba,
        TransformOptions::default(),
    ) else {
        return image;
    };
    let mut converted = RgbaImage::new(image.width(), image.height());
    match transform.transform(image.as_raw(), &mut converted) {
        Ok(()) => converted,
        Err(_) => image,
    }
}

fn encode(image: &RgbaImage) -> Result<Rendition, Rejection> {
    let (width, height) = image.dimensions();
    let bytes = webp::Encoder::from_rgba(image.as_raw(), width, height)
        .encode_simple(false, WEBP_QUALITY)
        .map_err(|error| Rejection::Unrenderable(format!("{error:?}")))?
        .to_vec();
    Ok(Rendition { width, height, bytes })
}

fn blur(image: &RgbaImage, opaque: bool) -> Result<String, Rejection> {
    let longest = image.width().max(image.height()).max(1);
    let side = |length: u32| (length * BLUR_SIDE / longest).clamp(1, BLUR_SIDE);
    let small = resize(image, side(image.width()), side(image.height()), opaque)?;
    let hash = thumbhash::rgba_to_thumb_hash(small.width() as usize, small.height() as usize, small.as_raw());
    Ok(BASE64_STANDARD.encode(hash))
}

fn unrenderable(error: impl std::error::Error) -> Rejection {
    Rejection::Unrenderable(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rendition_has_the_target_width_and_keeps_the_aspect_ratio() {
        assert_eq!(fit(4000, 3000, 800), (800, 600));
        assert_eq!(fit(3000, 4000, 320), (320, 427));
    }

    #[test]
    fn a_picture_is_not_enlarged() {
        assert_eq!(fit(200, 100, 320), (200, 100));
    }

    #[test]
    fn a_strip_stays_within_the_limits_and_visible() {
        assert_eq!(RENDITION_WIDTHS.map(|target| fit(64, 20_000, target)), [(52, 16_383); 3]);
        assert_eq!(fit(1000, 20_000, 1600), (320, 6400));
        assert_eq!(fit(64, 600_000, 1600), (2, 16_383));
        assert_eq!(fit(600_000, 64, 320), (320, 1));
    }
}
