//! Progress on the terminal: a bar on standard error, a line per epoch on standard output or beside the bar.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use epic_training::engine::{BatchEvent, EpochEvent, TrainObserver};
use epic_training::pipeline::{PipelineObserver, TrialEvent};
use epic_training::reproduce::{ReproduceObserver, VariantEvent};
use epic_training::tuning::value_text;
use indicatif::{HumanDuration, ProgressBar, ProgressStyle};

/// Shows a run and lets Ctrl-C end it.
pub(crate) struct Terminal {
    /// The command, for messages.
    name: &'static str,
    /// Whether epochs are what the command is about, so that they go to standard output.
    epochs_are_results: bool,
    bar: ProgressBar,
    left_in_all: Option<Duration>,
    stop: Arc<AtomicBool>,
    epoch_started: Instant,
}

impl Terminal {
    /// `name` begins the messages.
    pub(crate) fn new(name: &'static str) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let asked = Arc::clone(&stop);
        // Without a handler Ctrl-C still ends the program; the last epoch's checkpoint is safe.
        let _ = ctrlc::set_handler(move || {
            if asked.swap(true, Ordering::Relaxed) {
                std::process::exit(super::INTERRUPTED.into());
            }
        });
        let bar = ProgressBar::hidden();
        Self {
            name,
            epochs_are_results: true,
            bar,
            left_in_all: None,
            stop,
            epoch_started: Instant::now(),
        }
    }

    /// Epochs on standard error, where all other progress is.
    pub(crate) fn with_epochs_as_progress(self) -> Self {
        Self { epochs_are_results: false, ..self }
    }

    /// What to say and return when Ctrl-C ended the run.
    pub(crate) fn interrupted(&self) -> ExitCode {
        eprintln!("{}: stopped; continue with --resume", self.name);
        ExitCode::from(super::INTERRUPTED)
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn say(&self, line: &str) {
        self.bar.suspend(|| {
            if self.epochs_are_results { println!("{line}") } else { eprintln!("{line}") }
        });
    }

    fn left(&self, event: &BatchEvent) -> Duration {
        let done = event.batch as f64 / event.batches as f64;
        let epochs_left = event.epochs as f64 - (event.epoch - 1) as f64 - done;
        self.epoch_started.elapsed().mul_f64(epochs_left / done)
    }
}

impl TrainObserver for Terminal {
    fn on_batch(&mut self, event: &BatchEvent) {
        if event.batch == 1 {
            self.bar.set_length(event.batches as u64);
        }
        self.bar.set_position(event.batch as u64);
        let in_all = self
            .left_in_all
            .map_or_else(String::new, |left| format!(", {} in all", HumanDuration(left)));
        self.bar.set_message(format!(
            "epoch {}/{}  loss {:.3}  {} left{in_all}",
            event.epoch,
            event.epochs,
            event.loss,
            HumanDuration(self.left(event)),
        ));
    }

    fn on_epoch(&mut self, event: &EpochEvent) {
        let record = &event.record;
        self.say(&format!(
            "epoch {:>3}/{}  loss {:.4}  val loss {:.4}  val accuracy {:.4}  val macro F1 \
             {:.4}{}  {:.1} s",
            record.epoch,
            event.epochs,
            record.train_loss,
            record.validation_loss,
            record.validation_accuracy,
            record.validation_macro_f1,
            if event.is_best { " *" } else { "  " },
            record.seconds,
        ));
        self.epoch_started = Instant::now();
    }

    fn should_stop(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

impl PipelineObserver for Terminal {
    fn on_step(&mut self, what: &str, total: usize) {
        self.bar.finish_and_clear();
        self.bar = ProgressBar::new(total as u64).with_prefix(what.to_owned()).with_style(
            ProgressStyle::with_template("{prefix}  {bar:32} {pos}/{len}  {wide_msg}")
                .unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        self.epoch_started = Instant::now();
    }

    fn progress(&self) -> Box<dyn Fn(usize, usize) + Sync + '_> {
        Box::new(|done, total| {
            if total == 0 {
                self.bar.inc(done as u64);
            } else {
                self.bar.set_length(total as u64);
                self.bar.set_position(done as u64);
            }
        })
    }

    fn note(&mut self, message: &str) {
        self.bar.suspend(|| eprintln!("{}: {message}", self.name));
    }

    fn on_trial(&mut self, event: &TrialEvent<'_>) {
        let TrialEvent { trial, trials, metric, is_best } = event;
        let result = match (trial.score(*metric), &trial.error) {
            (Some(score), _) => format!("{} {score:.4}", metric.name()),
            (None, error) => error.clone().unwrap_or_default(),
        };
        let values =
            trial.values.iter().map(|(path, value)| format!("{path}={}", value_text(value)));
        let values = values.collect::<Vec<_>>().join(" ");
        self.bar.suspend(|| {
            eprintln!(
                "trial {:>3}/{trials}  {result}{}  {:.1} s  {values}",
                trial.trial,
                if *is_best { " *" } else { "  " },
                trial.seconds,
            );
        });
    }
}

impl ReproduceObserver for Terminal {
    fn on_variant(&mut self, event: &VariantEvent<'_>) {
        let left = self.left_in_all.map_or_else(String::new, |left| {
            format!(", about {} left in all", HumanDuration(left))
        });
        self.say(&format!("[{}/{}] {}{left}", event.number, event.of, event.id));
    }

    fn on_time_left(&mut self, left: Duration) {
        self.left_in_all = Some(left);
    }
}
