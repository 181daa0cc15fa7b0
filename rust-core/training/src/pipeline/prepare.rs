//! Pictures of a data set as network input, in memory.

use std::collections::HashMap;

use epic_core::picture::{self, DecodeOptions};
use epic_core::preprocess::{self, InputSpec};
use epic_core::{ClassifyError, ImageSource};
use rayon::prelude::*;

use super::material::Known;
use super::{Recipe, SeenFeatures};
use crate::dataset::{Dataset, Sample};
use crate::engine::ImageSet;

/// Metadata features of samples by their index.
pub type MeasuredFeatures = HashMap<usize, Vec<f32>>;

/// What pictures become. A sample without the features that others have is left out.
#[derive(Clone, Copy)]
pub struct Preparing<'a> {
    /// Where they are.
    pub dataset: &'a Dataset,
    /// The network's input.
    pub input: &'a InputSpec,
    /// How they are decoded.
    pub options: &'a DecodeOptions,
    /// Whether pixels are wanted; a network on a backbone's features needs none.
    pub pixels: bool,
    /// Metadata, for networks that take it.
    pub metadata: Option<&'a MeasuredFeatures>,
    /// A backbone's features, for networks on them.
    pub seen: Option<&'a SeenFeatures>,
}

/// What became of pictures.
#[derive(Debug, Default)]
pub struct PreparedSet {
    /// The pictures.
    pub images: ImageSet,
    /// Index of each in the data set.
    pub samples: Vec<usize>,
    /// Those that failed (paths from the data set's folder), and why.
    pub failed: Vec<(String, ClassifyError)>,
}

/// One picture on its way.
struct Prepared<'a> {
    sample: &'a Sample,
    metadata: &'a [f32],
    seen: &'a [Vec<f32>],
    pixels: Result<Vec<u8>, ClassifyError>,
}

impl<'a> Preparing<'a> {
    /// What a recipe wants of pictures. With what a frozen network sees, pixels are not needed.
    pub(super) fn new(
        dataset: &'a Dataset,
        recipe: &'a Recipe,
        options: &'a DecodeOptions,
        known: &'a Known,
    ) -> Self {
        let seen = known.seen.as_ref();
        let metadata = (!recipe.features.is_empty()).then_some(&known.metadata);
        Self { dataset, input: &recipe.input, options, pixels: seen.is_none(), metadata, seen }
    }

    /// Decodes and resizes the named samples exactly as a phone does, on all cores. Pictures that fail now (they
    /// were sound when the data set was opened) are left out and named. With `varied` all rows of the backbone's
    /// features are taken, else those of the picture itself.
    pub fn prepare(
        &self,
        samples: &[usize],
        varied: bool,
        progress: &(dyn Fn() + Sync),
    ) -> PreparedSet {
        let prepared: Vec<_> = samples
            .par_iter()
            .filter_map(|&index| {
                let prepared = self.one(index, varied);
                progress();
                Some((index, prepared?))
            })
            .collect();
        let mut result = PreparedSet {
            images: ImageSet {
                height: self.input.height as usize,
                width: self.input.width as usize,
                classes: self.dataset.classes.len(),
                ..ImageSet::default()
            },
            ..PreparedSet::default()
        };
        let set = &mut result.images;
        for (index, Prepared { sample, metadata, seen, pixels }) in prepared {
            match pixels {
                Ok(pixels) => {
                    set.pixels.extend_from_slice(&pixels);
                    set.metadata.extend_from_slice(metadata);
                    set.versions = seen.len();
                    seen.iter().for_each(|row| set.features.extend_from_slice(row));
                    set.labels.push(sample.class);
                    result.samples.push(index);
                }
                Err(error) => result.failed.push((sample.relative_path.clone(), error)),
            }
        }
        result
    }

    fn one(&self, index: usize, varied: bool) -> Option<Prepared<'_>> {
        let sample = self.dataset.samples.get(index)?;
        let metadata = match self.metadata {
            None => &[],
            Some(all) => all.get(&index)?.as_slice(),
        };
        let seen = match self.seen {
            None => &[],
            Some(all) if varied => all.get(&index)?.as_slice(),
            Some(all) => all.get(&index)?.get(..1)?,
        };
        let pixels = if self.pixels { self.pixels_of(sample) } else { Ok(Vec::new()) };
        Some(Prepared { sample, metadata, seen, pixels })
    }

    fn pixels_of(&self, sample: &Sample) -> Result<Vec<u8>, ClassifyError> {
        let path = self.dataset.root.join(&sample.relative_path);
        let picture = picture::decode(&ImageSource::Path(&path), self.options)?;
        Ok(preprocess::resize(&picture, self.input)?)
    }
}
