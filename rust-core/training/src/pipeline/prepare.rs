//! Pictures of a data set as network input, in memory.

use epic_core::picture::{self, DecodeOptions};
use epic_core::preprocess::{self, InputSpec};
use epic_core::{ClassifyError, ImageSource};
use rayon::prelude::*;

use crate::dataset::Dataset;
use crate::engine::ImageSet;

/// Decodes and resizes the named samples exactly as a phone does, on all cores. Pictures that
/// fail now (they were sound when the data set was opened) are left out and returned.
pub fn prepare(
    dataset: &Dataset,
    samples: &[usize],
    input: &InputSpec,
    progress: &(dyn Fn() + Sync),
) -> (ImageSet, Vec<(String, ClassifyError)>) {
    let options = DecodeOptions { target: Some(input.target()), ..DecodeOptions::default() };
    let prepared: Vec<_> = samples
        .par_iter()
        .filter_map(|&index| dataset.samples.get(index))
        .map(|sample| {
            let path = dataset.root.join(&sample.relative_path);
            let pixels = picture::decode(&ImageSource::Path(&path), &options)
                .map_err(ClassifyError::from)
                .and_then(|picture| Ok(preprocess::resize(&picture, input)?));
            progress();
            (sample, pixels)
        })
        .collect();
    let mut set = ImageSet {
        height: input.height as usize,
        width: input.width as usize,
        classes: dataset.classes.len(),
        ..ImageSet::default()
    };
    let mut failed = Vec::new();
    for (sample, pixels) in prepared {
        match pixels {
            Ok(pixels) => {
                set.pixels.extend_from_slice(&pixels);
                set.labels.push(sample.class);
            }
            Err(error) => failed.push((sample.relative_path.clone(), error)),
        }
    }
    (set, failed)
}
