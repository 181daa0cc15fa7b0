//! Which variants are trained, and in which order.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::ReproduceError;
use super::files::{self, Files};
use crate::pipeline::{Recipe, RecipeChanges};

/// The thesis's variants, in its order.
pub const THESIS_VARIANTS: [&str; 14] = [
    "m01", "m01.1", "m01.3", "m01.4", "m01.6", "m02", "m02.1", "m02.2", "m02.3", "m02.5", "m03",
    "m04", "m04.1", "m04.2",
];

/// A recipe of the table.
#[derive(Debug, Clone)]
pub(super) struct Variant {
    pub(super) recipe: Recipe,
    pub(super) path: PathBuf,
    /// Id of the variant whose trained pack it stands on.
    pub(super) base: Option<String>,
    /// Version of the data set that it trains on.
    pub(super) data_version: String,
}

/// Where recipes come from.
pub(super) struct Sources<'a> {
    /// A folder with the thesis's recipes, `m01.toml` and so on; without it the built-in ones.
    pub(super) folder: Option<&'a Path>,
    /// More recipes.
    pub(super) with: &'a [PathBuf],
}

/// Reads all recipes there are; each stands after the one that it stands on. Built-in ones are written to the run's
/// folder first, so that it tells what was trained.
pub(super) fn load(
    sources: &Sources<'_>,
    changes: &RecipeChanges,
    files: Files<'_>,
) -> Result<Vec<Variant>, ReproduceError> {
    let folder = match sources.folder {
        Some(folder) => folder.to_owned(),
        None => write_built_in(&files.recipes())?,
    };
    let paths = THESIS_VARIANTS.iter().map(|id| folder.join(format!("{id}.toml")));
    let mut paths: Vec<PathBuf> = paths.filter(|path| path.is_file()).collect();
    if paths.is_empty() {
        return Err(ReproduceError::NoRecipes(folder));
    }
    paths.extend(sources.with.iter().cloned());
    let mut variants: Vec<Variant> = Vec::new();
    for path in paths {
        let recipe = Recipe::load_changed(&path, changes)?;
        let wrong = |reason| ReproduceError::Recipe { path: path.clone(), reason };
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        if recipe.id.starts_with('.') || recipe.id.is_empty() || !recipe.id.chars().all(is_plain) {
            return Err(wrong(format!("{:?} is no name for a folder", recipe.id)));
        }
        if variants.iter().any(|variant| variant.recipe.id == recipe.id) {
            return Err(wrong(format!("there are two recipes {}", recipe.id)));
        }
        let base = recipe.trees.as_ref().map(|trees| trees.base.id.clone());
        let data_version = recipe.data_version.clone().unwrap_or_else(|| super::V01.to_owned());
        if ![super::V01, super::V01_1].contains(&data_version.as_str()) {
            return Err(wrong(format!("there is no version {data_version} here")));
        }
        variants.push(Variant { recipe, path, base, data_version });
    }
    in_order(variants)
}

/// Returns the folder of the variants.
fn write_built_in(folder: &Path) -> Result<PathBuf, ReproduceError> {
    for (name, text) in epic_models::RECIPES {
        let path = folder.join(name);
        files::create(&path.with_file_name(""))?;
        files::write(&path, text.as_bytes())?;
    }
    Ok(folder.join("variants"))
}

/// A taxonomy by its file, or by the name of a built-in one.
pub(super) fn taxonomy(given: &Path, files: Files<'_>) -> Result<PathBuf, ReproduceError> {
    let name = given.to_str().filter(|_| !given.exists()).map(|name| format!("{name}.toml"));
    let is_named =
        |path: &str| name.as_ref().is_some_and(|name| path == format!("taxonomies/{name}"));
    match epic_models::RECIPES.iter().find(|(path, _)| is_named(path)) {
        None => Ok(given.to_owned()),
        Some((path, _)) => {
            write_built_in(&files.recipes())?;
            Ok(files.recipes().join(path))
        }
    }
}

fn in_order(mut waiting: Vec<Variant>) -> Result<Vec<Variant>, ReproduceError> {
    let mut ordered: Vec<Variant> = Vec::new();
    while !waiting.is_empty() {
        let is_ready = |variant: &Variant| {
            let done = |base: &String| ordered.iter().any(|one| one.recipe.id == *base);
            variant.base.as_ref().is_none_or(done)
        };
        let Some(next) = waiting.iter().position(is_ready) else {
            let Variant { path, base, .. } = waiting.swap_remove(0);
            let reason = format!("its base {} is not in the table", base.unwrap_or_default());
            return Err(ReproduceError::Recipe { path, reason });
        };
        ordered.push(waiting.remove(next));
    }
    Ok(ordered)
}

/// The named variants and those that they stand on; all if none is named.
pub(super) fn chosen(all: &[Variant], only: &[String]) -> Result<Vec<Variant>, ReproduceError> {
    let ids = || all.iter().map(|variant| &variant.recipe.id);
    if let Some(id) = only.iter().find(|id| !ids().any(|known| known == *id)) {
        let known = ids().cloned().collect();
        return Err(ReproduceError::UnknownVariant { id: id.clone(), known });
    }
    if only.is_empty() {
        return Ok(all.to_vec());
    }
    let mut wanted: BTreeSet<&String> = only.iter().collect();
    // Bases come first, so that from the end each is met after those that stand on it.
    for variant in all.iter().rev() {
        if wanted.contains(&variant.recipe.id) {
            wanted.extend(&variant.base);
        }
    }
    Ok(all.iter().filter(|variant| wanted.contains(&variant.recipe.id)).cloned().collect())
}

/// Variants of one table have the same classes.
pub(super) fn check_taxonomies(variants: &[Variant]) -> Result<(), ReproduceError> {
    let Some(Variant { recipe: first, .. }) = variants.first() else { return Ok(()) };
    match variants.iter().find(|variant| variant.recipe.taxonomy != first.taxonomy) {
        None => Ok(()),
        Some(Variant { recipe, .. }) => Err(ReproduceError::Taxonomies {
            id: recipe.id.clone(),
            taxonomy: recipe.taxonomy.name.clone(),
            first: first.id.clone(),
            wanted: first.taxonomy.name.clone(),
        }),
    }
}

/// Told before anything is trained, not after hours.
pub(super) fn check_backbone(variants: &[Variant]) -> Result<(), ReproduceError> {
    match variants.iter().find(|variant| variant.recipe.backbone.is_some()) {
        None => Ok(()),
        Some(Variant { recipe, .. }) => {
            Err(ReproduceError::NeedsBackbone { id: recipe.id.clone() })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built_in(out: &Path) -> Vec<Variant> {
        let sources = Sources { folder: None, with: &[] };
        load(&sources, &RecipeChanges::default(), Files(out)).unwrap()
    }

    fn ids(variants: &[Variant]) -> Vec<&str> {
        variants.iter().map(|variant| variant.recipe.id.as_str()).collect()
    }

    #[test]
    fn the_built_in_recipes_are_the_thesiss_in_one_taxonomy() {
        let out = tempfile::tempdir().unwrap();
        let variants = built_in(out.path());
        assert_eq!(ids(&variants), THESIS_VARIANTS);
        let of = |id: &str| variants.iter().find(|variant| variant.recipe.id == id).unwrap();
        assert_eq!(of("m04.2").base.as_deref(), Some("m01.1"));
        assert_eq!((&*of("m01.6").data_version, &*of("m01.1").data_version), ("v01.1", "v01"));
        check_taxonomies(&variants).unwrap();
        check_backbone(&variants).unwrap();
        let first = &variants[0].recipe;
        assert!(variants.iter().all(|one| one.recipe.split == first.split));
    }

    #[test]
    fn changes_reach_every_recipe() {
        let out = tempfile::tempdir().unwrap();
        let files = Files(out.path());
        let changes = RecipeChanges {
            taxonomy: Some(taxonomy(Path::new("epic10"), files).unwrap()),
            seed: Some(7),
            epochs: Some(2),
            most_trials: Some(3),
        };
        let sources = Sources { folder: None, with: &[] };
        for Variant { recipe, .. } in load(&sources, &changes, files).unwrap() {
            assert_eq!((&*recipe.taxonomy.name, recipe.taxonomy.classes.len()), ("epic10", 10));
            assert_eq!(recipe.training.spec.classes, 10);
            assert_eq!((recipe.seed(), recipe.split.seed, recipe.training.epochs), (7, 7, 2));
            if let Some(trees) = &recipe.trees {
                assert_eq!((trees.base.training.epochs, trees.base.training.seed), (2, 7));
            }
            if let Some(tuning) = &recipe.tuning {
                assert_eq!((tuning.trials, tuning.seed), (3, 7));
            }
        }
        let file = Path::new("elsewhere/mine.toml");
        assert_eq!(taxonomy(file, files).unwrap(), file);
    }

    #[test]
    fn a_variant_comes_after_its_base_and_brings_it_along() {
        let out = tempfile::tempdir().unwrap();
        let mut variants = built_in(out.path());
        variants.retain(|one| ["m01", "m01.1", "m01.3"].contains(&one.recipe.id.as_str()));
        variants[0].base = Some("m01.3".to_owned());
        variants[2].base = Some("m01.1".to_owned());
        let ordered = in_order(variants.clone()).unwrap();
        assert_eq!(ids(&ordered), ["m01.1", "m01.3", "m01"]);
        let chosen_ids = |only: &[&str]| {
            let only: Vec<String> = only.iter().map(|id| (*id).to_owned()).collect();
            chosen(&ordered, &only).map(|some| ids(&some).join(" "))
        };
        assert_eq!(chosen_ids(&["m01"]).unwrap(), "m01.1 m01.3 m01");
        assert_eq!(chosen_ids(&["m01.3"]).unwrap(), "m01.1 m01.3");
        assert_eq!(chosen_ids(&[]).unwrap(), "m01.1 m01.3 m01");
        let error = chosen_ids(&["m09"]).unwrap_err();
        assert_eq!(error.to_string(), "there is no variant m09; there are m01.1, m01.3, m01");
        variants[1].base = Some("m01".to_owned());
        assert!(in_order(variants).unwrap_err().to_string().contains("is not in the table"));
    }

    #[test]
    fn other_taxonomies_and_missing_backbones_are_told_before_anything_is_trained() {
        let out = tempfile::tempdir().unwrap();
        built_in(out.path());
        let with = [out.path().join("recipes/variants/transfer-epic10.toml")];
        let sources = Sources { folder: None, with: &with };
        let mixed = load(&sources, &RecipeChanges::default(), Files(out.path())).unwrap();
        let error = check_taxonomies(&mixed).unwrap_err().to_string();
        assert!(error.contains("transfer-epic10") && error.contains("--taxonomy"), "{error}");
        let changes = RecipeChanges {
            taxonomy: Some(out.path().join("recipes/taxonomies/epic10.toml")),
            ..RecipeChanges::default()
        };
        let variants = load(&sources, &changes, Files(out.path())).unwrap();
        check_taxonomies(&variants).unwrap();
        let error = check_backbone(&variants).unwrap_err();
        assert!(matches!(error, ReproduceError::NeedsBackbone { .. }), "{error}");
    }
}
