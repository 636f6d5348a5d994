//! Clothes, bags and jewellery.

use super::{
    BRASS, CREAM, Colour, INK, Layer, Light, Random, SILVER, box_between, ellipse, layer, mirrored, mix, on, polygon,
    ring, scaled, stripes, stroke,
};

pub(super) fn shirt(colour: Colour, random: &mut Random) -> Vec<Layer> {
    let dark = scaled(colour, 0.78);
    let half = [[0.17, -0.62], [0.42, -0.53], [0.74, -0.2], [0.55, -0.01], [0.4, -0.15], [0.41, 0.62]];
    let mut layers = vec![layer(polygon(&mirrored(&half), 0.03), colour, Light::Cloth)];
    if random.next() < 0.6 {
        stripes(&mut layers, 0, colour, random, 0.05, 0.45);
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

pub(super) fn dress(colour: Colour, random: &mut Random) -> Vec<Layer> {
    let dark = scaled(colour, 0.75);
    let half = [[0.1, -0.64], [0.24, -0.64], [0.25, -0.4], [0.19, -0.14], [0.34, 0.2], [0.5, 0.62]];
    let mut layers = vec![layer(polygon(&mirrored(&half), 0.03), colour, Light::Cloth)];
    stripes(&mut layers, 0, colour, random, 0.05, 0.6);
    layers.extend([
        on(0, ellipse([0.0, -0.68], [0.14, 0.2]), scaled(colour, 0.6)),
        on(0, box_between([-0.4, -0.17], [0.4, -0.12], 0.0), dark),
        on(0, stroke([-0.7, 0.6], [0.7, 0.6], 0.01), dark),
    ]);
    layers
}

pub(super) fn trousers(colour: Colour, random: &mut Random) -> Vec<Layer> {
    let dark = scaled(colour, 0.75);
    let buckle = random.pick(&[SILVER, BRASS]);
    let half = [[0.28, -0.64], [0.36, -0.2], [0.35, 0.64], [0.13, 0.64], [0.02, -0.1]];
    let mut layers = vec![
        layer(polygon(&mirrored(&half), 0.02), colour, Light::Cloth),
        on(0, box_between([-0.5, -0.62], [0.5, -0.56], 0.0), scaled(colour, 0.6)),
        on(0, box_between([-0.035, -0.63], [0.035, -0.55], 0.0), buckle),
        on(0, stroke([0.0, -0.55], [0.0, -0.1], 0.01), dark),
    ];
    for side in [-1.0, 1.0] {
        layers.push(on(0, stroke([0.32 * side, -0.5], [0.2 * side, -0.36], 0.012), dark));
        layers.push(on(0, stroke([0.21 * side, -0.2], [0.23 * side, 0.66], 0.006), dark));
    }
    layers
}

pub(super) fn shoe(colour: Colour, random: &mut Random) -> Vec<Layer> {
    let sole = random.pick(&[CREAM, INK, [0.62, 0.45, 0.28]]);
    let upper = [[-0.56, 0.3], [-0.55, -0.2], [-0.28, -0.24], [-0.02, 0.02], [0.36, 0.1], [0.56, 0.3]];
    let mut layers = vec![
        layer(polygon(&upper, 0.06), colour, Light::Cloth),
        on(0, ellipse([-0.58, 0.1], [0.16, 0.26]), scaled(colour, 0.75)),
        on(0, ellipse([0.56, 0.3], [0.26, 0.2]), mix(colour, CREAM, 0.3)),
        layer(box_between([-0.6, 0.32], [0.62, 0.42], 0.03), sole, Light::Flat),
        layer(ellipse([-0.42, -0.26], [0.16, 0.05]), scaled(colour, 0.5), Light::Flat),
    ];
    for step in 0..4_u8 {
        let (x, y) = (-0.16 + 0.1 * f32::from(step), -0.12 + 0.07 * f32::from(step));
        layers.push(on(0, stroke([x - 0.08, y + 0.08], [x + 0.06, y - 0.02], 0.022), CREAM));
    }
    layers
}

pub(super) fn bag(colour: Colour, random: &mut Random) -> Vec<Layer> {
    let dark = scaled(colour, 0.7);
    let leather = random.pick(&[[0.45, 0.29, 0.18], [0.2, 0.18, 0.17], [0.6, 0.42, 0.26]]);
    let mut layers = vec![
        layer(ring([0.03, -0.28], [0.2, 0.32], 0.045), scaled(leather, 0.7), Light::Flat),
        layer(ring([-0.02, -0.24], [0.21, 0.36], 0.05), leather, Light::Flat),
        layer(polygon(&[[-0.46, -0.22], [0.46, -0.22], [0.53, 0.58], [-0.53, 0.58]], 0.05), colour, Light::Cloth),
    ];
    stripes(&mut layers, 2, colour, random, 0.0, 0.5);
    layers.push(on(2, stroke([-0.7, -0.2], [0.7, -0.2], 0.012), dark));
    // The handle reaches below the hem, where it is sewn to the cloth.
    for x in [-0.23, 0.19] {
        layers.push(layer(stroke([x, -0.25], [x, -0.05], 0.05), leather, Light::Flat));
    }
    layers.extend([
        layer(polygon(&[[-0.2, 0.16], [0.2, 0.16], [0.2, 0.4], [-0.2, 0.4]], 0.03), scaled(colour, 0.88), Light::Cloth),
        layer(stroke([-0.19, 0.19], [0.19, 0.19], 0.01), dark, Light::Flat),
    ]);
    layers
}

pub(super) fn finger_ring(colour: Colour, random: &mut Random) -> Vec<Layer> {
    let metal = random.pick(&[SILVER, BRASS, [0.85, 0.62, 0.52]]);
    let stone = [[-0.13, -0.44], [0.13, -0.44], [0.2, -0.34], [0.0, -0.12], [-0.2, -0.34]];
    vec![
        layer(ring([0.0, 0.2], [0.35, 0.36], 0.08), metal, Light::Round),
        layer(box_between([-0.12, -0.2], [0.12, -0.12], 0.02), scaled(metal, 0.85), Light::Flat),
        layer(polygon(&stone, 0.01), colour, Light::Flat),
        on(2, polygon(&[[-0.13, -0.46], [0.13, -0.46], [0.07, -0.34], [-0.07, -0.34]], 0.0), mix(colour, CREAM, 0.55)),
        on(2, polygon(&[[0.07, -0.34], [0.22, -0.36], [0.0, -0.1]], 0.0), scaled(colour, 0.75)),
    ]
}

pub(super) fn necklace(colour: Colour, random: &mut Random) -> Vec<Layer> {
    let metal = random.pick(&[SILVER, BRASS]);
    let mut layers = vec![layer(ring([0.0, -0.14], [0.42, 0.48], 0.018), metal, Light::Flat)];
    let beads = random.pick(&[3_u8, 5, 7]);
    for index in 0..beads {
        let angle = (f32::from(index) - f32::from(beads - 1) / 2.0) * 0.26;
        let centre = [0.42 * angle.sin(), -0.14 + 0.48 * angle.cos()];
        let size = 0.055 - 0.03 * angle.abs();
        layers.push(layer(ellipse(centre, [size, size]), mix(colour, metal, 0.3), Light::Round));
    }
    layers.extend([
        layer(ellipse([0.0, 0.46], [0.11, 0.14]), colour, Light::Round),
        layer(ring([0.0, 0.46], [0.11, 0.14], 0.02), metal, Light::Flat),
    ]);
    layers
}
