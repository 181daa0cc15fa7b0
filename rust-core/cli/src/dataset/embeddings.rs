//! What `outliers` and `label-errors` have in common: the vectors of a data set, and findings for the review page.

use std::path::Path;

use epic_training::dataset::Dataset;
use epic_training::dataset::transaction::WORK_FOLDER;
use epic_training::embedding::{Backbone, Embedded, Embedder, embed};
use serde_json::{Value, json};

use super::args::EmbeddingArguments;
use super::open_remembering;
use crate::embedded::open_pack;
use crate::output::{Failure, tell, write_file};
use crate::progress::bar;

/// A data set with the vectors of its pictures.
pub(super) struct Seen {
    pub(super) dataset: Dataset,
    pub(super) embedded: Embedded,
    /// Whether some pictures could not be looked at.
    pub(super) some_failed: bool,
}

/// Opens a data set and embeds it; vectors are kept inside the data set.
pub(super) fn look(folder: &Path, arguments: &EmbeddingArguments) -> Result<Seen, Failure> {
    epic_training::set_jobs(arguments.jobs);
    let embedder = match &arguments.backbone {
        Some(file) => Embedder::of_backbone(&Backbone::open(file).map_err(Failure::data)?),
        None => Embedder::of_pack(&open_pack(arguments.pack.pack.as_deref())?),
    };
    let embedder = embedder.map_err(Failure::data)?;
    let dataset = open_remembering(folder, arguments.from.as_deref())?;
    for rejected in &dataset.rejected {
        tell(format_args!("{}: {}, left out", rejected.relative_path, rejected.reason));
    }
    if dataset.samples.is_empty() {
        return Err(Failure::NoPictures(folder.display().to_string()));
    }
    let cache = folder.join(WORK_FOLDER).join("embeddings");
    let progress = bar(dataset.samples.len() as u64, "pictures");
    let embedded = embed(&embedder, &dataset, Some(&cache), &|done, _| {
        progress.set_position(done as u64);
    });
    progress.finish_and_clear();
    let embedded = embedded.map_err(Failure::data)?;
    for (path, error) in &embedded.failed {
        tell(format_args!("{path}: {error}, left out"));
    }
    let some_failed = !(dataset.rejected.is_empty() && embedded.failed.is_empty());
    Ok(Seen { dataset, embedded, some_failed })
}

/// A finding of a picture: a value under the name of a column.
pub(super) fn finding(relative_path: &str, column: &str, value: impl Into<Value>) -> Value {
    json!({ "relative_path": relative_path, "column": column, "value": value.into() })
}

/// Writes findings as JSON Lines.
pub(super) fn write_findings(file: &Path, findings: &[Value]) -> Result<(), Failure> {
    let text: String = findings.iter().map(|finding| format!("{finding}\n")).collect();
    write_file(file, text.as_bytes())
}
