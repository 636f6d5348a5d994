//! One number per pixel.

use image::{Rgba, RgbaImage};

/// Numbers in rows, in the size of a picture.
#[derive(Debug, Clone)]
pub(super) struct Plane {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) values: Vec<f32>,
}

impl Plane {
    pub(super) fn of(image: &RgbaImage, value: impl Fn([u8; 4]) -> f32) -> Self {
        let values = image.pixels().map(|&Rgba(pixel)| value(pixel)).collect();
        Self { width: image.width() as usize, height: image.height() as usize, values }
    }

    pub(super) fn map(&self, change: impl Fn(f32) -> f32) -> Self {
        self.with(self.values.iter().map(|&value| change(value)).collect())
    }

    pub(super) fn zip(&self, other: &Self, join: impl Fn(f32, f32) -> f32) -> Self {
        self.with(self.values.iter().zip(&other.values).map(|(&a, &b)| join(a, b)).collect())
    }

    fn with(&self, values: Vec<f32>) -> Self {
        Self { width: self.width, height: self.height, values }
    }

    /// Returns the mean of the square of 2 x `radius` + 1 pixels per side around each pixel, without pixels outside the
    /// picture.
    pub(super) fn mean(&self, radius: usize) -> Self {
        self.mean_of_rows(radius).transposed().mean_of_rows(radius).transposed()
    }

    /// Applies the mean three times, which approximates a Gaussian blur with a standard deviation of `radius` + 0.5
    /// pixels.
    pub(super) fn blurred(&self, radius: usize) -> Self {
        self.mean(radius).mean(radius).mean(radius)
    }

    fn mean_of_rows(&self, radius: usize) -> Self {
        let mut values = Vec::with_capacity(self.values.len());
        // Sums of millions of numbers need f64: an f32 would drift.
        let mut sums = Vec::with_capacity(self.width + 1);
        for row in self.values.chunks_exact(self.width) {
            sums.clear();
            sums.push(0.0);
            let mut sum = 0.0;
            sums.extend(row.iter().map(|&value| {
                sum += f64::from(value);
                sum
            }));
            values.extend((0..self.width).map(|x| {
                let (from, to) = (x.saturating_sub(radius), (x + radius + 1).min(self.width));
                ((sums[to] - sums[from]) / (to - from) as f64) as f32
            }));
        }
        self.with(values)
    }

    fn transposed(&self) -> Self {
        let values = (0..self.width).flat_map(|x| self.values.iter().skip(x).step_by(self.width).copied());
        Self { width: self.height, height: self.width, values: values.collect() }
    }

    /// Resizes by linear interpolation.
    pub(super) fn resized(&self, width: usize, height: usize) -> Self {
        let across: Vec<_> = (0..width).map(|x| between(x, width, self.width)).collect();
        let mut values = Vec::with_capacity(width * height);
        for y in 0..height {
            let (above, below, down) = between(y, height, self.height);
            let (above, below) = (&self.values[above * self.width..], &self.values[below * self.width..]);
            values.extend(across.iter().map(|&(left, right, along)| {
                let at = |row: &[f32]| row[left] + (row[right] - row[left]) * along;
                at(above) + (at(below) - at(above)) * down
            }));
        }
        Self { width, height, values }
    }
}

/// Returns the two positions of `of` between which the centre of the `n`th of `count` positions lies, and how far it is
/// from the first to the second, from 0 to 1.
fn between(n: usize, count: usize, of: usize) -> (usize, usize, f32) {
    let at = ((n as f32 + 0.5) * of as f32 / count as f32 - 0.5).clamp(0.0, (of - 1) as f32);
    let first = at as usize;
    (first, (first + 1).min(of - 1), at - first as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plane(width: usize, values: &[f32]) -> Plane {
        Plane { width, height: values.len() / width, values: values.to_vec() }
    }

    #[test]
    fn a_mean_at_the_edge_ignores_what_is_outside() {
        let corner = plane(3, &[9.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(corner.mean(1).values, [2.25, 1.5, 0.0, 2.25, 1.5, 0.0]);
    }

    #[test]
    fn resizing_keeps_a_slope() {
        let slope = plane(4, &[0.0, 1.0, 2.0, 3.0]);
        assert_eq!(slope.resized(8, 1).values[1..7], [0.25, 0.75, 1.25, 1.75, 2.25, 2.75]);
    }
}
