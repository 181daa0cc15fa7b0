//! The trained network that trees stand on.

use std::path::{Path, PathBuf};

use epic_core::{ImageSource, Pack};

use super::looking::{Looking, SeenFeatures, View, failed};
use super::run::{
    DATASET_CACHE, Outcome, PipelineObserver, PipelineOptions, SPLIT, WORK_FOLDER, run,
};
use super::{PipelineError, Recipe, TreesSection};
use crate::dataset::{Dataset, Split};
use crate::embedding::Embedder;

/// Where it is trained, in the work folder.
pub(super) const BASE_FOLDER: &str = "base";

/// A pack with what its training left behind.
pub(super) struct Base {
    pub(super) pack: Pack,
    folder: PathBuf,
    is_ours: bool,
}

impl Base {
    /// The pack that the caller gave, or one trained in the work folder: once, a resumed run takes it as it is. `None`
    /// when the observer stopped the training.
    pub(super) fn ready(
        section: &TreesSection,
        options: &PipelineOptions<'_>,
        work: &Path,
        observer: &mut dyn PipelineObserver,
    ) -> Result<Option<Self>, PipelineError> {
        let base = &section.base;
        if let Some(folder) = options.base_pack {
            return Self::open(folder, base, false).map(Some);
        }
        let out = work.join(BASE_FOLDER);
        // A manifest is written last.
        if !out.join("manifest.json").exists() {
            observer.note(&format!("{} is trained first, in {}", base.id, out.display()));
            let options = PipelineOptions { out: &out, base_pack: None, ..*options };
            if let Outcome::Interrupted = run(base, &options, observer)? {
                return Ok(None);
            }
        }
        Self::open(&out, base, true).map(Some)
    }

    fn open(folder: &Path, recipe: &Recipe, is_ours: bool) -> Result<Self, PipelineError> {
        let unusable = |reason: String| PipelineError::Base { path: folder.to_owned(), reason };
        let pack = Pack::open(folder).map_err(|error| unusable(error.to_string()))?;
        let origin = &pack.manifest().provenance;
        if (&origin.recipe, &origin.recipe_sha256) != (&recipe.id, &recipe.sha256) {
            return Err(unusable(format!(
                "it comes from recipe {} (sha256 {}), the trees want {} (sha256 {})",
                origin.recipe, origin.recipe_sha256, recipe.id, recipe.sha256
            )));
        }
        Ok(Self { pack, folder: folder.to_owned(), is_ours })
    }

    /// The split that it was trained with: its train part is the only one that trees may see.
    pub(super) fn split(&self) -> Result<Split, PipelineError> {
        let file = self.folder.join(WORK_FOLDER).join(SPLIT);
        if !file.exists() {
            let reason = format!(
                "it has no {WORK_FOLDER}/{SPLIT}, so that nobody knows what it was trained on"
            );
            return Err(PipelineError::Base { path: self.folder.clone(), reason });
        }
        Ok(Split::load(&file)?)
    }

    /// Whether it was trained on this division: else trees would be measured on pictures that it has seen.
    pub(super) fn check_split(&self, split: &Split) -> Result<(), PipelineError> {
        if self.split()? == *split {
            return Ok(());
        }
        let reason = "it was trained on another split than the trees".to_owned();
        Err(PipelineError::Base { path: self.folder.clone(), reason })
    }

    /// Where its training kept what it learnt of each file, if that may be written to.
    pub(super) fn dataset_cache(&self) -> Option<PathBuf> {
        self.is_ours.then(|| self.folder.join(WORK_FOLDER).join(DATASET_CACHE))
    }

    /// Its penultimate features of the samples. `None` when the observer asked to stop.
    pub(super) fn features(
        &self,
        dataset: &Dataset,
        samples: &[usize],
        cache: &Path,
        observer: &mut dyn PipelineObserver,
    ) -> Result<Option<SeenFeatures>, PipelineError> {
        let embedder = Embedder::of_pack(&self.pack).map_err(|error| failed(&error))?;
        let views: Vec<_> = samples.iter().map(|&sample| (sample, 0)).collect();
        let key = |&sample: &usize| dataset.samples[sample].sha256.as_str();
        let keys: Vec<&str> = samples.iter().map(key).collect();
        let load = |(sample, _): View| {
            let path = dataset.root.join(&dataset.samples[sample].relative_path);
            embedder.decode(&ImageSource::Path(&path))
        };
        Looking { dataset, embedder: &embedder, cache }.look(&views, &keys, &load, observer)
    }
}
