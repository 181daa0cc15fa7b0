//! Checkpoints: one file per epoch with everything a run needs to continue exactly.
//!
//! `MAGIC, header length (u64 LE), header (JSON), weights, optimizer, SHA-256 of all before`.
//! Random streams are derived from (seed, epoch), so the epoch is also their position.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::error::EngineError;
use super::observer::EpochRecord;

const MAGIC: &[u8; 8] = b"EPICCKP1";
const PREFIX: &str = "epoch-";
const SUFFIX: &str = ".checkpoint";
const DIGEST: usize = 32;

/// What a run needs to continue after `history.len()` epochs.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Checkpoint {
    pub(super) identity: Identity,
    pub(super) history: Vec<EpochRecord>,
    /// Weights and running statistics, burnpack.
    pub(super) weights: Vec<u8>,
    /// Adam's moments and step counts, burnpack.
    pub(super) optimizer: Vec<u8>,
}

/// What a run was started with, as SHA-256 in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Identity {
    pub(super) config: String,
    pub(super) train: String,
    pub(super) validation: String,
}

#[derive(Serialize, Deserialize)]
struct Header {
    identity: Identity,
    history: Vec<EpochRecord>,
    weights: usize,
    optimizer: usize,
}

impl Identity {
    /// Refuses a checkpoint of another run.
    pub(super) fn check(&self, found: &Self, path: &Path) -> Result<(), EngineError> {
        let pairs = [
            ("config", &self.config, &found.config),
            ("training data", &self.train, &found.train),
            ("validation data", &self.validation, &found.validation),
        ];
        match pairs.into_iter().find(|(_, wanted, found)| wanted != found) {
            Some((what, ..)) => {
                Err(EngineError::CheckpointMismatch { path: path.to_owned(), what })
            }
            None => Ok(()),
        }
    }
}

/// Epochs whose weights a run may still return or fall back to: the last two, and the best as
/// each of those two sees it.
fn needed(history: &[EpochRecord]) -> Vec<usize> {
    let last = history.len();
    (last.saturating_sub(1)..=last)
        .flat_map(|epoch| [Some(epoch), best_epoch(&history[..epoch])])
        .flatten()
        .collect()
}

/// The epoch (from 1) with the best macro F1; the lower cost, then the earlier, among equals.
pub(super) fn best_epoch(history: &[EpochRecord]) -> Option<usize> {
    let better = |a: &EpochRecord, b: &EpochRecord| {
        (a.validation_macro_f1, -a.validation_loss) > (b.validation_macro_f1, -b.validation_loss)
    };
    let mut best: Option<&EpochRecord> = None;
    for record in history {
        if best.is_none_or(|best| better(record, best)) {
            best = Some(record);
        }
    }
    best.map(|record| record.epoch)
}

/// The folder of a run's checkpoints.
pub(super) struct Checkpoints {
    folder: PathBuf,
}

impl Checkpoints {
    /// `out/checkpoints`, created when missing.
    pub(super) fn open(out: &Path) -> Result<Self, EngineError> {
        let folder = out.join("checkpoints");
        fs::create_dir_all(&folder).map_err(EngineError::io(&folder))?;
        Ok(Self { folder })
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn path(&self, epoch: usize) -> PathBuf {
        self.folder.join(format!("{PREFIX}{epoch:05}{SUFFIX}"))
    }

    /// Epochs that have a file, ascending. Temporary files of a killed run are not among them.
    pub(super) fn epochs(&self) -> Result<Vec<usize>, EngineError> {
        let mut epochs = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(EngineError::io(&self.folder))? {
            let name = entry.map_err(EngineError::io(&self.folder))?.file_name();
            let epoch = name.to_str().and_then(|name| {
                name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?.parse::<usize>().ok()
            });
            epochs.extend(epoch);
        }
        epochs.sort_unstable();
        Ok(epochs)
    }

    /// Writes the checkpoint (whole or not at all), then removes those no longer needed.
    pub(super) fn save(&self, checkpoint: &Checkpoint) -> Result<(), EngineError> {
        self.write(&self.path(checkpoint.history.len()), &encode(checkpoint))?;
        let needed = needed(&checkpoint.history);
        for epoch in self.epochs()? {
            if !needed.contains(&epoch) {
                let path = self.path(epoch);
                fs::remove_file(&path).map_err(EngineError::io(&path))?;
            }
        }
        Ok(())
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), EngineError> {
        let fail = || EngineError::io(path);
        let mut file = tempfile::Builder::new()
            .prefix(".writing-")
            .tempfile_in(&self.folder)
            .map_err(fail())?;
        file.write_all(bytes).map_err(fail())?;
        file.as_file().sync_all().map_err(fail())?;
        file.persist(path).map_err(|error| EngineError::io(path)(error.error))?;
        // The rename itself is on disk only when the folder is; Windows has no such call.
        #[cfg(unix)]
        File::open(&self.folder).and_then(|folder| folder.sync_all()).map_err(fail())?;
        Ok(())
    }

    /// The checkpoint after `epoch` epochs.
    pub(super) fn load(&self, epoch: usize) -> Result<Checkpoint, EngineError> {
        let path = self.path(epoch);
        let bytes = fs::read(&path).map_err(EngineError::io(&path))?;
        let checkpoint = decode(&bytes)
            .map_err(|reason| EngineError::CheckpointDamaged { path: path.clone(), reason })?;
        if checkpoint.history.len() != epoch {
            let reason = format!("holds {} epochs", checkpoint.history.len());
            return Err(EngineError::CheckpointDamaged { path, reason });
        }
        Ok(checkpoint)
    }

    /// The newest checkpoint that is whole. A damaged newer one is logged and passed over.
    ///
    /// # Errors
    /// [`EngineError::NoCheckpoint`] when there is no file, the newest file's error when none is
    /// good.
    pub(super) fn latest(&self) -> Result<Checkpoint, EngineError> {
        let mut first_error = None;
        for epoch in self.epochs()?.into_iter().rev() {
            match self.load(epoch) {
                Ok(checkpoint) => return Ok(checkpoint),
                Err(error) => {
                    log::warn!("{error}; trying the one before");
                    first_error.get_or_insert(error);
                }
            }
        }
        Err(first_error.unwrap_or(EngineError::NoCheckpoint { path: self.folder.clone() }))
    }
}

fn encode(checkpoint: &Checkpoint) -> Vec<u8> {
    let header = Header {
        identity: checkpoint.identity.clone(),
        history: checkpoint.history.clone(),
        weights: checkpoint.weights.len(),
        optimizer: checkpoint.optimizer.len(),
    };
    let header = serde_json::to_vec(&header).expect("a struct of plain fields serializes");
    let mut bytes = MAGIC.to_vec();
    bytes.extend((header.len() as u64).to_le_bytes());
    bytes.extend(header);
    bytes.extend(&checkpoint.weights);
    bytes.extend(&checkpoint.optimizer);
    let digest = Sha256::digest(&bytes);
    bytes.extend(digest);
    bytes
}

fn decode(bytes: &[u8]) -> Result<Checkpoint, String> {
    let content_len = bytes.len().checked_sub(DIGEST).ok_or("too short")?;
    let (content, digest) = bytes.split_at(content_len);
    let content = content.strip_prefix(MAGIC).ok_or("not a checkpoint of this version")?;
    if Sha256::digest(&bytes[..content_len])[..] != *digest {
        return Err("truncated or changed: its hash is wrong".to_owned());
    }
    let (header_len, content) = content.split_first_chunk::<8>().ok_or("no header")?;
    let header_len = usize::try_from(u64::from_le_bytes(*header_len)).map_err(|e| e.to_string())?;
    let (header, content) = content.split_at_checked(header_len).ok_or("no header")?;
    let header: Header = serde_json::from_slice(header).map_err(|error| error.to_string())?;
    let (weights, optimizer) = content.split_at_checked(header.weights).ok_or("no weights")?;
    if optimizer.len() != header.optimizer {
        return Err("the optimizer's state has the wrong length".to_owned());
    }
    Ok(Checkpoint {
        identity: header.identity,
        history: header.history,
        weights: weights.to_vec(),
        optimizer: optimizer.to_vec(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(epoch: usize, f1: f64, loss: f64) -> EpochRecord {
        EpochRecord {
            epoch,
            learning_rate: 1e-3,
            train_loss: 1.0,
            validation_loss: loss,
            validation_accuracy: f1,
            validation_macro_f1: f1,
            seconds: 0.5,
        }
    }

    fn checkpoint(f1: &[f64]) -> Checkpoint {
        let hash = |name: &str| name.to_owned();
        Checkpoint {
            identity: Identity { config: hash("c"), train: hash("t"), validation: hash("v") },
            history: (f1.iter().enumerate()).map(|(i, &f1)| record(i + 1, f1, 1.0)).collect(),
            weights: vec![1, 2, 3],
            optimizer: vec![4, 5],
        }
    }

    #[test]
    fn checkpoints_read_back_and_only_needed_ones_stay() {
        let out = tempfile::tempdir().unwrap();
        let store = Checkpoints::open(out.path()).unwrap();
        let f1 = [0.1, 0.9, 0.5, 0.95, 0.6, 0.7];
        let kept: [&[usize]; 7] =
            [&[0], &[0, 1], &[1, 2], &[2, 3], &[2, 3, 4], &[4, 5], &[4, 5, 6]];
        for (epochs, kept) in kept.into_iter().enumerate() {
            store.save(&checkpoint(&f1[..epochs])).unwrap();
            assert_eq!(store.epochs().unwrap(), kept, "after {epochs}");
        }
        assert_eq!(store.load(4).unwrap(), checkpoint(&f1[..4]));
        assert_eq!(store.latest().unwrap(), checkpoint(&f1));
    }

    #[test]
    fn every_damage_is_noticed() {
        let good = encode(&checkpoint(&[0.5]));
        assert!(decode(&good).is_ok());
        for len in 0..good.len() {
            assert!(decode(&good[..len]).is_err(), "cut at {len}");
        }
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 1;
            assert!(decode(&bad).is_err(), "changed at {at}");
        }
    }

    #[test]
    fn a_damaged_checkpoint_falls_back_to_the_one_before() {
        let out = tempfile::tempdir().unwrap();
        let store = Checkpoints::open(out.path()).unwrap();
        assert!(matches!(store.latest(), Err(EngineError::NoCheckpoint { .. })));
        store.save(&checkpoint(&[])).unwrap();
        store.save(&checkpoint(&[0.5])).unwrap();
        fs::write(store.folder().join(".writing-x7"), b"half").unwrap();
        fs::write(store.path(1), b"half").unwrap();
        assert!(matches!(store.load(1), Err(EngineError::CheckpointDamaged { .. })));
        assert_eq!(store.latest().unwrap(), checkpoint(&[]));
        fs::write(store.path(0), b"").unwrap();
        assert!(matches!(store.latest(), Err(EngineError::CheckpointDamaged { .. })));
    }

    #[test]
    fn the_best_epoch_has_the_best_f1_then_the_lowest_loss_then_comes_first() {
        assert_eq!(best_epoch(&[]), None);
        let history =
            [record(1, 0.5, 1.0), record(2, 0.7, 2.0), record(3, 0.7, 1.5), record(4, 0.7, 1.5)];
        assert_eq!(best_epoch(&history), Some(3));
    }

    #[test]
    fn another_runs_checkpoint_is_refused_by_name() {
        let ours = checkpoint(&[]).identity;
        let other = Identity { train: "x".to_owned(), ..ours.clone() };
        match ours.check(&other, Path::new("p")) {
            Err(EngineError::CheckpointMismatch { what, .. }) => assert_eq!(what, "training data"),
            other => panic!("{other:?}"),
        }
        ours.check(&ours.clone(), Path::new("p")).unwrap();
    }
}
