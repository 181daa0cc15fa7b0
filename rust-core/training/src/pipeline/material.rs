//! What a recipe is trained on: pictures, their parts, and what is known of them beside their pixels.

use std::fs;
use std::path::Path;

use epic_core::Taxonomy;

use super::backbone::{backbone_features, open_backbone};
use super::base::Base;
use super::looking::SeenFeatures;
use super::measured::measured_features;
use super::prepare::{MeasuredFeatures, Preparing};
use super::run::{DATASET_CACHE, PipelineObserver, PipelineOptions, SPLIT, SplitDataset};
use super::{PipelineError, PreparedSet, Recipe};
use crate::CoreReader;
use crate::dataset::{Dataset, OpenOptions, Split, SplitIndices};
use crate::embedding::Backbone;
use crate::engine::ImageSet;

/// A data set and its parts.
pub(super) struct Material {
    pub(super) dataset: Dataset,
    pub(super) split: Split,
    pub(super) parts: SplitIndices,
    /// The network that trees stand on.
    pub(super) base: Option<Base>,
}

/// What is known of pictures beside their pixels.
pub(super) struct Known {
    /// Metadata; empty for recipes that take none.
    pub(super) metadata: MeasuredFeatures,
    /// What a frozen network sees, for recipes on one.
    pub(super) seen: Option<SeenFeatures>,
    backbone: Option<Backbone>,
}

impl Material {
    /// Checks the pictures and divides them, or takes the division of an earlier run or of the base. `None` when the
    /// observer stopped the training of the base.
    pub(super) fn open(
        recipe: &Recipe,
        options: &PipelineOptions<'_>,
        work: &Path,
        observer: &mut dyn PipelineObserver,
    ) -> Result<Option<Self>, PipelineError> {
        create(work)?;
        let base = match &recipe.trees {
            None => None,
            Some(section) => match Base::ready(section, options, work, observer)? {
                None => return Ok(None),
                base => base,
            },
        };
        if let (None, Some(path)) = (&base, options.base_pack) {
            let reason = format!("{} stands on no other recipe", recipe.id);
            return Err(PipelineError::Base { path: path.to_owned(), reason });
        }
        let file = work.join(SPLIT);
        let SplitDataset { dataset, split } = match options.split {
            Some(given) => {
                if let Some(base) = &base {
                    base.check_split(&given.split)?;
                }
                given.clone()
            }
            None => {
                let known = base.as_ref().and_then(Base::dataset_cache);
                let cache = known.unwrap_or_else(|| work.join(DATASET_CACHE));
                let dataset = open_dataset(recipe, options, &cache, observer)?;
                let split = match &base {
                    Some(base) => base.split()?,
                    None if options.resume && file.exists() => Split::load(&file)?,
                    None => new_split(recipe, &dataset, observer)?,
                };
                SplitDataset { dataset, split }
            }
        };
        let parts = split.indices(&dataset)?;
        split.save(&file)?;
        Ok(Some(Self { dataset, split, parts, base }))
    }

    /// What a recipe wants to know of the samples, and of variants of those in `varied`. `None` when the observer asked
    /// to stop.
    pub(super) fn known(
        &self,
        recipe: &Recipe,
        samples: &[usize],
        varied: &[usize],
        options: &PipelineOptions<'_>,
        work: &Path,
        observer: &mut dyn PipelineObserver,
    ) -> Result<Option<Known>, PipelineError> {
        let dataset = &self.dataset;
        let metadata = if recipe.features.is_empty() {
            MeasuredFeatures::new()
        } else {
            let extractor = options.extractor.ok_or_else(|| PipelineError::Metadata {
                reason: "the recipe needs an extractor".to_owned(),
            })?;
            let own = work.join("metadata-cache.jsonl");
            let cache = options.metadata_cache.unwrap_or(&own);
            match measured_features(dataset, samples, &recipe.features, extractor, cache, observer)?
            {
                Some(metadata) => metadata,
                None => return Ok(None),
            }
        };
        let own = work.join("embeddings");
        let cache = options.embedding_cache.unwrap_or(&own);
        let backbone = backbone(recipe, options)?;
        let seen = match (&self.base, &backbone) {
            (Some(base), _) => base.features(dataset, samples, cache, observer)?,
            (None, Some(backbone)) => {
                backbone_features(dataset, samples, varied, recipe, backbone, cache, observer)?
            }
            (None, None) => return Ok(Some(Known { metadata, seen: None, backbone })),
        };
        Ok(seen.map(|seen| Known { metadata, seen: Some(seen), backbone }))
    }

    /// The ONNX file of the frozen network that a recipe stands on.
    pub(super) fn frozen<'a>(&'a self, known: &'a Known) -> Option<&'a [u8]> {
        match &self.base {
            Some(base) => Some(base.pack.network()),
            None => known.backbone.as_ref().map(Backbone::onnx),
        }
    }
}

/// Pictures of a part as network input. Those that fail are noted.
pub(super) fn images(
    preparing: &Preparing<'_>,
    indices: &[usize],
    part: &'static str,
    varied: bool,
    observer: &mut dyn PipelineObserver,
) -> Result<ImageSet, PipelineError> {
    Ok(prepared(preparing, indices, part, varied, observer)?.images)
}

/// As [`images`], with their places in the data set.
pub(super) fn prepared(
    preparing: &Preparing<'_>,
    indices: &[usize],
    part: &'static str,
    varied: bool,
    observer: &mut dyn PipelineObserver,
) -> Result<PreparedSet, PipelineError> {
    observer.on_step(&format!("decoding, {part} part"), indices.len());
    let set = {
        let progress = observer.progress();
        preparing.prepare(indices, varied, &|| progress(1, 0))
    };
    for (path, error) in &set.failed {
        observer.note(&format!("{path}: {error}, left out"));
    }
    if set.images.is_empty() {
        return Err(PipelineError::EmptyPart { part });
    }
    Ok(set)
}

fn open_dataset(
    recipe: &Recipe,
    options: &PipelineOptions<'_>,
    cache: &Path,
    observer: &mut dyn PipelineObserver,
) -> Result<Dataset, PipelineError> {
    let version = match (options.version, recipe.data_version.as_deref()) {
        (Some(asked), Some(own)) if asked != own => {
            observer.note(&format!(
                "version {asked} of the data set, as the command says; the recipe says {own}"
            ));
            Some(asked)
        }
        (asked, own) => asked.or(own),
    };
    let open = OpenOptions {
        cache: Some(cache.to_owned()),
        sources: options.sources.map(Path::to_owned),
        version: version.map(str::to_owned),
    };
    open_noting(options.data, &recipe.taxonomy, &open, observer)
}

/// Opens a data set with the classes of a taxonomy; what is left out is noted.
pub(crate) fn open_noting(
    data: &Path,
    taxonomy: &Taxonomy,
    open: &OpenOptions,
    observer: &mut dyn PipelineObserver,
) -> Result<Dataset, PipelineError> {
    observer.on_step("checking pictures", 0);
    let classes = taxonomy.class_names();
    let dataset = Dataset::open_with(data, &classes, open, &CoreReader, &*observer.progress())?;
    for rejected in &dataset.rejected {
        observer.note(&format!("{}: {}, left out", rejected.relative_path, rejected.reason));
    }
    for class in &dataset.missing_folders {
        observer.note(&format!("the data set has no folder {class}"));
    }
    for folder in &dataset.unknown_folders {
        observer.note(&format!("{folder} is no class of {}, left out", taxonomy.name));
    }
    Ok(dataset)
}

fn new_split(
    recipe: &Recipe,
    dataset: &Dataset,
    observer: &mut dyn PipelineObserver,
) -> Result<Split, PipelineError> {
    let split = Split::with_train_only(dataset, &recipe.split.options(), &recipe.split.train_only)?;
    if !split.not_source_disjoint.is_empty() {
        let classes = split.not_source_disjoint.join(", ");
        observer.note(&format!("too few sources to keep them apart: {classes}"));
    }
    Ok(split)
}

fn backbone(
    recipe: &Recipe,
    options: &PipelineOptions<'_>,
) -> Result<Option<Backbone>, PipelineError> {
    match (&recipe.backbone, options.backbone) {
        (None, _) => Ok(None),
        (Some(_), Some(path)) => open_backbone(recipe, path).map(Some),
        (Some(section), None) => Err(PipelineError::Embedding {
            reason: format!("the recipe needs the file of {}", section.name),
        }),
    }
}

pub(super) fn create(folder: &Path) -> Result<(), PipelineError> {
    fs::create_dir_all(folder)
        .map_err(|source| PipelineError::Write { path: folder.to_owned(), source })
}
