//! The last step: scores, model card, report and pack.

use std::path::Path;

use epic_core::Classifier;
use epic_core::pack::{FileRole, Manifest, Pack, PackFile, write_folder};

use super::fit::Fitted;
use super::run::{WORK_FOLDER, network_file};
use super::{PipelineError, Recipe, Tuned, card};
use crate::dataset::{Dataset, Split};
use crate::engine::EpochRecord;
use crate::evaluation::{EpochStats, Evaluation, EvaluationOptions, Prediction, report};
use crate::{atomic, measure, report_data};

const MODEL_CARD: &str = "MODEL_CARD.md";

/// What the last step needs to know.
pub(super) struct Finish<'a> {
    pub(super) recipe: &'a Recipe,
    pub(super) dataset: &'a Dataset,
    /// Version of the data set.
    pub(super) version: Option<&'a str>,
    pub(super) split: &'a Split,
    pub(super) tuned: Option<&'a Tuned>,
    pub(super) measured: &'a Fitted,
}

impl Finish<'_> {
    pub(super) fn write(
        &self,
        out: &Path,
        mut manifest: Manifest,
        onnx: Vec<u8>,
        classifier: &Classifier,
        test: &[Prediction],
    ) -> Result<(Pack, Evaluation), PipelineError> {
        let threshold = manifest.thresholds.groups.values().next();
        let options = EvaluationOptions {
            chosen_threshold: threshold.map(|t| f64::from(*t)),
            ..EvaluationOptions::default()
        };
        let labels = measure::label_set(&manifest.taxonomy);
        let evaluation = Evaluation::compute(&labels, test, &options)?;
        manifest.provenance.scores = card::scores(&evaluation);
        let card = card::render(&card::Facts {
            recipe: self.recipe,
            dataset: self.dataset,
            version: self.version,
            split: self.split,
            tuned: self.tuned,
            manifest: &manifest,
            evaluation: &evaluation,
            epoch: self.measured.epoch,
        });
        let card = PackFile {
            path: MODEL_CARD.to_owned(),
            role: FileRole::ModelCard,
            bytes: card.into_bytes(),
        };
        let mut page = report_data::report(classifier, self.dataset, test, evaluation.clone())?;
        page.data_description = format!(
            "test part: {} pictures, split by source (seed {})",
            evaluation.n, self.split.seed
        );
        if self.recipe.trees.is_some() {
            page.history_step = "round";
        }
        page.history = self.measured.history.iter().map(epoch_stats).collect();
        let work = out.join(WORK_FOLDER);
        write(&work.join("report.html"), report::render(&page).as_bytes())?;
        write(&work.join("evaluation.json"), &json(&evaluation))?;
        write(&work.join("history.json"), &json(&self.measured.history))?;
        let pack = write_folder(out, manifest, &[network_file(&onnx), card])?;
        Ok((pack, evaluation))
    }
}

fn epoch_stats(record: &EpochRecord) -> EpochStats {
    EpochStats {
        epoch: record.epoch,
        train_loss: record.train_loss,
        val_loss: Some(record.validation_loss),
        val_accuracy: Some(record.validation_accuracy),
        val_macro_f1: Some(record.validation_macro_f1),
    }
}

fn json(value: &impl serde::Serialize) -> Vec<u8> {
    serde_json::to_vec_pretty(value).expect("plain data serializes")
}

fn write(path: &Path, content: &[u8]) -> Result<(), PipelineError> {
    atomic::write(path, content)
        .map_err(|source| PipelineError::Write { path: path.to_owned(), source })
}
