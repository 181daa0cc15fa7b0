//! Who watches a run, and how a variant is watched on their behalf.

use std::path::PathBuf;
use std::time::Duration;

use super::cost::{Cost, Meter};
use super::estimate::Progress;
use super::files;
use crate::engine::{BatchEvent, EpochEvent, TrainObserver};
use crate::pipeline::{PipelineObserver, TrialEvent};

/// A variant begins, or goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VariantEvent<'a> {
    /// Its id.
    pub id: &'a str,
    /// Its place among the variants of this run, from 1.
    pub number: usize,
    /// How many there are.
    pub of: usize,
}

/// Watches a run over many variants.
pub trait ReproduceObserver: PipelineObserver {
    /// A variant begins, or goes on.
    fn on_variant(&mut self, event: &VariantEvent<'_>);
    /// How long all variants together will still take, as far as one can tell.
    fn on_time_left(&mut self, left: Duration);
}

/// Passes everything on, and keeps account of time.
pub(super) struct Watch<'a> {
    pub(super) outer: &'a mut dyn ReproduceObserver,
    pub(super) meter: Meter,
    pub(super) cost_file: PathBuf,
    pub(super) progress: Progress,
}

impl Watch<'_> {
    /// What all sessions cost until now, kept on disk.
    pub(super) fn settle(&mut self, step: Option<&str>) -> Cost {
        let cost = self.meter.settle(step).clone();
        if let Err(error) = files::write_json(&self.cost_file, &cost) {
            self.outer.note(&error.to_string());
        }
        cost
    }
}

impl TrainObserver for Watch<'_> {
    fn on_batch(&mut self, event: &BatchEvent) {
        self.outer.on_batch(event);
    }

    fn on_epoch(&mut self, event: &EpochEvent) {
        self.settle(None);
        self.outer.on_epoch(event);
        self.progress.done = event.record.epoch;
        self.progress.epoch_seconds = Some(event.record.seconds);
        if let Some(left) = self.progress.left() {
            self.outer.on_time_left(left);
        }
    }

    fn should_stop(&self) -> bool {
        self.outer.should_stop()
    }
}

impl PipelineObserver for Watch<'_> {
    fn on_step(&mut self, what: &str, total: usize) {
        self.settle(Some(what));
        self.outer.on_step(what, total);
    }

    fn progress(&self) -> Box<dyn Fn(usize, usize) + Sync + '_> {
        self.outer.progress()
    }

    fn note(&mut self, message: &str) {
        self.outer.note(message);
    }

    fn on_trial(&mut self, event: &TrialEvent<'_>) {
        self.settle(None);
        self.outer.on_trial(event);
    }
}
