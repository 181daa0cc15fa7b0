use super::JpegError;
use super::color::ColorModel;
use super::frame::Frame;
use super::plane::{Geometry, Plane};
use super::scaling::BlockSize;
use super::upsample::Upsampler;

/// The scaled picture as it grows by MCU rows.
#[derive(Debug)]
pub(super) struct Output {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) planes: Vec<Plane>,
    upsamplers: Vec<Upsampler>,
    color: ColorModel,
    mcu_rows: usize,
    rows_per_mcu: usize,
    context: bool,
    rgb: Vec<u8>,
}

impl Output {
    /// Reserves the pixels; `TooLarge` where they don't fit into memory.
    pub(super) fn new(
        frame: &Frame,
        geometries: &[Geometry],
        base: BlockSize,
        color: ColorModel,
    ) -> Result<Self, JpegError> {
        let header = frame.header;
        let width = (header.width as usize * base.side()).div_ceil(8);
        let height = (header.height as usize * base.side()).div_ceil(8);
        let (mcus_wide, mcu_rows) = frame.mcus();
        let smooth = base != BlockSize::One;
        let upsamplers: Vec<_> =
            geometries.iter().map(|geometry| Upsampler::new(geometry, smooth, width)).collect();
        let mut rgb = Vec::new();
        rgb.try_reserve_exact(width * height * 3)
            .map_err(|_| JpegError::TooLarge { width: header.width, height: header.height })?;
        Ok(Self {
            width,
            height,
            planes: geometries.iter().map(|geometry| Plane::new(*geometry, mcus_wide)).collect(),
            context: upsamplers.iter().any(|u| u.method().needs_context()),
            upsamplers,
            color,
            mcu_rows,
            rows_per_mcu: frame.max_v * base.side(),
            rgb,
        })
    }

    /// Converts all rows that MCU row `mcu_row`, now complete in the planes, makes possible.
    pub(super) fn finish_mcu_row(&mut self, mcu_row: usize) {
        let last = mcu_row + 1 >= self.mcu_rows;
        let ready = match (last, self.context) {
            (true, _) => self.height,
            (false, true) => (mcu_row + 1) * self.rows_per_mcu - 1,
            (false, false) => (mcu_row + 1) * self.rows_per_mcu,
        };
        let stride = self.width * 3;
        let done = self.rgb.len() / stride.max(1);
        let ready = ready.min(self.height);
        let start = self.rgb.len();
        self.rgb.resize(ready.max(done) * stride, 0);
        let fresh = self.rgb.get_mut(start..).unwrap_or_default();
        for (y, out) in (done..).zip(fresh.chunks_exact_mut(stride.max(1))) {
            let mut rows: [&[u8]; 4] = [&[]; 4];
            let sources = self.upsamplers.iter_mut().zip(&self.planes);
            for (row, (upsampler, plane)) in rows.iter_mut().zip(sources) {
                *row = upsampler.row(plane, mcu_row, y);
            }
            self.color.convert(rows, out);
        }
        self.planes.iter_mut().for_each(Plane::advance);
    }

    pub(super) fn into_rgb(self) -> Vec<u8> {
        self.rgb
    }
}
