//! Measures of how similar two pictures are.

use std::io::Cursor;

use image::{DynamicImage, GrayImage, ImageFormat, RgbImage, Rgba, RgbaImage, codecs::jpeg::JpegEncoder};
use souk_media::Renditions;

/// Encodes a picture as JPEG, as a phone does.
pub(crate) fn jpeg(picture: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 90).encode_image(picture).unwrap();
    bytes
}

/// Encodes a picture losslessly, with its transparency.
pub(crate) fn encoded(picture: &RgbaImage) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// Returns the largest rendition.
pub(crate) fn shown(renditions: &Renditions) -> &[u8] {
    &renditions.images.last().unwrap().bytes
}

pub(crate) fn opened(webp: &[u8]) -> RgbaImage {
    image::load_from_memory_with_format(webp, ImageFormat::WebP).unwrap().into_rgba8()
}

pub(crate) fn rgba(image: &RgbImage) -> RgbaImage {
    DynamicImage::ImageRgb8(image.clone()).into_rgba8()
}

/// Intersection over union: the share of pixels that both masks have, of those that either has.
pub(crate) fn overlap(found: &RgbaImage, mask: &GrayImage) -> f32 {
    let (mut both, mut either) = (0, 0);
    for (found, mask) in found.pixels().zip(mask.pixels()) {
        let (found, mask) = (found.0[3] > 127, mask.0[0] > 127);
        both += u32::from(found && mask);
        either += u32::from(found || mask);
    }
    both as f32 / either.max(1) as f32
}

/// The mean absolute difference of transparency, from 0 to 1.
pub(crate) fn distance_of_masks(found: &RgbaImage, mask: &GrayImage) -> f32 {
    let pixels = found.pixels().zip(mask.pixels());
    let sum: f32 = pixels.map(|(found, mask)| f32::from(found.0[3].abs_diff(mask.0[0])) / 255.0).sum();
    sum / (mask.width() * mask.height()) as f32
}

/// The mean absolute difference of red, green and blue, of 255.
pub(crate) fn colour_error(a: &RgbaImage, b: &RgbaImage) -> f32 {
    let of_pixel = |a: &Rgba<u8>, b: &Rgba<u8>| (0..3).map(|n| f32::from(a.0[n].abs_diff(b.0[n]))).sum::<f32>();
    let sum: f32 = a.pixels().zip(b.pixels()).map(|(a, b)| of_pixel(a, b)).sum();
    sum / (3 * a.width() * a.height()) as f32
}

/// The structural similarity of two pictures' luma (Zhou Wang, 2004), over windows of 8 pixels per side: 1 if they are
/// equal.
pub(crate) fn similarity(a: &RgbaImage, b: &RgbaImage) -> f32 {
    const WINDOW: usize = 8;
    const SHARE: f32 = 1.0 / (WINDOW * WINDOW) as f32;
    assert_eq!(a.dimensions(), b.dimensions());
    let (width, height) = (a.width() as usize, a.height() as usize);
    let (a, b) = (light(a), light(b));
    let (mut sum, mut count) = (0.0, 0);
    for top in (0..=height - WINDOW).step_by(4) {
        for left in (0..=width - WINDOW).step_by(4) {
            let (mut mean_a, mut mean_b, mut aa, mut bb, mut ab) = (0.0, 0.0, 0.0, 0.0, 0.0);
            for i in (top..top + WINDOW).flat_map(|y| (left..left + WINDOW).map(move |x| y * width + x)) {
                let (a, b) = (a[i], b[i]);
                (mean_a, mean_b) = (mean_a + a * SHARE, mean_b + b * SHARE);
                (aa, bb, ab) = (aa + a * a * SHARE, bb + b * b * SHARE, ab + a * b * SHARE);
            }
            let (var_a, var_b, both) = (aa - mean_a * mean_a, bb - mean_b * mean_b, ab - mean_a * mean_b);
            // The usual constants, (0.01 x 255)² and (0.03 x 255)².
            let (c1, c2) = (6.5025, 58.5225);
            let structure = (2.0 * mean_a * mean_b + c1) * (2.0 * both + c2);
            sum += structure / ((mean_a * mean_a + mean_b * mean_b + c1) * (var_a + var_b + c2));
            count += 1;
        }
    }
    sum / count as f32
}

fn light(image: &RgbaImage) -> Vec<f32> {
    let of = |[r, g, b, _]: [u8; 4]| 0.299 * f32::from(r) + 0.587 * f32::from(g) + 0.114 * f32::from(b);
    image.pixels().map(|pixel| of(pixel.0)).collect()
}
