//! Retouching: reduces noise, corrects white balance and exposure, and sharpens edges. Each step adapts to the picture,
//! so that a good picture is hardly changed.

use image::{Rgba, RgbaImage};

use super::plane::Plane;

/// Haze brightens the darkest parts of a picture. At most this much of it is removed, of 255.
const MAX_HAZE: f32 = 24.0;

/// The target of the lightest part of a picture, and the highest gain.
const LIGHTEST: f32 = 245.0;
const MAX_GAIN: f32 = 1.8;

/// How far the lightest part must be below the target to be corrected almost fully. A small difference may be intended.
const TOO_DARK: f32 = 80.0;

/// The highest correction of a colour for white balance.
const MAX_CAST: f32 = 0.15;

/// Noise below this, of 255, is not visible.
const VISIBLE_NOISE: f32 = 1.2;

/// How much of the details finer than the blur is added.
const SHARPEN: f32 = 0.6;

/// Converts to luma and the two colour differences, each up to 255; ITU-R BT.601.
fn parts_of([r, g, b, _]: [u8; 4]) -> [f32; 3] {
    let [r, g, b] = [r, g, b].map(f32::from);
    let light = 0.299 * r + 0.587 * g + 0.114 * b;
    [light, (b - light) * 0.564, (r - light) * 0.713]
}

fn colour_of([light, blue, red]: [f32; 3]) -> [f32; 3] {
    [light + 1.403 * red, light - 0.344 * blue - 0.714 * red, light + 1.773 * blue]
}

/// Retouches a picture. Transparency is not changed.
pub(super) fn retouch(image: &RgbaImage) -> RgbaImage {
    let mut parts = [0, 1, 2].map(|n| Plane::of(image, |pixel| parts_of(pixel)[n]));
    let noise = noise_of(&parts[0]);
    if noise > VISIBLE_NOISE {
        // Noise in colours is coarser and more visible, and colours have little fine detail.
        parts = [
            denoised(&parts[0], 3, 1.6 * noise),
            denoised(&parts[1], 5, 2.0 * noise),
            denoised(&parts[2], 5, 2.0 * noise),
        ];
    }
    let visible: Vec<usize> = (0..).zip(image.pixels()).filter(|(_, pixel)| pixel.0[3] > 127).map(|(i, _)| i).collect();
    if visible.is_empty() {
        return image.clone();
    }
    let balance = balance_of(&parts, &visible);
    let tone = Tone::of(&parts, &visible);
    let detail = parts[0].zip(&parts[0].blurred(1), |light, blurred| light - blurred);

    let mut retouched = image.clone();
    for (i, Rgba([rgb @ .., _])) in retouched.pixels_mut().enumerate() {
        let colour = colour_of(parts.each_ref().map(|part| part.values[i]));
        // Details no larger than the noise are noise.
        let fine = detail.values[i];
        let fine = fine.signum() * (fine.abs() - noise).clamp(0.0, 24.0) * SHARPEN;
        for n in 0..3 {
            rgb[n] = (tone.at(colour[n] * balance[n]) + fine).clamp(0.0, 255.0).round() as u8;
        }
    }
    retouched
}

/// Estimates the standard deviation of a picture's noise from its most uniform areas. Not from single pixels, because
/// compression removes the finest noise and leaves the coarser noise.
fn noise_of(light: &Plane) -> f32 {
    let mut variances = variance(light, &light.mean(3), 3).values;
    let tenth = variances.len() / 10;
    variances.select_nth_unstable_by(tenth, f32::total_cmp).1.sqrt()
}

/// Removes differences smaller than `noise`: the guided filter (Kaiming He, 2010) with the picture as its own guide,
/// and Wiener's estimate of how much of a local variance is not noise.
fn denoised(plane: &Plane, radius: usize, noise: f32) -> Plane {
    let mean = plane.mean(radius);
    let keep = variance(plane, &mean, radius).map(|variance| (1.0 - noise * noise / variance.max(0.01)).max(0.0));
    let rest = mean.zip(&keep, |mean, keep| mean * (1.0 - keep)).mean(radius);
    plane.zip(&keep.mean(radius), |value, keep| value * keep).zip(&rest, |kept, rest| kept + rest)
}

fn variance(plane: &Plane, mean: &Plane, radius: usize) -> Plane {
    plane.map(|value| value * value).mean(radius).zip(mean, |square, mean| (square - mean * mean).max(0.0))
}

/// Returns the factors for red, green and blue that make bright, nearly colourless areas colourless.
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

/// The correction of brightness.
struct Tone {
    haze: f32,
    gain: f32,
}

impl Tone {
    fn of(parts: &[Plane; 3], visible: &[usize]) -> Self {
        let [light, blue, red] = parts;
        // By the strongest of the three colours: brown wood in full light is not underexposed.
        let strongest = light.zip(
            &blue.zip(red, |blue, red| {
                let [r, g, b] = colour_of([0.0, blue, red]);
                r.max(g).max(b)
            }),
            |light, more| light + more,
        );
        let (darkest, lightest) = (quantile(light, visible, 0.005), quantile(&strongest, visible, 0.995));
        let haze = 0.8 * darkest.min(MAX_HAZE);
        let missing = (LIGHTEST - lightest).max(0.0);
        let target = lightest + missing * (missing / TOO_DARK).min(0.9);
        Self { haze, gain: (target / (lightest - haze).max(1.0)).clamp(1.0, MAX_GAIN) }
    }

    fn at(&self, value: f32) -> f32 {
        (value - self.haze) * self.gain
    }
}

/// Returns the value below which this share of the visible values lies.
fn quantile(plane: &Plane, visible: &[usize], share: f32) -> f32 {
    let mut values: Vec<f32> = visible.iter().map(|&i| plane.values[i]).collect();
    let at = (values.len() as f32 * share) as usize;
    let at = at.min(values.len() - 1);
    *values.select_nth_unstable_by(at, f32::total_cmp).1
}
