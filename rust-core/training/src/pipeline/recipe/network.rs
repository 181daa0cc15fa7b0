//! Recipes of families that train a network.

use std::path::{Path, PathBuf};

use epic_core::Taxonomy;
use epic_core::metadata::{Parts, feature_names};
use epic_core::pack::Family;
use epic_core::preprocess::InputSpec;
use serde::{Deserialize, Serialize};

use super::sections::{LevelsSection, MetadataSection, TuningTable};
use super::{
    BackboneSection, DecisionSection, PackSection, Recipe, RecipeChanges, SplitSection, parse, read,
};
use crate::engine::{MetadataBranch, NetworkSpec, Parents, TrainConfig};
use crate::pipeline::PipelineError;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RecipeFile {
    id: String,
    description: String,
    family: Family,
    taxonomy: PathBuf,
    pack: PackSection,
    input: InputSpec,
    network: toml::Table,
    backbone: Option<BackboneSection>,
    metadata: Option<MetadataSection>,
    levels: Option<LevelsSection>,
    training: toml::Table,
    split: SplitSection,
    decision: DecisionSection,
    #[serde(default)]
    refit: bool,
    data_version: Option<String>,
    tuning: Option<TuningTable>,
}

/// The taxonomy's path is relative to the recipe's folder.
pub(super) fn load(
    path: &Path,
    text: &str,
    changes: &RecipeChanges,
) -> Result<Recipe, PipelineError> {
    let mut file: RecipeFile = parse(path, text)?;
    let own_taxonomy = path.with_file_name("").join(&file.taxonomy);
    let taxonomy_path = changes.taxonomy.clone().unwrap_or(own_taxonomy);
    let taxonomy: Taxonomy = parse(&taxonomy_path, &read(&taxonomy_path)?)?;
    taxonomy.validate()?;
    let wrong = |reason| PipelineError::Recipe { path: path.to_owned(), reason };
    let features = features(&file).map_err(wrong)?;
    let mut training = training(&file, &features, &taxonomy).map_err(wrong)?;
    training.epochs = changes.epochs.unwrap_or(training.epochs);
    training.seed = changes.seed.unwrap_or(training.seed);
    file.split.seed = changes.seed.unwrap_or(file.split.seed);
    training.validate()?;
    if file.decision.folds.is_some_and(|folds| folds < 2) {
        return Err(wrong("decision.folds must be at least 2".to_owned()));
    }
    let tuning = file.tuning.map(TryInto::try_into).transpose().map_err(wrong)?;
    Ok(Recipe {
        id: file.id,
        description: file.description,
        family: file.family,
        taxonomy,
        pack: file.pack,
        input: file.input,
        backbone: file.backbone,
        features,
        training,
        split: file.split,
        decision: file.decision,
        refit: file.refit,
        data_version: file.data_version,
        trees: None,
        tuning,
        sha256: String::new(),
        path: path.to_owned(),
        text: text.to_owned(),
        changes: changes.clone(),
    })
}

/// Features of the parts in `[metadata]`; each family has the tables that are its own.
fn features(file: &RecipeFile) -> Result<Vec<String>, String> {
    let on_backbone = file.family == Family::Transfer;
    let tables = [
        ("metadata", file.metadata.is_some(), file.family == Family::Mcnn, on_backbone),
        ("levels", file.levels.is_some(), file.family == Family::Hcnn, on_backbone),
        ("backbone", file.backbone.is_some(), on_backbone, false),
    ];
    for (table, is_there, is_needed, is_allowed) in tables {
        match (is_there, is_needed) {
            (false, true) => return Err(format!("this family needs the table {table}")),
            (true, false) if !is_allowed => {
                return Err(format!("this family has no table {table}"));
            }
            _ => {}
        }
    }
    if let Some(section) = &file.backbone {
        section.augmentation.validate().map_err(|reason| format!("backbone.{reason}"))?;
    }
    let Some(section) = &file.metadata else { return Ok(Vec::new()) };
    let parts: Parts = section.parts.parse().map_err(|error| format!("metadata.parts: {error}"))?;
    Ok(feature_names(parts))
}

/// The engine's settings are the recipe's tables `network` and `training` and what follows from
/// the input, the taxonomy and the other tables.
fn training(
    file: &RecipeFile,
    features: &[String],
    taxonomy: &Taxonomy,
) -> Result<TrainConfig, String> {
    let input = &file.input;
    let integer = |n: usize| toml::Value::Integer(n as i64);
    let mut spec = file.network.clone();
    let mut derived = vec![
        ("height", integer(input.height as usize)),
        ("width", integer(input.width as usize)),
        ("classes", integer(taxonomy.classes.len())),
    ];
    if let Some(section) = &file.metadata {
        let branch = MetadataBranch { features: features.len(), hidden: section.hidden };
        derived.push(("metadata", to_toml(&branch)?));
    }
    if let Some(section) = &file.backbone {
        derived.push(("backbone_features", integer(section.features)));
    }
    if let Some(section) = &file.levels {
        let (names, of_class) = taxonomy
            .parents(&section.parents)
            .ok_or_else(|| format!("the taxonomy has no level {}", section.parents))?;
        derived.push(("parents", to_toml(&Parents { count: names.len(), of_class })?));
    }
    for (key, value) in derived {
        if spec.insert(key.to_owned(), value).is_some() {
            return Err(format!("network.{key} follows from other tables or the taxonomy"));
        }
    }
    let spec: NetworkSpec = spec.try_into().map_err(|error| format!("network: {error}"))?;
    let mut config = file.training.clone();
    let normalization = toml::Table::from_iter([
        ("mean".to_owned(), floats(input.mean)),
        ("std".to_owned(), floats(input.std)),
    ]);
    let mut derived = vec![("spec", to_toml(&spec)?), ("normalization", normalization.into())];
    if let Some(section) = &file.metadata {
        derived.push(("metadata_scaling", to_toml(&section.scaling)?));
    }
    if let Some(section) = &file.levels {
        derived.push(("level_weights", to_toml(&section.weights)?));
    }
    for (key, value) in derived {
        if config.insert(key.to_owned(), value).is_some() {
            return Err(format!("training.{key} follows from other tables"));
        }
    }
    config.try_into().map_err(|error: toml::de::Error| format!("training: {error}"))
}

fn to_toml(value: &impl Serialize) -> Result<toml::Value, String> {
    toml::Value::try_from(value).map_err(|error| error.to_string())
}

fn floats(values: [f32; 3]) -> toml::Value {
    values.map(|value| toml::Value::Float(value.into())).to_vec().into()
}
