//! What a frozen backbone sees in the pictures of a data set, and in variants of the training pictures.

use std::collections::BTreeSet;
use std::path::Path;

use epic_core::picture::{self, DecodeOptions, Target};
use epic_core::{ClassifyError, ImageSource, Picture};
use sha2::{Digest, Sha256};

use super::domain::DomainAugmentation;
use super::looking::{Looking, SeenFeatures, View, failed};
use super::run::PipelineObserver;
use super::{PipelineError, Recipe};
use crate::dataset::{Dataset, hex};
use crate::embedding::{Backbone, Embedder};

/// Opens the backbone that a recipe names, with the recipe's input.
pub(super) fn open_backbone(recipe: &Recipe, path: &Path) -> Result<Backbone, PipelineError> {
    let unusable = |reason: String| PipelineError::Backbone { path: path.to_owned(), reason };
    let backbone = Backbone::open(path).map_err(|error| unusable(error.to_string()))?;
    let Some(section) = &recipe.backbone else {
        return Err(unusable("the recipe has no backbone".to_owned()));
    };
    if backbone.manifest().sha256 != section.sha256 {
        return Err(unusable(format!(
            "the recipe wants {}, sha256 {}",
            section.name, section.sha256
        )));
    }
    Ok(backbone.with_input(recipe.input.clone()))
}

/// Features of the samples, and of variants of those in `varied`. `None` when the observer asked to stop; what was
/// made by then is in the cache.
pub(super) fn backbone_features(
    dataset: &Dataset,
    samples: &[usize],
    varied: &[usize],
    recipe: &Recipe,
    backbone: &Backbone,
    cache: &Path,
    observer: &mut dyn PipelineObserver,
) -> Result<Option<SeenFeatures>, PipelineError> {
    let Some(section) = &recipe.backbone else { return Ok(Some(SeenFeatures::new())) };
    let embedder = Embedder::of_backbone(backbone).map_err(|error| failed(&error))?;
    if embedder.dimensions() != section.features {
        let reason =
            format!("{} features, the recipe says {}", embedder.dimensions(), section.features);
        return Err(PipelineError::Embedding { reason });
    }
    let augmentation = &section.augmentation;
    let seed = recipe.training.seed;
    let varied: BTreeSet<usize> = varied.iter().copied().collect();
    let mut views: Vec<View> = samples.iter().map(|&sample| (sample, 0)).collect();
    let numbers = || 1..=augmentation.variants;
    views.extend(varied.iter().flat_map(|&sample| numbers().map(move |number| (sample, number))));
    // More variants leave those that were made as they are.
    let settings = DomainAugmentation { variants: 0, ..*augmentation };
    let settings = serde_json::to_string(&settings).map_err(|error| failed(&error))?;
    let settings = format!("{seed} {settings}");
    let key = |&(sample, number): &View| key(&dataset.samples[sample].sha256, number, &settings);
    let keys: Vec<String> = views.iter().map(key).collect();
    let load = |(sample, number): View| {
        let sample = &dataset.samples[sample];
        let path = dataset.root.join(&sample.relative_path);
        view(&path, &sample.sha256, number, recipe, augmentation)
    };
    Looking { dataset, embedder: &embedder, cache }.look(&views, &keys, &load, observer)
}

/// A picture itself is known by its own hash, so that other tools' embeddings serve here too.
fn key(sha256: &str, number: usize, settings: &str) -> String {
    if number == 0 {
        return sha256.to_owned();
    }
    hex::encode(&Sha256::digest(format!("{sha256} {number} {settings}")))
}

fn view(
    path: &Path,
    sha256: &str,
    number: usize,
    recipe: &Recipe,
    augmentation: &DomainAugmentation,
) -> Result<Picture, ClassifyError> {
    let input = &recipe.input;
    if number == 0 {
        return Ok(picture::decode(&ImageSource::Path(path), &recipe.decode_options())?);
    }
    // Twice the input's size, so that cropping and reducing change what they change on a phone.
    let target = Target::Fit { width: input.width * 2, height: input.height * 2 };
    let options = DecodeOptions { target: Some(target), ..DecodeOptions::default() };
    let picture = picture::decode(&ImageSource::Path(path), &options)?;
    Ok(augmentation.variant(&picture, recipe.training.seed, sha256, number)?)
}
