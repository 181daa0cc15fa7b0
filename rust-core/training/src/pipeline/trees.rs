//! Growing trees on what a base network sees.

use std::time::Instant;

use super::run::PipelineObserver;
use super::{PipelineError, TreesSection};
use crate::engine::loss::mean_cost;
use crate::engine::metrics::scores;
use crate::engine::{EpochRecord, ImageSet, Loss};
use crate::trees::{Booster, Round, TreeData, TreesError};

/// An ensemble with its learning curve, one record a round.
pub(super) struct Grown {
    pub(super) booster: Booster,
    pub(super) history: Vec<EpochRecord>,
    /// Margins of the validation pictures, a row each.
    pub(super) margins: Vec<f32>,
}

/// Grows trees on the features of all training pictures at once. `None` when the observer stopped it.
pub(super) fn grow(
    section: &TreesSection,
    training: &ImageSet,
    validation: &ImageSet,
    step: &str,
    observer: &mut dyn PipelineObserver,
) -> Result<Option<Grown>, PipelineError> {
    let params = &section.params;
    observer.on_step(step, params.rounds);
    let classes = training.classes;
    let of_class = section.sample_weights.weights(&training.labels, classes);
    let weights: Vec<f32> = training.labels.iter().map(|&label| of_class[label]).collect();
    let data = TreeData {
        features: &training.features,
        columns: columns(training),
        labels: &training.labels,
        weights: Some(&weights),
    };
    let mut curve = Curve {
        validation,
        margins: vec![0.0; validation.len() * classes],
        learning_rate: params.learning_rate,
        started: Instant::now(),
        history: Vec::new(),
    };
    let grown = {
        let progress = observer.progress();
        Booster::fit(&data, classes, params, |round| {
            curve.add(&round);
            progress(1, 0);
            !observer.should_stop()
        })
    };
    match grown {
        Ok(booster) => {
            let Curve { history, margins, .. } = curve;
            Ok(Some(Grown { booster, history, margins }))
        }
        Err(TreesError::Stopped) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Features of a picture.
pub(super) fn columns(images: &ImageSet) -> usize {
    images.features.len() / images.len().max(1)
}

/// What each round does to the validation pictures.
struct Curve<'a> {
    validation: &'a ImageSet,
    margins: Vec<f32>,
    learning_rate: f64,
    started: Instant,
    history: Vec<EpochRecord>,
}

impl Curve<'_> {
    fn add(&mut self, round: &Round<'_>) {
        let ImageSet { features, labels, classes, .. } = self.validation;
        let rows = features.chunks_exact(columns(self.validation).max(1));
        for (margins, row) in self.margins.chunks_exact_mut(*classes).zip(rows) {
            for (margin, tree) in margins.iter_mut().zip(round.trees) {
                *margin += tree.value(row);
            }
        }
        let scores = scores(&self.margins, *classes, labels);
        self.history.push(EpochRecord {
            epoch: round.round,
            learning_rate: self.learning_rate,
            train_loss: round.train_loss,
            validation_loss: mean_cost(Loss::LogLikelihood, &self.margins, *classes, labels),
            validation_accuracy: scores.accuracy,
            validation_macro_f1: scores.macro_f1,
            seconds: self.started.elapsed().as_secs_f64(),
        });
        self.started = Instant::now();
    }
}
