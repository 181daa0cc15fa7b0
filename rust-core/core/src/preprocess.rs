//! From a picture to network input. Training and inference share this code, so
//! both see the same pixels.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use serde::{Deserialize, Serialize};

use crate::picture::{Picture, Target};

/// How a picture is brought to the size of the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResizeMode {
    /// The aspect ratio is kept, the rest is padded on both sides.
    Letterbox,
    /// Both sides are scaled independently.
    Squash,
}

/// Resampling filter. Antialiased: the filter's support grows with the
/// reduction (as Pillow's `BILINEAR` and torchvision's `antialias=True`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResampleFilter {
    /// Triangle filter.
    Bilinear,
}

/// Order of the input tensor's axes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TensorLayout {
    /// Batch, channel, row, column.
    Nchw,
}

/// The image input of a network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InputSpec {
    /// Name of the ONNX input.
    pub name: String,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Order of axes; channels are R, G, B.
    pub layout: TensorLayout,
    /// How the picture is brought to size.
    pub resize: ResizeMode,
    /// Resampling filter.
    pub filter: ResampleFilter,
    /// RGB of the padding.
    pub pad: [u8; 3],
    /// Subtracted from `channel / 255`.
    pub mean: [f32; 3],
    /// Divides what is left.
    pub std: [f32; 3],
}

impl InputSpec {
    /// A letterboxed square input, normalised to [-1, 1], padded with mid-grey
    /// (0 after normalisation, what a convolution's own zero padding looks like).
    pub fn letterbox(side: u32) -> Self {
        Self {
            name: "image".to_owned(),
            width: side,
            height: side,
            layout: TensorLayout::Nchw,
            resize: ResizeMode::Letterbox,
            filter: ResampleFilter::Bilinear,
            pad: [128; 3],
            mean: [0.5; 3],
            std: [0.5; 3],
        }
    }

    /// What the decoder has to deliver.
    pub fn target(&self) -> Target {
        let (width, height) = (self.width, self.height);
        match self.resize {
            ResizeMode::Letterbox => Target::Fit { width, height },
            ResizeMode::Squash => Target::Cover { width, height },
        }
    }

    /// Number of values of one input: 3 × height × width.
    pub fn len(&self) -> usize {
        3 * self.width as usize * self.height as usize
    }

    /// Whether the input has no pixels (refused when a pack is loaded).
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Size of the picture inside the input.
    fn content_size(&self, picture: &Picture) -> (u32, u32) {
        match self.resize {
            ResizeMode::Squash => (self.width, self.height),
            ResizeMode::Letterbox => {
                let (w, h) = (f64::from(picture.width()), f64::from(picture.height()));
                let factor = (f64::from(self.width) / w).min(f64::from(self.height) / h);
                let side = |full: f64, bound| ((full * factor).round() as u32).clamp(1, bound);
                (side(w, self.width), side(h, self.height))
            }
        }
    }
}

/// Buffers of one thread, reused from picture to picture.
#[derive(Default)]
pub struct Preprocessor {
    resizer: Resizer,
    content: Vec<u8>,
    canvas: Vec<u8>,
}

impl Preprocessor {
    /// Resizes into HWC RGB bytes of the input's size, padded as it says.
    ///
    /// # Errors
    /// [`PreprocessError`] if the resampler refuses the sizes.
    pub fn resize(
        &mut self,
        picture: &Picture,
        spec: &InputSpec,
    ) -> Result<&[u8], PreprocessError> {
        let (width, height) = spec.content_size(picture);
        self.resample(picture, width, height)?;
        if (width, height) == (spec.width, spec.height) {
            return Ok(&self.content);
        }
        let (left, top) = ((spec.width - width) / 2, (spec.height - height) / 2);
        let bytes = |pixels: u32| pixels as usize * 3;
        self.canvas.clear();
        let pixels = spec.width as usize * spec.height as usize;
        self.canvas.extend(std::iter::repeat_n(spec.pad, pixels).flatten());
        let rows = self.canvas.chunks_exact_mut(bytes(spec.width).max(1)).skip(top as usize);
        for (row, line) in rows.zip(self.content.chunks_exact(bytes(width).max(1))) {
            if let Some(inner) = row.get_mut(bytes(left)..bytes(left) + line.len()) {
                inner.copy_from_slice(line);
            }
        }
        Ok(&self.canvas)
    }

    /// Fills `content` with exactly `width` × `height` pixels.
    fn resample(
        &mut self,
        picture: &Picture,
        width: u32,
        height: u32,
    ) -> Result<(), PreprocessError> {
        self.content.clear();
        if (picture.width(), picture.height()) == (width, height) {
            self.content.extend_from_slice(picture.rgb());
            return Ok(());
        }
        self.content.resize(width as usize * height as usize * 3, 0);
        let error = PreprocessError { width, height };
        let kind = PixelType::U8x3;
        let source = ImageRef::new(picture.width(), picture.height(), picture.rgb(), kind)
            .map_err(|_| error)?;
        let mut resized =
            Image::from_slice_u8(width, height, &mut self.content, kind).map_err(|_| error)?;
        let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear));
        self.resizer.resize(&source, &mut resized, &options).map_err(|_| error)
    }
}

/// [`Preprocessor::resize`] for a single picture.
///
/// # Errors
/// [`PreprocessError`] if the resampler refuses the sizes.
pub fn resize(picture: &Picture, spec: &InputSpec) -> Result<Vec<u8>, PreprocessError> {
    Preprocessor::default().resize(picture, spec).map(<[u8]>::to_vec)
}

/// Resamples to exactly `width` × `height` tightly packed RGB bytes.
///
/// # Errors
/// [`PreprocessError`] if the resampler refuses the sizes.
pub fn resize_to(picture: &Picture, width: u32, height: u32) -> Result<Vec<u8>, PreprocessError> {
    let mut preprocessor = Preprocessor::default();
    preprocessor.resample(picture, width, height)?;
    Ok(preprocessor.content)
}

/// Writes HWC bytes as a normalised CHW tensor: `(value / 255 − mean) / std`.
/// `tensor` takes as many values as `pixels` has bytes; extra ones stay as they are.
pub fn normalize(pixels: &[u8], spec: &InputSpec, tensor: &mut [f32]) {
    let plane = (spec.width as usize * spec.height as usize).max(1);
    for (channel, values) in tensor.chunks_exact_mut(plane).take(3).enumerate() {
        let mean = spec.mean.get(channel).copied().unwrap_or(0.0);
        let std = spec.std.get(channel).copied().unwrap_or(1.0);
        let (scale, shift) = (1.0 / (255.0 * std), mean / std);
        let channel_bytes = pixels.iter().skip(channel).step_by(3);
        for (value, byte) in values.iter_mut().zip(channel_bytes) {
            *value = f32::from(*byte) * scale - shift;
        }
    }
}

/// The resampler refused a size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("cannot resample to {width}x{height} pixels")]
pub struct PreprocessError {
    width: u32,
    height: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(width: u32, height: u32, color: [u8; 3]) -> Picture {
        let rgb = color.repeat((width * height) as usize);
        Picture::new(width, height, rgb, (width, height)).unwrap()
    }

    #[test]
    fn letterbox_centres_and_pads() {
        let spec = InputSpec::letterbox(8);
        let pixels = resize(&flat(40, 20, [10, 200, 30]), &spec).unwrap();
        let row = |y: usize| pixels[y * 24..(y + 1) * 24].to_vec();
        assert_eq!(row(1), [128; 24]);
        assert_eq!(row(2), [10, 200, 30].repeat(8));
        assert_eq!(row(5), [10, 200, 30].repeat(8));
        assert_eq!(row(6), [128; 24]);
    }

    #[test]
    fn slivers_keep_one_pixel() {
        let spec = InputSpec::letterbox(8);
        assert_eq!(resize(&flat(5000, 3, [0; 3]), &spec).unwrap().len(), 192);
    }

    #[test]
    fn normalisation_is_planar() {
        let spec = InputSpec::letterbox(2);
        let mut tensor = [9.0; 12];
        normalize(&[0, 255, 51].repeat(4), &spec, &mut tensor);
        assert_eq!(tensor[0], -1.0);
        assert!((tensor[4] - 1.0).abs() < 1e-6);
        assert!((tensor[8] + 0.6).abs() < 1e-6);
    }

    #[test]
    fn resampling_is_antialiased() {
        // A one-pixel checkerboard is grey when seen from afar; point sampling
        // would leave black or white.
        let rgb: Vec<u8> = (0..64u32 * 64)
            .flat_map(|i| [if (i % 64 + i / 64) % 2 == 0 { 0 } else { 255 }; 3])
            .collect();
        let board = Picture::new(64, 64, rgb, (64, 64)).unwrap();
        let small = resize_to(&board, 4, 4).unwrap();
        assert!(small.iter().all(|v| (120..=135).contains(v)), "{small:?}");
    }
}
