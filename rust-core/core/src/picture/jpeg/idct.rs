use std::f32::consts::SQRT_2;
use std::ops::{Add, Mul, Sub};

/// Lifts samples to 0..=255; the small excess makes halves round up, as integer decoders do.
const LEVEL: f32 = 128.0 + 1.0 / 1024.0;
/// Adding this leaves the rounded value in the low bits of the float.
const ROUNDER: f32 = 12_582_912.0;

/// Four columns that are transformed together; the compiler keeps each in one vector register.
#[derive(Clone, Copy)]
struct Lanes([f32; 4]);

impl Add for Lanes {
    type Output = Self;
    #[inline(always)]
    fn add(mut self, other: Self) -> Self {
        self.0.iter_mut().zip(other.0).for_each(|(a, b)| *a += b);
        self
    }
}

impl Sub for Lanes {
    type Output = Self;
    #[inline(always)]
    fn sub(mut self, other: Self) -> Self {
        self.0.iter_mut().zip(other.0).for_each(|(a, b)| *a -= b);
        self
    }
}

impl Mul<f32> for Lanes {
    type Output = Self;
    #[inline(always)]
    fn mul(mut self, factor: f32) -> Self {
        self.0.iter_mut().for_each(|a| *a *= factor);
        self
    }
}

/// Rounds and clamps; a plain loop over the whole block is what the compiler packs best.
#[inline(always)]
fn samples<const N: usize>(values: &[f32; N]) -> [u8; N] {
    let mut out = [0; N];
    for (out, &value) in out.iter_mut().zip(values) {
        *out = sample(value);
    }
    out
}

#[inline(always)]
fn sample(value: f32) -> u8 {
    let value = value + LEVEL;
    let value = if value > 0.0 { value } else { 0.0 };
    let value = if value < 255.0 { value } else { 255.0 };
    (value + ROUNDER).to_bits() as u8
}

#[inline(always)]
fn transpose([a, b, c, d]: [Lanes; 4]) -> [Lanes; 4] {
    let ([a0, a1, a2, a3], [b0, b1, b2, b3]) = (a.0, b.0);
    let ([c0, c1, c2, c3], [d0, d1, d2, d3]) = (c.0, d.0);
    [
        Lanes([a0, b0, c0, d0]),
        Lanes([a1, b1, c1, d1]),
        Lanes([a2, b2, c2, d2]),
        Lanes([a3, b3, c3, d3]),
    ]
}

/// 8-point inverse transform of Arai, Agui and Nakajima; its factors are in the coefficients already.
#[inline(always)]
fn pass8([i0, i1, i2, i3, i4, i5, i6, i7]: [Lanes; 8]) -> [Lanes; 8] {
    let (sum, difference) = (i0 + i4, i0 - i4);
    let outer = i2 + i6;
    let inner = (i2 - i6) * SQRT_2 - outer;
    let (e0, e3) = (sum + outer, sum - outer);
    let (e1, e2) = (difference + inner, difference - inner);

    let (z13, z10) = (i5 + i3, i5 - i3);
    let (z11, z12) = (i1 + i7, i1 - i7);
    let o7 = z11 + z13;
    let z5 = (z10 + z12) * 1.847_759_1;
    let o6 = z5 - z10 * 2.613_126 - o7;
    let o5 = (z11 - z13) * SQRT_2 - o6;
    let o4 = z5 - z12 * 1.082_392_2 - o5;
    [e0 + o7, e1 + o6, e2 + o5, e3 + o4, e3 - o4, e2 - o5, e1 - o6, e0 - o7]
}

#[inline(always)]
fn pass4([i0, i1, i2, i3]: [Lanes; 4]) -> [Lanes; 4] {
    const COS_1: f32 = 0.923_879_5;
    const COS_3: f32 = 0.382_683_43;
    let (even, odd) = (i0 + i2, i0 - i2);
    let outer = i1 * COS_1 + i3 * COS_3;
    let inner = i1 * COS_3 - i3 * COS_1;
    [even + outer, odd + inner, odd - inner, even - outer]
}

#[inline(always)]
fn quad(block: &[f32; 64], index: usize) -> Lanes {
    Lanes(block.as_chunks::<4>().0.get(index).copied().unwrap_or_default())
}

/// `pass8` for inputs of which only the first four are not zero.
#[inline(always)]
fn pass8_low([i0, i1, i2, i3]: [Lanes; 4]) -> [Lanes; 8] {
    let inner = i2 * (SQRT_2 - 1.0);
    let (e0, e3) = (i0 + i2, i0 - i2);
    let (e1, e2) = (i0 + inner, i0 - inner);

    let (sum, difference) = (i1 + i3, i1 - i3);
    let z5 = difference * 1.847_759_1;
    let o6 = z5 + i3 * 2.613_126 - sum;
    let o5 = difference * SQRT_2 - o6;
    let o4 = z5 - i1 * 1.082_392_2 - o5;
    [e0 + sum, e1 + o6, e2 + o5, e3 + o4, e3 - o4, e2 - o5, e1 - o6, e0 - sum]
}

/// Writes eight rows of four values at a column of row-major 8x8 values.
#[inline(always)]
fn set_columns(values: &mut [f32; 64], half: usize, rows: &[Lanes; 8]) {
    let quads = values.as_chunks_mut::<4>().0;
    for (quad, row) in quads.iter_mut().skip(half).step_by(2).zip(rows) {
        *quad = row.0;
    }
}

/// 8x8 samples of a block whose coefficients are in horizontal-major order.
#[inline(always)]
pub(super) fn idct8(block: &[f32; 64]) -> [u8; 64] {
    let columns = |half: usize| {
        pass8([
            quad(block, half),
            quad(block, 2 + half),
            quad(block, 4 + half),
            quad(block, 6 + half),
            quad(block, 8 + half),
            quad(block, 10 + half),
            quad(block, 12 + half),
            quad(block, 14 + half),
        ])
    };
    let [a0, a1, a2, a3, a4, a5, a6, a7] = columns(0);
    let [b0, b1, b2, b3, b4, b5, b6, b7] = columns(1);
    let rows = |low: [Lanes; 4], high: [Lanes; 4]| {
        let [r0, r1, r2, r3] = transpose(low);
        let [r4, r5, r6, r7] = transpose(high);
        pass8([r0, r1, r2, r3, r4, r5, r6, r7])
    };
    let mut values = [0.0; 64];
    set_columns(&mut values, 0, &rows([a0, a1, a2, a3], [b0, b1, b2, b3]));
    set_columns(&mut values, 1, &rows([a4, a5, a6, a7], [b4, b5, b6, b7]));
    samples(&values)
}

/// `idct8` for blocks with coefficients among the lowest 4x4 only.
#[inline(always)]
pub(super) fn idct8_low(block: &[f32; 64]) -> [u8; 64] {
    let [a0, a1, a2, a3, a4, a5, a6, a7] =
        pass8_low([quad(block, 0), quad(block, 2), quad(block, 4), quad(block, 6)]);
    let mut values = [0.0; 64];
    set_columns(&mut values, 0, &pass8_low(transpose([a0, a1, a2, a3])));
    set_columns(&mut values, 1, &pass8_low(transpose([a4, a5, a6, a7])));
    samples(&values)
}

/// 4x4 samples of a block folded to 16 coefficients.
#[inline(always)]
pub(super) fn idct4(block: &[f32; 64]) -> [u8; 16] {
    let columns = pass4([quad(block, 0), quad(block, 1), quad(block, 2), quad(block, 3)]);
    let mut values = [0.0; 16];
    let quads = values.as_chunks_mut::<4>().0;
    for (quad, row) in quads.iter_mut().zip(pass4(transpose(columns))) {
        *quad = row.0;
    }
    samples(&values)
}

/// 2x2 samples of a block folded to 4 coefficients.
#[inline(always)]
pub(super) fn idct2(block: &[f32; 64]) -> [u8; 4] {
    let Lanes([dc, vertical, horizontal, both]) = quad(block, 0);
    let (top, bottom) = (dc + vertical, dc - vertical);
    let (top_slope, bottom_slope) = (horizontal + both, horizontal - both);
    samples(&[top + top_slope, top - top_slope, bottom + bottom_slope, bottom - bottom_slope])
}

/// The one sample of a block without AC coefficients: its exact mean.
#[inline(always)]
pub(super) fn flat_sample(dequantised_dc: i32) -> u8 {
    ((dequantised_dc.saturating_add(4) >> 3).saturating_add(128)).clamp(0, 255) as u8
}

#[cfg(test)]
mod tests {
    use super::super::scaling::{BlockSize, direct_taps};
    use super::*;

    /// Taps of unit steps applied to coefficients in file order, up to `last`.
    fn block(size: BlockSize, coefficients: &[f32], last: usize) -> [f32; 64] {
        let mut block = [0.0; 64];
        let taps = direct_taps(size, &[1; 64]);
        for (tap, value) in taps.iter().zip(coefficients).take(last + 1) {
            block[tap.position as usize] += value * tap.weight;
        }
        block
    }

    fn coefficients(seed: u32) -> Vec<f32> {
        let random = |i: u32| ((i + seed * 64).wrapping_mul(2_654_435_761) >> 20) as f32 - 2048.0;
        (0..64).map(|i| random(i) / (40.0 + 8.0 * i as f32)).collect()
    }

    #[test]
    fn the_short_transform_equals_the_full_one_for_ten_coefficients() {
        for seed in 0..50 {
            for last in 0..10 {
                let block = block(BlockSize::Eight, &coefficients(seed), last);
                for (a, b) in idct8(&block).iter().zip(idct8_low(&block)) {
                    assert!(a.abs_diff(b) <= 1);
                }
            }
        }
    }

    #[test]
    fn reduced_transforms_average_the_full_one() {
        for seed in 0..50 {
            let values = coefficients(seed);
            let full = idct8(&block(BlockSize::Eight, &values, 63));
            let mean = |side: usize, index: usize| {
                let n = 8 / side;
                let (y, x) = (index / side * n, index % side * n);
                let inside = (0..n * n).map(|i| full[(y + i / n) * 8 + x + i % n]);
                inside.map(f32::from).sum::<f32>() / (n * n) as f32
            };
            let four = idct4(&block(BlockSize::Four, &values, 63));
            let two = idct2(&block(BlockSize::Two, &values, 63));
            for (index, &sample) in four.iter().enumerate() {
                assert!((f32::from(sample) - mean(4, index)).abs() <= 1.01);
            }
            for (index, &sample) in two.iter().enumerate() {
                assert!((f32::from(sample) - mean(2, index)).abs() <= 1.01);
            }
        }
    }

    #[test]
    fn flat_samples_round_and_clamp() {
        assert_eq!(flat_sample(0), 128);
        assert_eq!((flat_sample(3), flat_sample(4)), (128, 129));
        assert_eq!((flat_sample(-4), flat_sample(-5)), (128, 127));
        assert_eq!((flat_sample(i32::MAX), flat_sample(i32::MIN)), (255, 0));
    }
}
