//! A pack's classifier on the pictures of a data set, through the very code that phones run.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use epic_core::decision::{Decision, decide};
use epic_core::pack::Manifest;
use epic_core::picture;
use epic_core::{Classifier, ClassifyError, ImageSource, Taxonomy};
use rayon::prelude::*;

use crate::dataset::{Dataset, Sample};
use crate::evaluation::{LabelSet, Prediction};

/// The taxonomy as the evaluation wants it.
pub fn label_set(taxonomy: &Taxonomy) -> LabelSet {
    LabelSet {
        classes: taxonomy.class_names(),
        groups: taxonomy.groups.clone(),
        class_to_group: taxonomy.class_to_group(),
        fallback_group: taxonomy.group_index(&taxonomy.fallback_group).unwrap_or(0),
    }
}

/// The network's raw outputs for a picture of a data set.
#[derive(Debug, Clone, PartialEq)]
pub struct SampleLogits {
    /// Index into [`Dataset::samples`].
    pub sample: usize,
    /// One logit per class, or why there are none.
    pub logits: Result<Vec<f32>, ClassifyError>,
}

/// Decodes and runs the named samples on all cores of the current rayon pool, in their order.
/// `progress` is called with the number of pictures done. Metadata features that were measured before are not
/// measured again.
pub fn logits(
    classifier: &Classifier,
    dataset: &Dataset,
    samples: &[usize],
    features: &HashMap<usize, Vec<f32>>,
    progress: &(dyn Fn(usize) + Sync),
) -> Vec<SampleLogits> {
    let done = AtomicUsize::new(0);
    let run = |sample: usize, path: &Path| {
        let picture = picture::decode(&ImageSource::Path(path), classifier.decode_options())?;
        match features.get(&sample) {
            Some(features) => classifier.logits_with(&picture, features),
            None => classifier.logits(&picture),
        }
    };
    samples
        .par_iter()
        .filter_map(|&index| dataset.samples.get(index).map(|sample| (index, sample)))
        .map(|(sample, Sample { relative_path, .. })| {
            let logits = run(sample, &dataset.root.join(relative_path));
            progress(done.fetch_add(1, Ordering::Relaxed) + 1);
            SampleLogits { sample, logits }
        })
        .collect()
}

/// Predictions under a manifest's calibration and thresholds; samples without logits are left out.
pub fn predictions(
    manifest: &Manifest,
    dataset: &Dataset,
    logits: &[SampleLogits],
) -> Vec<Prediction> {
    logits
        .iter()
        .filter_map(|SampleLogits { sample, logits }| {
            let decision = decide(
                logits.as_ref().ok()?,
                &manifest.taxonomy,
                manifest.calibration,
                &manifest.thresholds,
            )?;
            Some(prediction(dataset.samples.get(*sample)?, decision))
        })
        .collect()
}

fn prediction(sample: &Sample, decision: Decision) -> Prediction {
    Prediction {
        id: sample.relative_path.clone(),
        truth: sample.class,
        predicted: decision.class,
        probabilities: decision.probabilities,
        abstained: decision.abstained,
        group: decision.group,
    }
}
