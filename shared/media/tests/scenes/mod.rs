//! Generated pictures of which everything is known: an object, its exact outline, its background, and the noise.
//!
//! An object is defined by its signed distance (after Inigo Quilez,
//! <https://iquilezles.org/articles/distfunctions2d/>), in units of half the picture: x and y run from -1 to 1, y
//! downwards.

use image::{GrayImage, Luma, Rgb, RgbImage};

type Point = [f32; 2];
type Colour = [f32; 3];

/// The object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Thing {
    /// With a hole in its handle.
    Mug,
    Bottle,
    /// With thin legs.
    Chair,
    /// With thin leaves close together.
    Plant,
    Ball,
    Shirt,
}

impl Thing {
    pub(crate) const ALL: [Self; 6] = [Self::Mug, Self::Bottle, Self::Chair, Self::Plant, Self::Ball, Self::Shirt];

    fn distance(self, p: Point) -> f32 {
        let any = |parts: &[f32]| parts.iter().copied().fold(f32::MAX, f32::min);
        match self {
            Self::Mug => any(&[block(p, [-0.08, 0.0], [0.38, 0.45], 0.06), disc(p, [0.33, 0.0], 0.22).abs() - 0.06]),
            Self::Bottle => any(&[block(p, [0.0, 0.2], [0.22, 0.5], 0.1), block(p, [0.0, -0.4], [0.09, 0.3], 0.04)]),
            Self::Chair => any(&[
                block(p, [0.0, 0.05], [0.38, 0.07], 0.02),
                block(p, [0.0, -0.6], [0.33, 0.12], 0.03),
                rod(p, [-0.33, 0.1], [-0.4, 0.75], 0.035),
                rod(p, [0.33, 0.1], [0.4, 0.75], 0.035),
                rod(p, [-0.34, 0.0], [-0.3, -0.7], 0.035),
                rod(p, [0.34, 0.0], [0.3, -0.7], 0.035),
            ]),
            Self::Plant => (0..9)
                .map(|leaf| {
                    let (sin, cos) = (leaf as f32 * 0.26 - 2.6).sin_cos();
                    rod(p, [0.0, 0.3], [cos * 0.65, 0.28 + sin * 0.8], 0.05)
                })
                .fold(block(p, [0.0, 0.5], [0.25, 0.22], 0.04), f32::min),
            Self::Ball => disc(p, [0.05, 0.1], 0.55),
            Self::Shirt => any(&[
                block(p, [0.0, 0.1], [0.36, 0.55], 0.05),
                rod(p, [-0.33, -0.38], [-0.62, 0.0], 0.13),
                rod(p, [0.33, -0.38], [0.62, 0.0], 0.13),
            ])
            .max(-disc(p, [0.0, -0.5], 0.14)),
        }
    }
}

/// The background.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Background {
    White,
    /// A gradient from light to darker, from left to right.
    Gradient,
    /// A wall and a wooden floor.
    Room,
    /// With grain.
    Wood,
    /// Coarse, with grain.
    Paper,
    Tiles,
}

impl Background {
    pub(crate) const ALL: [Self; 6] = [Self::White, Self::Gradient, Self::Room, Self::Wood, Self::Paper, Self::Tiles];

    fn at(self, [x, y]: Point, chance: &mut Chance) -> Colour {
        match self {
            Self::White => [245.0; 3],
            Self::Gradient => mix([225.0, 230.0, 238.0], [180.0, 190.0, 205.0], smooth(-1.0, 1.0, y * 0.7 + x * 0.3)),
            Self::Room if y < 0.45 => mix([214.0, 205.0, 190.0], [200.0, 190.0, 176.0], (x + 1.0) / 2.0),
            Self::Room => mix([150.0, 120.0, 92.0], [170.0, 140.0, 108.0], (y - 0.45) / 0.55),
            Self::Wood => {
                let grain = (y * 14.0 + (x * 3.0).sin() * 0.6).sin() * 7.0 + (y * 41.0 + x * 2.0).sin() * 4.0;
                [186.0 + grain, 146.0 + 0.9 * grain, 104.0 + 0.8 * grain]
            }
            Self::Paper => {
                let grain = chance.normal() * 9.0;
                [206.0 + grain, 200.0 + grain, 188.0 + grain]
            }
            Self::Tiles => {
                let joint = [x + 0.1, y + 0.07].iter().any(|at| (at * 2.5).rem_euclid(1.0) < 0.05);
                if joint { [168.0, 172.0, 172.0] } else { [205.0, 215.0, 216.0] }
            }
        }
    }
}

/// The material of the object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cloth {
    Red,
    Green,
    /// Almost black.
    Dark,
    /// Blue and cream.
    Stripes,
    /// Cream: the colour of [`Background::Room`]'s wall and of [`Background::Paper`].
    Light,
}

impl Cloth {
    pub(crate) const ALL: [Self; 5] = [Self::Red, Self::Green, Self::Dark, Self::Stripes, Self::Light];

    /// Lit from the upper left, darker towards its edge.
    fn at(self, [x, y]: Point, distance: f32) -> Colour {
        let light = 0.86 + 0.22 * (-x * 0.8 - y * 0.3).clamp(-1.0, 1.0) - 0.25 * smooth(-0.06, 0.0, distance);
        let colour = match self {
            Self::Red => [196.0, 52.0, 44.0],
            Self::Green => [64.0, 120.0, 66.0],
            Self::Dark => [44.0, 46.0, 54.0],
            Self::Stripes if (y * 9.0).rem_euclid(1.0) < 0.5 => [36.0, 74.0, 150.0],
            Self::Stripes => [236.0, 230.0, 214.0],
            Self::Light => [222.0, 214.0, 200.0],
        };
        colour.map(|part| part * light)
    }
}

/// A picture with its ground truth.
pub(crate) struct Scene {
    /// As a camera records it.
    pub(crate) picture: RgbImage,
    /// Without the camera's noise.
    pub(crate) clean: RgbImage,
    /// 255 where the object is.
    pub(crate) mask: GrayImage,
}

/// Draws an object with its shadow in a square picture, with noise of a standard deviation of 3 of 255.
pub(crate) fn scene(thing: Thing, background: Background, cloth: Cloth, side: u32) -> Scene {
    let mut chance = Chance(0x9E37_79B9_7F4A_7C15 ^ (thing as u64) << 8 ^ (cloth as u64) << 16);
    let (mut picture, mut clean) = (RgbImage::new(side, side), RgbImage::new(side, side));
    let mut mask = GrayImage::new(side, side);
    let scale = side as f32 / 2.0;
    for (x, y, pixel) in picture.enumerate_pixels_mut() {
        let p = [x, y].map(|at| (at as f32 + 0.5) / scale - 1.0);
        let distance = thing.distance(p);
        let cover = (0.5 - distance * scale).clamp(0.0, 1.0);
        let shade = 0.35 * smooth(0.16, -0.05, thing.distance([p[0] - 0.06, p[1] - 0.05]));
        let behind = background.at(p, &mut chance).map(|part| part * (1.0 - shade));
        let colour = mix(behind, cloth.at(p, distance), cover);
        clean.put_pixel(x, y, Rgb(colour.map(to_byte)));
        *pixel = Rgb(colour.map(|part| to_byte(part + 3.0 * chance.normal())));
        mask.put_pixel(x, y, Luma([to_byte(cover * 255.0)]));
    }
    Scene { picture, clean, mask }
}

/// Pseudo-random numbers that are the same in every run: xorshift64*.
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    fn next(&mut self) -> f32 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 40) as f32 / 16_777_216.0
    }

    /// Approximately of mean 0 and standard deviation 1.
    pub(crate) fn normal(&mut self) -> f32 {
        ((0..6).map(|_| self.next()).sum::<f32>() - 3.0) * std::f32::consts::SQRT_2
    }
}

pub(crate) fn to_byte(value: f32) -> u8 {
    value.clamp(0.0, 255.0).round() as u8
}

fn length([x, y]: Point) -> f32 {
    x.hypot(y)
}

fn disc(p: Point, centre: Point, radius: f32) -> f32 {
    length([p[0] - centre[0], p[1] - centre[1]]) - radius
}

fn block(p: Point, centre: Point, half: Point, rounding: f32) -> f32 {
    let [x, y] = [0, 1].map(|axis| (p[axis] - centre[axis]).abs() - half[axis] + rounding);
    length([x.max(0.0), y.max(0.0)]) + x.max(y).min(0.0) - rounding
}

fn rod(p: Point, from: Point, to: Point, radius: f32) -> f32 {
    let (p, line) = ([p[0] - from[0], p[1] - from[1]], [to[0] - from[0], to[1] - from[1]]);
    let along = ((p[0] * line[0] + p[1] * line[1]) / (line[0] * line[0] + line[1] * line[1])).clamp(0.0, 1.0);
    length([p[0] - line[0] * along, p[1] - line[1] * along]) - radius
}

fn mix(a: Colour, b: Colour, share: f32) -> Colour {
    [0, 1, 2].map(|n| a[n] + (b[n] - a[n]) * share)
}

/// From 0 at `from` to 1 at `to`, smoothly.
fn smooth(from: f32, to: f32, at: f32) -> f32 {
    let t = ((at - from) / (to - from)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}
