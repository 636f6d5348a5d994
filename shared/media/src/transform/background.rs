//! Removing a background: what stands in the picture's middle and does not look like its border.
//!
//! On a small copy, the colours of the border (in any light that a shadow leaves) speak against a pixel, those of what
//! differs from it for it, and a random walker lets pixels that look alike agree. Then, at full size and only along the
//! outline, each pixel's share of what stands there is told from the colours on both sides of it.

use image::{Rgba, RgbaImage};

use super::{
    mixture::{Mixture, Place, place_of, squared_distance},
    plane::Plane,
    walk::{Likeness, Prior, walk},
};
use crate::{decode::Rejection, render::resize};

/// The longer side of the small copy, in pixels.
const SIDE: u32 = 320;

/// The border is this part of the shorter side.
const BORDER: usize = 25;

/// How much of a picture must stand out, and how much of it may.
const SHARE: std::ops::RangeInclusive<f32> = 0.005..=0.97;

/// Pieces smaller than this share of the largest are crumbs.
const CRUMB: f32 = 0.03;

/// How much what a colour speaks for counts beside the neighbours.
const PRIOR: f32 = 0.01;

/// How often what stands out is learned anew.
const ROUNDS: usize = 4;

pub(super) fn remove_background(image: &RgbaImage) -> Result<RgbaImage, Rejection> {
    let (width, height) = image.dimensions();
    let longest = width.max(height);
    let side = |length: u32| (length * SIDE.min(longest) / longest).max(8);
    let small = resize(&on_white(image), side(width), side(height), true)?;
    let object = biggest_pieces(&stands_out(&small).ok_or(Rejection::NothingStandsOut)?);
    let share = object.values.iter().filter(|&&x| x > 0.5).count() as f32 / object.values.len() as f32;
    if !SHARE.contains(&share) {
        return Err(Rejection::NothingStandsOut);
    }
    Ok(cut_out(image, &object.resized(width as usize, height as usize), longest / side(longest)))
}

/// Without transparency, which is none of what is looked at here.
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

/// From 0, background, to 1. None if the border's colours are all there is.
fn stands_out(image: &RgbaImage) -> Option<Plane> {
    let places: Vec<Place> = image.pixels().map(|&Rgba([r, g, b, _])| place_of([r, g, b])).collect();
    let (width, height) = (image.width() as usize, image.height() as usize);
    let ring = (width.min(height) / BORDER).max(2);
    let at_border = |i: usize| {
        let (x, y) = (i % width, i / width);
        x.min(y) < ring || width - x <= ring || height - y <= ring
    };
    let all = 0..places.len();
    let border: Vec<_> = all.clone().filter(|&i| at_border(i)).map(|i| (places[i], 1.0)).collect();
    let background = Mixture::of(&border)?;
    let plane = |of: &dyn Fn(usize) -> f32| Plane { width, height, values: all.clone().map(of).collect() };

    // The first guess: what is four standard deviations from the border's colours is as likely as not.
    let mut object = plane(&|i| {
        let distance = background.distance_in_shadow(places[i]);
        if at_border(i) { 0.0 } else { distance / (distance + 16.0) }
    });
    let likeness = likeness(&places, width, height);
    for _ in 0..ROUNDS {
        let members = all.clone().filter(|&i| object.values[i] > 0.5).map(|i| (places[i], object.values[i]));
        let members: Vec<_> = members.collect();
        let foreground = Mixture::of(&members)?;
        let share = (members.iter().map(|&(_, weight)| weight).sum::<f32>() / places.len() as f32).min(0.99);
        let odds = share.ln() - (1.0 - share).ln();
        let likelier_than = |i: usize, background: f32| {
            let difference = foreground.likelihood(places[i]) - background + odds;
            1.0 / (1.0 + (-difference.clamp(-30.0, 30.0)).exp())
        };
        // What may be a shadow and may be something dark speaks for neither: its neighbours decide.
        let target = plane(&|i| {
            let lit = likelier_than(i, background.likelihood(places[i]));
            f32::midpoint(lit, likelier_than(i, background.likelihood_in_shadow(places[i])))
        });
        let weight = target.map(|target| PRIOR * (0.05 + (2.0 * target - 1.0).abs()));
        let at_rest = plane(&|i| if at_border(i) { PRIOR * 0.3 } else { 0.0 });
        let total = weight.zip(&at_rest, |weight, rest| weight + rest);
        let target = target.zip(&weight, |target, weight| target * weight).zip(&total, |sum, total| sum / total);
        walk(&likeness, &Prior { target, weight: total }, &mut object);
    }
    Some(object)
}

fn likeness(places: &[Place], width: usize, height: usize) -> Likeness {
    let differences = |step: usize| -> Vec<f32> {
        let beyond = places.iter().skip(step).map(Some).chain(std::iter::repeat(None));
        places.iter().zip(beyond).map(|(&a, b)| b.map_or(0.0, |&b| squared_distance(a, b))).collect()
    };
    let (mut right, down) = (differences(1), differences(width));
    for end in right.iter_mut().skip(width - 1).step_by(width) {
        *end = 0.0;
    }
    let sum: f64 = right.iter().chain(&down).map(|&difference| f64::from(difference)).sum();
    let mean = (sum / (2 * places.len()) as f64).max(1e-6) as f32;
    let alike = |differences: Vec<f32>| {
        let values = differences.into_iter().map(|difference| (-3.0 * difference / mean).exp() + 1e-4).collect();
        Plane { width, height, values }
    };
    Likeness { right: alike(right), down: alike(down) }
}

/// Without the crumbs.
fn biggest_pieces(object: &Plane) -> Plane {
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
    let crumb = |piece: usize| sizes.get(piece).is_some_and(|&size| (size as f32) < largest as f32 * CRUMB);
    let values = object.values.iter().zip(&piece_of).map(|(&x, &piece)| if crumb(piece) { 0.0 } else { x });
    Plane { width, height: object.height, values: values.collect() }
}

/// Tells each pixel's share of the object, and what colour that share has. `scale` is how many pixels one of the small
/// copy was.
fn cut_out(image: &RgbaImage, object: &Plane, scale: u32) -> RgbaImage {
    /// Differences of the two sides' colours below this, of 255, are as good as none.
    const TOO_NEAR: f32 = 16.0;

    let reach = scale as usize + 1;
    let inside = object.map(|x| if x > 0.5 { 1.0 } else { 0.0 });
    let depth = inside.mean(reach);
    let surely_in = depth.map(|depth| if depth > 0.999 { 1.0 } else { 0.0 });
    let surely_out = depth.map(|depth| if depth < 0.001 { 1.0 } else { 0.0 });
    let channels = [0, 1, 2].map(|n| Plane::of(image, |pixel| f32::from(pixel[n])));
    let around = |sure: &Plane| {
        let weight = sure.soft(2 * reach);
        let colours = channels.each_ref().map(|channel| channel.zip(sure, |c, sure| c * sure).soft(2 * reach));
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
        // A part that is thinner than the outline is wide has nothing inside: it stays as the small copy has it.
        let known = in_weight.values[i] > 1e-3 && out_weight.values[i] > 1e-3;
        if surely_in.values[i] > 0.5 {
            continue;
        }
        let rough = ((object.values[i] - 0.3) / 0.4).clamp(0.0, 1.0);
        let mut share = rough;
        if known {
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
