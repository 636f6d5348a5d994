//! The colours of a part of a picture, as a mixture of Gaussians.

/// A colour as a point: lightness and two colour differences, with distances that match what people see.
pub(super) type Oklab = [f32; 3];

/// The number of groups of colours.
const COMPONENTS: usize = 5;

/// Groups with a smaller share are ignored as noise.
const MIN_SHARE: f32 = 0.002;

/// The minimum standard deviation of a group: what noise and compression do to a single colour.
const FLOOR: f32 = 0.012;

/// The darkest shadow: its lightness as a share of that of the surface. (The light itself is the cube: 0.27.)
const DARKEST: f32 = 0.65;

/// Converts an sRGB colour to Björn Ottosson's Oklab (<https://bottosson.github.io/posts/oklab/>), with its two
/// differences doubled: hue separates objects better than lightness.
pub(super) fn to_oklab([r, g, b]: [u8; 3]) -> Oklab {
    let [r, g, b] = [r, g, b].map(|part| {
        let part = f32::from(part) / 255.0;
        if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    let l = (0.412_221_46 * r + 0.536_332_55 * g + 0.051_445_995 * b).cbrt();
    let m = (0.211_903_5 * r + 0.680_699_5 * g + 0.107_396_96 * b).cbrt();
    let s = (0.088_302_46 * r + 0.281_718_85 * g + 0.629_978_7 * b).cbrt();
    [
        0.210_454_26 * l + 0.793_617_8 * m - 0.004_072_047 * s,
        2.0 * (1.977_998_5 * l - 2.428_592_2 * m + 0.450_593_7 * s),
        2.0 * (0.025_904_037 * l + 0.782_771_77 * m - 0.808_675_77 * s),
    ]
}

/// Returns the squared distance of two colours.
pub(super) fn squared_distance(a: Oklab, b: Oklab) -> f32 {
    dot(minus(a, b), minus(a, b))
}

/// A group of similar colours.
struct Component {
    mean: Oklab,
    /// The inverse of the covariance.
    inverse: [Oklab; 3],
    /// The logarithm of its density at the mean, weighted by its share.
    height: f32,
}

/// A mixture of groups of similar colours.
pub(super) struct Mixture(Vec<Component>);

impl Mixture {
    /// Fits a mixture to weighted colours. Returns `None` if there is no weight or no group is large enough.
    pub(super) fn of(points: &[(Oklab, f32)]) -> Option<Self> {
        let mut means = vec![mean(points.iter().copied())?];
        let mut nearest = vec![0; points.len()];
        loop {
            for _ in 0..6 {
                assign(points, &mut means, &mut nearest);
            }
            if means.len() == COMPONENTS {
                break;
            }
            split_widest(points, &mut means, &nearest);
        }
        let all: f32 = points.iter().map(|&(_, weight)| weight).sum();
        let groups = (0..means.len()).map(|group| {
            let members = points.iter().zip(&nearest).filter(move |&(_, &of)| of == group).map(|(&point, _)| point);
            Component::of(members, all)
        });
        let components: Vec<_> = groups.flatten().collect();
        if components.is_empty() { None } else { Some(Self(components)) }
    }

    /// Returns the logarithm of the likelihood that a colour belongs to this mixture.
    pub(super) fn likelihood(&self, at: Oklab) -> f32 {
        self.best(|component| component.height - component.distance(minus(at, component.mean)) / 2.0)
    }

    /// Like `likelihood`, for a colour that may be in shadow. Less light scales all parts of a colour by the same
    /// factor.
    pub(super) fn likelihood_in_shadow(&self, at: Oklab) -> f32 {
        self.best(|component| component.height - component.distance_in_shadow(at) / 2.0)
    }

    /// Returns the distance of a colour that may be in shadow to the nearest group, in squared standard deviations.
    pub(super) fn distance_in_shadow(&self, at: Oklab) -> f32 {
        -self.best(|component| -component.distance_in_shadow(at))
    }

    fn best(&self, of: impl Fn(&Component) -> f32) -> f32 {
        self.0.iter().map(of).fold(f32::MIN, f32::max)
    }
}

impl Component {
    fn of(members: impl Iterator<Item = (Oklab, f32)> + Clone, all: f32) -> Option<Self> {
        let share = members.clone().map(|(_, weight)| weight).sum::<f32>() / all;
        if share < MIN_SHARE {
            return None;
        }
        let centre = mean(members.clone())?;
        let mut covariance = [[0.0; 3]; 3];
        for (point, weight) in members {
            let off = minus(point, centre);
            for (row, a) in covariance.iter_mut().zip(off) {
                *row = plus(*row, off.map(|b| a * b * weight / (all * share)));
            }
        }
        for (axis, row) in covariance.iter_mut().enumerate() {
            row[axis] += FLOOR * FLOOR;
        }
        // The inverse of a symmetric matrix, by cross products of its rows.
        let [a, b, c] = covariance;
        let cofactors = [cross(b, c), cross(c, a), cross(a, b)];
        let determinant = dot(a, cofactors[0]);
        let inverse = cofactors.map(|row| row.map(|value| value / determinant));
        Some(Self { mean: centre, inverse, height: share.ln() - determinant.ln() / 2.0 })
    }

    /// Returns the length of a difference, in squared standard deviations.
    fn distance(&self, off: Oklab) -> f32 {
        self.product(off, off)
    }

    fn distance_in_shadow(&self, at: Oklab) -> f32 {
        let light = self.product(self.mean, at) / self.product(self.mean, self.mean).max(f32::MIN_POSITIVE);
        let light = light.clamp(DARKEST, 1.0);
        self.distance(minus(at, self.mean.map(|part| part * light)))
    }

    fn product(&self, a: Oklab, b: Oklab) -> f32 {
        dot(a, self.inverse.map(|row| dot(row, b)))
    }
}

/// One step of k-means: assigns each point to the nearest mean, and moves each mean to its points.
fn assign(points: &[(Oklab, f32)], means: &mut [Oklab], nearest: &mut [usize]) {
    let mut sums = vec![([0.0; 3], 0.0); means.len()];
    for (&(point, weight), group) in points.iter().zip(nearest) {
        let mut best = f32::MAX;
        for (candidate, &mean) in means.iter().enumerate() {
            let distance = squared_distance(point, mean);
            if distance < best {
                (best, *group) = (distance, candidate);
            }
        }
        let (sum, total) = &mut sums[*group];
        *sum = plus(*sum, point.map(|part| part * weight));
        *total += weight;
    }
    for (mean, (sum, total)) in means.iter_mut().zip(sums) {
        if total > 0.0 {
            *mean = sum.map(|part| part / total);
        }
    }
}

/// Splits the group with the largest scatter, along the direction in which its points differ.
fn split_widest(points: &[(Oklab, f32)], means: &mut Vec<Oklab>, nearest: &[usize]) {
    // A direction has no sign; any half-space works.
    const REFERENCE: Oklab = [1.0, 0.37, 0.61];
    let mut scatter = vec![(0.0, [0.0; 3], 0.0); means.len()];
    for (&(point, weight), &group) in points.iter().zip(nearest) {
        let off = minus(point, means[group]);
        let sign = if dot(off, REFERENCE) < 0.0 { -weight } else { weight };
        let (total, direction, share) = &mut scatter[group];
        *total += dot(off, off) * weight;
        *direction = plus(*direction, off.map(|part| part * sign));
        *share += weight;
    }
    let widest = scatter.iter().enumerate().max_by(|(_, a), (_, b)| a.0.total_cmp(&b.0));
    if let Some((group, &(_, direction, share))) = widest {
        let step = direction.map(|part| part / share.max(f32::MIN_POSITIVE));
        let old = means[group];
        means[group] = plus(old, step);
        means.push(minus(old, step));
    }
}

fn mean(points: impl Iterator<Item = (Oklab, f32)>) -> Option<Oklab> {
    let add =
        |(sum, total), (point, weight): (Oklab, f32)| (plus(sum, point.map(|part| part * weight)), total + weight);
    let (sum, total) = points.fold(([0.0; 3], 0.0), add);
    (total > 0.0).then(|| sum.map(|part| part / total))
}

fn plus(a: Oklab, b: Oklab) -> Oklab {
    [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
}

fn minus(a: Oklab, b: Oklab) -> Oklab {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

fn dot(a: Oklab, b: Oklab) -> f32 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn cross(a: Oklab, b: Oklab) -> Oklab {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grey_and_red() -> Mixture {
        let points: Vec<_> = (0..100u8)
            .map(|n| (to_oklab(if n % 2 == 0 { [200 + n % 5; 3] } else { [190 + n % 5, 30, 40] }), 1.0))
            .collect();
        Mixture::of(&points).unwrap()
    }

    #[test]
    fn colours_of_a_mixture_are_likelier_than_other_colours() {
        let mixture = grey_and_red();
        for member in [[202; 3], [192, 30, 40]] {
            assert!(mixture.likelihood(to_oklab(member)) > mixture.likelihood(to_oklab([40, 160, 60])) + 50.0);
        }
    }

    #[test]
    fn a_shadow_is_near_to_its_surface_and_a_light_is_not() {
        let mixture = grey_and_red();
        assert!(mixture.distance_in_shadow(to_oklab([140; 3])) < 4.0);
        assert!(mixture.distance_in_shadow(to_oklab([250; 3])) > 20.0);
    }
}
