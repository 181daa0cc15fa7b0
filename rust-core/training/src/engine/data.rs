//! Pictures in memory, and how they become a network's input.

use burn::tensor::{Device, Tensor, TensorData};
use serde::{Deserialize, Serialize};

use super::augment::Augmentation;
use super::error::EngineError;
use super::spec::{INPUT_CHANNELS, NetworkSpec, hex_sha256};

/// Pictures of one size with their labels.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImageSet {
    /// Height of every picture.
    pub height: usize,
    /// Width of every picture.
    pub width: usize,
    /// The pictures one after the other, rows of RGB bytes.
    pub pixels: Vec<u8>,
    /// Class of each picture, below `classes`.
    pub labels: Vec<usize>,
    /// Number of classes.
    pub classes: usize,
}

impl ImageSet {
    /// Number of pictures.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there is no picture.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Rows of RGB bytes of one picture.
    pub fn image(&self, index: usize) -> &[u8] {
        let size = self.height * self.width * INPUT_CHANNELS;
        &self.pixels[index * size..][..size]
    }

    /// Checks that the set is not empty, consistent in itself and fits the network.
    ///
    /// # Errors
    /// [`EngineError::InvalidData`] says what does not fit.
    pub fn validate(&self, spec: &NetworkSpec) -> Result<(), EngineError> {
        if self.is_empty() {
            return Err(EngineError::data("no pictures"));
        }
        if (self.height, self.width) != (spec.height, spec.width) {
            return Err(EngineError::data(format!(
                "pictures are {}x{}, the network takes {}x{}",
                self.width, self.height, spec.width, spec.height
            )));
        }
        if self.pixels.len() != self.len() * self.height * self.width * INPUT_CHANNELS {
            return Err(EngineError::data(format!(
                "{} bytes of pixels for {} pictures",
                self.pixels.len(),
                self.len()
            )));
        }
        if self.classes != spec.classes {
            return Err(EngineError::data(format!(
                "{} classes, the network has {}",
                self.classes, spec.classes
            )));
        }
        match self.labels.iter().find(|&&label| label >= self.classes) {
            Some(label) => Err(EngineError::data(format!("label {label} is not a class"))),
            None => Ok(()),
        }
    }

    /// SHA-256 over sizes, labels and pixels, in hexadecimal.
    pub fn sha256(&self) -> String {
        let sizes = [self.height, self.width, self.classes];
        let numbers: Vec<u8> =
            (sizes.iter().chain(&self.labels)).flat_map(|&n| (n as u64).to_le_bytes()).collect();
        hex_sha256(&[&numbers, &self.pixels])
    }
}

/// `(x / 255 - mean) / std` for every channel of RGB.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Normalization {
    /// Mean of each channel, on a scale of 0 to 1.
    pub mean: [f32; 3],
    /// Standard deviation of each channel, positive.
    pub std: [f32; 3],
}

impl Default for Normalization {
    /// Bytes to -1..=1.
    fn default() -> Self {
        Self { mean: [0.5; 3], std: [0.5; 3] }
    }
}

impl Normalization {
    pub(super) fn validate(&self) -> Result<(), EngineError> {
        let good = self.mean.iter().all(|m| m.is_finite())
            && self.std.iter().all(|s| s.is_finite() && *s > 0.0);
        if good {
            return Ok(());
        }
        Err(EngineError::InvalidConfig {
            field: "normalization",
            reason: "means must be finite and deviations positive".to_owned(),
        })
    }

    /// Normalized value of every byte, for each channel.
    pub(super) fn table(&self) -> [[f32; 256]; 3] {
        std::array::from_fn(|channel| {
            let (mean, std) = (self.mean[channel], self.std[channel]);
            std::array::from_fn(|byte| (byte as f32 / 255.0 - mean) / std)
        })
    }
}

/// Normalized pictures, `[len, 3, height, width]`, with their labels.
pub(super) struct Batch {
    values: Vec<f32>,
    shape: [usize; 4],
    pub(super) labels: Vec<usize>,
}

impl Batch {
    /// The pictures at `indices`, augmented when a plan is given.
    pub(super) fn prepare(
        images: &ImageSet,
        indices: &[usize],
        table: &[[f32; 256]; 3],
        augmentation: Option<&AugmentationPlan<'_>>,
    ) -> Self {
        let (height, width) = (images.height, images.width);
        let area = height * width;
        let mut values = vec![0.0; indices.len() * INPUT_CHANNELS * area];
        let mut changed = Vec::new();
        for (&index, planes) in indices.iter().zip(values.chunks_exact_mut(INPUT_CHANNELS * area)) {
            let mut image = images.image(index);
            if let Some(plan) = augmentation {
                let AugmentationPlan { augmentation, seed, epoch } = *plan;
                augmentation.apply(image, height, width, [seed, epoch, index as u64], &mut changed);
                image = &changed;
            }
            for ((channel, plane), table) in planes.chunks_exact_mut(area).enumerate().zip(table) {
                for (value, pixel) in plane.iter_mut().zip(image.chunks_exact(INPUT_CHANNELS)) {
                    *value = table[usize::from(pixel[channel])];
                }
            }
        }
        Self {
            values,
            shape: [indices.len(), INPUT_CHANNELS, height, width],
            labels: indices.iter().map(|&index| images.labels[index]).collect(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.labels.len()
    }

    pub(super) fn into_values(self) -> Vec<f32> {
        self.values
    }

    pub(super) fn into_tensor(self, device: &Device) -> Tensor<4> {
        Tensor::from_data(TensorData::new(self.values, self.shape), device)
    }
}

/// An augmentation and the seeds of one epoch.
#[derive(Clone, Copy)]
pub(super) struct AugmentationPlan<'a> {
    pub(super) augmentation: &'a Augmentation,
    pub(super) seed: u64,
    pub(super) epoch: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set() -> ImageSet {
        ImageSet {
            height: 1,
            width: 2,
            pixels: vec![0, 51, 102, 255, 204, 153, 1, 2, 3, 4, 5, 6],
            labels: vec![0, 1],
            classes: 2,
        }
    }

    fn spec() -> NetworkSpec {
        NetworkSpec { height: 1, width: 2, ..NetworkSpec::vcnn(1, 2, 2) }
    }

    #[test]
    fn batches_are_planar_and_normalized() {
        let normalization = Normalization { mean: [0.0, 0.2, 0.0], std: [1.0, 0.5, 1.0] };
        let batch = Batch::prepare(&set(), &[1, 0], &normalization.table(), None);
        assert_eq!(batch.labels, [1, 0]);
        assert_eq!(batch.shape, [2, 3, 1, 2]);
        let want = [0.0, 1.0, 0.0, 1.2, 0.4, 0.6];
        for (got, want) in batch.values[6..].iter().zip(want) {
            assert!((got - want).abs() < 1e-6, "{got} {want}");
        }
    }

    #[test]
    fn sets_that_do_not_fit_are_refused() {
        set().validate(&spec()).unwrap();
        for (what, wrong) in [
            ("no pictures", ImageSet { labels: vec![], ..set() }),
            ("network takes", ImageSet { height: 2, ..set() }),
            ("bytes", ImageSet { pixels: vec![0; 11], ..set() }),
            ("classes", ImageSet { classes: 3, ..set() }),
            ("label 2", ImageSet { labels: vec![0, 2], ..set() }),
        ] {
            let error = wrong.validate(&spec()).unwrap_err().to_string();
            assert!(error.contains(what), "{what}: {error}");
        }
    }

    #[test]
    fn the_hash_sees_pixels_labels_and_sizes() {
        let base = set().sha256();
        assert_eq!(base, set().sha256());
        assert_ne!(base, ImageSet { labels: vec![1, 0], ..set() }.sha256());
        assert_ne!(base, ImageSet { height: 2, width: 1, ..set() }.sha256());
        let mut changed = set();
        changed.pixels[3] = 0;
        assert_ne!(base, changed.sha256());
    }

    #[test]
    fn a_normalization_that_divides_by_zero_is_refused() {
        let wrong = Normalization { mean: [0.0; 3], std: [1.0, 0.0, 1.0] };
        assert!(wrong.validate().is_err());
    }
}
