//! Enlarging: a Lanczos filter, then corrections by comparison with the source, and sharpening across edges but not
//! along them.

use image::{Rgba, RgbaImage};

use super::plane::Plane;
use crate::{
    decode::Rejection,
    render::{RENDITION_WIDTHS, resize},
};

/// How often the enlarged picture is shrunk, compared with the source and corrected.
const CORRECTIONS: usize = 2;

/// How much of the second difference across an edge is subtracted.
const ACROSS: f32 = 0.9;
/// How much of the second difference along an edge is added, which straightens steps.
const ALONG: f32 = 0.25;

/// Doubles width and height, up to the widest rendition.
pub(super) fn upscale(image: &RgbaImage) -> Result<RgbaImage, Rejection> {
    let (width, height) = image.dimensions();
    let widest = RENDITION_WIDTHS.into_iter().max().unwrap_or(width);
    let wide = (2 * width).min(widest);
    // An enlargement of less than a quarter is not worth it.
    if 4 * wide < 5 * width {
        return Err(Rejection::LargeEnough);
    }
    let opaque = image.pixels().all(|pixel| pixel.0[3] == 255);
    let mut enlarged = resize(image, wide, height * wide / width, opaque)?;

    let before = Plane::of(&enlarged, light_of);
    let light = sharpened(&corrected(&before, &Plane::of(image, light_of)));
    for (Rgba([rgb @ .., _]), (new, old)) in enlarged.pixels_mut().zip(light.values.iter().zip(&before.values)) {
        for part in rgb {
            *part = (f32::from(*part) + new - old).clamp(0.0, 255.0).round() as u8;
        }
    }
    Ok(enlarged)
}

fn light_of([r, g, b, _]: [u8; 4]) -> f32 {
    0.299 * f32::from(r) + 0.587 * f32::from(g) + 0.114 * f32::from(b)
}

/// Iterative back-projection (Michal Irani and Shmuel Peleg, 1991).
fn corrected(enlarged: &Plane, original: &Plane) -> Plane {
    let mut light = enlarged.clone();
    for _ in 0..CORRECTIONS {
        let error = original.zip(&light.resized(original.width, original.height), |is, shrunk| is - shrunk);
        light = light.zip(&error.resized(light.width, light.height), |light, error| light + error);
    }
    light
}

/// Sharpens across edges and smooths along them. No pixel becomes lighter or darker than its neighbours, so there are
/// no halos.
fn sharpened(light: &Plane) -> Plane {
    let (width, height) = (light.width, light.height);
    if width < 3 || height < 3 {
        return light.clone();
    }
    let at = |x: usize, y: usize| light.values[y * width + x];
    let inner = |of: &dyn Fn(usize, usize) -> f32| {
        let mut plane = light.map(|_| 0.0);
        for y in 1..height - 1 {
            for x in 1..width - 1 {
                plane.values[y * width + x] = of(x, y);
            }
        }
        plane
    };
    // The direction of the gradient around a pixel, and how far its neighbours agree on it.
    let right = inner(&|x, y| (at(x + 1, y) - at(x - 1, y)) / 2.0);
    let down = inner(&|x, y| (at(x, y + 1) - at(x, y - 1)) / 2.0);
    let xx = right.zip(&right, |a, b| a * b).mean(1);
    let yy = down.zip(&down, |a, b| a * b).mean(1);
    let xy = right.zip(&down, |a, b| a * b).mean(1);

    let mut sharp = light.clone();
    for y in 2..height - 2 {
        for x in 2..width - 2 {
            let i = y * width + x;
            let (xx, yy, xy) = (xx.values[i], yy.values[i], xy.values[i]);
            let spread = ((xx - yy) * (xx - yy) + 4.0 * xy * xy).sqrt();
            let agreement = spread / (xx + yy + 20.0);
            let angle = (2.0 * xy).atan2(xx - yy) / 2.0;
            let (sin, cos) = angle.sin_cos();
            let second = |dx: f32, dy: f32| {
                let (x, y) = (x as f32, y as f32);
                sample(light, x + dx, y + dy) + sample(light, x - dx, y - dy) - 2.0 * light.values[i]
            };
            let change = ALONG * second(-sin, cos) - ACROSS * second(cos, sin);
            let around = (y - 1..=y + 1).flat_map(|y| (x - 1..=x + 1).map(move |x| (x, y)));
            let (low, high) =
                around.fold((f32::MAX, f32::MIN), |(low, high), (x, y)| (low.min(at(x, y)), high.max(at(x, y))));
            sharp.values[i] = (light.values[i] + agreement * change).clamp(low, high);
        }
    }
    sharp
}

/// Returns the light between pixels, by linear interpolation.
fn sample(light: &Plane, x: f32, y: f32) -> f32 {
    let (left, top) = (x as usize, y as usize);
    let (along, below) = (x - left as f32, y - top as f32);
    let row = |y: usize| {
        let i = y * light.width + left;
        light.values[i] + (light.values[i + 1] - light.values[i]) * along
    };
    row(top) + (row(top + 1) - row(top)) * below
}
