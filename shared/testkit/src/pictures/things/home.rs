//! Objects for the home.

use super::{
    BRASS, CREAM, Colour, EARTH, INK, LAMPLIGHT, LEAVES, Layer, Light, Random, SILVER, STEEL, Shape, WOOD, box_between,
    ellipse, label, layer, mirrored, mix, on, polygon, ring, scaled, stripes, stroke,
};

pub(super) fn mug(colour: Colour, random: &mut Random) -> Vec<Layer> {
    let side = random.pick(&[-1.0, 1.0]);
    let mut layers = vec![
        layer(ring([0.43 * side, 0.1], [0.2, 0.24], 0.085), scaled(colour, 0.9), Light::Flat),
        layer(ellipse([0.0, 0.58], [0.42, 0.075]), colour, Light::Round),
        layer(polygon(&[[-0.46, -0.36], [0.46, -0.36], [0.42, 0.58], [-0.42, 0.58]], 0.0), colour, Light::Round),
    ];
    stripes(&mut layers, 2, colour, random, 0.0, 0.4);
    layers.extend([
        layer(ellipse([0.0, -0.36], [0.46, 0.095]), mix(colour, CREAM, 0.35), Light::Flat),
        layer(ellipse([0.0, -0.352], [0.425, 0.075]), scaled(colour, 0.55), Light::Flat),
    ]);
    layers
}

pub(super) fn bowl(colour: Colour, random: &mut Random) -> Vec<Layer> {
    let half = [[0.56, -0.1], [0.52, 0.12], [0.42, 0.3], [0.26, 0.42]];
    let mut layers = vec![
        layer(box_between([-0.2, 0.4], [0.2, 0.5], 0.02), scaled(colour, 0.85), Light::Round),
        layer(polygon(&mirrored(&half), 0.04), colour, Light::Round),
    ];
    stripes(&mut layers, 1, colour, random, 0.05, 0.4);
    layers.extend([
        layer(ellipse([0.0, -0.12], [0.6, 0.13]), mix(colour, CREAM, 0.35), Light::Flat),
        layer(ellipse([0.0, -0.11], [0.555, 0.105]), scaled(colour, 0.6), Light::Flat),
    ]);
    layers
}

pub(super) fn bottle(colour: Colour, random: &mut Random) -> Vec<Layer> {
    let cap = random.pick(&[STEEL, WOOD, INK]);
    let half = [[0.085, -0.5], [0.085, -0.36], [0.14, -0.26], [0.22, -0.16], [0.25, -0.06], [0.25, 0.6]];
    let mut layers = vec![
        layer(polygon(&mirrored(&half), 0.03), colour, Light::Round),
        layer(polygon(&[[-0.1, -0.7], [0.1, -0.7], [0.1, -0.5], [-0.1, -0.5]], 0.02), cap, Light::Round),
    ];
    if random.next() < 0.5 {
        layers.push(on(0, box_between([-0.4, 0.1], [0.4, 0.4], 0.0), CREAM));
        layers.push(on(0, box_between([-0.12, 0.19], [0.16, 0.215], 0.0), STEEL));
        layers.push(on(0, box_between([-0.12, 0.26], [0.08, 0.285], 0.0), STEEL));
    } else {
        stripes(&mut layers, 0, colour, random, 0.05, 0.5);
    }
    layers
}

pub(super) fn jar(colour: Colour, random: &mut Random) -> Vec<Layer> {
    let lid = random.pick(&[STEEL, BRASS, WOOD, CREAM]);
    let mut layers = vec![
        layer(box_between([-0.3, -0.28], [0.3, 0.56], 0.07), colour, Light::Round),
        layer(box_between([-0.3, -0.52], [0.3, -0.38], 0.02), lid, Light::Round),
    ];
    label(&mut layers, 0, 0.14);
    layers
}

pub(super) fn lamp(colour: Colour, random: &mut Random) -> Vec<Layer> {
    let metal = random.pick(&[STEEL, BRASS, [0.2, 0.2, 0.22]]);
    let top = 0.2 + 0.1 * random.next();
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

pub(super) fn candle(colour: Colour, random: &mut Random) -> Vec<Layer> {
    let top = -0.1 - 0.25 * random.next();
    let mut layers = vec![layer(box_between([-0.22, top], [0.22, 0.6], 0.02), colour, Light::Round)];
    stripes(&mut layers, 0, colour, random, top + 0.1, 0.55);
    layers.extend([
        layer(ellipse([0.0, top], [0.24, 0.06]), mix(colour, LAMPLIGHT, 0.5), Light::Flat),
        layer(stroke([0.0, top], [0.01, top - 0.12], 0.014), INK, Light::Flat),
        layer(ellipse([0.01, top - 0.22], [0.055, 0.13]), [1.0, 0.78, 0.36], Light::Flat),
        layer(ellipse([0.01, top - 0.18], [0.028, 0.07]), LAMPLIGHT, Light::Flat),
    ]);
    layers
}

pub(super) fn chair(colour: Colour, random: &mut Random) -> Vec<Layer> {
    let wood = random.pick(&[WOOD, [0.30, 0.21, 0.16], [0.82, 0.68, 0.50]]);
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

pub(super) fn cushion(colour: Colour, random: &mut Random) -> Vec<Layer> {
    let half = [[0.0, -0.44], [0.54, -0.52], [0.47, 0.0], [0.54, 0.52], [0.0, 0.44]];
    let mut layers = vec![layer(polygon(&mirrored(&half), 0.06), colour, Light::Cloth)];
    stripes(&mut layers, 0, colour, random, -0.4, 0.4);
    layers.push(on(0, ellipse([0.0, 0.0], [0.04, 0.04]), scaled(colour, 0.65)));
    layers
}

pub(super) fn plant_pot(colour: Colour, random: &mut Random) -> Vec<Layer> {
    let mut layers = Vec::new();
    for index in 0..11_u8 {
        let lean = (f32::from(index) - 5.0) * 0.21 + (random.next() - 0.5) * 0.16;
        let long = 0.26 + 0.11 * random.next();
        let centre = [lean.sin() * long * 1.15, 0.04 - lean.cos() * long * 1.15];
        let leaf = Shape::Ellipse { centre, radii: [0.075 + 0.03 * random.next(), long], turn: lean };
        layers.push(layer(leaf, random.pick(&LEAVES), Light::Flat));
        let tip = [lean.sin() * long * 1.9, 0.04 - lean.cos() * long * 1.9];
        layers.push(on(layers.len() - 1, stroke([0.0, 0.1], tip, 0.01), [0.52, 0.68, 0.45]));
    }
    let pot = layers.len();
    layers.extend([
        layer(polygon(&[[-0.33, 0.1], [0.33, 0.1], [0.26, 0.62], [-0.26, 0.62]], 0.02), colour, Light::Round),
        on(pot, box_between([-0.5, 0.16], [0.5, 0.19], 0.0), scaled(colour, 0.75)),
        layer(box_between([-0.38, 0.02], [0.38, 0.14], 0.02), colour, Light::Round),
    ]);
    stripes(&mut layers, pot, colour, random, 0.3, 0.5);
    layers.insert(pot, layer(ellipse([0.0, 0.02], [0.37, 0.05]), EARTH, Light::Flat));
    for layer in &mut layers[pot + 1..] {
        layer.within = layer.within.map(|index| index + 1);
    }
    layers
}

pub(super) fn board(colour: Colour, random: &mut Random) -> Vec<Layer> {
    let mut layers = vec![
        layer(box_between([-0.06, -0.6], [0.06, -0.2], 0.04), colour, Light::Flat),
        layer(box_between([-0.34, -0.26], [0.34, 0.56], 0.06), colour, Light::Flat),
        layer(ellipse([0.0, -0.54], [0.035, 0.035]), scaled(colour, 0.45), Light::Flat),
    ];
    for line in 0..9_u8 {
        let x = -0.36 + 0.09 * f32::from(line) + 0.03 * random.next();
        let grain = scaled(colour, 0.8 + 0.12 * random.next());
        layers.push(on(1, stroke([x, -0.4], [x + 0.06 * (random.next() - 0.5), 0.7], 0.008), grain));
    }
    layers
}

pub(super) fn knife(colour: Colour, random: &mut Random) -> Vec<Layer> {
    let steel = random.pick(&[SILVER, STEEL]);
    let blade = [[-0.66, 0.06], [-0.45, -0.08], [0.16, -0.1], [0.16, 0.12], [-0.5, 0.12]];
    let mut layers = vec![
        layer(polygon(&blade, 0.01), steel, Light::Flat),
        on(0, polygon(&[[-0.7, 0.06], [0.2, 0.06], [0.2, 0.2], [-0.7, 0.2]], 0.0), mix(steel, CREAM, 0.5)),
        layer(box_between([0.18, -0.08], [0.22, 0.1], 0.01), BRASS, Light::Flat),
        layer(box_between([0.24, -0.06], [0.66, 0.06], 0.035), colour, Light::Flat),
    ];
    for x in [0.34, 0.46, 0.58] {
        layers.push(layer(ellipse([x, 0.0], [0.018, 0.018]), BRASS, Light::Flat));
    }
    layers
}
