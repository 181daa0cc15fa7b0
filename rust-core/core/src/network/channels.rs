//! The arithmetic of a depthwise convolution, one channel at a time.

/// Sizes of a depthwise convolution with a square kernel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Geometry {
    pub(super) channels: usize,
    pub(super) height: usize,
    pub(super) width: usize,
    pub(super) out_height: usize,
    pub(super) out_width: usize,
    /// Side of the kernel: 3 or 5.
    pub(super) kernel: usize,
    /// Rows from one output to the next: 1 or 2.
    pub(super) stride_down: usize,
    /// Columns likewise.
    pub(super) stride_across: usize,
    /// Rows of zeros above the picture; those below follow from the sizes.
    pub(super) top: usize,
    /// Columns of zeros left of it.
    pub(super) left: usize,
}

impl Geometry {
    /// Convolves every channel of `input`. Values below `low` or above `high` become these.
    pub(super) fn convolve(
        &self,
        input: &[f32],
        weights: &[f32],
        bias: &[f32],
        (low, high): (f32, f32),
    ) -> Vec<f32> {
        let mut output = Vec::with_capacity(self.channels * self.out_height * self.out_width);
        // Borders stay zero: every channel fills the same places.
        let mut phases = vec![0.0; self.phase() * self.stride_down * self.stride_across];
        let mut sums = vec![0.0; self.run()];
        let planes = input.chunks_exact(self.height * self.width);
        let kernels = weights.chunks_exact(self.kernel * self.kernel);
        for ((plane, kernel), bias) in planes.zip(kernels).zip(bias) {
            self.spread(plane, &mut phases);
            sums.fill(*bias);
            for (y, row) in kernel.chunks_exact(self.kernel).enumerate() {
                let taps = |x| self.taps(&phases, y, x);
                if let [a, b, c, rest @ ..] = row {
                    add_three(&mut sums, [taps(0), taps(1), taps(2)], [*a, *b, *c]);
                    if let [d, e] = rest {
                        add_two(&mut sums, [taps(3), taps(4)], [*d, *e]);
                    }
                }
            }
            let bounded = |sum: &f32| {
                let sum = if *sum < low { low } else { *sum };
                if sum > high { high } else { sum }
            };
            for row in sums.chunks(self.pitch()) {
                output.extend(row.iter().take(self.out_width).map(bounded));
            }
        }
        output
    }

    /// Columns of a phase: a row of outputs, and what its last one reaches beyond.
    fn pitch(&self) -> usize {
        self.out_width + (self.kernel - 1) / self.stride_across
    }

    /// Rows of a phase.
    fn rows(&self) -> usize {
        self.out_height + (self.kernel - 1) / self.stride_down
    }

    /// Values of a phase.
    fn phase(&self) -> usize {
        self.pitch() * self.rows()
    }

    /// Outputs as one run, with the columns between two rows that nobody reads.
    fn run(&self) -> usize {
        (self.out_height - 1) * self.pitch() + self.out_width
    }

    /// Sorts a plane into phases: with a stride of 2 even and odd rows and columns lie apart, so that
    /// each tap of the kernel meets its values one beside the other.
    fn spread(&self, plane: &[f32], phases: &mut [f32]) {
        let (down, across) = (self.stride_down, self.stride_across);
        let (pitch, phase) = (self.pitch(), self.phase());
        let rows = plane.chunks_exact(self.width).zip(self.top..);
        for (row, y) in rows.take_while(|(_, y)| y / down < self.rows()) {
            let first = (y % down) * across * phase + (y / down) * pitch;
            let places = phases.get_mut(first..).unwrap_or_default();
            if across == 1 {
                let places = places.get_mut(self.left..pitch).unwrap_or_default();
                places.iter_mut().zip(row).for_each(|(place, value)| *place = *value);
            } else if let Some((even, odd)) = places.split_at_mut_checked(phase) {
                let (even, odd) = (even.get_mut(..pitch), odd.get_mut(..pitch));
                self.spread_row(row, even.unwrap_or_default(), odd.unwrap_or_default());
            }
        }
    }

    /// Sorts a row into even and odd columns of the padded picture.
    fn spread_row(&self, row: &[f32], even: &mut [f32], odd: &mut [f32]) {
        let (alone, pairs) = row.split_at((self.left % 2).min(row.len()));
        if let (Some(value), Some(place)) = (alone.first(), odd.get_mut(self.left / 2)) {
            *place = *value;
        }
        let first = self.left.div_ceil(2);
        let even = even.get_mut(first..).unwrap_or_default();
        let odd = odd.get_mut(first..).unwrap_or_default();
        let (pairs, rest) = pairs.as_chunks::<2>();
        for (([a, b], even), odd) in pairs.iter().zip(even.iter_mut()).zip(odd.iter_mut()) {
            *even = *a;
            *odd = *b;
        }
        if let ([last], Some(place)) = (rest, even.get_mut(pairs.len())) {
            *place = *last;
        }
    }

    /// What a tap of the kernel meets, output by output.
    fn taps<'a>(&self, phases: &'a [f32], y: usize, x: usize) -> &'a [f32] {
        let (down, across) = (self.stride_down, self.stride_across);
        let phase = (y % down) * across + x % across;
        let first = phase * self.phase() + (y / down) * self.pitch() + x / across;
        phases.get(first..first + self.run()).unwrap_or_default()
    }
}

/// Adds weighted taps to the sums, all of one length: loops that compilers turn into vectors.
fn add_three(sums: &mut [f32], [a, b, c]: [&[f32]; 3], [u, v, w]: [f32; 3]) {
    for (((sum, a), b), c) in sums.iter_mut().zip(a).zip(b).zip(c) {
        *sum += u * a + v * b + w * c;
    }
}

fn add_two(sums: &mut [f32], [a, b]: [&[f32]; 2], [u, v]: [f32; 2]) {
    for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
        *sum += u * a + v * b;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers without a pattern that a mistaken index could follow.
    fn noise(len: usize, seed: u32) -> Vec<f32> {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 23) as f32 - 1.0
        };
        (0..len).map(|_| next()).collect()
    }

    /// As the definition has it.
    fn expected(g: &Geometry, input: &[f32], weights: &[f32], bias: &[f32]) -> Vec<f32> {
        let mut output = Vec::new();
        for (channel, bias) in bias.iter().enumerate() {
            for y in 0..g.out_height {
                for x in 0..g.out_width {
                    let mut sum = *bias;
                    for tap in 0..g.kernel * g.kernel {
                        let row = (y * g.stride_down + tap / g.kernel).checked_sub(g.top);
                        let column = (x * g.stride_across + tap % g.kernel).checked_sub(g.left);
                        let inside = |i: Option<usize>, end| i.filter(|i| *i < end);
                        if let (Some(row), Some(column)) =
                            (inside(row, g.height), inside(column, g.width))
                        {
                            let at = (channel * g.height + row) * g.width + column;
                            sum += input[at] * weights[channel * g.kernel * g.kernel + tap];
                        }
                    }
                    output.push(sum);
                }
            }
        }
        output
    }

    /// All geometries of small pictures: kernels, strides, borders.
    fn geometries() -> Vec<Geometry> {
        let mut all = Vec::new();
        for kernel in [3, 5] {
            for (stride_down, stride_across) in [(1, 1), (1, 2), (2, 1), (2, 2)] {
                for borders in 0..kernel * kernel * kernel {
                    let (top, left) = (borders % kernel, borders / kernel % kernel);
                    let after = borders / kernel / kernel;
                    for (height, width) in [(1, 1), (2, 3), (5, 4), (7, 7), (8, 13)] {
                        let out = |size: usize, before: usize, stride: usize| {
                            (size + before + after).checked_sub(kernel).map(|n| n / stride + 1)
                        };
                        let out_height = out(height, top, stride_down);
                        let out_width = out(width, left, stride_across);
                        let (Some(out_height), Some(out_width)) = (out_height, out_width) else {
                            continue;
                        };
                        all.push(Geometry {
                            channels: 3,
                            height,
                            width,
                            out_height,
                            out_width,
                            kernel,
                            stride_down,
                            stride_across,
                            top,
                            left,
                        });
                    }
                }
            }
        }
        all
    }

    #[test]
    fn convolves_as_defined() {
        for (seed, geometry) in (0..).zip(geometries()) {
            let input = noise(3 * geometry.height * geometry.width, seed);
            let weights = noise(3 * geometry.kernel * geometry.kernel, seed + 10_000);
            let bias = noise(3, seed + 20_000);
            let found = geometry.convolve(&input, &weights, &bias, (-99.0, 99.0));
            let expected = expected(&geometry, &input, &weights, &bias);
            assert_eq!(found.len(), expected.len(), "{geometry:?}");
            for (found, expected) in found.iter().zip(&expected) {
                assert!((found - expected).abs() < 1e-5, "{geometry:?}");
            }
        }
    }

    #[test]
    fn bounds_are_applied_and_nan_is_kept() {
        let (height, width) = (1, 3);
        let geometry = Geometry {
            channels: 1,
            height,
            width,
            out_height: 1,
            out_width: 3,
            kernel: 3,
            stride_down: 1,
            stride_across: 1,
            top: 1,
            left: 1,
        };
        let mut identity = vec![0.0; 9];
        identity[4] = 1.0;
        let bounded = geometry.convolve(&[-1.0, 2.5, 9.0], &identity, &[0.0], (0.0, 6.0));
        assert_eq!(bounded, [0.0, 2.5, 6.0]);
        let not_a_number = geometry.convolve(&[0.0, 0.0, f32::NAN], &identity, &[0.0], (0.0, 6.0));
        assert!(not_a_number[2].is_nan());
    }
}
