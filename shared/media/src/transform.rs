//! Transformations, which make new pictures from pictures.
//!
//! Each transformation starts from a rendition, because the original was deleted. The result is a picture with its own
//! renditions.

#![expect(clippy::float_arithmetic, reason = "light and colours; there is no money here")]

mod background;
mod mixture;
mod plane;
mod retouch;
mod shadow;
mod upscale;
mod walk;

use image::{DynamicImage, metadata::Orientation};
use souk_domain::media::Transformation;

use crate::{
    decode::{Decoded, Limits, Rejection, decode},
    render::{Renditions, render},
};

/// Makes a new picture from a rendition.
///
/// CPU-bound and deterministic: the same bytes give the same renditions. `docs/media.md` describes quality, time and
/// memory of each transformation.
///
/// # Errors
/// The [`Rejection`]s [`Rejection::NothingStandsOut`], [`Rejection::NothingCutOut`] and [`Rejection::LargeEnough`],
/// which are final, and [`Rejection::Unrenderable`].
pub fn transform(bytes: &[u8], transformation: Transformation) -> Result<Renditions, Rejection> {
    let image = decode(bytes, &Limits::default())?.pixels.into_rgba8();
    let transformed = match transformation {
        Transformation::RemoveBackground => background::remove_background(&image)?,
        Transformation::Retouch => retouch::retouch(&image),
        Transformation::DropShadow => shadow::drop_shadow(&image)?,
        Transformation::Upscale => upscale::upscale(&image)?,
    };
    // A picture without any transparent pixel is stored without transparency.
    let opaque = transformed.pixels().all(|pixel| pixel.0[3] == 255);
    let transformed = DynamicImage::ImageRgba8(transformed);
    let pixels = if opaque { DynamicImage::ImageRgb8(transformed.into_rgb8()) } else { transformed };
    render(Decoded { pixels, orientation: Orientation::NoTransforms, profile: None })
}
