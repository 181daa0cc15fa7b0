//! A scan for listeners behind a border that is expensive to cross: results come in batches,
//! and a cancelled scan returns at once.

use std::num::NonZeroUsize;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use super::scan::{ScanOptions, ScanResult, ScanSummary, scan};
use super::{ScanItem, TaskControl};
use crate::classifier::Classifier;
use crate::store::Store;

/// How long a cancelled scan may go unnoticed.
const TICK: Duration = Duration::from_millis(20);

/// Results that may wait for the listener before the workers do.
const WAITING: usize = 256;

/// How a batched scan runs.
#[derive(Debug, Clone)]
pub struct BatchedOptions {
    /// See [`ScanOptions::jobs`].
    pub jobs: NonZeroUsize,
    /// See [`ScanOptions::store`].
    pub store: Option<Arc<Store>>,
    /// Least time between two calls of the listener.
    pub interval: Duration,
}

impl Default for BatchedOptions {
    /// One worker per available core, no store, ten calls a second.
    fn default() -> Self {
        let jobs = ScanOptions::default().jobs;
        Self { jobs, store: None, interval: Duration::from_millis(100) }
    }
}

/// As [`scan`], with the results of each `interval` in one call of `on_batch`, on the calling
/// thread. No batch is empty. A slow listener slows the scan down: some hundreds of results wait for
/// it at most.
///
/// A cancelled scan returns without waiting for the pictures in work: they are finished in the
/// background, and their verdicts are not reported but kept in the store.
pub fn scan_batched(
    classifier: &Classifier,
    items: Vec<ScanItem>,
    options: &BatchedOptions,
    control: &TaskControl,
    mut on_batch: impl FnMut(Vec<ScanResult>),
) -> ScanSummary {
    let total = items.len();
    let (sender, receiver) = mpsc::sync_channel(WAITING);
    let worker = {
        let (classifier, control, options) = (classifier.clone(), control.clone(), options.clone());
        thread::spawn(move || {
            let options = ScanOptions { jobs: options.jobs, store: options.store.as_deref() };
            scan(&classifier, &items, options, &control, |result| {
                // Nobody listens any more after a cancellation.
                let _ = sender.send(result);
            })
        })
    };

    let mut seen = ScanSummary::default();
    let mut batch = Vec::new();
    let mut last_call: Option<Instant> = None;
    loop {
        match receiver.recv_timeout(TICK) {
            Ok(result) => {
                seen.count(&result);
                batch.push(result);
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        let due = last_call.is_none_or(|last| last.elapsed() >= options.interval);
        if due && !batch.is_empty() {
            on_batch(std::mem::take(&mut batch));
            last_call = Some(Instant::now());
        }
        if control.is_cancelled() {
            break;
        }
    }
    let summary = (!control.is_cancelled() || worker.is_finished())
        .then(|| worker.join().unwrap_or_else(|panic| resume_unwind(panic)));
    for result in receiver.try_iter() {
        seen.count(&result);
        batch.push(result);
    }
    if !batch.is_empty() {
        on_batch(batch);
    }
    let cancelled = seen.classified + seen.failed < total;
    summary.unwrap_or(ScanSummary { cancelled, ..seen })
}
