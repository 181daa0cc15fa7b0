use super::plane::{Geometry, Plane};

/// How the rows of a component are brought to the size of the picture; the choice is libjpeg's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    /// Same size: rows are used as they are.
    None,
    /// Triangle filter across, down, or both, for factor 2.
    Across,
    Down,
    Both,
    /// Nearest sample, for all other factors and for the smallest scale.
    Nearest,
}

impl Method {
    pub(super) fn new(geometry: &Geometry, smooth: bool) -> Self {
        let same = |(have, want): (usize, usize)| have == want;
        let half = |(have, want): (usize, usize)| have * 2 == want;
        let (across, down) = (geometry.across, geometry.down);
        let wide = geometry.width > 2;
        match () {
            () if same(across) && same(down) => Self::None,
            () if smooth && wide && half(across) && same(down) => Self::Across,
            () if smooth && wide && half(across) && half(down) => Self::Both,
            () if smooth && same(across) && half(down) => Self::Down,
            () => Self::Nearest,
        }
    }

    /// True where an output row needs samples of the neighbouring MCU rows.
    pub(super) fn needs_context(self) -> bool {
        matches!(self, Self::Down | Self::Both)
    }
}

/// Delivers component rows at the width of the picture.
#[derive(Debug)]
pub(super) struct Upsampler {
    method: Method,
    /// Column sums with the edge samples repeated on both sides.
    sums: Vec<u16>,
    row: Vec<u8>,
}

impl Upsampler {
    pub(super) fn new(geometry: &Geometry, smooth: bool, width: usize) -> Self {
        let method = Method::new(geometry, smooth);
        let used = method != Method::None;
        Self {
            method,
            sums: vec![0; if used { geometry.width + 2 } else { 0 }],
            row: vec![0; if used { width.max(2 * geometry.width) } else { 0 }],
        }
    }

    pub(super) fn method(&self) -> Method {
        self.method
    }

    /// Row `y` of the picture, where the plane holds MCU row `mcu_row`.
    pub(super) fn row<'a>(&'a mut self, plane: &'a Plane, mcu_row: usize, y: usize) -> &'a [u8] {
        let geometry = plane.geometry;
        let first = mcu_row * plane.rows();
        let last = geometry.height.saturating_sub(1);
        // Rows outside of the picture repeat its edge; plane row 0 lies just above `first`.
        let local = |row: usize| plane.row((row.min(last) + 1).saturating_sub(first));
        let centre = y * geometry.down.0 / geometry.down.1.max(1);
        let near = local(centre);
        let far =
            if y.is_multiple_of(2) { local(centre.saturating_sub(1)) } else { local(centre + 1) };
        match self.method {
            Method::None => return near,
            Method::Nearest => self.nearest(near, geometry.across),
            Method::Across => {
                self.set_sums(near.iter().map(|&sample| u16::from(sample)));
                self.spread::<1, 2, 2>();
            }
            Method::Both => {
                self.set_sums(blend(near, far));
                self.spread::<8, 7, 4>();
            }
            Method::Down => {
                let bias = if y.is_multiple_of(2) { 1 } else { 2 };
                for (out, sum) in self.row.iter_mut().zip(blend(near, far)) {
                    *out = ((sum + bias) >> 2) as u8;
                }
            }
        }
        &self.row
    }

    fn nearest(&mut self, near: &[u8], (have, want): (usize, usize)) {
        if have * 2 == want {
            for (pair, &sample) in self.row.as_chunks_mut::<2>().0.iter_mut().zip(near) {
                *pair = [sample; 2];
            }
            return;
        }
        for (x, out) in self.row.iter_mut().enumerate() {
            *out = near.get(x * have / want.max(1)).or(near.last()).copied().unwrap_or(128);
        }
    }

    fn set_sums(&mut self, values: impl Iterator<Item = u16>) {
        let inner = self.sums.iter_mut().skip(1);
        inner.zip(values).for_each(|(sum, value)| *sum = value);
        if let [edge, first, .., last, end] = self.sums.as_mut_slice() {
            (*edge, *end) = (*first, *last);
        }
    }

    /// Weighs each sum 3 to 1 with its left and right neighbour, rounding by `LEFT` and `RIGHT`.
    fn spread<const LEFT: u16, const RIGHT: u16, const SHIFT: u16>(&mut self) {
        let pairs = self.row.as_chunks_mut::<2>().0.iter_mut();
        let before = self.sums.iter();
        let centre = self.sums.iter().skip(1);
        let after = self.sums.iter().skip(2);
        for (((pair, left), sum), right) in pairs.zip(before).zip(centre).zip(after) {
            *pair = [
                ((3 * sum + left + LEFT) >> SHIFT) as u8,
                ((3 * sum + right + RIGHT) >> SHIFT) as u8,
            ];
        }
    }
}

fn blend<'a>(near: &'a [u8], far: &'a [u8]) -> impl Iterator<Item = u16> + 'a {
    near.iter().zip(far).map(|(&near, &far)| 3 * u16::from(near) + u16::from(far))
}
