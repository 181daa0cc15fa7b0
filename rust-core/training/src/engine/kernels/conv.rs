//! Convolution of `[channels, batch, height, width]` pictures and its two gradients.

use std::ops::Range;

use rayon::prelude::*;

use super::matrix::{ColumnTile, Matrix, column_tiles};
use crate::engine::spec::ConvShape;

/// Columns per tile, at least: enough to keep the matrix product efficient on small maps.
const MIN_TILE: usize = 256;

/// Partial weight gradients. Fixed, so that the order of the sums (and so the result) does not
/// depend on the number of threads.
const PARTIALS: usize = 8;

/// The sizes of one batch's convolution.
#[derive(Clone, Copy, Debug)]
pub(super) struct Conv {
    pub(super) shape: ConvShape,
    pub(super) batch: usize,
}

impl Conv {
    fn in_area(&self) -> usize {
        self.shape.input[0] * self.shape.input[1]
    }

    fn out_area(&self) -> usize {
        self.shape.output[0] * self.shape.output[1]
    }

    fn pictures_per_tile(&self) -> usize {
        MIN_TILE.div_ceil(self.out_area()).min(self.batch)
    }

    fn tile_pictures(&self, tile: usize) -> Range<usize> {
        let first = tile * self.pictures_per_tile();
        first..(first + self.pictures_per_tile()).min(self.batch)
    }

    /// `[out_channels, batch, height, width]`.
    pub(super) fn forward(&self, x: &[f32], weight: &[f32]) -> Vec<f32> {
        let (shape, cols) = (self.shape, self.batch * self.out_area());
        let mut output = vec![0.0; shape.out_channels * cols];
        let weight = Matrix::new(weight, shape.out_channels, shape.patch(), shape.patch());
        column_tiles(&mut output, cols, self.pictures_per_tile() * self.out_area())
            .into_par_iter()
            .enumerate()
            .for_each_init(Vec::new, |patches, (index, mut tile)| {
                self.patches(x, self.tile_pictures(index), patches);
                let patches = Matrix::new(patches, shape.patch(), tile.width(), tile.width());
                tile.multiply(weight, patches, false);
            });
        output
    }

    /// Gradient of the weights, `[out_channels, in_channels, kernel, kernel]`.
    pub(super) fn weight_gradient(&self, x: &[f32], output_gradient: &[f32]) -> Vec<f32> {
        let (shape, cols) = (self.shape, self.batch * self.out_area());
        let size = shape.out_channels * shape.patch();
        let tiles = self.batch.div_ceil(self.pictures_per_tile());
        let partials: Vec<Vec<f32>> = (0..PARTIALS.min(tiles))
            .into_par_iter()
            .map(|part| {
                let mut sum = vec![0.0; size];
                let mut patches = Vec::new();
                for (step, tile) in (part..tiles).step_by(PARTIALS).enumerate() {
                    let pictures = self.tile_pictures(tile);
                    let start = pictures.start * self.out_area();
                    let width = pictures.len() * self.out_area();
                    self.patches(x, pictures, &mut patches);
                    let gradient =
                        Matrix::new(&output_gradient[start..], shape.out_channels, width, cols);
                    let patches = Matrix::new(&patches, shape.patch(), width, width).transposed();
                    ColumnTile::whole(&mut sum, shape.patch()).multiply(
                        gradient,
                        patches,
                        step > 0,
                    );
                }
                sum
            })
            .collect();
        let mut partials = partials.into_iter();
        let mut total = partials.next().unwrap_or_else(|| vec![0.0; size]);
        for partial in partials {
            for (sum, value) in total.iter_mut().zip(&partial) {
                *sum += value;
            }
        }
        total
    }

    /// Gradient of the input, `[in_channels, batch, height, width]`.
    pub(super) fn input_gradient(&self, weight: &[f32], output_gradient: &[f32]) -> Vec<f32> {
        let (shape, cols) = (self.shape, self.batch * self.out_area());
        let in_cols = self.batch * self.in_area();
        let mut input_gradient = vec![0.0; shape.in_channels * in_cols];
        let weight =
            Matrix::new(weight, shape.out_channels, shape.patch(), shape.patch()).transposed();
        column_tiles(&mut input_gradient, in_cols, self.pictures_per_tile() * self.in_area())
            .into_par_iter()
            .enumerate()
            .for_each_init(Vec::new, |patches: &mut Vec<f32>, (index, mut tile)| {
                let pictures = self.tile_pictures(index);
                let start = pictures.start * self.out_area();
                let width = pictures.len() * self.out_area();
                let gradient =
                    Matrix::new(&output_gradient[start..], shape.out_channels, width, cols);
                patches.resize(shape.patch() * width, 0.0);
                ColumnTile::whole(patches, width).multiply(weight, gradient, false);
                self.add_patches(patches, pictures.len(), &mut tile);
            });
        input_gradient
    }

    /// Fills `patches` (`[patch, pictures * out_area]`) with every output position's input patch
    /// ("im2col"), zeros outside of the picture.
    fn patches(&self, x: &[f32], pictures: Range<usize>, patches: &mut Vec<f32>) {
        let ConvShape { in_channels, kernel, stride, input: [in_h, in_w], .. } = self.shape;
        let [out_h, out_w] = self.shape.output;
        patches.resize(self.shape.patch() * pictures.len() * self.out_area(), 0.0);
        let mut rows = patches.chunks_exact_mut(out_w);
        for channel in 0..in_channels {
            for tap in 0..kernel * kernel {
                let (tap_y, tap_x) = (tap / kernel, tap % kernel);
                let (columns, first) = self.reach(tap_x, in_w, out_w);
                for picture in pictures.clone() {
                    let plane = (channel * self.batch + picture) * self.in_area();
                    for (out_y, row) in rows.by_ref().take(out_h).enumerate() {
                        let Some(y) = self.source(out_y, tap_y, in_h) else {
                            row.fill(0.0);
                            continue;
                        };
                        let source = &x[plane + y * in_w..][first..in_w];
                        row[..columns.start].fill(0.0);
                        row[columns.end..].fill(0.0);
                        let inside = &mut row[columns.clone()];
                        match stride {
                            1 => inside.copy_from_slice(&source[..inside.len()]),
                            2 => {
                                for (value, pair) in inside.iter_mut().zip(source.chunks(2)) {
                                    *value = pair[0];
                                }
                            }
                            _ => {
                                for (value, from) in
                                    inside.iter_mut().zip(source.iter().step_by(stride))
                                {
                                    *value = *from;
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// Adds every patch back to where it came from ("col2im"): the transpose of [`Self::patches`].
    fn add_patches(&self, patches: &[f32], pictures: usize, tile: &mut ColumnTile<'_>) {
        let ConvShape { in_channels, kernel, stride, input: [in_h, in_w], .. } = self.shape;
        let [out_h, out_w] = self.shape.output;
        let mut rows = patches.chunks_exact(out_w);
        for channel in 0..in_channels {
            let planes = tile.row(channel);
            for tap in 0..kernel * kernel {
                let (tap_y, tap_x) = (tap / kernel, tap % kernel);
                let (columns, first) = self.reach(tap_x, in_w, out_w);
                for picture in 0..pictures {
                    let plane = &mut planes[picture * self.in_area()..][..self.in_area()];
                    for (out_y, row) in rows.by_ref().take(out_h).enumerate() {
                        let Some(y) = self.source(out_y, tap_y, in_h) else { continue };
                        let target = &mut plane[y * in_w..][first..in_w];
                        let inside = &row[columns.clone()];
                        match stride {
                            1 => {
                                for (sum, value) in target.iter_mut().zip(inside) {
                                    *sum += value;
                                }
                            }
                            2 => {
                                for (pair, value) in target.chunks_mut(2).zip(inside) {
                                    pair[0] += value;
                                }
                            }
                            _ => {
                                for (sum, value) in target.iter_mut().step_by(stride).zip(inside) {
                                    *sum += value;
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// Input position that `tap` reads for the output position `out`, if inside the picture.
    fn source(&self, out: usize, tap: usize, side: usize) -> Option<usize> {
        (out * self.shape.stride + tap).checked_sub(self.shape.padding).filter(|&at| at < side)
    }

    /// Output positions for which `tap` reads inside the picture, and the first position it reads.
    fn reach(&self, tap: usize, in_side: usize, out_side: usize) -> (Range<usize>, usize) {
        let ConvShape { stride, padding, .. } = self.shape;
        let start = padding.saturating_sub(tap).div_ceil(stride);
        let end = (in_side + padding).saturating_sub(tap).div_ceil(stride).min(out_side);
        if start >= end {
            return (0..0, 0);
        }
        (start..end, start * stride + tap - padding)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::random::{Random, Stream};

    fn values(len: usize, seed: u64) -> Vec<f32> {
        let mut random = Random::stream(seed, Stream::Weights, &[]);
        (0..len).map(|_| random.uniform(-1.0, 1.0)).collect()
    }

    fn dot(a: &[f32], b: &[f32]) -> f64 {
        a.iter().zip(b).map(|(a, b)| f64::from(a * b)).sum()
    }

    /// The definition, loop by loop.
    fn reference(conv: &Conv, x: &[f32], weight: &[f32]) -> Vec<f32> {
        let s = conv.shape;
        let mut output = Vec::new();
        for out in 0..s.out_channels {
            for picture in 0..conv.batch {
                for (y, col) in (0..s.output[0]).flat_map(|y| (0..s.output[1]).map(move |c| (y, c)))
                {
                    let mut sum = 0.0;
                    for channel in 0..s.in_channels {
                        for (ky, kx) in
                            (0..s.kernel).flat_map(|a| (0..s.kernel).map(move |b| (a, b)))
                        {
                            let (iy, ix) = (y * s.stride + ky, col * s.stride + kx);
                            if (s.padding..s.input[0] + s.padding).contains(&iy)
                                && (s.padding..s.input[1] + s.padding).contains(&ix)
                            {
                                let plane = (channel * conv.batch + picture) * conv.in_area();
                                let at = plane + (iy - s.padding) * s.input[1] + ix - s.padding;
                                let tap = ((out * s.in_channels + channel) * s.kernel + ky)
                                    * s.kernel
                                    + kx;
                                sum += x[at] * weight[tap];
                            }
                        }
                    }
                    output.push(sum);
                }
            }
        }
        output
    }

    #[test]
    fn forward_is_the_definition_and_gradients_are_its_adjoints() {
        for (channels, kernel, stride, input, batch) in [
            ([3, 5], 3, 2, [9, 12], 3),
            ([4, 2], 3, 1, [5, 5], 40),
            ([2, 3], 1, 1, [7, 4], 2),
            ([2, 4], 5, 2, [3, 2], 5),
            ([1, 2], 7, 3, [16, 11], 1),
            ([2, 2], 5, 1, [1, 1], 2),
        ] {
            let shape = ConvShape::new(channels, kernel, stride, input).unwrap();
            let conv = Conv { shape, batch };
            let x = values(shape.in_channels * batch * conv.in_area(), 1);
            let weight = values(shape.out_channels * shape.patch(), 2);
            let output = conv.forward(&x, &weight);
            for (got, want) in output.iter().zip(reference(&conv, &x, &weight)) {
                assert!((got - want).abs() < 1e-4, "{shape:?}: {got} {want}");
            }
            // The convolution is linear in x and in the weights, so <conv(x, w), g> must equal
            // <x, input gradient> and <w, weight gradient>.
            let gradient = values(output.len(), 3);
            let want = dot(&output, &gradient);
            let by_x = dot(&x, &conv.input_gradient(&weight, &gradient));
            let by_weight = dot(&weight, &conv.weight_gradient(&x, &gradient));
            assert!((by_x - want).abs() < 1e-3 * want.abs().max(1.0), "{shape:?}: {by_x} {want}");
            assert!((by_weight - want).abs() < 1e-3 * want.abs().max(1.0), "{shape:?}");
        }
    }
}
