//! Pictures of a data set as network input, in memory.

use std::collections::HashMap;

use epic_core::picture::{self, DecodeOptions};
use epic_core::preprocess::{self, InputSpec};
use epic_core::{ClassifyError, ImageSource};
use rayon::prelude::*;

use crate::dataset::Dataset;
use crate::engine::ImageSet;

/// Metadata features of samples by their index.
pub type MeasuredFeatures = HashMap<usize, Vec<f32>>;

/// Decodes (with `options`) and resizes the named samples exactly as a phone does, on all cores. Pictures that
/// fail now (they were sound when the data set was opened) are left out and returned; those without measured
/// features are left out where there are such.
pub fn prepare(
    dataset: &Dataset,
    samples: &[usize],
    input: &InputSpec,
    options: &DecodeOptions,
    features: Option<&MeasuredFeatures>,
    progress: &(dyn Fn() + Sync),
) -> (ImageSet, Vec<(String, ClassifyError)>) {
    const NONE: &[f32] = &[];
    let prepared: Vec<_> = samples
        .par_iter()
        .filter_map(|&index| {
            let metadata = match features {
                None => NONE,
                Some(features) => features.get(&index)?,
            };
            Some((dataset.samples.get(index)?, metadata))
        })
        .map(|(sample, metadata)| {
            let path = dataset.root.join(&sample.relative_path);
            let pixels = picture::decode(&ImageSource::Path(&path), options)
                .map_err(ClassifyError::from)
                .and_then(|picture| Ok(preprocess::resize(&picture, input)?));
            progress();
            (sample, metadata, pixels)
        })
        .collect();
    let mut set = ImageSet {
        height: input.height as usize,
        width: input.width as usize,
        classes: dataset.classes.len(),
        ..ImageSet::default()
    };
    let mut failed = Vec::new();
    for (sample, metadata, pixels) in prepared {
        match pixels {
            Ok(pixels) => {
                set.pixels.extend_from_slice(&pixels);
                set.metadata.extend_from_slice(metadata);
                set.labels.push(sample.class);
            }
            Err(error) => failed.push((sample.relative_path.clone(), error)),
        }
    }
    (set, failed)
}
