//! What a folder was begun with: a table must not mix data sets or settings.

use std::fs;

use epic_core::Taxonomy;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::ReproduceError;
use super::files::{self, Files};
use crate::dataset::hex;

/// All that variants of one table have in common. Which variants are trained may change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Identity {
    schema: u32,
    /// Hash of all pictures of the classes, before cleaning.
    pub(super) data_hash: String,
    taxonomy: String,
    taxonomy_sha256: String,
    /// Seed and epochs that were asked for in place of the recipes' own.
    seed: Option<u64>,
    epochs: Option<usize>,
    smoke_run: bool,
}

const SCHEMA: u32 = 1;

impl Identity {
    pub(super) fn new(
        data_hash: String,
        taxonomy: &Taxonomy,
        seed: Option<u64>,
        epochs: Option<usize>,
        smoke_run: bool,
    ) -> Self {
        let content = serde_json::to_vec(taxonomy).expect("a taxonomy serializes");
        Self {
            schema: SCHEMA,
            data_hash,
            taxonomy: taxonomy.name.clone(),
            taxonomy_sha256: hex::encode(&Sha256::digest(content)),
            seed,
            epochs,
            smoke_run,
        }
    }

    /// Marks a folder as begun with this, or checks that it was.
    pub(super) fn claim(&self, files: Files<'_>) -> Result<(), ReproduceError> {
        let path = files.identity();
        let Some(before) = files::read_json::<Self>(&path)? else {
            return files::write_json(&path, self);
        };
        let given = |value: Option<String>| value.unwrap_or_else(|| "of the recipes".to_owned());
        let facts = |one: &Self| {
            [
                ("a run of schema", one.schema.to_string()),
                ("the data set", one.data_hash.clone()),
                ("the taxonomy", one.taxonomy.clone()),
                ("the taxonomy's content", one.taxonomy_sha256.clone()),
                ("the seed", given(one.seed.map(|seed| seed.to_string()))),
                ("the epochs", given(one.epochs.map(|epochs| epochs.to_string()))),
                ("a smoke run", if one.smoke_run { "yes" } else { "no" }.to_owned()),
            ]
        };
        let differing = facts(&before).into_iter().zip(facts(self)).find(|(old, new)| old != new);
        match differing {
            None => Ok(()),
            Some(((what, before), (_, now))) => {
                Err(ReproduceError::OtherRun { path: files.0.to_owned(), what, before, now })
            }
        }
    }
}

/// Refuses a folder with files that no run put there.
pub(super) fn check_folder(files: Files<'_>) -> Result<(), ReproduceError> {
    if files.identity().exists() {
        return Ok(());
    }
    let Ok(entries) = fs::read_dir(files.0) else { return Ok(()) };
    // What a run leaves that was killed before it knew its data set, half-written files among them.
    let ours = [files.recipes(), files.pictures(), files.identity()];
    let is_ours = |name: &str| {
        ours.iter().filter_map(|path| path.file_name()?.to_str()).any(|one| name.starts_with(one))
    };
    let names = entries.filter_map(|entry| Some(entry.ok()?.file_name()));
    let mut foreign = names.filter(|name| !name.to_str().is_some_and(is_ours));
    match foreign.next() {
        None => Ok(()),
        Some(_) => Err(ReproduceError::Occupied(files.0.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity() -> Identity {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../models/taxonomies/epic9.toml");
        let taxonomy = toml::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        Identity::new("abc".to_owned(), &taxonomy, Some(3), None, false)
    }

    #[test]
    fn the_same_run_goes_on_and_another_is_told_what_differs() {
        let out = tempfile::tempdir().unwrap();
        let files = Files(out.path());
        check_folder(files).unwrap();
        identity().claim(files).unwrap();
        identity().claim(files).unwrap();
        check_folder(files).unwrap();
        type Change = fn(&mut Identity);
        let changes: [(Change, &str); 4] = [
            (|one| one.data_hash = "def".to_owned(), "the data set abc, now it is def"),
            (|one| one.seed = None, "the seed 3, now it is of the recipes"),
            (|one| one.epochs = Some(2), "the epochs of the recipes, now it is 2"),
            (|one| one.smoke_run = true, "a smoke run no, now it is yes"),
        ];
        for (change, message) in changes {
            let mut other = identity();
            change(&mut other);
            let error = other.claim(files).unwrap_err().to_string();
            assert!(error.contains(message), "{error}");
        }
    }

    #[test]
    fn a_folder_of_other_files_is_left_alone() {
        let out = tempfile::tempdir().unwrap();
        fs::write(out.path().join("pictures.jsonl.77.tmp"), "half").unwrap();
        check_folder(Files(out.path())).unwrap();
        fs::write(out.path().join("thesis.docx"), "mine").unwrap();
        let error = check_folder(Files(out.path())).unwrap_err();
        assert!(matches!(error, ReproduceError::Occupied(_)), "{error}");
    }
}
