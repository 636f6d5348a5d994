//! A drop shadow: the outline of the object, moved to the lower right, blurred, and drawn below it.

use image::{Rgba, RgbaImage};

use super::plane::Plane;
use crate::decode::Rejection;

/// The opacity of the shadow before it is blurred.
const OPACITY: f32 = 0.4;

/// How far the shadow is moved to the right and down, and how far it is blurred, as divisors of the longer side.
const RIGHT: u32 = 80;
const DOWN: u32 = 45;
const BLUR: u32 = 50;

/// Draws a shadow below the object. The picture is enlarged to fit the shadow.
pub(super) fn drop_shadow(image: &RgbaImage) -> Result<RgbaImage, Rejection> {
    if image.pixels().all(|pixel| pixel.0[3] == 255) {
        return Err(Rejection::NothingCutOut);
    }
    let (width, height) = image.dimensions();
    let longest = width.max(height);
    let (right, down, blur) = (longest / RIGHT, longest / DOWN, (longest / BLUR).max(1));
    let ((first_x, last_x), (first_y, last_y)) = bounds(image);
    // Three means reach three times as far as one.
    let left = (3 * blur).saturating_sub(right + first_x);
    let top = (3 * blur).saturating_sub(down + first_y);
    let wide = left + width.max(last_x + right + 3 * blur + 1);
    let high = top + height.max(last_y + down + 3 * blur + 1);

    let placed = |x: u32, y: u32| {
        let mut canvas = RgbaImage::new(wide, high);
        image::imageops::replace(&mut canvas, image, x.into(), y.into());
        canvas
    };
    let shadow = Plane::of(&placed(left + right, top + down), |pixel| f32::from(pixel[3])).blurred(blur as usize);
    let mut shadowed = placed(left, top);
    for (Rgba([rgb @ .., alpha]), under) in shadowed.pixels_mut().zip(shadow.values) {
        // The shadow is black, so the colour is weighted by its share of the visible light.
        let own = f32::from(*alpha);
        let all = own + under * OPACITY * (1.0 - own / 255.0);
        for part in rgb {
            *part = (f32::from(*part) * own / all.max(1.0) + 0.5) as u8;
        }
        *alpha = (all + 0.5) as u8;
    }
    Ok(shadowed)
}

/// Returns the first and the last column and row with a visible pixel.
fn bounds(image: &RgbaImage) -> ((u32, u32), (u32, u32)) {
    let none = ((u32::MAX, 0), (u32::MAX, 0));
    image
        .enumerate_pixels()
        .filter(|(_, _, pixel)| pixel.0[3] > 0)
        .fold(none, |((left, right), (top, bottom)), (x, y, _)| {
            ((left.min(x), right.max(x)), (top.min(y), bottom.max(y)))
        })
}
