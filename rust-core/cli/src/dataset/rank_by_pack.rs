//! What a pack makes of a class's pictures, as a number to order them by.

use std::num::NonZeroUsize;
use std::path::Path;

use epic_core::gallery::{TaskControl, default_jobs, for_each_in_order};
use epic_core::{ImageSource, Verdict};
use epic_training::dataset::rank::Ranked;

use crate::embedded::open_classifier;
use crate::output::Failure;
use crate::progress::bar;

/// A number of a verdict.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ByPack {
    /// Probability of the class that the pack is for.
    Confidence,
    /// Probability that the picture is not of the class whose folder it lies in.
    Disagreement,
}

impl ByPack {
    pub(super) const NAMES: [&str; 2] = ["confidence", "disagreement"];

    pub(super) fn of(name: &str) -> Option<Self> {
        let all = [Self::Confidence, Self::Disagreement];
        Self::NAMES.iter().zip(all).find(|(known, _)| **known == name).map(|(_, by)| by)
    }

    fn value(self, verdict: &Verdict, class: &str) -> Option<f64> {
        match self {
            Self::Confidence => Some(verdict.confidence.into()),
            Self::Disagreement => {
                let (_, score) = verdict.scores.iter().find(|(name, _)| name == class)?;
                Some(1.0 - f64::from(*score))
            }
        }
    }
}

/// Classifies the pictures; those that cannot be classified have no value.
pub(super) fn values(
    by: ByPack,
    pack: Option<&Path>,
    folder: &Path,
    class: &str,
    paths: Vec<String>,
    jobs: Option<NonZeroUsize>,
) -> Result<Vec<Ranked>, Failure> {
    let classifier = open_classifier(pack)?;
    let taxonomy = &classifier.manifest().taxonomy;
    if by == ByPack::Disagreement && taxonomy.class_index(class).is_none() {
        return Err(Failure::Usage(format!(
            "the pack has no class {class}; it has {}",
            taxonomy.class_names().join(", ")
        )));
    }
    let progress = bar(paths.len() as u64, "pictures");
    let work = |path: &String| classifier.classify(&ImageSource::Path(&folder.join(path)));
    let jobs = jobs.unwrap_or_else(default_jobs);
    let mut values = Vec::with_capacity(paths.len());
    for_each_in_order(&paths, jobs, &TaskControl::new(), work, |_, outcome| {
        progress.inc(1);
        values.push(outcome.ok().and_then(|verdict| by.value(&verdict, class)));
    });
    progress.finish_and_clear();
    let ranked = |(relative_path, value)| Ranked { relative_path, value };
    Ok(paths.into_iter().zip(values).map(ranked).collect())
}
