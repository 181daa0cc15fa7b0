//! Whole training runs on tiny networks.
#![cfg(feature = "engine")]

mod engine_support;

use std::fs;
use std::path::Path;

use engine_support::{bars, config};
use epic_training::engine::{
    Augmentation, BatchEvent, ClassWeights, DeviceKind, EarlyStopping, Ended, EngineError,
    EpochEvent, ImageSet, Keep, LrSchedule, Metric, Silent, TrainConfig, TrainObserver,
    TrainOptions, TrainOutcome, predict, train,
};

fn run(
    config: &TrainConfig,
    images: [&ImageSet; 2],
    out: &Path,
    resume: bool,
    observer: &mut dyn TrainObserver,
) -> Result<TrainOutcome, EngineError> {
    let options = TrainOptions { device: DeviceKind::Cpu, out, resume };
    train(config, images[0], images[1], &options, observer)
}

fn logits(outcome: &TrainOutcome, images: &ImageSet) -> Vec<f32> {
    predict(&outcome.model, images, &outcome.preparation, 16).unwrap()
}

/// Ends the run after so many batches or epochs.
#[derive(Default)]
struct Stopper {
    batches: usize,
    epochs: usize,
    stop_at_batch: Option<usize>,
    stop_at_epoch: Option<usize>,
    images: Vec<usize>,
}

impl TrainObserver for Stopper {
    fn on_batch(&mut self, event: &BatchEvent) {
        self.batches += 1;
        self.images.push(event.images);
        assert!(event.loss.is_finite() && event.batch <= event.batches);
    }

    fn on_epoch(&mut self, event: &EpochEvent) {
        self.epochs += 1;
        assert!(event.record.epoch <= event.epochs);
    }

    fn should_stop(&self) -> bool {
        self.stop_at_batch.is_some_and(|n| self.batches >= n)
            || self.stop_at_epoch.is_some_and(|n| self.epochs >= n)
    }
}

/// Everything random switched on, so that a resume has every stream to get right.
fn eventful(epochs: usize) -> TrainConfig {
    TrainConfig {
        lr_schedule: LrSchedule::Cosine { warmup_epochs: 1, final_fraction: 0.1 },
        class_weights: ClassWeights::Balanced,
        label_smoothing: 0.05,
        weight_decay: 1e-3,
        augmentation: Augmentation { rotation: 5.0, brightness: 0.2, ..Default::default() },
        keep: Keep::Last,
        ..config(epochs)
    }
}

#[test]
fn learns_a_small_set_by_heart() {
    let out = tempfile::tempdir().unwrap();
    let (images, unseen) = (bars(48, 1), bars(30, 2));
    let config = config(15);
    let mut observer = Stopper::default();
    let outcome = run(&config, [&images, &unseen], out.path(), false, &mut observer).unwrap();
    let history = &outcome.history;
    assert_eq!((outcome.ended, history.len()), (Ended::Completed, 15));
    assert_eq!((observer.batches, observer.epochs), (15 * 6, 15));
    assert_eq!(observer.images[..7], [8, 16, 24, 32, 40, 48, 8]);
    assert!(history[14].train_loss < 0.3 * history[0].train_loss, "{history:?}");
    let logits = logits(&outcome, &images);
    let best = |row: &[f32]| (0..3).max_by(|&a, &b| row[a].total_cmp(&row[b])).unwrap();
    let right = logits.chunks(3).zip(&images.labels).filter(|(row, l)| best(row) == **l).count();
    assert_eq!(right, 48);
    let best = history[outcome.epoch - 1].validation_macro_f1;
    assert!(best > 0.9 && history.iter().all(|record| record.validation_macro_f1 <= best));
}

#[test]
fn a_resumed_run_equals_an_uninterrupted_one() {
    let images = [&bars(44, 1), &bars(12, 2)];
    let config = eventful(4);
    let whole = tempfile::tempdir().unwrap();
    let whole = run(&config, images, whole.path(), false, &mut Silent).unwrap();
    let wanted = logits(&whole, images[1]);

    let between = Stopper { stop_at_epoch: Some(2), ..Stopper::default() };
    let within = Stopper { stop_at_batch: Some(6 * 2 + 3), ..Stopper::default() };
    let first = Stopper { stop_at_batch: Some(2), ..Stopper::default() };
    for (mut stopper, done) in [(between, 2), (within, 2), (first, 0)] {
        let out = tempfile::tempdir().unwrap();
        let part = run(&config, images, out.path(), false, &mut stopper).unwrap();
        assert_eq!((part.ended, part.history.len()), (Ended::Interrupted, done));
        let rest = run(&config, images, out.path(), true, &mut Silent).unwrap();
        assert_eq!((rest.ended, rest.history.len()), (Ended::Completed, 4));
        for (a, b) in whole.history.iter().zip(&rest.history) {
            assert_eq!((a.train_loss, a.validation_loss), (b.train_loss, b.validation_loss));
        }
        assert_eq!(logits(&rest, images[1]), wanted);
    }
}

#[test]
fn resuming_a_finished_run_returns_its_result() {
    let images = [&bars(24, 1), &bars(12, 2)];
    let (config, out) = (config(2), tempfile::tempdir().unwrap());
    let first = run(&config, images, out.path(), false, &mut Silent).unwrap();
    let mut observer = Stopper::default();
    let again = run(&config, images, out.path(), true, &mut observer).unwrap();
    assert_eq!((observer.batches, again.ended), (0, Ended::Completed));
    assert_eq!((first.epoch, &first.history), (again.epoch, &again.history));
    assert_eq!(logits(&first, images[1]), logits(&again, images[1]));
}

#[test]
fn results_do_not_depend_on_the_number_of_threads() {
    let images = [&bars(24, 1), &bars(12, 2)];
    let config = eventful(2);
    let on = |threads: usize| {
        let out = tempfile::tempdir().unwrap();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let outcome =
            pool.install(|| run(&config, images, out.path(), false, &mut Silent)).unwrap();
        logits(&outcome, images[1])
    };
    assert_eq!(on(1), on(3));
}

#[test]
fn another_run_or_a_used_folder_is_refused() {
    let images = [&bars(24, 1), &bars(12, 2)];
    let (base, out) = (config(2), tempfile::tempdir().unwrap());
    let missing = run(&base, images, out.path(), true, &mut Silent);
    assert!(matches!(missing, Err(EngineError::NoCheckpoint { .. })));
    run(&base, images, out.path(), false, &mut Silent).unwrap();
    let again = run(&base, images, out.path(), false, &mut Silent);
    assert!(matches!(again, Err(EngineError::AlreadyTrained { .. })));

    let other_config = TrainConfig { seed: 8, ..base.clone() };
    let other = bars(24, 9);
    for (config, images, wanted) in [
        (&other_config, images, "config"),
        (&base, [&other, images[1]], "training data"),
        (&base, [images[0], &other], "validation data"),
    ] {
        match run(config, images, out.path(), true, &mut Silent) {
            Err(EngineError::CheckpointMismatch { what, .. }) => assert_eq!(what, wanted),
            other => panic!("{wanted}: {other:?}"),
        }
    }
}

#[test]
fn a_damaged_newest_checkpoint_costs_one_epoch_only() {
    let images = [&bars(24, 1), &bars(12, 2)];
    let (config, out) = (eventful(3), tempfile::tempdir().unwrap());
    let whole = run(&config, images, out.path(), false, &mut Silent).unwrap();
    let folder = out.path().join("checkpoints");
    let newest = folder.join("epoch-00003.checkpoint");
    let bytes = fs::read(&newest).unwrap();
    fs::write(&newest, &bytes[..bytes.len() / 2]).unwrap();
    fs::write(folder.join(".writing-abc"), &bytes[..100]).unwrap();
    let mut observer = Stopper::default();
    let resumed = run(&config, images, out.path(), true, &mut observer).unwrap();
    assert_eq!(observer.epochs, 1);
    assert_eq!(logits(&resumed, images[1]), logits(&whole, images[1]));

    for entry in fs::read_dir(&folder).unwrap() {
        fs::write(entry.unwrap().path(), b"damaged").unwrap();
    }
    let hopeless = run(&config, images, out.path(), true, &mut Silent);
    assert!(matches!(hopeless, Err(EngineError::CheckpointDamaged { .. })));
}

#[test]
fn early_stopping_ends_the_run_and_the_best_epoch_is_kept() {
    let images = [&bars(24, 1), &bars(12, 2)];
    let out = tempfile::tempdir().unwrap();
    let config = TrainConfig {
        // Too small to change any prediction.
        learning_rate: 1e-12,
        early_stopping: Some(EarlyStopping { patience: 2, metric: Metric::MacroF1 }),
        ..config(50)
    };
    let outcome = run(&config, images, out.path(), false, &mut Silent).unwrap();
    assert_eq!(outcome.ended, Ended::EarlyStopping);
    assert!(outcome.history.len() < 40, "{}", outcome.history.len());
}

#[test]
fn a_diverging_run_is_an_error() {
    let images = [&bars(24, 1), &bars(12, 2)];
    let out = tempfile::tempdir().unwrap();
    let config = TrainConfig { learning_rate: 1e38, weight_decay: 1e3, ..config(5) };
    let error = run(&config, images, out.path(), false, &mut Silent).unwrap_err();
    assert!(matches!(error, EngineError::NonFiniteLoss { .. }), "{error}");
}

#[test]
fn data_that_does_not_fit_the_network_is_refused() {
    let images = bars(24, 1);
    let small = ImageSet { labels: vec![], pixels: vec![], ..images.clone() };
    let out = tempfile::tempdir().unwrap();
    let error = run(&config(1), [&images, &small], out.path(), false, &mut Silent).unwrap_err();
    assert!(matches!(error, EngineError::InvalidData { .. }));
    assert!(!out.path().join("checkpoints").exists());
}
