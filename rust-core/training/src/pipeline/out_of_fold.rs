//! What networks say of pictures that they were not trained on, fold by fold.

use super::PipelineError;
use super::fit::Fit;
use super::material::prepared;
use super::prepare::Preparing;
use super::run::PipelineObserver;
use crate::dataset::k_fold_with_train_only;
use crate::engine::{ImageSet, Keep, TrainConfig, predict};
use crate::measure::SampleLogits;

/// Logits of the train and validation parts' pictures, each by a network of the recipe that was trained without its
/// fold. Pictures that are trained on only are in every fold's training and get none. `None` when the observer asked to
/// stop.
pub(super) fn out_of_fold_logits(
    fit: &Fit<'_>,
    preparing: &Preparing<'_>,
    folds: usize,
    observer: &mut dyn PipelineObserver,
) -> Result<Option<Vec<SampleLogits>>, PipelineError> {
    let (recipe, parts) = (fit.recipe, &fit.material.parts);
    let seen: Vec<usize> = parts.train.iter().chain(&parts.validation).copied().collect();
    let split = &recipe.split;
    let dataset = &fit.material.dataset;
    let folded =
        k_fold_with_train_only(dataset, &seen, &split.train_only, folds, &split.options())?;
    let set = prepared(preparing, &seen, "train and validation", true, observer)?;
    let mut row_of = vec![None; dataset.samples.len()];
    for (row, &sample) in set.samples.iter().enumerate() {
        row_of[sample] = Some(row);
    }
    let rows = |samples: &[usize]| -> Vec<usize> {
        samples.iter().filter_map(|&sample| row_of[sample]).collect()
    };
    let mut logits = Vec::with_capacity(set.samples.len());
    for (fold, held_out) in folded.folds.iter().enumerate() {
        let training = set.images.subset(&rows(&folded.training_indices(fold)), true);
        let held_out = rows(held_out);
        let unseen = set.images.subset(&held_out, false);
        if training.is_empty() || unseen.is_empty() {
            return Err(PipelineError::EmptyPart { part: "fold" });
        }
        let Some(found) = fold_logits(fit, fold, folds, &training, &unseen, observer)? else {
            return Ok(None);
        };
        let found = found.chunks(unseen.classes).map(<[f32]>::to_vec);
        logits.extend(
            held_out.iter().zip(found).map(|(&row, logits)| SampleLogits {
                sample: set.samples[row],
                logits: Ok(logits),
            }),
        );
    }
    Ok(Some(logits))
}

fn fold_logits(
    fit: &Fit<'_>,
    fold: usize,
    folds: usize,
    training: &ImageSet,
    unseen: &ImageSet,
    observer: &mut dyn PipelineObserver,
) -> Result<Option<Vec<f32>>, PipelineError> {
    let recipe = fit.recipe;
    let step = format!("fold {}/{folds}", fold + 1);
    observer.on_step(&step, 0);
    // The best epoch by these very pictures would flatter them.
    let config = TrainConfig { keep: Keep::Last, early_stopping: None, ..recipe.training.clone() };
    let name = format!("fold-{}", fold + 1);
    let Some(outcome) = fit.train(&config, training, unseen, &name, observer)? else {
        return Ok(None);
    };
    let found = predict(&outcome.model, unseen, &outcome.preparation, config.batch_size)?;
    Ok(Some(found))
}
