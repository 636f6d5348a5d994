//! What colours a part of a picture has: a mixture of Gaussians.

/// A colour as a place: lightness and two differences, in which distances are about as large as they look.
pub(super) type Place = [f32; 3];

/// How many groups of colours a part is taken to have.
const COMPONENTS: usize = 5;

/// Groups smaller than this share of all are chance.
const MIN_SHARE: f32 = 0.002;

/// The least spread of a group: what noise and compression do to one colour.
const FLOOR: f32 = 0.012;

/// How dark a shadow is at most: its lightness as a share of what it falls on. (In light it is the cube: 0.27.)
const DARKEST: f32 = 0.65;

/// Björn Ottosson's Oklab (<https://bottosson.github.io/posts/oklab/>) of a colour in sRGB, its two differences doubled:
/// for telling things apart, hue says more than light.
pub(super) fn place_of([r, g, b]: [u8; 3]) -> Place {
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

/// How far apart two colours are, squared.
pub(super) fn squared_distance(a: Place, b: Place) -> f32 {
    dot(minus(a, b), minus(a, b))
}

/// A group of like colours.
struct Component {
    mean: Place,
    /// Of the covariance.
    inverse: [Place; 3],
    /// The logarithm of its height at the mean, weighted by its share.
    height: f32,
}

/// Groups of like colours.
pub(super) struct Mixture(Vec<Component>);

impl Mixture {
    /// The mixture of colours with their weights; none if they are of no colour.
    pub(super) fn of(points: &[(Place, f32)]) -> Option<Self> {
        let mut means = vec![mean(points.iter().copied())?];
        let mut nearest = vec![0; points.len()];
        loop {
            for _ in 0..6 {
                gather(points, &mut means, &mut nearest);
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

    /// How likely a colour is one of these, as a logarithm.
    pub(super) fn likelihood(&self, at: Place) -> f32 {
        self.best(|component| component.height - component.distance(minus(at, component.mean)) / 2.0)
    }

    /// The same of a colour that may lie in a shadow. Less light makes every part of a place smaller by the same factor.
    pub(super) fn likelihood_in_shadow(&self, at: Place) -> f32 {
        self.best(|component| component.height - component.distance_in_shadow(at) / 2.0)
    }

    /// How far a colour that may lie in a shadow is from all of these, in squared standard deviations.
    pub(super) fn distance_in_shadow(&self, at: Place) -> f32 {
        -self.best(|component| -component.distance_in_shadow(at))
    }

    fn best(&self, of: impl Fn(&Component) -> f32) -> f32 {
        self.0.iter().map(of).fold(f32::MIN, f32::max)
    }
}

impl Component {
    fn of(members: impl Iterator<Item = (Place, f32)> + Clone, all: f32) -> Option<Self> {
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
        // The inverse of a symmetric matrix, by its cross products.
        let [a, b, c] = covariance;
        let cofactors = [cross(b, c), cross(c, a), cross(a, b)];
        let determinant = dot(a, cofactors[0]);
        let inverse = cofactors.map(|row| row.map(|value| value / determinant));
        Some(Self { mean: centre, inverse, height: share.ln() - determinant.ln() / 2.0 })
    }

    /// How long a difference is, in squared standard deviations.
    fn distance(&self, off: Place) -> f32 {
        self.product(off, off)
    }

    fn distance_in_shadow(&self, at: Place) -> f32 {
        let light = self.product(self.mean, at) / self.product(self.mean, self.mean).max(f32::MIN_POSITIVE);
        let light = light.clamp(DARKEST, 1.0);
        self.distance(minus(at, self.mean.map(|part| part * light)))
    }

    fn product(&self, a: Place, b: Place) -> f32 {
        dot(a, self.inverse.map(|row| dot(row, b)))
    }
}

/// Moves each point to the nearest mean, and each mean to its points.
fn gather(points: &[(Place, f32)], means: &mut [Place], nearest: &mut [usize]) {
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

/// Splits the group that scatters most, along what its points differ by.
fn split_widest(points: &[(Place, f32)], means: &mut Vec<Place>, nearest: &[usize]) {
    // A direction has no sign; this one is as good as any.
    const UPWARDS: Place = [1.0, 0.37, 0.61];
    let mut scatter = vec![(0.0, [0.0; 3], 0.0); means.len()];
    for (&(point, weight), &group) in points.iter().zip(nearest) {
        let off = minus(point, means[group]);
        let sign = if dot(off, UPWARDS) < 0.0 { -weight } else { weight };
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

fn mean(points: impl Iterator<Item = (Place, f32)>) -> Option<Place> {
    let add =
        |(sum, total), (point, weight): (Place, f32)| (plus(sum, point.map(|part| part * weight)), total + weight);
    let (sum, total) = points.fold(([0.0; 3], 0.0), add);
    (total > 0.0).then(|| sum.map(|part| part / total))
}

fn plus(a: Place, b: Place) -> Place {
    [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
}

fn minus(a: Place, b: Place) -> Place {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

fn dot(a: Place, b: Place) -> f32 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn cross(a: Place, b: Place) -> Place {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grey_and_red() -> Mixture {
        let points: Vec<_> = (0..100u8)
            .map(|n| (place_of(if n % 2 == 0 { [200 + n % 5; 3] } else { [190 + n % 5, 30, 40] }), 1.0))
            .collect();
        Mixture::of(&points).unwrap()
    }

    #[test]
    fn colours_of_a_mixture_are_likelier_than_others() {
        let mixture = grey_and_red();
        for member in [[202; 3], [192, 30, 40]] {
            assert!(mixture.likelihood(place_of(member)) > mixture.likelihood(place_of([40, 160, 60])) + 50.0);
        }
    }

    #[test]
    fn a_shadow_is_near_to_what_it_falls_on_and_a_light_is_not() {
        let mixture = grey_and_red();
        assert!(mixture.distance_in_shadow(place_of([140; 3])) < 4.0);
        assert!(mixture.distance_in_shadow(place_of([250; 3])) > 20.0);
    }
}
