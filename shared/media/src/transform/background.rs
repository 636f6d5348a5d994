//! Background removal: keeps what is in the middle of the picture and does not look like its border.
//!
//! On a small copy, each pixel is compared with the colours of the border (also in the shadow) and with the colours of
//! what differs from it. A random walker then makes similar neighbours agree. At full size and only along the outline,
//! each pixel's share of the object is then calculated from the colours on both sides.

use image::{Rgba, RgbaImage};

use super::{
    mixture::{Mixture, Oklab, squared_distance, to_oklab},
    plane::Plane,
    walk::{Prior, Similarity, walk},
};
use crate::{decode::Rejection, render::resize};

/// The longer side of the small copy, in pixels.
const SIDE: u32 = 320;

/// The width of the border, as a divisor of the shorter side.
const BORDER: usize = 25;

/// The share of the picture that the object must have and may have.
const SHARE: std::ops::RangeInclusive<f32> = 0.005..=0.97;

/// Pieces smaller than this share of the largest piece are removed.
const MIN_PIECE: f32 = 0.03;

/// The weight of a pixel's colour compared to its neighbours.
const PRIOR: f32 = 0.01;

/// How often the colours of the object are learned again.
const ROUNDS: usize = 4;

pub(super) fn remove_background(image: &RgbaImage) -> Result<RgbaImage, Rejection> {
    let (width, height) = image.dimensions();
    let longest = width.max(height);
    let side = |length: u32| (length * SIDE.min(longest) / longest).max(8);
    let small = resize(&on_white(image), side(width), side(height), true)?;
    let object = without_small_pieces(&find_object(&small).ok_or(Rejection::NothingStandsOut)?);
    let share = object.values.iter().filter(|&&x| x > 0.5).count() as f32 / object.values.len() as f32;
    if !SHARE.contains(&share) {
        return Err(Rejection::NothingStandsOut);
    }
    Ok(cut_out(image, &object.resized(width as usize, height as usize), longest / side(longest)))
}

/// Removes transparency by drawing the picture on white.
fn on_white(image: &RgbaImage) -> RgbaImage {
    let mut flat = image.clone();
    for Rgba([rgb @ .., alpha]) in flat.pixels_mut() {
        for part in rgb {
            *part = ((u16::from(*part) * u16::from(*alpha) + 255 * (255 - u16::from(*alpha))) / 255) as u8;
        }
        *alpha = 255;
    }
    flat
}

/// Returns a value for each pixel, from 0 for background to 1 for the object. Returns `None` if the picture has only
/// the colours of its border.
fn find_object(image: &RgbaImage) -> Option<Plane> {
    let colours: Vec<Oklab> = image.pixels().map(|&Rgba([r, g, b, _])| to_oklab([r, g, b])).collect();
    let (width, height) = (image.width() as usize, image.height() as usize);
    let ring = (width.min(height) / BORDER).max(2);
    let at_border = |i: usize| {
        let (x, y) = (i % width, i / width);
        x.min(y) < ring || width - x <= ring || height - y <= ring
    };
    let all = 0..colours.len();
    let border: Vec<_> = all.clone().filter(|&i| at_border(i)).map(|i| (colours[i], 1.0)).collect();
    let background = Mixture::of(&border)?;
    let plane = |of: &dyn Fn(usize) -> f32| Plane { width, height, values: all.clone().map(of).collect() };

    // The first estimate: a colour four standard deviations from those of the border has a probability of one half.
    let mut object = plane(&|i| {
        let distance = background.distance_in_shadow(colours[i]);
        if at_border(i) { 0.0 } else { distance / (distance + 16.0) }
    });
    let similarity = similarity(&colours, width, height);
    for _ in 0..ROUNDS {
        let members = all.clone().filter(|&i| object.values[i] > 0.5).map(|i| (colours[i], object.values[i]));
        let members: Vec<_> = members.collect();
        let foreground = Mixture::of(&members)?;
        let share = (members.iter().map(|&(_, weight)| weight).sum::<f32>() / colours.len() as f32).min(0.99);
        let odds = share.ln() - (1.0 - share).ln();
        let likelier_than = |i: usize, background: f32| {
            let difference = foreground.likelihood(colours[i]) - background + odds;
            1.0 / (1.0 + (-difference.clamp(-30.0, 30.0)).exp())
        };
        // A colour that may be a shadow or a dark object decides nothing. The neighbours decide.
        let target = plane(&|i| {
            let lit = likelier_than(i, background.likelihood(colours[i]));
            f32::midpoint(lit, likelier_than(i, background.likelihood_in_shadow(colours[i])))
        });
        let weight = target.map(|target| PRIOR * (0.05 + (2.0 * target - 1.0).abs()));
        let at_rest = plane(&|i| if at_border(i) { PRIOR * 0.3 } else { 0.0 });
        let total = weight.zip(&at_rest, |weight, rest| weight + rest);
        let target = target.zip(&weight, |target, weight| target * weight).zip(&total, |sum, total| sum / total);
        walk(&similarity, &Prior { target, weight: total }, &mut object);
    }
    Some(object)
}

fn similarity(colours: &[Oklab], width: usize, height: usize) -> Similarity {
    let differences = |step: usize| -> Vec<f32> {
        let beyond = colours.iter().skip(step).map(Some).chain(std::iter::repeat(None));
        colours.iter().zip(beyond).map(|(&a, b)| b.map_or(0.0, |&b| squared_distance(a, b))).collect()
    };
    let (mut right, down) = (differences(1), differences(width));
    for end in right.iter_mut().skip(width - 1).step_by(width) {
        *end = 0.0;
    }
    let sum: f64 = right.iter().chain(&down).map(|&difference| f64::from(difference)).sum();
    let mean = (sum / (2 * colours.len()) as f64).max(1e-6) as f32;
    let alike = |differences: Vec<f32>| {
        let values = differences.into_iter().map(|difference| (-3.0 * difference / mean).exp() + 1e-4).collect();
        Plane { width, height, values }
    };
    Similarity { right: alike(right), down: alike(down) }
}

/// Removes all pieces that are much smaller than the largest one.
fn without_small_pieces(object: &Plane) -> Plane {
    let width = object.width;
    let mut piece_of = vec![usize::MAX; object.values.len()];
    let mut sizes = Vec::new();
    for start in 0..piece_of.len() {
        if object.values[start] <= 0.5 || piece_of[start] != usize::MAX {
            continue;
        }
        let mut size = 0;
        let mut open = vec![start];
        piece_of[start] = sizes.len();
        while let Some(i) = open.pop() {
            size += 1;
            let (left, right) = (
                i.checked_sub(1).filter(|_| !i.is_multiple_of(width)),
                Some(i + 1).filter(|next| !next.is_multiple_of(width)),
            );
            for next in [left, right, i.checked_sub(width), Some(i + width)].into_iter().flatten() {
                if object.values.get(next).is_some_and(|&x| x > 0.5) && piece_of[next] == usize::MAX {
                    piece_of[next] = sizes.len();
                    open.push(next);
                }
            }
        }
        sizes.push(size);
    }
    let largest = sizes.iter().copied().max().unwrap_or(0);
    let is_small = |piece: usize| sizes.get(piece).is_some_and(|&size| (size as f32) < largest as f32 * MIN_PIECE);
    let values = object.values.iter().zip(&piece_of).map(|(&x, &piece)| if is_small(piece) { 0.0 } else { x });
    Plane { width, height: object.height, values: values.collect() }
}

/// Calculates each pixel's share of the object, and the colour of that share. `scale` is the number of pixels per pixel
/// of the small copy.
fn cut_out(image: &RgbaImage, object: &Plane, scale: u32) -> RgbaImage {
    /// Colours of the two sides that differ by less than this, of 255, cannot be separated.
    const TOO_NEAR: f32 = 16.0;

    let reach = scale as usize + 1;
    let inside = object.map(|x| if x > 0.5 { 1.0 } else { 0.0 });
    let depth = inside.mean(reach);
    let surely_in = depth.map(|depth| if depth > 0.999 { 1.0 } else { 0.0 });
    let surely_out = depth.map(|depth| if depth < 0.001 { 1.0 } else { 0.0 });
    let channels = [0, 1, 2].map(|n| Plane::of(image, |pixel| f32::from(pixel[n])));
    let around = |sure: &Plane| {
        let weight = sure.blurred(2 * reach);
        let colours = channels.each_ref().map(|channel| channel.zip(sure, |c, sure| c * sure).blurred(2 * reach));
        (weight, colours)
    };
    let (in_weight, in_colours) = around(&surely_in);
    let (out_weight, out_colours) = around(&surely_out);

    let mut cut = image.clone();
    for (i, Rgba([rgb @ .., alpha])) in cut.pixels_mut().enumerate() {
        if surely_out.values[i] > 0.5 {
            *alpha = 0;
            continue;
        }
        // A part thinner than the outline has no inside: it keeps the value of the small copy.
        let both_known = in_weight.values[i] > 1e-3 && out_weight.values[i] > 1e-3;
        if surely_in.values[i] > 0.5 {
            continue;
        }
        let rough = ((object.values[i] - 0.3) / 0.4).clamp(0.0, 1.0);
        let mut share = rough;
        if both_known {
            let own = in_colours.each_ref().map(|colour| colour.values[i] / in_weight.values[i]);
            let other = out_colours.each_ref().map(|colour| colour.values[i] / out_weight.values[i]);
            let (mut along, mut apart) = (0.0, 0.0);
            for n in 0..3 {
                along += (f32::from(rgb[n]) - other[n]) * (own[n] - other[n]);
                apart += (own[n] - other[n]) * (own[n] - other[n]);
            }
            let trust = apart / (apart + TOO_NEAR * TOO_NEAR);
            share = (along / apart.max(1.0)).clamp(0.0, 1.0) * trust + rough * (1.0 - trust);
            // Compression leaves a trace of each side on the other.
            share = ((share - 0.08) / 0.84).clamp(0.0, 1.0);
            for n in 0..3 {
                rgb[n] = (own[n] + (f32::from(rgb[n]) - own[n]) * share * share).clamp(0.0, 255.0) as u8;
            }
        }
        *alpha = (f32::from(*alpha) * share + 0.5) as u8;
    }
    cut
}
