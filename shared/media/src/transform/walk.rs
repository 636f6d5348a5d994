//! Segmentation: the random walker with prior models (Leo Grady, 2005).
//!
//! It finds a value x between 0 and 1 for each pixel, such that similar neighbours have similar values and each value
//! is near to the prior of the pixel's colour. The sum of both squared differences is minimal where a system of linear
//! equations holds. The system is symmetric and positive definite, so conjugate gradients solve it.

use super::plane::Plane;

/// The similarity of each pixel to its neighbours.
pub(super) struct Similarity {
    /// To the right neighbour.
    pub(super) right: Plane,
    /// To the neighbour below.
    pub(super) down: Plane,
}

/// The prior of each pixel, which follows from its colour.
pub(super) struct Prior {
    /// From 0 to 1.
    pub(super) target: Plane,
    /// The weight of the prior.
    pub(super) weight: Plane,
}

/// The error at which the iteration stops, relative to the first one, and the highest number of steps.
const TOLERANCE: f64 = 1e-6;
const MAX_STEPS: usize = 300;

/// Solves for x, starting with an estimate.
pub(super) fn walk(similarity: &Similarity, prior: &Prior, x: &mut Plane) {
    let (width, right, down) = (x.width, &similarity.right.values, &similarity.down.values);
    let inner = |i: usize| !(i + 1).is_multiple_of(width);
    let count = x.values.len();

    // The diagonal of the system, which preconditions each step.
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
    let right_side = prior.target.values.iter().zip(&prior.weight.values).map(|(target, weight)| target * weight);
    let mut error: Vec<f32> = right_side.zip(&product).map(|(target, actual)| target - actual).collect();
    let mut step: Vec<f32> = error.iter().zip(&diagonal).map(|(error, scale)| error / scale).collect();
    let mut size = dot(&error, &step);
    let tolerance = size * TOLERANCE;
    for _ in 0..MAX_STEPS {
        if size <= tolerance {
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
    fn the_values_of_two_ends_spread_up_to_an_edge() {
        let plane = |values: &[f32]| Plane { width: values.len(), height: 1, values: values.to_vec() };
        let similarity = Similarity { right: plane(&[1.0, 1.0, 0.001, 1.0, 1.0, 0.0]), down: plane(&[0.0; 6]) };
        let prior =
            Prior { target: plane(&[1.0, 0.0, 0.0, 0.0, 0.0, 0.0]), weight: plane(&[1.0, 0.0, 0.0, 0.0, 0.0, 1.0]) };
        let mut x = plane(&[0.5; 6]);
        walk(&similarity, &prior, &mut x);
        assert!(x.values[..3].iter().all(|&x| x > 0.99) && x.values[3..].iter().all(|&x| x < 0.01), "{:?}", x.values);
    }
}
