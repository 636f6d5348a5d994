//! The objects that pictures show, as stacks of layers, the farthest first.

mod home;
mod leisure;
mod wear;

use super::{Colour, Layer, Light, Point, Random, Shape, mix, scaled};

const CREAM: Colour = [0.96, 0.94, 0.88];
const STEEL: Colour = [0.42, 0.43, 0.45];
const BRASS: Colour = [0.72, 0.58, 0.34];
const SILVER: Colour = [0.78, 0.79, 0.81];
const INK: Colour = [0.15, 0.15, 0.17];
const WOOD: Colour = [0.66, 0.47, 0.30];
const EARTH: Colour = [0.26, 0.19, 0.15];
const LEAVES: [Colour; 3] = [[0.27, 0.48, 0.29], [0.36, 0.58, 0.33], [0.21, 0.41, 0.29]];
const LAMPLIGHT: Colour = [1.0, 0.93, 0.74];

macro_rules! kinds {
    ($($kind:ident: $module:ident::$draw:ident, stands $stands:literal;)+) => {
        /// What a picture shows.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[expect(missing_docs, reason = "the names say it")]
        pub enum Kind { $($kind),+ }

        impl Kind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$kind),+];

            /// Returns whether the object stands on the floor. The others hang or lie against the wall.
            pub(super) fn stands(self) -> bool {
                match self { $(Self::$kind => $stands),+ }
            }

            pub(super) fn layers(self, colour: Colour, random: &mut Random) -> Vec<Layer> {
                match self { $(Self::$kind => $module::$draw(colour, random)),+ }
            }
        }
    };
}

kinds! {
    Mug: home::mug, stands true;
    Bowl: home::bowl, stands true;
    Bottle: home::bottle, stands true;
    Jar: home::jar, stands true;
    Lamp: home::lamp, stands true;
    Candle: home::candle, stands true;
    Chair: home::chair, stands true;
    Cushion: home::cushion, stands false;
    PlantPot: home::plant_pot, stands true;
    Board: home::board, stands false;
    Knife: home::knife, stands false;
    Shirt: wear::shirt, stands false;
    Dress: wear::dress, stands false;
    Trousers: wear::trousers, stands false;
    Shoe: wear::shoe, stands true;
    Bag: wear::bag, stands true;
    Ring: wear::finger_ring, stands false;
    Necklace: wear::necklace, stands false;
    Notebook: leisure::notebook, stands false;
    Headphones: leisure::headphones, stands false;
    Phone: leisure::phone, stands false;
    Speaker: leisure::speaker, stands true;
    GiftBox: leisure::gift_box, stands true;
    Ball: leisure::ball, stands true;
    Tent: leisure::tent, stands true;
    Blocks: leisure::blocks, stands true;
    Bear: leisure::bear, stands true;
    Spade: leisure::spade, stands false;
}

/// Adds none to three bands around a layer, between two heights.
fn stripes(layers: &mut Vec<Layer>, around: usize, colour: Colour, random: &mut Random, top: f32, bottom: f32) {
    let band = mix(colour, random.pick(&[CREAM, CREAM, INK]), 0.75);
    let count = random.pick(&[0_u8, 1, 2, 3]);
    let height = 0.03 + 0.05 * random.next();
    for index in 0..count {
        let middle = top + (bottom - top) * (f32::from(index) + 0.5) / f32::from(count);
        layers.push(on(around, box_between([-1.0, middle - height / 2.0], [1.0, middle + height / 2.0], 0.0), band));
    }
}

/// Adds a label with two lines of text to a layer. `middle` is the height of its middle.
fn label(layers: &mut Vec<Layer>, on_layer: usize, middle: f32) {
    layers.push(on(on_layer, box_between([-0.6, middle - 0.15], [0.6, middle + 0.15], 0.0), CREAM));
    for (right, height) in [(0.14, -0.05), (0.08, 0.03)] {
        layers.push(on(on_layer, stroke([-0.12, middle + height], [right, middle + height], 0.022), STEEL));
    }
}

fn layer(shape: Shape, colour: Colour, light: Light) -> Layer {
    Layer { shape, colour, light, within: None }
}

/// Creates a decoration that a layer clips.
fn on(layer: usize, shape: Shape, colour: Colour) -> Layer {
    Layer { shape, colour, light: Light::Flat, within: Some(layer) }
}

fn ellipse(centre: Point, radii: Point) -> Shape {
    Shape::Ellipse { centre, radii, turn: 0.0 }
}

fn ring(centre: Point, radii: Point, width: f32) -> Shape {
    Shape::Ring { centre, radii, width }
}

fn stroke(from: Point, to: Point, width: f32) -> Shape {
    Shape::Stroke { from, to, width }
}

fn polygon(points: &[Point], rounding: f32) -> Shape {
    Shape::Polygon { points: points.to_vec(), rounding }
}

fn box_between(low: Point, high: Point, rounding: f32) -> Shape {
    polygon(&[low, [high[0], low[1]], high, [low[0], high[1]]], rounding)
}

/// Mirrors the right half of an outline, given from top to bottom, and returns the whole outline.
fn mirrored(half: &[Point]) -> Vec<Point> {
    half.iter().copied().chain(half.iter().rev().map(|[x, y]| [-x, *y])).collect()
}
