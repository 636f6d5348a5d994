//! The things themselves, as stacks of layers, the farthest first.

use super::{Chance, Colour, Kind, Layer, Light, Point, Shape, mix, scaled};

const CREAM: Colour = [0.96, 0.94, 0.88];
const STEEL: Colour = [0.42, 0.43, 0.45];
const WOOD: Colour = [0.66, 0.47, 0.30];
const EARTH: Colour = [0.26, 0.19, 0.15];
const LEAVES: [Colour; 3] = [[0.27, 0.48, 0.29], [0.36, 0.58, 0.33], [0.21, 0.41, 0.29]];
const LAMPLIGHT: Colour = [1.0, 0.93, 0.74];

pub(super) fn layers(kind: Kind, colour: Colour, chance: &mut Chance) -> Vec<Layer> {
    match kind {
        Kind::Mug => mug(colour, chance),
        Kind::Shirt => shirt(colour, chance),
        Kind::Lamp => lamp(colour, chance),
        Kind::Bag => bag(colour, chance),
        Kind::Chair => chair(colour, chance),
        Kind::Notebook => notebook(colour, chance),
        Kind::Bottle => bottle(colour, chance),
        Kind::PlantPot => plant_pot(colour, chance),
    }
}

fn mug(colour: Colour, chance: &mut Chance) -> Vec<Layer> {
    let side = chance.pick(&[-1.0, 1.0]);
    let mut layers = vec![
        layer(ring([0.43 * side, 0.1], [0.2, 0.24], 0.085), scaled(colour, 0.9), Light::Flat),
        layer(ellipse([0.0, 0.58], [0.42, 0.075]), colour, Light::Round),
        layer(polygon(&[[-0.46, -0.36], [0.46, -0.36], [0.42, 0.58], [-0.42, 0.58]], 0.0), colour, Light::Round),
    ];
    stripes(&mut layers, 2, colour, chance, 0.0, 0.4);
    layers.extend([
        layer(ellipse([0.0, -0.36], [0.46, 0.095]), mix(colour, CREAM, 0.35), Light::Flat),
        layer(ellipse([0.0, -0.352], [0.425, 0.075]), scaled(colour, 0.55), Light::Flat),
    ]);
    layers
}

fn shirt(colour: Colour, chance: &mut Chance) -> Vec<Layer> {
    let dark = scaled(colour, 0.78);
    let half = [[0.17, -0.62], [0.42, -0.53], [0.74, -0.2], [0.55, -0.01], [0.4, -0.15], [0.41, 0.62]];
    let mut layers = vec![layer(polygon(&mirrored(&half), 0.03), colour, Light::Cloth)];
    if chance.next() < 0.6 {
        stripes(&mut layers, 0, colour, chance, 0.05, 0.45);
    }
    for side in [-1.0, 1.0] {
        layers.push(on(0, stroke([0.43 * side, -0.53], [0.4 * side, -0.13], 0.012), dark));
    }
    layers.extend([
        on(0, stroke([-0.5, 0.57], [0.5, 0.57], 0.008), dark),
        on(0, ellipse([0.0, -0.66], [0.2, 0.15]), scaled(colour, 0.6)),
        on(0, ring([0.0, -0.66], [0.215, 0.165], 0.04), dark),
    ]);
    layers
}

fn lamp(colour: Colour, chance: &mut Chance) -> Vec<Layer> {
    let metal = chance.pick(&[STEEL, [0.72, 0.58, 0.34], [0.2, 0.2, 0.22]]);
    let top = 0.2 + 0.1 * chance.next();
    vec![
        layer(ellipse([0.0, 0.62], [0.29, 0.075]), scaled(metal, 0.75), Light::Round),
        layer(ellipse([0.0, 0.595], [0.29, 0.07]), metal, Light::Flat),
        layer(box_between([-0.025, -0.2], [0.025, 0.6], 0.0), metal, Light::Round),
        layer(ellipse([0.0, -0.05], [0.47, 0.07]), LAMPLIGHT, Light::Flat),
        layer(polygon(&[[-top, -0.62], [top, -0.62], [0.47, -0.05], [-0.47, -0.05]], 0.0), colour, Light::Round),
        layer(ellipse([0.0, -0.62], [top, 0.035]), mix(colour, LAMPLIGHT, 0.6), Light::Flat),
        on(4, box_between([-0.6, -0.085], [0.6, -0.06], 0.0), scaled(colour, 0.72)),
    ]
}

fn bag(colour: Colour, chance: &mut Chance) -> Vec<Layer> {
    let dark = scaled(colour, 0.7);
    let leather = chance.pick(&[[0.45, 0.29, 0.18], [0.2, 0.18, 0.17], [0.6, 0.42, 0.26]]);
    let mut layers = vec![
        layer(ring([0.03, -0.28], [0.2, 0.32], 0.045), scaled(leather, 0.7), Light::Flat),
        layer(ring([-0.02, -0.24], [0.21, 0.36], 0.05), leather, Light::Flat),
        layer(polygon(&[[-0.46, -0.22], [0.46, -0.22], [0.53, 0.58], [-0.53, 0.58]], 0.05), colour, Light::Cloth),
    ];
    stripes(&mut layers, 2, colour, chance, 0.0, 0.5);
    layers.push(on(2, stroke([-0.7, -0.2], [0.7, -0.2], 0.012), dark));
    // The handle goes on below the hem, where it is sewn to the cloth.
    for x in [-0.23, 0.19] {
        layers.push(layer(stroke([x, -0.25], [x, -0.05], 0.05), leather, Light::Flat));
    }
    layers.extend([
        layer(polygon(&[[-0.2, 0.16], [0.2, 0.16], [0.2, 0.4], [-0.2, 0.4]], 0.03), scaled(colour, 0.88), Light::Cloth),
        layer(stroke([-0.19, 0.19], [0.19, 0.19], 0.01), dark, Light::Flat),
    ]);
    layers
}

fn chair(colour: Colour, chance: &mut Chance) -> Vec<Layer> {
    let wood = chance.pick(&[WOOD, [0.30, 0.21, 0.16], [0.82, 0.68, 0.50]]);
    let far = scaled(wood, 0.72);
    vec![
        layer(stroke([-0.3, 0.1], [-0.33, 0.56], 0.045), far, Light::Flat),
        layer(stroke([0.3, 0.1], [0.33, 0.56], 0.045), far, Light::Flat),
        layer(stroke([-0.27, -0.1], [-0.29, 0.1], 0.05), wood, Light::Flat),
        layer(stroke([0.27, -0.1], [0.29, 0.1], 0.05), wood, Light::Flat),
        layer(polygon(&[[-0.3, -0.66], [0.3, -0.66], [0.33, -0.12], [-0.33, -0.12]], 0.06), colour, Light::Cloth),
        layer(stroke([-0.38, 0.22], [-0.44, 0.7], 0.06), wood, Light::Round),
        layer(stroke([0.38, 0.22], [0.44, 0.7], 0.06), wood, Light::Round),
        layer(
            polygon(&[[-0.42, 0.2], [0.42, 0.2], [0.42, 0.25], [-0.42, 0.25]], 0.035),
            scaled(colour, 0.7),
            Light::Flat,
        ),
        layer(polygon(&[[-0.31, 0.03], [0.31, 0.03], [0.42, 0.19], [-0.42, 0.19]], 0.035), colour, Light::Flat),
        on(4, stroke([0.0, -0.8], [0.0, 0.0], 0.01), scaled(colour, 0.82)),
    ]
}

fn notebook(colour: Colour, chance: &mut Chance) -> Vec<Layer> {
    let turn = (chance.next() - 0.5) * 0.3;
    let at = |[x, y]: Point| {
        let (sin, cos) = turn.sin_cos();
        [x * cos - y * sin, x * sin + y * cos]
    };
    let sheet = |low: Point, high: Point, rounding| {
        polygon(&[low, [high[0], low[1]], high, [low[0], high[1]]].map(at), rounding)
    };
    let elastic = chance.pick(&[[0.15, 0.15, 0.17], [0.85, 0.32, 0.25], CREAM]);
    vec![
        layer(sheet([-0.42, -0.58], [0.47, 0.64], 0.02), scaled(colour, 0.6), Light::Flat),
        layer(sheet([-0.42, -0.6], [0.45, 0.61], 0.01), CREAM, Light::Flat),
        layer(sheet([-0.44, -0.62], [0.43, 0.58], 0.025), colour, Light::Flat),
        on(2, sheet([-0.5, -0.7], [-0.34, 0.7], 0.0), scaled(colour, 0.86)),
        on(2, stroke(at([-0.335, -0.7]), at([-0.335, 0.7]), 0.008), scaled(colour, 0.7)),
        layer(sheet([-0.14, -0.36], [0.22, -0.16], 0.012), CREAM, Light::Flat),
        layer(stroke(at([-0.08, -0.29]), at([0.16, -0.29]), 0.012), STEEL, Light::Flat),
        layer(stroke(at([-0.08, -0.23]), at([0.09, -0.23]), 0.012), STEEL, Light::Flat),
        on(2, stroke(at([0.34, -0.7]), at([0.34, 0.7]), 0.032), elastic),
    ]
}

fn bottle(colour: Colour, chance: &mut Chance) -> Vec<Layer> {
    let cap = chance.pick(&[STEEL, WOOD, [0.15, 0.15, 0.17]]);
    let half = [[0.085, -0.5], [0.085, -0.36], [0.14, -0.26], [0.22, -0.16], [0.25, -0.06], [0.25, 0.6]];
    let mut layers = vec![
        layer(polygon(&mirrored(&half), 0.03), colour, Light::Round),
        layer(polygon(&[[-0.1, -0.7], [0.1, -0.7], [0.1, -0.5], [-0.1, -0.5]], 0.02), cap, Light::Round),
    ];
    if chance.next() < 0.5 {
        layers.push(on(0, box_between([-0.4, 0.1], [0.4, 0.4], 0.0), CREAM));
        layers.push(on(0, box_between([-0.12, 0.19], [0.16, 0.215], 0.0), STEEL));
        layers.push(on(0, box_between([-0.12, 0.26], [0.08, 0.285], 0.0), STEEL));
    } else {
        stripes(&mut layers, 0, colour, chance, 0.05, 0.5);
    }
    layers
}

fn plant_pot(colour: Colour, chance: &mut Chance) -> Vec<Layer> {
    let mut layers = Vec::new();
    for index in 0..11_u8 {
        let lean = (f32::from(index) - 5.0) * 0.21 + (chance.next() - 0.5) * 0.16;
        let long = 0.26 + 0.11 * chance.next();
        let centre = [lean.sin() * long * 1.15, 0.04 - lean.cos() * long * 1.15];
        let leaf = Shape::Ellipse { centre, radii: [0.075 + 0.03 * chance.next(), long], turn: lean };
        layers.push(layer(leaf, chance.pick(&LEAVES), Light::Flat));
        let tip = [lean.sin() * long * 1.9, 0.04 - lean.cos() * long * 1.9];
        layers.push(on(layers.len() - 1, stroke([0.0, 0.1], tip, 0.01), [0.52, 0.68, 0.45]));
    }
    let pot = layers.len();
    layers.extend([
        layer(polygon(&[[-0.33, 0.1], [0.33, 0.1], [0.26, 0.62], [-0.26, 0.62]], 0.02), colour, Light::Round),
        on(pot, box_between([-0.5, 0.16], [0.5, 0.19], 0.0), scaled(colour, 0.75)),
        layer(box_between([-0.38, 0.02], [0.38, 0.14], 0.02), colour, Light::Round),
    ]);
    stripes(&mut layers, pot, colour, chance, 0.3, 0.5);
    layers.insert(pot, layer(ellipse([0.0, 0.02], [0.37, 0.05]), EARTH, Light::Flat));
    for layer in &mut layers[pot + 1..] {
        layer.within = layer.within.map(|index| index + 1);
    }
    layers
}

/// None to three bands around a layer, between two heights.
fn stripes(layers: &mut Vec<Layer>, around: usize, colour: Colour, chance: &mut Chance, top: f32, bottom: f32) {
    let band = mix(colour, chance.pick(&[CREAM, CREAM, [0.15, 0.15, 0.2]]), 0.75);
    let count = chance.pick(&[0_u8, 1, 2, 3]);
    let height = 0.03 + 0.05 * chance.next();
    for index in 0..count {
        let middle = top + (bottom - top) * (f32::from(index) + 0.5) / f32::from(count);
        layers.push(on(around, box_between([-1.0, middle - height / 2.0], [1.0, middle + height / 2.0], 0.0), band));
    }
}

fn layer(shape: Shape, colour: Colour, light: Light) -> Layer {
    Layer { shape, colour, light, within: None }
}

/// Decoration on a layer.
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

/// A right half, from top to bottom, and its mirror image back up.
fn mirrored(half: &[Point]) -> Vec<Point> {
    half.iter().copied().chain(half.iter().rev().map(|[x, y]| [-x, *y])).collect()
}
