//! What a frozen network sees in the pictures of a data set, kept by content.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use epic_core::{ClassifyError, Picture};

use super::PipelineError;
use super::run::PipelineObserver;
use crate::dataset::Dataset;
use crate::embedding::{Embedder, embed_views};

/// Features of samples by their index: a row for the picture itself, then one per variant.
pub type SeenFeatures = HashMap<usize, Vec<Vec<f32>>>;

/// A sample, and the number of its variant; 0 is the picture itself.
pub(super) type View = (usize, usize);

/// A network on the pictures of a data set.
pub(super) struct Looking<'a> {
    pub(super) dataset: &'a Dataset,
    pub(super) embedder: &'a Embedder,
    pub(super) cache: &'a Path,
}

impl Looking<'_> {
    /// Features of the views, each known by its key. Samples with a view that fails are noted and left out. `None` when
    /// the observer asked to stop; what was made by then is in the cache.
    pub(super) fn look<K: AsRef<str> + Sync>(
        &self,
        views: &[View],
        keys: &[K],
        load: &(dyn Fn(View) -> Result<Picture, ClassifyError> + Sync),
        observer: &mut dyn PipelineObserver,
    ) -> Result<Option<SeenFeatures>, PipelineError> {
        observer.on_step("looking at pictures", views.len());
        let seen = {
            let progress = observer.progress();
            let load = |index: usize| load(views[index]);
            let proceed = || !observer.should_stop();
            embed_views(self.embedder, keys, Some(self.cache), &load, &proceed, &*progress)
        };
        let seen = seen.map_err(|error| failed(&error))?;
        if observer.should_stop() {
            return Ok(None);
        }
        let mut rows: SeenFeatures = HashMap::new();
        let mut broken: BTreeSet<usize> = BTreeSet::new();
        for (&(sample, _), vector) in views.iter().zip(seen.vectors) {
            match vector {
                Some(Ok(vector)) => rows.entry(sample).or_default().push(vector),
                Some(Err(error)) if broken.insert(sample) => {
                    let name = &self.dataset.samples[sample].relative_path;
                    observer.note(&format!("{name}: {error}, left out"));
                }
                _ => {}
            }
        }
        rows.retain(|sample, _| !broken.contains(sample));
        Ok(Some(rows))
    }
}

pub(super) fn failed(error: &dyn std::fmt::Display) -> PipelineError {
    PipelineError::Embedding { reason: error.to_string() }
}
