use super::frame::{Frame, FrameComponent};
use super::idct::{flat_sample, idct2, idct4, idct8, idct8_low};
use super::scaling::BlockSize;

/// How a component's samples relate to the scaled picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Geometry {
    pub(super) size: BlockSize,
    /// Blocks of the component in one MCU.
    pub(super) h: usize,
    pub(super) v: usize,
    /// Blocks that cover the picture, without the padding to whole MCUs.
    pub(super) blocks_wide: usize,
    pub(super) blocks_high: usize,
    /// Samples that cover the picture.
    pub(super) width: usize,
    pub(super) height: usize,
    /// Samples an output pixel needs, as fractions: `h * size` of `max_h * base`.
    pub(super) across: (usize, usize),
    pub(super) down: (usize, usize),
}

impl Geometry {
    /// Like libjpeg, gives a subsampled component the larger transform where that saves upsampling it.
    pub(super) fn new(frame: &Frame, component: &FrameComponent, base: BlockSize) -> Self {
        let (h, v) = (component.h, component.v);
        let fits = |size: BlockSize| {
            (frame.max_h * base.side()).is_multiple_of(h * size.side())
                && (frame.max_v * base.side()).is_multiple_of(v * size.side())
        };
        let mut size = base;
        while let Some(larger) = size.doubled().filter(|larger| fits(*larger)) {
            size = larger;
        }
        let (width, height) = (frame.header.width as usize, frame.header.height as usize);
        Self {
            size,
            h,
            v,
            blocks_wide: (width * h).div_ceil(8 * frame.max_h),
            blocks_high: (height * v).div_ceil(8 * frame.max_v),
            width: (width * h * size.side()).div_ceil(8 * frame.max_h),
            height: (height * v * size.side()).div_ceil(8 * frame.max_v),
            across: (h * size.side(), frame.max_h * base.side()),
            down: (v * size.side(), frame.max_v * base.side()),
        }
    }
}

/// One MCU row of a component's samples below the last row of the MCU row before.
#[derive(Debug)]
pub(super) struct Plane {
    pub(super) geometry: Geometry,
    stride: usize,
    rows: usize,
    samples: Vec<u8>,
}

impl Plane {
    pub(super) fn new(geometry: Geometry, mcus_wide: usize) -> Self {
        let stride = mcus_wide * geometry.h * geometry.size.side();
        let rows = geometry.v * geometry.size.side();
        Self { geometry, stride, rows, samples: vec![128; stride * (rows + 1)] }
    }

    /// Rows of an MCU row.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// Keeps the last row as context for the next MCU row.
    pub(super) fn advance(&mut self) {
        let last = self.rows.saturating_mul(self.stride);
        if last < self.samples.len() {
            self.samples.copy_within(last.., 0);
        }
    }

    /// Row 0 is the last of the MCU row before, rows 1 and on belong to the current one.
    pub(super) fn row(&self, row: usize) -> &[u8] {
        let start = row.saturating_mul(self.stride);
        let end = start.saturating_add(self.geometry.width);
        self.samples.get(start..end).unwrap_or_default()
    }

    fn offset(&self, block_x: usize, block_y: usize) -> usize {
        let side = self.geometry.size.side();
        (block_y * side + 1) * self.stride + block_x * side
    }

    #[inline(always)]
    fn put<const N: usize>(&mut self, block_x: usize, block_y: usize, samples: &[u8]) {
        let offset = self.offset(block_x, block_y);
        let stride = self.stride.max(1);
        let target = self.samples.get_mut(offset..).unwrap_or_default();
        for (line, row) in target.chunks_mut(stride).zip(samples.as_chunks::<N>().0) {
            if let Some(line) = line.first_chunk_mut::<N>() {
                *line = *row;
            }
        }
    }

    /// Transforms a block of folded coefficients into place; `block_y` counts within the MCU row.
    /// `last` is the index of the last coefficient in the order of the file.
    #[inline(always)]
    pub(super) fn put_block(
        &mut self,
        block_x: usize,
        block_y: usize,
        block: &[f32; 64],
        last: u32,
    ) {
        match self.geometry.size {
            // The first ten coefficients of the zigzag lie within 4x4.
            BlockSize::Eight if last < 10 => self.put::<8>(block_x, block_y, &idct8_low(block)),
            BlockSize::Eight => self.put::<8>(block_x, block_y, &idct8(block)),
            BlockSize::Four => self.put::<4>(block_x, block_y, &idct4(block)),
            BlockSize::Two => self.put::<2>(block_x, block_y, &idct2(block)),
            BlockSize::One => {}
        }
    }

    /// Fills a block that has no AC coefficients.
    #[inline(always)]
    pub(super) fn put_flat(&mut self, block_x: usize, block_y: usize, dequantised_dc: i32) {
        let sample = flat_sample(dequantised_dc);
        match self.geometry.size {
            BlockSize::Eight => self.put::<8>(block_x, block_y, &[sample; 64]),
            BlockSize::Four => self.put::<4>(block_x, block_y, &[sample; 16]),
            BlockSize::Two => self.put::<2>(block_x, block_y, &[sample; 4]),
            BlockSize::One => self.put::<1>(block_x, block_y, &[sample; 1]),
        }
    }
}
