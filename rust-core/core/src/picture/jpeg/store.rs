use super::plane::{Geometry, Plane};
use super::scaling::{BlockSize, Taps, fold_taps, transform_factors};
use super::tables::Quantiser;

/// Fraction bits of the stored coefficients; the dequantised range of 8-bit samples leaves room for three.
const FRACTION_BITS: u32 = 3;
/// Fraction bits of the fixed-point weights.
const WEIGHT_BITS: u32 = 16;

/// Which coefficients of a block are nonzero, and which of them negative: all that refinement must know.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct History {
    pub(super) nonzero: u64,
    pub(super) negative: u64,
}

/// Where a coefficient is added, and with which fixed-point weight.
#[derive(Debug, Clone, Copy, Default)]
struct FixedTap {
    position: u32,
    weight: i64,
}

/// Coefficients of one component between scans, already dequantised and folded to the scaled block.
#[derive(Debug)]
pub(super) struct Store {
    pub(super) geometry: Geometry,
    /// Blocks per row, with the padding to whole MCUs.
    pub(super) stride: usize,
    taps: [FixedTap; 64],
    ready: bool,
    sums: Vec<i16>,
    history: Vec<History>,
}

impl Store {
    /// Allocates zeroed coefficients, `None` where memory is short; `with_history` for AC scans that may be refined.
    pub(super) fn new(
        geometry: Geometry,
        mcus: (usize, usize),
        with_history: bool,
    ) -> Option<Self> {
        let stride = mcus.0 * geometry.h;
        let blocks = stride * mcus.1 * geometry.v;
        let with_history = with_history && geometry.size != BlockSize::One;
        Some(Self {
            geometry,
            stride,
            taps: [FixedTap::default(); 64],
            ready: false,
            sums: zeroed(blocks * geometry.size.area())?,
            history: zeroed(if with_history { blocks } else { 0 })?,
        })
    }

    /// Bytes that `new` allocates at most.
    pub(super) fn bytes(geometry: &Geometry, mcus: (usize, usize)) -> usize {
        let blocks = mcus.0 * geometry.h * mcus.1 * geometry.v;
        blocks * (2 * geometry.size.area() + 16)
    }

    /// Takes the quantiser that is in force at the component's first scan, as libjpeg does.
    pub(super) fn latch_quantiser(&mut self, quantiser: &Quantiser) {
        if self.ready {
            return;
        }
        self.ready = true;
        let taps: Taps = fold_taps(self.geometry.size, quantiser);
        for (fixed, tap) in self.taps.iter_mut().zip(taps) {
            let scale = f64::from(1_u32 << (FRACTION_BITS + WEIGHT_BITS));
            *fixed = FixedTap {
                position: tap.position,
                weight: (f64::from(tap.weight) * scale).round() as i64,
            };
        }
    }

    /// False for a component that no scan has touched.
    pub(super) fn is_ready(&self) -> bool {
        self.ready
    }

    /// One block for changing; `None` outside of the picture.
    #[inline(always)]
    pub(super) fn block(&mut self, index: usize) -> Option<StoredBlock<'_>> {
        let area = self.geometry.size.area();
        let start = index.checked_mul(area)?;
        let sums = self.sums.get_mut(start..start.checked_add(area)?)?;
        Some(StoredBlock { taps: &self.taps, sums, history: self.history.get_mut(index) })
    }

    /// Transforms one MCU row of blocks into the plane.
    pub(super) fn render(&self, mcu_row: usize, plane: &mut Plane) {
        let geometry = self.geometry;
        let area = geometry.size.area();
        let factors = transform_factors(geometry.size);
        let unit = 1.0 / (1 << FRACTION_BITS) as f32;
        let mut block = [0.0; 64];
        for block_y in 0..geometry.v {
            let first = (mcu_row * geometry.v + block_y) * self.stride * area;
            let row = self.sums.get(first..).unwrap_or_default();
            let blocks = row.chunks_exact(area).take(self.stride);
            for (block_x, sums) in blocks.enumerate() {
                let Some((&dc, ac)) = sums.split_first() else {
                    continue;
                };
                if ac.iter().fold(0, |all, &sum| all | sum) == 0 {
                    plane.put_flat(block_x, block_y, i32::from(dc) >> FRACTION_BITS);
                    continue;
                }
                for ((slot, &sum), factor) in block.iter_mut().zip(sums).zip(&factors) {
                    *slot = f32::from(sum) * factor * unit;
                }
                plane.put_block(block_x, block_y, &block, 63);
            }
        }
    }
}

fn zeroed<T: Copy + Default>(length: usize) -> Option<Vec<T>> {
    let mut values = Vec::new();
    values.try_reserve_exact(length).ok()?;
    values.resize(length, T::default());
    Some(values)
}

/// A block of a `Store`.
pub(super) struct StoredBlock<'a> {
    taps: &'a [FixedTap; 64],
    sums: &'a mut [i16],
    history: Option<&'a mut History>,
}

impl StoredBlock<'_> {
    /// Adds `value` to the coefficient `index` of the file's order.
    #[inline(always)]
    pub(super) fn add(&mut self, index: usize, value: i32) {
        let Some(tap) = self.taps.get(index & 63) else {
            return;
        };
        if let Some(sum) = self.sums.get_mut(tap.position as usize) {
            let half = 1 << (WEIGHT_BITS - 1);
            let change = i64::from(value).wrapping_mul(tap.weight).wrapping_add(half);
            let total = i64::from(*sum).wrapping_add(change >> WEIGHT_BITS);
            *sum = total.clamp(i16::MIN.into(), i16::MAX.into()) as i16;
        }
    }

    /// True where the scaled block keeps nothing but the mean.
    #[inline(always)]
    pub(super) fn is_dc_only(&self) -> bool {
        self.sums.len() == 1
    }

    /// The block's history, empty where none is kept.
    #[inline(always)]
    pub(super) fn history(&self) -> History {
        self.history.as_deref().copied().unwrap_or_default()
    }

    #[inline(always)]
    pub(super) fn set_history(&mut self, history: History) {
        if let Some(slot) = self.history.as_deref_mut() {
            *slot = history;
        }
    }
}
