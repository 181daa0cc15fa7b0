//! The pack that is built into the program, and the choice of another.

use std::path::Path;

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

/// Opens a pack and builds its classifier.
pub(crate) fn open_classifier(path: Option<&Path>) -> Result<Classifier, Failure> {
    let pack = open_pack(path)?;
    Classifier::new(&pack).map_err(|source| Failure::Pack { name: pack.id().to_owned(), source })
}
