//! Trials as they finish: JSON Lines, a header and one trial a line.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{TuningError, Values};

/// What a search makes better.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Mean of the classes' F1; higher is better.
    #[default]
    MacroF1,
    /// Mean of `-ln` of the true class's probability; lower is better.
    LogLoss,
}

impl Metric {
    /// Both, for menus.
    pub const ALL: [Self; 2] = [Self::MacroF1, Self::LogLoss];

    /// As it is written in recipes.
    pub fn name(self) -> &'static str {
        match self {
            Self::MacroF1 => "macro_f1",
            Self::LogLoss => "log_loss",
        }
    }

    /// A score as a cost, lower being better.
    pub(super) fn cost(self, score: f64) -> f64 {
        match self {
            Self::MacroF1 => -score,
            Self::LogLoss => score,
        }
    }
}

/// One fold's scores.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct FoldScores {
    /// See [`Metric::MacroF1`].
    pub macro_f1: f64,
    /// See [`Metric::LogLoss`].
    pub log_loss: f64,
}

/// One line of the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// From 1.
    pub trial: usize,
    /// The settings that were tried.
    pub values: Values,
    /// Mean of the folds; none for a trial that failed.
    #[serde(flatten)]
    pub mean: Option<FoldScores>,
    /// Scores fold by fold.
    pub folds: Vec<FoldScores>,
    /// How long it took.
    pub seconds: f64,
    /// Why it came to no score.
    pub error: Option<String>,
}

impl Trial {
    /// Its score, if it has one.
    pub fn score(&self, metric: Metric) -> Option<f64> {
        let mean = self.mean.as_ref()?;
        let score = match metric {
            Metric::MacroF1 => mean.macro_f1,
            Metric::LogLoss => mean.log_loss,
        };
        score.is_finite().then_some(score)
    }

    pub(super) fn cost(&self, metric: Metric) -> Option<f64> {
        self.score(metric).map(|score| metric.cost(score))
    }
}

/// The trial with the best score; the first of equals.
pub fn best(trials: &[Trial], metric: Metric) -> Option<&Trial> {
    let scored = trials.iter().filter_map(|trial| Some((trial, trial.cost(metric)?)));
    scored.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(trial, _)| trial)
}

/// What a search is about, by name: a file of trials goes on with the very same only.
pub type Header = serde_json::Map<String, serde_json::Value>;

/// The file of trials, locked against other searches.
#[derive(Debug)]
pub struct TrialLog {
    path: PathBuf,
    file: File,
    trials: Vec<Trial>,
}

impl TrialLog {
    /// Begins a file, or with `resume` goes on with one if it is there. A line that a kill has torn is dropped; its
    /// trial is done anew.
    ///
    /// # Errors
    /// [`TuningError::AlreadyBegun`] without `resume`, [`TuningError::OtherSearch`], [`TuningError::Damaged`],
    /// [`TuningError::Io`].
    pub fn open(path: &Path, header: &Header, resume: bool) -> Result<Self, TuningError> {
        let mut options = OpenOptions::new();
        let file = options.read(true).append(true).create(true).open(path);
        let mut file = file.map_err(TuningError::io(path))?;
        if !lock(&file) {
            let busy = io::Error::new(io::ErrorKind::WouldBlock, "another search is at work here");
            return Err(TuningError::io(path)(busy));
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(TuningError::io(path))?;
        let whole = bytes.iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
        if whole > 0 && !resume {
            return Err(TuningError::AlreadyBegun { path: path.to_owned() });
        }
        file.set_len(whole as u64).map_err(TuningError::io(path))?;
        let mut log = Self { path: path.to_owned(), file, trials: Vec::new() };
        if whole == 0 {
            log.append(header)?;
        } else {
            log.trials = read(path, &bytes[..whole], header)?;
        }
        Ok(log)
    }

    /// Those that have finished, in their order.
    pub fn trials(&self) -> &[Trial] {
        &self.trials
    }

    /// Adds a trial. It is on disk when this returns.
    ///
    /// # Errors
    /// [`TuningError::Io`], with a full disk for instance; what was there before is untouched.
    pub fn add(&mut self, trial: Trial) -> Result<(), TuningError> {
        self.append(&trial)?;
        self.trials.push(trial);
        Ok(())
    }

    fn append(&mut self, line: &impl Serialize) -> Result<(), TuningError> {
        let written = serde_json::to_vec(line).map_err(io::Error::from).and_then(|mut line| {
            line.push(b'\n');
            self.file.write_all(&line)?;
            self.file.sync_data()
        });
        written.map_err(TuningError::io(&self.path))
    }
}

/// Some network file systems have no locks; one careful user needs none. A lock outlives its holder for the moment that a
/// child of it needs to start another program, so that one refusal says little.
fn lock(file: &File) -> bool {
    for _ in 0..20 {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => sleep(Duration::from_millis(25)),
            _ => return true,
        }
    }
    false
}

fn read(path: &Path, bytes: &[u8], wanted: &Header) -> Result<Vec<Trial>, TuningError> {
    let damaged = |line: usize, error: &dyn std::fmt::Display| TuningError::Damaged {
        path: path.to_owned(),
        line,
        reason: error.to_string(),
    };
    let text = std::str::from_utf8(bytes).map_err(|error| damaged(1, &error))?;
    let mut lines = text.lines().enumerate();
    let (_, first) = lines.next().unwrap_or_default();
    let header: Header = serde_json::from_str(first).map_err(|error| damaged(1, &error))?;
    let differs = |key: &&String| header.get(*key) != wanted.get(*key);
    if let Some(what) = wanted.keys().chain(header.keys()).find(differs) {
        return Err(TuningError::OtherSearch { path: path.to_owned(), what: what.clone() });
    }
    let trials = lines
        .map(|(at, line)| serde_json::from_str(line).map_err(|error| damaged(at + 1, &error)))
        .collect::<Result<Vec<Trial>, _>>()?;
    match trials.iter().enumerate().find(|(at, trial)| trial.trial != at + 1) {
        Some((at, _)) => Err(damaged(at + 2, &"trials do not count up")),
        None => Ok(trials),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::fs;

    fn header(folds: usize) -> Header {
        let json = json!({ "schema": 1, "folds": folds });
        json.as_object().unwrap().clone()
    }

    fn trial(number: usize, macro_f1: Option<f64>) -> Trial {
        let mean = macro_f1.map(|macro_f1| FoldScores { macro_f1, log_loss: 1.0 - macro_f1 });
        Trial {
            trial: number,
            values: Values::from([("trees.max_depth".to_owned(), json!(number))]),
            mean,
            folds: mean.into_iter().collect(),
            seconds: 0.5,
            error: macro_f1.is_none().then(|| "loss is not finite".to_owned()),
        }
    }

    #[test]
    fn trials_are_there_after_a_kill_but_for_the_torn_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("trials.jsonl");
        let mut log = TrialLog::open(&path, &header(5), false).unwrap();
        log.add(trial(1, Some(0.5))).unwrap();
        log.add(trial(2, None)).unwrap();
        drop(log);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, format!("{text}{{\"trial\":3,\"val")).unwrap();
        let log = TrialLog::open(&path, &header(5), true).unwrap();
        assert_eq!(log.trials(), [trial(1, Some(0.5)), trial(2, None)]);
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
        // Killed before its header was whole.
        drop(log);
        fs::write(&path, "{\"sch").unwrap();
        assert!(TrialLog::open(&path, &header(5), false).unwrap().trials().is_empty());
    }

    #[test]
    fn other_searches_and_damage_are_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("trials.jsonl");
        let mut log = TrialLog::open(&path, &header(5), true).unwrap();
        log.add(trial(1, Some(0.5))).unwrap();
        let busy = TrialLog::open(&path, &header(5), true).unwrap_err();
        assert!(busy.to_string().contains("at work"), "{busy}");
        drop(log);
        let again = TrialLog::open(&path, &header(5), false).unwrap_err();
        assert!(matches!(again, TuningError::AlreadyBegun { .. }), "{again}");
        let other = TrialLog::open(&path, &header(3), true).unwrap_err();
        assert!(other.to_string().contains("folds differs"), "{other}");
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, format!("{text}nonsense\n")).unwrap();
        let damaged = TrialLog::open(&path, &header(5), true).unwrap_err();
        assert!(damaged.to_string().contains("line 3"), "{damaged}");
        fs::write(&path, text.replace("\"trial\":1", "\"trial\":2")).unwrap();
        assert!(TrialLog::open(&path, &header(5), true).is_err());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_told_with_the_files_name() {
        let file = OpenOptions::new().append(true).open("/dev/full").unwrap();
        let mut log = TrialLog { path: "out/trials.jsonl".into(), file, trials: Vec::new() };
        let error = log.add(trial(1, Some(0.5))).unwrap_err().to_string();
        assert!(error.starts_with("out/trials.jsonl: No space left"), "{error}");
        assert!(log.trials().is_empty());
    }

    #[test]
    fn the_best_is_the_first_of_the_best() {
        let trials =
            [trial(1, None), trial(2, Some(0.5)), trial(3, Some(0.7)), trial(4, Some(0.7))];
        assert_eq!(best(&trials, Metric::MacroF1).unwrap().trial, 3);
        assert_eq!(best(&trials, Metric::LogLoss).unwrap().trial, 3);
        assert_eq!(best(&trials[..1], Metric::MacroF1), None);
    }
}
