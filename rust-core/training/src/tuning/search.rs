//! Trial after trial.

use std::time::Instant;

use super::trials::{FoldScores, Metric, Trial, TrialLog};
use super::{Space, TuningError, Values, suggest};

/// How to search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SearchOptions {
    /// Trials in all, those of an earlier run included.
    pub trials: usize,
    /// Chooses the first trials and the candidates for the others.
    pub seed: u64,
    /// What is to become better.
    pub metric: Metric,
}

/// What became of settings.
#[derive(Debug, Clone, PartialEq)]
pub enum Evaluated {
    /// Scores fold by fold; at least one.
    Scored(Vec<FoldScores>),
    /// These settings lead nowhere, and why; the search goes on.
    Failed(String),
    /// The caller wants to stop: the trial does not count.
    Stopped,
}

/// Why a search ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// All trials are done.
    Completed,
    /// All that a small space holds was tried.
    Exhausted,
    /// The caller stopped it.
    Interrupted,
}

/// What a search is about.
pub trait Study {
    /// What ends the search.
    type Error: From<TuningError>;

    /// Scores settings, for the trial of this number.
    ///
    /// # Errors
    /// What has nothing to do with the settings; what has is [`Evaluated::Failed`].
    fn evaluate(&mut self, number: usize, values: &Values) -> Result<Evaluated, Self::Error>;

    /// Told all trials whenever one was kept.
    ///
    /// # Errors
    /// They end the search.
    fn on_trial(&mut self, _trials: &[Trial]) -> Result<(), Self::Error> {
        Ok(())
    }
}

/// Tries settings until there are enough trials.
///
/// # Errors
/// Those of the study; [`TuningError::Io`] if a trial cannot be kept.
pub fn search<S: Study>(
    space: &Space,
    options: SearchOptions,
    log: &mut TrialLog,
    study: &mut S,
) -> Result<Ended, S::Error> {
    let SearchOptions { trials, seed, metric } = options;
    let costs = |trial: &Trial| (trial.values.clone(), trial.cost(metric));
    while log.trials().len() < trials {
        let number = log.trials().len() + 1;
        let tried: Vec<_> = log.trials().iter().map(costs).collect();
        let Some(values) = suggest(space, seed, number, &tried) else {
            return Ok(Ended::Exhausted);
        };
        let started = Instant::now();
        let (folds, error) = match study.evaluate(number, &values)? {
            Evaluated::Scored(folds) => (folds, None),
            Evaluated::Failed(reason) => (Vec::new(), Some(reason)),
            Evaluated::Stopped => return Ok(Ended::Interrupted),
        };
        let seconds = started.elapsed().as_secs_f64();
        let mean = mean(&folds);
        log.add(Trial { trial: number, values, mean, folds, seconds, error })?;
        study.on_trial(log.trials())?;
    }
    Ok(Ended::Completed)
}

fn mean(folds: &[FoldScores]) -> Option<FoldScores> {
    let mean =
        |score: fn(&FoldScores) -> f64| folds.iter().map(score).sum::<f64>() / folds.len() as f64;
    let scores =
        FoldScores { macro_f1: mean(|fold| fold.macro_f1), log_loss: mean(|fold| fold.log_loss) };
    // Without folds they are 0 / 0.
    (!folds.is_empty()).then_some(scores)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tuning::{Header, best};

    fn space() -> Space {
        let text = "x = { low = 0.0, high = 1.0 }\nn = { low = 1, high = 9 }";
        Space::from_toml(&toml::from_str(text).unwrap()).unwrap()
    }

    const OPTIONS: SearchOptions = SearchOptions { trials: 12, seed: 4, metric: Metric::LogLoss };

    /// Stops at a trial, lets another fail, and remembers how many trials it was told.
    struct Line {
        stop_at: usize,
        fail_at: usize,
        told: Vec<usize>,
    }

    impl Line {
        fn new(stop_at: usize, fail_at: usize) -> Self {
            Self { stop_at, fail_at, told: Vec::new() }
        }
    }

    impl Study for Line {
        type Error = TuningError;

        fn evaluate(&mut self, number: usize, values: &Values) -> Result<Evaluated, TuningError> {
            if number == self.stop_at {
                return Ok(Evaluated::Stopped);
            }
            if number == self.fail_at {
                return Ok(Evaluated::Failed("no".to_owned()));
            }
            let cost = (values["x"].as_f64().unwrap() - 0.4).abs();
            let fold = |shift: f64| FoldScores { macro_f1: 0.5, log_loss: cost + shift };
            Ok(Evaluated::Scored(vec![fold(0.0), fold(0.2)]))
        }

        fn on_trial(&mut self, trials: &[Trial]) -> Result<(), TuningError> {
            self.told.push(trials.len());
            Ok(())
        }
    }

    #[test]
    fn a_search_that_was_stopped_finds_what_an_unbroken_one_finds() {
        let folder = tempfile::tempdir().unwrap();
        let (whole, parts) = (folder.path().join("whole"), folder.path().join("parts"));
        let part = |path, stop_at| {
            let mut log = TrialLog::open(path, &Header::new(), true).unwrap();
            let ended = search(&space(), OPTIONS, &mut log, &mut Line::new(stop_at, 4)).unwrap();
            (ended, log.trials().iter().map(|trial| trial.values.clone()).collect::<Vec<_>>())
        };
        let (ended, wanted) = part(&whole, 99);
        assert_eq!((ended, wanted.len()), (Ended::Completed, 12));
        assert_eq!(part(&parts, 3).0, Ended::Interrupted);
        assert_eq!(part(&parts, 9).0, Ended::Interrupted);
        assert_eq!(part(&parts, 99), (Ended::Completed, wanted));
    }

    #[test]
    fn failed_trials_are_kept_with_their_reason() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = TrialLog::open(&folder.path().join("t"), &Header::new(), false).unwrap();
        let mut line = Line::new(99, 2);
        search(&space(), OPTIONS, &mut log, &mut line).unwrap();
        assert_eq!(line.told, (1..=12).collect::<Vec<_>>());
        let failed = &log.trials()[1];
        assert_eq!((failed.error.as_deref(), failed.mean), (Some("no"), None));
        let best = best(log.trials(), Metric::LogLoss).unwrap();
        let mean = best.mean.unwrap().log_loss;
        assert!((mean - (best.folds[0].log_loss + 0.1)).abs() < 1e-12 && mean < 0.35, "{mean}");
    }

    #[test]
    fn a_space_that_is_used_up_ends_the_search() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = TrialLog::open(&folder.path().join("t"), &Header::new(), false).unwrap();
        let space =
            Space::from_toml(&toml::from_str("x = { low = 1, high = 3 }").unwrap()).unwrap();
        let ended = search(&space, OPTIONS, &mut log, &mut Line::new(99, 99)).unwrap();
        assert_eq!((ended, log.trials().len()), (Ended::Exhausted, 3));
    }
}
