//! Retouching: less noise, whiter white, the light that was there, sharper edges. Each as far as the picture needs it, so
//! that one which is fine stays as it is.

use image::{Rgba, RgbaImage};

use super::plane::Plane;

/// A veil of light lies over a picture whose darkest part is not dark: so much of it is lifted at most, of 255.
const MAX_VEIL: f32 = 24.0;

/// What the lightest part of a picture should be, and by how much light is turned up at most.
const LIGHTEST: f32 = 245.0;
const MAX_GAIN: f32 = 1.8;

/// How far below that it must be to be turned up nearly all the way. What misses little may be meant so.
const TOO_DARK: f32 = 80.0;

/// How far a colour is turned up or down at most to make white white.
const MAX_CAST: f32 = 0.15;

/// Noise below this, of 255, is nobody's trouble.
const QUIET: f32 = 1.2;

/// How much of what is finer than a blur is added again.
const SHARPEN: f32 = 0.6;

/// Lightness, and blue and red beside it, each to 255; ITU-R BT.601.
fn parts_of([r, g, b, _]: [u8; 4]) -> [f32; 3] {
    let [r, g, b] = [r, g, b].map(f32::from);
    let light = 0.299 * r + 0.587 * g + 0.114 * b;
    [light, (b - light) * 0.564, (r - light) * 0.713]
}

fn colour_of([light, blue, red]: [f32; 3]) -> [f32; 3] {
    [light + 1.403 * red, light - 0.344 * blue - 0.714 * red, light + 1.773 * blue]
}

/// Retouches a picture; what is transparent stays so.
pub(super) fn retouch(image: &RgbaImage) -> RgbaImage {
    let mut parts = [0, 1, 2].map(|n| Plane::of(image, |pixel| parts_of(pixel)[n]));
    let noise = noise_of(&parts[0]);
    if noise > QUIET {
        // Noise in colours is coarser and uglier, and the eye misses none of their detail.
        parts =
            [calmed(&parts[0], 3, 1.6 * noise), calmed(&parts[1], 5, 2.0 * noise), calmed(&parts[2], 5, 2.0 * noise)];
    }
    let visible: Vec<usize> = (0..).zip(image.pixels()).filter(|(_, pixel)| pixel.0[3] > 127).map(|(i, _)| i).collect();
    if visible.is_empty() {
        return image.clone();
    }
    let balance = balance_of(&parts, &visible);
    let tone = Tone::of(&parts, &visible);
    let detail = parts[0].zip(&parts[0].soft(1), |light, blurred| light - blurred);

    let mut retouched = image.clone();
    for (i, Rgba([rgb @ .., _])) in retouched.pixels_mut().enumerate() {
        let colour = colour_of(parts.each_ref().map(|part| part.values[i]));
        // Detail that is no larger than the noise is noise.
        let fine = detail.values[i];
        let fine = fine.signum() * (fine.abs() - noise).clamp(0.0, 24.0) * SHARPEN;
        for n in 0..3 {
            rgb[n] = (tone.at(colour[n] * balance[n]) + fine).clamp(0.0, 255.0).round() as u8;
        }
    }
    retouched
}

/// The standard deviation of a picture's noise: that of the places where there is least else. Not of single pixels,
/// because compression takes the finest noise away and leaves the coarser.
fn noise_of(light: &Plane) -> f32 {
    let mut variances = variance(light, &light.mean(3), 3).values;
    let tenth = variances.len() / 10;
    variances.select_nth_unstable_by(tenth, f32::total_cmp).1.sqrt()
}

/// Without differences smaller than `noise`: the guided filter (Kaiming He, 2010) with the picture as its own guide, and
/// Wiener's measure of how much of a place's variance is not noise.
fn calmed(plane: &Plane, radius: usize, noise: f32) -> Plane {
    let mean = plane.mean(radius);
    let keep = variance(plane, &mean, radius).map(|variance| (1.0 - noise * noise / variance.max(0.01)).max(0.0));
    let rest = mean.zip(&keep, |mean, keep| mean * (1.0 - keep)).mean(radius);
    plane.zip(&keep.mean(radius), |value, keep| value * keep).zip(&rest, |kept, rest| kept + rest)
}

fn variance(plane: &Plane, mean: &Plane, radius: usize) -> Plane {
    plane.map(|value| value * value).mean(radius).zip(mean, |square, mean| (square - mean * mean).max(0.0))
}

/// By how much to multiply red, green and blue, so that what is bright and nearly without colour is without.
fn balance_of(parts: &[Plane; 3], visible: &[usize]) -> [f32; 3] {
    let bright = quantile(&parts[0], visible, 0.95) * 0.85;
    let (mut sums, mut count) = ([0.0; 3], 0);
    for &i in visible {
        let [light, blue, red] = parts.each_ref().map(|part| part.values[i]);
        if light >= bright && light < 250.0 && blue.abs().max(red.abs()) < 0.12 * light {
            sums = [0, 1, 2].map(|n| sums[n] + f64::from(colour_of([light, blue, red])[n]));
            count += 1;
        }
    }
    if count * 50 < visible.len() {
        return [1.0; 3];
    }
    let mean = sums.iter().sum::<f64>() / 3.0;
    sums.map(|sum| ((mean / sum.max(1.0)) as f32).clamp(1.0 - MAX_CAST, 1.0 + MAX_CAST))
}

/// How light becomes what light.
struct Tone {
    veil: f32,
    gain: f32,
}

impl Tone {
    fn of(parts: &[Plane; 3], visible: &[usize]) -> Self {
        let [light, blue, red] = parts;
        // By the strongest of its colours: wood in full light is not dark for being brown.
        let strongest = light.zip(
            &blue.zip(red, |blue, red| {
                let [r, g, b] = colour_of([0.0, blue, red]);
                r.max(g).max(b)
            }),
            |light, more| light + more,
        );
        let (darkest, lightest) = (quantile(light, visible, 0.005), quantile(&strongest, visible, 0.995));
        let veil = 0.8 * darkest.min(MAX_VEIL);
        let missing = (LIGHTEST - lightest).max(0.0);
        let wanted = lightest + missing * (missing / TOO_DARK).min(0.9);
        Self { veil, gain: (wanted / (lightest - veil).max(1.0)).clamp(1.0, MAX_GAIN) }
    }

    fn at(&self, value: f32) -> f32 {
        (value - self.veil) * self.gain
    }
}

/// The value below which this share of the visible ones lies.
fn quantile(plane: &Plane, visible: &[usize], share: f32) -> f32 {
    let mut values: Vec<f32> = visible.iter().map(|&i| plane.values[i]).collect();
    let at = (values.len() as f32 * share) as usize;
    let at = at.min(values.len() - 1);
    *values.select_nth_unstable_by(at, f32::total_cmp).1
}
