//! Recipes of trees on the features of a trained network. What is not about trees is the base's.

use std::path::{Path, PathBuf};

use epic_core::pack::Family;
use serde::Deserialize;

use super::sections::TuningTable;
use super::{DecisionSection, Kind, PackSection, Recipe, RecipeChanges, TreesSection, parse, read};
use crate::engine::ClassWeights;
use crate::pipeline::PipelineError;
use crate::trees::BoosterParams;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TreesFile {
    id: String,
    description: String,
    family: Family,
    base: PathBuf,
    pack: PackSection,
    trees: toml::Table,
    tuning: Option<TuningTable>,
}

/// What a recipe of trees must not say again.
const INHERITED: [&str; 10] = [
    "taxonomy",
    "input",
    "network",
    "metadata",
    "levels",
    "backbone",
    "training",
    "split",
    "decision",
    "data_version",
];

/// The base's path is relative to the recipe's folder.
pub(super) fn load(
    path: &Path,
    text: &str,
    changes: &RecipeChanges,
) -> Result<Recipe, PipelineError> {
    let wrong = |reason: String| PipelineError::Recipe { path: path.to_owned(), reason };
    let table: toml::Table = parse(path, text)?;
    if let Some(key) = INHERITED.into_iter().find(|key| table.contains_key(*key)) {
        return Err(wrong(format!("{key} is the base recipe's, and must not stand here")));
    }
    let file: TreesFile = parse(path, text)?;
    let base_path = path.with_file_name("").join(&file.base);
    let wrong_base = |reason: &str| wrong(format!("base {}: {reason}", file.base.display()));
    // Before it is loaded, so that no recipe can stand on itself.
    let Kind { family } = parse(&base_path, &read(&base_path)?)?;
    if family != Family::Vcnn {
        return Err(wrong_base("trees stand on a network of the family vcnn"));
    }
    let base = Recipe::load_changed(&base_path, changes)?;
    if base.refit {
        return Err(wrong_base(
            "it is refitted on all parts, so that trees would be measured on pictures that their \
             features were learnt from",
        ));
    }
    let (mut params, sample_weights) = trees(file.trees).map_err(wrong)?;
    params.seed = changes.seed.unwrap_or(params.seed);
    let tuning = file.tuning.map(TryInto::try_into).transpose().map_err(wrong)?;
    Ok(Recipe {
        id: file.id,
        description: file.description,
        family: file.family,
        pack: file.pack,
        trees: Some(TreesSection { base: Box::new(base.clone()), params, sample_weights }),
        // Features that were learnt from the train part know its pictures, whatever fold they are in.
        decision: DecisionSection { folds: None, ..base.decision },
        tuning,
        path: path.to_owned(),
        text: text.to_owned(),
        ..base
    })
}

fn trees(mut table: toml::Table) -> Result<(BoosterParams, ClassWeights), String> {
    let wrong = |error: toml::de::Error| format!("trees: {error}");
    let sample_weights = match table.remove("sample_weights") {
        Some(value) => value.try_into().map_err(|error| format!("sample_weights: {error}"))?,
        None => ClassWeights::None,
    };
    let params: BoosterParams = table.try_into().map_err(wrong)?;
    params.validate().map_err(|error| format!("trees: {error}"))?;
    Ok((params, sample_weights))
}
