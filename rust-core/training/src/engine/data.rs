//! Pictures in memory, and how they become a network's input.

use burn::tensor::{Device, Tensor, TensorData};
use serde::{Deserialize, Serialize};

use super::augment::Augmentation;
use super::error::EngineError;
use super::network::{Input, View};
use super::random::{Random, Stream};
use super::scaler::Scaler;
use super::spec::{INPUT_CHANNELS, NetworkSpec, hex_sha256};

/// Pictures of one size, or a backbone's features of them, with their labels.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImageSet {
    /// Height of every picture.
    pub height: usize,
    /// Width of every picture.
    pub width: usize,
    /// The pictures one after the other, rows of RGB bytes. May be empty where there are features.
    pub pixels: Vec<u8>,
    /// A backbone's features of every picture: `versions` rows each, the first of the picture as it is, the
    /// others of augmented ones.
    pub features: Vec<f32>,
    /// Rows of features per picture; 0 without a backbone.
    pub versions: usize,
    /// Metadata features of every picture, as they were measured.
    pub metadata: Vec<f32>,
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

    /// The pictures of these rows, which must be below [`ImageSet::len`]: with all versions of a backbone's
    /// features, or with those of the picture itself only.
    #[must_use]
    pub fn subset(&self, rows: &[usize], all_versions: bool) -> Self {
        fn part<T: Copy>(values: &[T], count: usize, rows: &[usize], share: usize) -> Vec<T> {
            let width = values.len() / count.max(1);
            rows.iter().flat_map(|row| &values[row * width..][..width / share]).copied().collect()
        }
        let versions = if all_versions { self.versions } else { self.versions.min(1) };
        let share = self.versions.checked_div(versions).unwrap_or(1);
        Self {
            pixels: part(&self.pixels, self.len(), rows, 1),
            features: part(&self.features, self.len(), rows, share),
            versions,
            metadata: part(&self.metadata, self.len(), rows, 1),
            labels: part(&self.labels, self.len(), rows, 1),
            ..*self
        }
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
        let with_backbone = spec.backbone_features > 0;
        if self.features.len() != self.len() * self.versions * spec.backbone_features
            || with_backbone != (self.versions > 0)
        {
            return Err(EngineError::data(format!(
                "{} backbone features, {} versions of each picture",
                self.features.len(),
                self.versions
            )));
        }
        let metadata = spec.metadata.map_or(0, |branch| branch.features);
        if self.metadata.len() != self.len() * metadata {
            return Err(EngineError::data(format!(
                "{} metadata features, the network takes {metadata} of each picture",
                self.metadata.len()
            )));
        }
        let pixels = self.len() * self.height * self.width * INPUT_CHANNELS;
        if self.pixels.len() != pixels && !(with_backbone && self.pixels.is_empty()) {
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

    /// SHA-256 over sizes, labels, pixels and features, in hexadecimal.
    pub fn sha256(&self) -> String {
        let sizes = [self.height, self.width, self.classes];
        let numbers: Vec<u8> =
            (sizes.iter().chain(&self.labels)).flat_map(|&n| (n as u64).to_le_bytes()).collect();
        let bytes = |values: &[f32]| -> Vec<u8> {
            values.iter().flat_map(|value| value.to_le_bytes()).collect()
        };
        hex_sha256(&[&numbers, &self.pixels, &bytes(&self.features), &bytes(&self.metadata)])
    }

    /// The first `count` pictures.
    #[must_use]
    pub fn first(&self, count: usize) -> Self {
        let count = count.min(self.len());
        let part = |len: usize| len.checked_div(self.len()).unwrap_or(0) * count;
        Self {
            pixels: self.pixels[..part(self.pixels.len())].to_vec(),
            features: self.features[..part(self.features.len())].to_vec(),
            metadata: self.metadata[..part(self.metadata.len())].to_vec(),
            labels: self.labels[..count].to_vec(),
            ..*self
        }
    }

    /// Adds the pictures of another set of the same kind.
    pub fn append(&mut self, other: Self) {
        self.pixels.extend(other.pixels);
        self.features.extend(other.features);
        self.metadata.extend(other.metadata);
        self.labels.extend(other.labels);
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

/// How a network's inputs are made from pictures and metadata.
#[derive(Clone, Debug, PartialEq)]
pub struct Preparation {
    /// Of pixels.
    pub normalization: Normalization,
    /// Of metadata features; `None` leaves them as they were measured.
    pub scaler: Option<Scaler>,
}

impl From<Normalization> for Preparation {
    fn from(normalization: Normalization) -> Self {
        Self { normalization, scaler: None }
    }
}

/// Inputs of some pictures with their labels.
pub(super) struct Batch {
    /// Normalized pictures, or a backbone's features.
    values: Vec<f32>,
    shape: Shape,
    metadata: Vec<f32>,
    pub(super) labels: Vec<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Images([usize; 4]),
    Features([usize; 2]),
}

/// Makes batches of a set.
pub(super) struct Batches<'a> {
    images: &'a ImageSet,
    preparation: &'a Preparation,
    table: [[f32; 256]; 3],
}

impl<'a> Batches<'a> {
    pub(super) fn new(images: &'a ImageSet, preparation: &'a Preparation) -> Self {
        Self { images, preparation, table: preparation.normalization.table() }
    }

    /// The pictures at `indices`, augmented when a plan is given.
    pub(super) fn prepare(
        &self,
        indices: &[usize],
        augmentation: Option<&AugmentationPlan<'_>>,
    ) -> Batch {
        let (values, shape) = match self.images.versions {
            0 => self.pixels(indices, augmentation),
            versions => self.features(indices, versions, augmentation),
        };
        Batch {
            values,
            shape,
            metadata: self.metadata(indices),
            labels: indices.iter().map(|&index| self.images.labels[index]).collect(),
        }
    }

    fn pixels(
        &self,
        indices: &[usize],
        augmentation: Option<&AugmentationPlan<'_>>,
    ) -> (Vec<f32>, Shape) {
        let (height, width) = (self.images.height, self.images.width);
        let area = height * width;
        let mut values = vec![0.0; indices.len() * INPUT_CHANNELS * area];
        let mut changed = Vec::new();
        for (&index, planes) in indices.iter().zip(values.chunks_exact_mut(INPUT_CHANNELS * area)) {
            let mut image = self.images.image(index);
            if let Some(plan) = augmentation
                && !plan.augmentation.is_none()
            {
                let AugmentationPlan { augmentation, seed, epoch } = *plan;
                augmentation.apply(image, height, width, [seed, epoch, index as u64], &mut changed);
                image = &changed;
            }
            let planes = planes.chunks_exact_mut(area).enumerate();
            for ((channel, plane), table) in planes.zip(&self.table) {
                for (value, pixel) in plane.iter_mut().zip(image.chunks_exact(INPUT_CHANNELS)) {
                    *value = table[usize::from(pixel[channel])];
                }
            }
        }
        (values, Shape::Images([indices.len(), INPUT_CHANNELS, height, width]))
    }

    /// While training, another version of the picture every epoch.
    fn features(
        &self,
        indices: &[usize],
        versions: usize,
        augmentation: Option<&AugmentationPlan<'_>>,
    ) -> (Vec<f32>, Shape) {
        let size = self.images.features.len() / (self.images.len() * versions);
        let mut values = Vec::with_capacity(indices.len() * size);
        for &index in indices {
            let version = augmentation.map_or(0, |plan| {
                let path = [plan.epoch, index as u64];
                let mut random = Random::stream(plan.seed, Stream::Augmentation, &path);
                random.next_u64() as usize % versions
            });
            let row = index * versions + version;
            values.extend_from_slice(&self.images.features[row * size..][..size]);
        }
        (values, Shape::Features([indices.len(), size]))
    }

    fn metadata(&self, indices: &[usize]) -> Vec<f32> {
        let size = self.images.metadata.len() / self.images.len().max(1);
        let mut values = Vec::with_capacity(indices.len() * size);
        for &index in indices {
            let start = values.len();
            values.extend_from_slice(&self.images.metadata[index * size..][..size]);
            if let Some(scaler) = &self.preparation.scaler {
                scaler.apply(&mut values[start..]);
            }
        }
        values
    }
}

impl Batch {
    pub(super) fn len(&self) -> usize {
        self.labels.len()
    }

    pub(super) fn into_values(self) -> Vec<f32> {
        self.values
    }

    pub(super) fn into_input(self, device: &Device) -> Input {
        let metadata = (!self.metadata.is_empty()).then(|| {
            let shape = [self.labels.len(), self.metadata.len() / self.labels.len()];
            Tensor::from_data(TensorData::new(self.metadata, shape), device)
        });
        let view = match self.shape {
            Shape::Images(shape) => {
                View::Images(Tensor::from_data(TensorData::new(self.values, shape), device))
            }
            Shape::Features(shape) => {
                View::Features(Tensor::from_data(TensorData::new(self.values, shape), device))
            }
        };
        Input { view, metadata }
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
    use crate::engine::spec::MetadataBranch;

    fn set() -> ImageSet {
        ImageSet {
            height: 1,
            width: 2,
            pixels: vec![0, 51, 102, 255, 204, 153, 1, 2, 3, 4, 5, 6],
            labels: vec![0, 1],
            classes: 2,
            ..ImageSet::default()
        }
    }

    fn spec() -> NetworkSpec {
        NetworkSpec { height: 1, width: 2, ..NetworkSpec::vcnn(1, 2, 2) }
    }

    #[test]
    fn batches_are_planar_and_normalized() {
        let normalization = Normalization { mean: [0.0, 0.2, 0.0], std: [1.0, 0.5, 1.0] };
        let (set, preparation) = (set(), normalization.into());
        let batch = Batches::new(&set, &preparation).prepare(&[1, 0], None);
        assert_eq!(batch.labels, [1, 0]);
        assert_eq!(batch.shape, Shape::Images([2, 3, 1, 2]));
        let want = [0.0, 1.0, 0.0, 1.2, 0.4, 0.6];
        for (got, want) in batch.values[6..].iter().zip(want) {
            assert!((got - want).abs() < 1e-6, "{got} {want}");
        }
    }

    #[test]
    fn features_change_with_the_epoch_and_metadata_is_scaled() {
        let set = ImageSet {
            pixels: Vec::new(),
            features: (0..12).map(|value| value as f32).collect(),
            versions: 3,
            metadata: vec![10.0, 1.0, 20.0, 1.0],
            ..set()
        };
        let spec = NetworkSpec {
            blocks: Vec::new(),
            backbone_features: 2,
            metadata: Some(MetadataBranch { features: 2, hidden: 4 }),
            ..spec()
        };
        set.validate(&spec).unwrap();
        let scaler = Some(Scaler::fit(&set.metadata, 2));
        let preparation = Preparation { normalization: Normalization::default(), scaler };
        let batches = Batches::new(&set, &preparation);
        let plain = batches.prepare(&[1, 0], None);
        assert_eq!(plain.values, [6.0, 7.0, 0.0, 1.0]);
        assert_eq!(plain.metadata, [1.0, 0.0, 0.0, 0.0]);
        let augmentation = Augmentation::default();
        let seen: std::collections::BTreeSet<_> = (0..20)
            .map(|epoch| {
                let plan = AugmentationPlan { augmentation: &augmentation, seed: 1, epoch };
                batches.prepare(&[0], Some(&plan)).values[0] as usize
            })
            .collect();
        assert_eq!(seen, [0, 2, 4].into());
        assert_eq!(set.first(1).features, [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
        let mut both = set.first(1);
        both.append(set.clone());
        both.validate(&spec).unwrap();
        assert_eq!(both.len(), 3);
        assert!(ImageSet { versions: 2, ..set.clone() }.validate(&spec).is_err());
        assert!(ImageSet { metadata: vec![1.0], ..set }.validate(&spec).is_err());
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
