//! The pack and the weights that are built into the program, and the choice of others.

use std::path::Path;
use std::sync::Arc;

use epic_core::metadata::{MetadataExtractor, MetadataOptions, Weights};
use epic_core::{Classifier, Pack};

use crate::output::Failure;

/// Opens the pack at `path`, or the built-in one.
pub(crate) fn open_pack(path: Option<&Path>) -> Result<Pack, Failure> {
    let (pack, name) = match path {
        Some(path) => (Pack::open(path), path.display().to_string()),
        None => (epic_models::default_pack(), "built-in pack".to_owned()),
    };
    pack.map_err(|source| Failure::Pack { name, source })
}

/// Opens the weights in a folder, or the built-in ones.
pub(crate) fn open_weights(folder: Option<&Path>) -> Result<Weights, Failure> {
    let (weights, name) = match folder {
        Some(folder) => (Weights::open(folder), folder.display().to_string()),
        None => (epic_models::metadata_weights(), "built-in weights".to_owned()),
    };
    weights.map_err(|source| Failure::Weights { name, source })
}

/// Opens a pack and builds its classifier.
pub(crate) fn open_classifier(path: Option<&Path>) -> Result<Classifier, Failure> {
    let pack = open_pack(path)?;
    let extractor = MetadataExtractor::new(open_weights(None)?, MetadataOptions::default());
    Classifier::with_extractor(&pack, &Arc::new(extractor))
        .map_err(|source| Failure::Pack { name: pack.id().to_owned(), source })
}
