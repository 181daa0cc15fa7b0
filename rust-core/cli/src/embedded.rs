//! The pack and the weights that are built into the program, and the choice of others.

use std::path::Path;

use epic_core::metadata::Weights;
use epic_core::pack::PackFiles;
use epic_core::{Classifier, Pack};

use crate::output::Failure;

macro_rules! default_pack {
    ($($file:literal),*) => {
        [$(($file, include_bytes!(concat!("../../../models/packs/vcnn-epic10/", $file)).as_slice())),*]
    };
}

/// Opens the pack at `path`, or the built-in one.
pub(crate) fn open_pack(path: Option<&Path>) -> Result<Pack, Failure> {
    let (pack, name) = match path {
        Some(path) => (Pack::open(path), path.display().to_string()),
        None => {
            let files =
                default_pack!("manifest.json", "manifest.sha256", "model.onnx", "MODEL_CARD.md");
            let files = PackFiles::new(files);
            (Pack::from_files(&files), "built-in pack".to_owned())
        }
    };
    pack.map_err(|source| Failure::Pack { name, source })
}

macro_rules! default_weights {
    ($($file:literal),* $(,)?) => {
        [$(($file, include_bytes!(concat!("../../../models/metadata/", $file)).as_slice())),*]
    };
}

/// Opens the weights in a folder, or the built-in ones.
pub(crate) fn open_weights(folder: Option<&Path>) -> Result<Weights, Failure> {
    let (weights, name) = match folder {
        Some(folder) => (Weights::open(folder), folder.display().to_string()),
        None => (Weights::embedded(BUILT_IN_WEIGHTS), "built-in weights".to_owned()),
    };
    weights.map_err(|source| Failure::Weights { name, source })
}

const BUILT_IN_WEIGHTS: [(&str, &[u8]); 9] = default_weights!(
    "manifest.json",
    "faces_detect.onnx",
    "faces_verify.onnx",
    "text_arabic.onnx",
    "text_arabic.txt",
    "text_detect.onnx",
    "text_latin.onnx",
    "text_latin.txt",
    "words_english.tsv.z",
);

/// Opens a pack and builds its classifier.
pub(crate) fn open_classifier(path: Option<&Path>) -> Result<Classifier, Failure> {
    let pack = open_pack(path)?;
    Classifier::new(&pack).map_err(|source| Failure::Pack { name: pack.id().to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_weights_are_built_in_and_whole() {
        let weights = open_weights(None).unwrap();
        for name in weights.manifest().files.keys() {
            weights.read(name).unwrap();
        }
        assert_eq!(weights.manifest().files.len() + 1, BUILT_IN_WEIGHTS.len());
    }
}
