//! Objects for reading, music, presents, play and the garden.

use super::{
    CREAM, Colour, INK, Layer, Light, Point, Random, SILVER, STEEL, WOOD, box_between, ellipse, label, layer, mix, on,
    polygon, ring, scaled, stripes, stroke,
};

pub(super) fn notebook(colour: Colour, random: &mut Random) -> Vec<Layer> {
    let turn = (random.next() - 0.5) * 0.3;
    let at = |[x, y]: Point| {
        let (sin, cos) = turn.sin_cos();
        [x * cos - y * sin, x * sin + y * cos]
    };
    let sheet = |low: Point, high: Point, rounding| {
        polygon(&[low, [high[0], low[1]], high, [low[0], high[1]]].map(at), rounding)
    };
    let elastic = random.pick(&[INK, [0.85, 0.32, 0.25], CREAM]);
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

pub(super) fn headphones(colour: Colour, random: &mut Random) -> Vec<Layer> {
    let metal = random.pick(&[INK, SILVER, STEEL]);
    let at = |step: u8| {
        let angle = f32::from(step) / 12.0 * std::f32::consts::PI;
        [-0.46 * angle.cos(), 0.12 - 0.62 * angle.sin()]
    };
    let mut layers: Vec<Layer> =
        (0..12_u8).map(|step| layer(stroke(at(step), at(step + 1), 0.06), metal, Light::Flat)).collect();
    for side in [-1.0, 1.0] {
        layers.extend([
            layer(ellipse([0.38 * side, 0.2], [0.09, 0.22]), INK, Light::Round),
            layer(ellipse([0.47 * side, 0.2], [0.12, 0.25]), colour, Light::Round),
            layer(ellipse([0.49 * side, 0.2], [0.06, 0.14]), mix(colour, CREAM, 0.25), Light::Flat),
        ]);
    }
    layers
}

pub(super) fn phone(colour: Colour, random: &mut Random) -> Vec<Layer> {
    let glow = random.pick(&[[0.16, 0.22, 0.34], [0.12, 0.26, 0.26], [0.24, 0.17, 0.3]]);
    vec![
        layer(box_between([-0.26, -0.56], [0.26, 0.56], 0.05), colour, Light::Flat),
        layer(box_between([-0.25, -0.54], [0.25, 0.54], 0.03), INK, Light::Flat),
        on(1, box_between([-0.24, -0.48], [0.24, 0.5], 0.02), glow),
        on(1, polygon(&[[-0.1, -0.6], [0.3, -0.6], [0.3, 0.1]], 0.0), mix(glow, CREAM, 0.12)),
        on(1, stroke([-0.06, -0.53], [0.06, -0.53], 0.02), STEEL),
        layer(box_between([0.305, -0.22], [0.325, -0.06], 0.0), scaled(colour, 0.7), Light::Flat),
    ]
}

pub(super) fn speaker(colour: Colour, random: &mut Random) -> Vec<Layer> {
    let cone = random.pick(&[STEEL, [0.3, 0.28, 0.26], [0.55, 0.4, 0.25]]);
    let mut layers = vec![
        layer(box_between([-0.32, -0.56], [0.32, 0.58], 0.03), colour, Light::Flat),
        on(0, box_between([-0.29, -0.53], [0.29, 0.55], 0.02), INK),
    ];
    for (middle, size) in [(0.2, 0.22), (-0.3, 0.11)] {
        layers.extend([
            layer(ellipse([0.0, middle], [size, size]), scaled(cone, 0.6), Light::Flat),
            layer(ellipse([0.0, middle], [size * 0.85, size * 0.85]), cone, Light::Round),
            layer(ellipse([0.0, middle], [size * 0.3, size * 0.3]), INK, Light::Round),
        ]);
    }
    layers
}

pub(super) fn gift_box(colour: Colour, random: &mut Random) -> Vec<Layer> {
    let ribbon = mix(colour, random.pick(&[CREAM, INK, [0.8, 0.65, 0.35]]), 0.8);
    let lid = [[-0.5, -0.22], [-0.4, -0.4], [0.4, -0.4], [0.5, -0.22]];
    let mut layers = vec![
        layer(box_between([-0.5, -0.22], [0.5, 0.5], 0.015), colour, Light::Flat),
        layer(polygon(&lid, 0.01), mix(colour, CREAM, 0.3), Light::Flat),
    ];
    if random.next() < 0.5 {
        layers.push(on(0, box_between([-0.07, -0.3], [0.07, 0.6], 0.0), ribbon));
        layers.push(on(1, polygon(&[[-0.07, -0.2], [-0.055, -0.42], [0.055, -0.42], [0.07, -0.2]], 0.0), ribbon));
    } else {
        label(&mut layers, 0, 0.16);
    }
    layers
}

pub(super) fn ball(colour: Colour, random: &mut Random) -> Vec<Layer> {
    let seam = mix(colour, random.pick(&[CREAM, INK]), 0.7);
    let mut layers = vec![layer(ellipse([0.0, 0.1], [0.48, 0.48]), colour, Light::Round)];
    stripes(&mut layers, 0, colour, random, -0.2, 0.4);
    layers.extend([
        on(0, ring([0.0, 0.1], [0.2, 0.5], 0.025), seam),
        on(0, ring([0.0, 0.1], [0.5, 0.2], 0.025), seam),
        on(0, ellipse([-0.19, -0.12], [0.09, 0.06]), mix(colour, CREAM, 0.6)),
    ]);
    layers
}

pub(super) fn tent(colour: Colour, random: &mut Random) -> Vec<Layer> {
    let pole = random.pick(&[WOOD, STEEL]);
    let door = 0.14 + 0.08 * random.next();
    vec![
        layer(stroke([-0.06, -0.56], [0.66, 0.52], 0.03), pole, Light::Flat),
        layer(stroke([0.06, -0.56], [-0.66, 0.52], 0.03), pole, Light::Flat),
        layer(polygon(&[[0.0, -0.44], [0.6, 0.5], [-0.6, 0.5]], 0.02), colour, Light::Cloth),
        on(2, polygon(&[[0.0, -0.5], [0.8, 0.52], [0.34, 0.52]], 0.0), scaled(colour, 0.82)),
        on(2, polygon(&[[0.0, -0.16], [door, 0.54], [-door, 0.54]], 0.0), scaled(colour, 0.35)),
        on(2, stroke([-0.8, 0.47], [0.8, 0.47], 0.02), mix(colour, CREAM, 0.4)),
    ]
}

pub(super) fn blocks(colour: Colour, random: &mut Random) -> Vec<Layer> {
    let lean = 0.06 * (random.next() - 0.5);
    let other = mix(colour, CREAM, 0.55);
    vec![
        layer(box_between([-0.5, 0.16], [-0.04, 0.58], 0.02), colour, Light::Flat),
        layer(box_between([0.02, 0.16], [0.46, 0.58], 0.02), other, Light::Flat),
        layer(box_between([-0.26 + lean, -0.3], [0.2 + lean, 0.13], 0.02), WOOD, Light::Flat),
        layer(
            polygon(&[[-0.28 + lean, -0.34], [0.22 + lean, -0.34], [-0.03 + lean, -0.64]], 0.02),
            colour,
            Light::Flat,
        ),
        on(0, ring([-0.27, 0.37], [0.11, 0.11], 0.04), other),
        on(1, stroke([0.12, 0.37], [0.36, 0.37], 0.05), colour),
        on(2, ellipse([-0.03 + lean, -0.08], [0.1, 0.1]), scaled(WOOD, 0.7)),
    ]
}

pub(super) fn bear(colour: Colour, random: &mut Random) -> Vec<Layer> {
    let pale = mix(colour, CREAM, 0.5);
    let scarf = random.pick(&[[0.7, 0.25, 0.22], [0.2, 0.35, 0.55], [0.85, 0.68, 0.3]]);
    let round = |centre: Point, radii: Point, colour: Colour| layer(ellipse(centre, radii), colour, Light::Round);
    let mut layers = Vec::new();
    for side in [-1.0, 1.0] {
        layers.extend([
            round([0.24 * side, -0.5], [0.12, 0.12], colour),
            layer(ellipse([0.24 * side, -0.49], [0.06, 0.06]), pale, Light::Flat),
            round([0.36 * side, 0.16], [0.12, 0.22], scaled(colour, 0.92)),
            round([0.22 * side, 0.52], [0.16, 0.13], scaled(colour, 0.92)),
        ]);
    }
    layers.extend([
        round([0.0, 0.22], [0.34, 0.36], colour),
        layer(ellipse([0.0, 0.26], [0.2, 0.22]), pale, Light::Flat),
        round([0.0, -0.26], [0.33, 0.29], colour),
        layer(ellipse([0.0, -0.16], [0.14, 0.11]), pale, Light::Flat),
        layer(ellipse([0.0, -0.2], [0.05, 0.035]), INK, Light::Flat),
        layer(ellipse([-0.13, -0.32], [0.03, 0.035]), INK, Light::Flat),
        layer(ellipse([0.13, -0.32], [0.03, 0.035]), INK, Light::Flat),
        layer(stroke([-0.24, 0.02], [0.24, 0.02], 0.08), scarf, Light::Cloth),
    ]);
    layers
}

pub(super) fn spade(colour: Colour, random: &mut Random) -> Vec<Layer> {
    let handle = random.pick(&[WOOD, [0.82, 0.68, 0.5], [0.45, 0.29, 0.18]]);
    let blade = [[0.2, 0.12], [0.2, 0.44], [0.11, 0.6], [0.0, 0.66]];
    vec![
        layer(stroke([0.0, -0.5], [0.0, 0.16], 0.06), handle, Light::Round),
        layer(ring([0.0, -0.58], [0.12, 0.09], 0.045), handle, Light::Flat),
        layer(polygon(&super::mirrored(&blade), 0.02), colour, Light::Round),
        on(2, stroke([0.0, 0.1], [0.0, 0.46], 0.05), scaled(colour, 0.8)),
        layer(box_between([-0.045, 0.02], [0.045, 0.16], 0.01), SILVER, Light::Round),
    ]
}
