//! Pictures of products. They are drawn, so that tests and the demo need no files and no licences.
//!
//! A picture is a stack of layers. A layer is a shape with a paint, and a shape is known by its signed distance:
//! negative inside (after Inigo Quilez, <https://iquilezles.org/articles/distfunctions2d/>). The distance gives smooth
//! edges, a rim that darkens and a soft shadow without blurring. The unit of length is half a picture: x and y run from
//! -1 to 1, y downwards.

#![expect(clippy::float_arithmetic, reason = "geometry and light; there is no money here")]

mod things;

pub use things::Kind;

use image::{RgbImage, codecs::jpeg::JpegEncoder};

/// The picture's width and height in pixels.
const SIDE: u32 = 800;
/// Pixels per unit of length.
const SCALE: f32 = SIDE as f32 / 2.0;
/// Shadows are soft, so one sample per 8 x 8 pixels is enough.
const SHADOW_STEP: u32 = 8;
/// The shadow's offset. The light comes from the upper left.
const SHADOW_OFFSET: Point = [0.07, 0.06];

/// The side, in pixels, of the squares in which a layer is painted.
const TILE: u32 = 16;
/// The width of the rim, inside the edge, in which a layer darkens.
const RIM: f32 = 0.03;

type Point = [f32; 2];
/// Red, green and blue, each from 0 to 1.
type Colour = [f32; 3];

/// A colour as CSS writes it, each part from 0 to 255.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rgb(pub u8, pub u8, pub u8);

/// Draws an 800 x 800 JPEG of an object in a colour before a soft background. The seed decides the background, the
/// object's size and its decoration: the same arguments give the same bytes.
pub fn product_picture(seed: &str, kind: Kind, colour: Rgb) -> Vec<u8> {
    let mut random = Random::new(seed);
    let background = Background::choose(&mut random);
    let layers = kind.layers(unit(colour), &mut random);
    let size = 0.92 + 0.12 * random.next();

    let mut canvas = vec![[0.0; 3]; (SIDE * SIDE) as usize];
    background.paint(&mut canvas);
    shade_background(&mut canvas, &layers, kind.stands(), size);
    for layer in &layers {
        layer.paint(&mut canvas, &layers, size);
    }
    jpeg(&canvas)
}

fn jpeg(canvas: &[Colour]) -> Vec<u8> {
    let mut grain = Random::new("grain");
    let image = RgbImage::from_fn(SIDE, SIDE, |x, y| {
        // Random noise of less than one step of brightness. Without it soft gradients show bands.
        let grain = grain.next();
        image::Rgb(canvas[(y * SIDE + x) as usize].map(|part| (part.clamp(0.0, 1.0) * 254.0 + grain) as u8))
    });
    let mut bytes = Vec::new();
    #[expect(clippy::expect_used, reason = "writing 800 x 800 pixels to memory does not fail")]
    JpegEncoder::new_with_quality(&mut bytes, 88).encode_image(&image).expect("a JPEG in memory");
    bytes
}

/// Pseudo-random numbers that depend on the seed alone: FNV-1a, then xorshift64*.
struct Random(u64);

impl Random {
    fn new(seed: &str) -> Self {
        let hash = seed
            .bytes()
            .fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3));
        Self(hash | 1)
    }

    /// Returns a number from 0 to below 1.
    fn next(&mut self) -> f32 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let mixed = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D);
        // An f32 holds 24 bits exactly.
        (mixed >> 40) as f32 / 16_777_216.0
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[(self.next() * from.len() as f32) as usize]
    }
}

/// A wall and a floor that blend into each other, like a photographer's paper roll.
struct Background {
    wall: Colour,
    floor: Colour,
}

impl Background {
    fn choose(random: &mut Random) -> Self {
        let wall = unit(random.pick(&[
            Rgb(236, 232, 226),
            Rgb(226, 232, 236),
            Rgb(238, 226, 220),
            Rgb(224, 232, 224),
            Rgb(233, 228, 238),
            Rgb(240, 234, 216),
        ]));
        Self { wall, floor: mix(wall, [1.0; 3], 0.45) }
    }

    fn paint(&self, canvas: &mut [Colour]) {
        for_each_pixel(canvas, [0; 2], [SIDE; 2], |p, pixel| {
            let base = mix(self.wall, self.floor, smooth(0.1, 0.7, p[1]));
            let from_light = length([p[0] + 0.35, p[1] + 0.45]);
            *pixel = scaled(base, 1.04 - 0.09 * from_light * from_light);
        });
    }
}

enum Shape {
    Ellipse { centre: Point, radii: Point, turn: f32 },
    Polygon { points: Vec<Point>, rounding: f32 },
    Stroke { from: Point, to: Point, width: f32 },
    Ring { centre: Point, radii: Point, width: f32 },
}

impl Shape {
    fn distance(&self, p: Point) -> f32 {
        match self {
            Self::Ellipse { centre, radii, turn } => {
                let [x, y] = minus(p, *centre);
                let (sin, cos) = turn.sin_cos();
                ellipse([x * cos + y * sin, y * cos - x * sin], *radii)
            }
            Self::Polygon { points, rounding } => polygon(p, points) - rounding,
            Self::Stroke { from, to, width } => squared_to_segment(p, *from, *to).sqrt() - width / 2.0,
            Self::Ring { centre, radii, width } => ellipse(minus(p, *centre), *radii).abs() - width / 2.0,
        }
    }

    /// Returns two opposite corners of a rectangle around the shape.
    fn bounds(&self) -> (Point, Point) {
        match self {
            Self::Ellipse { centre, radii, turn } => {
                let (sin, cos) = turn.sin_cos();
                let x = (radii[0] * cos).hypot(radii[1] * sin);
                let y = (radii[0] * sin).hypot(radii[1] * cos);
                around(&[*centre], [x, y])
            }
            Self::Polygon { points, rounding } => around(points, [*rounding; 2]),
            Self::Stroke { from, to, width } => around(&[*from, *to], [width / 2.0; 2]),
            Self::Ring { centre, radii, width } => around(&[*centre], [radii[0] + width / 2.0, radii[1] + width / 2.0]),
        }
    }
}

/// How a layer reflects light.
#[derive(Clone, Copy)]
enum Light {
    /// Like paper.
    Flat,
    /// Like an upright cylinder.
    Round,
    /// Like hanging cloth.
    Cloth,
}

impl Light {
    /// Returns the brightness at a position in the layer's rectangle, which runs from -1 to 1 each way.
    fn at(self, [x, y]: Point) -> f32 {
        match self {
            Self::Flat => 1.04 - 0.05 * x - 0.05 * y,
            Self::Round => {
                let facing = (1.0 - x * x).max(0.0).sqrt() * 0.8 - x * 0.32;
                let streak = (-((x + 0.52) / 0.1).powi(2)).exp() * 0.16;
                0.5 + 0.58 * facing + streak - 0.04 * y
            }
            Self::Cloth => {
                let folds = (x * 7.0 + (y * 2.3).sin() * 0.8).sin() * (0.3 + 0.35 * (y + 1.0) / 2.0);
                1.02 + 0.075 * folds - 0.09 * x - 0.05 * y
            }
        }
    }
}

struct Layer {
    shape: Shape,
    colour: Colour,
    light: Light,
    /// The index of the layer in the stack that clips this one.
    within: Option<usize>,
}

impl Layer {
    fn paint(&self, canvas: &mut [Colour], stack: &[Self], size: f32) {
        let (low, high) = self.shape.bounds();
        // Decoration is lit like the layer below it.
        let lit_as = self.within.and_then(|index| stack.get(index));
        let (light, (lit_low, lit_high)) = lit_as.map_or((self.light, (low, high)), |l| (l.light, l.shape.bounds()));
        let distance = |p: Point| {
            let own = self.shape.distance(p);
            lit_as.map_or(own, |outer| own.max(outer.shape.distance(p)))
        };
        let corner = |pick: fn(f32, f32) -> f32, a: Point, b: Point| [0, 1].map(|i| pick(a[i], b[i]) * size);
        let (first, last) = pixels(corner(f32::max, low, lit_low), corner(f32::min, high, lit_high));
        for (from, to) in tiles(first, last) {
            // A distance changes at most as fast as the position, so the middle of a tile bounds the whole tile. The
            // bound is twice the half diagonal, because an ellipse's distance is approximate.
            let reach = 2.0 * std::f32::consts::SQRT_2 * (TILE / 2) as f32 / SCALE / size;
            let middle = distance(scaled(place(from[0] + TILE / 2, from[1] + TILE / 2), 1.0 / size));
            if middle > reach {
                continue;
            }
            let inside = middle < -reach - RIM;
            for_each_pixel(canvas, from, to, |p, pixel| {
                let p = scaled(p, 1.0 / size);
                let distance = if inside { middle } else { distance(p) };
                let cover = (0.5 - distance * size * SCALE).clamp(0.0, 1.0);
                if cover > 0.0 {
                    let place = [0, 1].map(|i| 2.0 * (p[i] - lit_low[i]) / (lit_high[i] - lit_low[i]) - 1.0);
                    let rim = 1.0 - 0.14 * smooth(-RIM, 0.0, distance);
                    *pixel = mix(*pixel, scaled(self.colour, light.at(place) * rim), cover);
                }
            });
        }
    }
}

/// Darkens the background by the shadow on the wall and, under an object that stands, the shadow on the floor.
fn shade_background(canvas: &mut [Colour], layers: &[Layer], stands: bool, size: f32) {
    let solid = || layers.iter().filter(|layer| layer.within.is_none());
    let bottom = solid().map(|layer| layer.shape.bounds().1[1]).fold(0.0, f32::max);
    let lowest = solid().map(|layer| layer.shape.bounds().1).filter(|high| high[1] > bottom - 0.1);
    let width = lowest.map(|high| high[0]).fold(0.0, f32::max);
    let floor = if stands { 0.3 } else { 0.0 };
    let columns = SIDE / SHADOW_STEP + 1;
    let samples: Vec<f32> = (0..columns * columns)
        .map(|i| {
            let p = scaled(place(i % columns * SHADOW_STEP, i / columns * SHADOW_STEP), 1.0 / size);
            let from = minus(p, SHADOW_OFFSET);
            let thrown = solid().map(|layer| layer.shape.distance(from)).fold(f32::MAX, f32::min);
            let [x, y] = minus(p, [0.04, bottom - 0.02]);
            let under = length([x / (width + 0.1), y / 0.11]);
            0.2 * smooth(0.11, -0.07, thrown) + floor * smooth(1.15, 0.25, under)
        })
        .collect();
    for (i, pixel) in (0..).zip(canvas) {
        let (x, y) = (i % SIDE, i / SIDE);
        let at = |dx, dy| samples[((y / SHADOW_STEP + dy) * columns + x / SHADOW_STEP + dx) as usize];
        let part = |offset: u32| (offset % SHADOW_STEP) as f32 / SHADOW_STEP as f32;
        let across = |dy| at(0, dy) + (at(1, dy) - at(0, dy)) * part(x);
        *pixel = scaled(*pixel, 1.0 - (across(0) + (across(1) - across(0)) * part(y)));
    }
}

/// Converts corners to pixels, with one more pixel on each side for the smooth edge. The second corner is exclusive.
fn pixels(low: Point, high: Point) -> ([u32; 2], [u32; 2]) {
    // The conversion saturates: a negative or too large float becomes the nearest integer.
    let first = low.map(|at| ((at + 1.0) * SCALE - 1.0) as u32);
    let last = high.map(|at| (((at + 1.0) * SCALE + 2.0) as u32).min(SIDE));
    (first, last)
}

/// Cuts a rectangle of pixels into squares of [`TILE`] a side, smaller at its right and lower edge.
fn tiles(first: [u32; 2], last: [u32; 2]) -> impl Iterator<Item = ([u32; 2], [u32; 2])> {
    let starts = move |axis: usize| (first[axis]..last[axis]).step_by(TILE as usize);
    starts(1).flat_map(move |y| starts(0).map(move |x| ([x, y], [(x + TILE).min(last[0]), (y + TILE).min(last[1])])))
}

fn for_each_pixel(canvas: &mut [Colour], from: [u32; 2], to: [u32; 2], mut visit: impl FnMut(Point, &mut Colour)) {
    for y in from[1]..to[1] {
        for x in from[0]..to[0] {
            visit(place(x, y), &mut canvas[(y * SIDE + x) as usize]);
        }
    }
}

fn place(x: u32, y: u32) -> Point {
    [x, y].map(|at| (at as f32 + 0.5) / SCALE - 1.0)
}

fn around(points: &[Point], margin: Point) -> (Point, Point) {
    let edge = |axis: usize, pick: fn(f32, f32) -> f32, start: f32| points.iter().map(|p| p[axis]).fold(start, pick);
    let low = [0, 1].map(|axis| edge(axis, f32::min, f32::MAX) - margin[axis]);
    let high = [0, 1].map(|axis| edge(axis, f32::max, f32::MIN) + margin[axis]);
    (low, high)
}

fn ellipse(p: Point, radii: Point) -> f32 {
    let near = length([p[0] / radii[0], p[1] / radii[1]]);
    let slope = length([p[0] / (radii[0] * radii[0]), p[1] / (radii[1] * radii[1])]);
    let first_order = if slope > 0.0 { near * (near - 1.0) / slope } else { -radii[0].min(radii[1]) };
    // The approximation is far too small beyond the tips of a flat ellipse. The distance to the bounding rectangle is a
    // lower bound there.
    let rectangle = length([0, 1].map(|i| (p[i].abs() - radii[i]).max(0.0)));
    if near > 1.0 { first_order.max(rectangle) } else { first_order }
}

fn squared_to_segment(p: Point, from: Point, to: Point) -> f32 {
    let (p, line) = (minus(p, from), minus(to, from));
    let along = (dot(p, line) / dot(line, line)).clamp(0.0, 1.0);
    let off = minus(p, scaled(line, along));
    dot(off, off)
}

fn polygon(p: Point, points: &[Point]) -> f32 {
    let mut nearest = f32::MAX;
    let mut inside = false;
    let mut from = points[points.len() - 1];
    for &to in points {
        nearest = nearest.min(squared_to_segment(p, from, to));
        // A ray to the right crosses this edge. Each crossing changes between inside and outside.
        if (from[1] > p[1]) != (to[1] > p[1])
            && p[0] < (to[0] - from[0]) * (p[1] - from[1]) / (to[1] - from[1]) + from[0]
        {
            inside = !inside;
        }
        from = to;
    }
    if inside { -nearest.sqrt() } else { nearest.sqrt() }
}

fn unit(Rgb(red, green, blue): Rgb) -> Colour {
    [red, green, blue].map(|part| f32::from(part) / 255.0)
}

fn mix(a: Colour, b: Colour, share: f32) -> Colour {
    [0, 1, 2].map(|i| a[i] + (b[i] - a[i]) * share)
}

fn scaled<const N: usize>(a: [f32; N], by: f32) -> [f32; N] {
    a.map(|part| part * by)
}

fn minus(a: Point, b: Point) -> Point {
    [a[0] - b[0], a[1] - b[1]]
}

fn dot(a: Point, b: Point) -> f32 {
    a[0] * b[0] + a[1] * b[1]
}

fn length(a: Point) -> f32 {
    dot(a, a).sqrt()
}

/// Rises smoothly from 0 at `from` to 1 at `to`.
fn smooth(from: f32, to: f32, at: f32) -> f32 {
    let t = ((at - from) / (to - from)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_drawn_as_a_jpeg_of_the_declared_size() {
        for &kind in Kind::ALL {
            let picture = product_picture("a seed", kind, Rgb(200, 80, 60));
            let decoded = image::load_from_memory_with_format(&picture, image::ImageFormat::Jpeg).unwrap();
            assert_eq!((decoded.width(), decoded.height()), (SIDE, SIDE), "{kind:?}");
        }
    }

    #[test]
    fn the_same_arguments_draw_the_same_picture_and_others_another() {
        let picture = |seed, red| product_picture(seed, Kind::Mug, Rgb(red, 80, 60));
        assert_eq!(picture("a", 200), picture("a", 200));
        assert_ne!(picture("a", 200), picture("b", 200));
        assert_ne!(picture("a", 200), picture("a", 20));
    }
}
