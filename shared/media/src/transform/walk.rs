//! Which pixels belong together: the random walker with prior models (Leo Grady, 2005).
//!
//! Wanted is the x between 0 and 1 for which neighbours that look alike are alike, and each pixel is near to what its
//! colour speaks for. The sum of both squared is least where a system of linear equations holds; it is symmetric and
//! positive, so conjugate gradients solve it.

use super::plane::Plane;

/// How alike each pixel and its neighbour look.
pub(super) struct Likeness {
    /// To the right.
    pub(super) right: Plane,
    /// Below.
    pub(super) down: Plane,
}

/// What each pixel's colour speaks for.
pub(super) struct Prior {
    /// From 0 to 1.
    pub(super) target: Plane,
    /// How loudly.
    pub(super) weight: Plane,
}

/// As small as what is left of the error may be, and how often it is made smaller.
const ENOUGH: f64 = 1e-6;
const MAX_STEPS: usize = 300;

/// Finds x, beginning with a guess.
pub(super) fn walk(likeness: &Likeness, prior: &Prior, x: &mut Plane) {
    let (width, right, down) = (x.width, &likeness.right.values, &likeness.down.values);
    let inner = |i: usize| !(i + 1).is_multiple_of(width);
    let count = x.values.len();

    // What stands on the system's diagonal: by it every step is scaled.
    let mut diagonal = prior.weight.values.clone();
    let times = |x: &[f32], result: &mut [f32]| {
        for ((result, x), weight) in result.iter_mut().zip(x).zip(&prior.weight.values) {
            *result = x * weight;
        }
        for i in 0..count {
            if inner(i) {
                let pull = right[i] * (x[i] - x[i + 1]);
                result[i] += pull;
                result[i + 1] -= pull;
            }
            if i + width < count {
                let pull = down[i] * (x[i] - x[i + width]);
                result[i] += pull;
                result[i + width] -= pull;
            }
        }
    };
    for i in 0..count {
        if inner(i) {
            diagonal[i] += right[i];
            diagonal[i + 1] += right[i];
        }
        if i + width < count {
            diagonal[i] += down[i];
            diagonal[i + width] += down[i];
        }
    }

    let mut product = vec![0.0; count];
    times(&x.values, &mut product);
    let wanted = prior.target.values.iter().zip(&prior.weight.values).map(|(target, weight)| target * weight);
    let mut error: Vec<f32> = wanted.zip(&product).map(|(wanted, is)| wanted - is).collect();
    let mut step: Vec<f32> = error.iter().zip(&diagonal).map(|(error, scale)| error / scale).collect();
    let mut size = dot(&error, &step);
    let enough = size * ENOUGH;
    for _ in 0..MAX_STEPS {
        if size <= enough {
            break;
        }
        times(&step, &mut product);
        let length = (size / dot(&step, &product)) as f32;
        for i in 0..count {
            x.values[i] += length * step[i];
            error[i] -= length * product[i];
        }
        let next: f64 = error.iter().zip(&diagonal).map(|(e, scale)| f64::from(*e) * f64::from(e / scale)).sum();
        let keep = (next / size) as f32;
        for i in 0..count {
            step[i] = error[i] / diagonal[i] + keep * step[i];
        }
        size = next;
    }
}

fn dot(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_two_ends_know_spreads_until_it_meets_an_edge() {
        let plane = |values: &[f32]| Plane { width: values.len(), height: 1, values: values.to_vec() };
        let likeness = Likeness { right: plane(&[1.0, 1.0, 0.001, 1.0, 1.0, 0.0]), down: plane(&[0.0; 6]) };
        let prior =
            Prior { target: plane(&[1.0, 0.0, 0.0, 0.0, 0.0, 0.0]), weight: plane(&[1.0, 0.0, 0.0, 0.0, 0.0, 1.0]) };
        let mut x = plane(&[0.5; 6]);
        walk(&likeness, &prior, &mut x);
        assert!(x.values[..3].iter().all(|&x| x > 0.99) && x.values[3..].iter().all(|&x| x < 0.01), "{:?}", x.values);
    }
}
