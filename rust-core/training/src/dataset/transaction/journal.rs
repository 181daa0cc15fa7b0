//! The transactions of a data set on disk: a folder each, with the plan and a state.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::WORK_FOLDER;
use super::error::TransactionError;
use super::plan::Move;
use super::rename::sync_folder;

const SCHEMA: u32 = 1;

/// How far a transaction is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Files are taken from their old places into the stage.
    Taking,
    /// Files are put from the stage to their new places.
    Putting,
    /// It stands.
    Applied,
    /// Files are taken from their new places into the stage.
    TakingBack,
    /// Files are put from the stage to their old places.
    PuttingBack,
    /// It was undone.
    Undone,
}

impl State {
    /// Whether nothing is under way.
    pub(super) fn is_settled(self) -> bool {
        matches!(self, Self::Applied | Self::Undone)
    }
}

/// A transaction as the journal has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transaction {
    schema: u32,
    /// Number, from 1.
    pub id: u64,
    /// What a person reads.
    pub title: String,
    /// When it was made, in seconds since 1970.
    pub created: u64,
    /// Its files.
    pub moves: Vec<Move>,
    /// Folders that it makes, outer ones first, by paths from the data set's folder.
    pub folders: Vec<String>,
    /// How far it is; kept in a file of its own.
    #[serde(skip, default = "taking")]
    pub state: State,
}

fn taking() -> State {
    State::Taking
}

impl Transaction {
    pub(super) fn new(id: u64, title: &str, moves: Vec<Move>, folders: Vec<String>) -> Self {
        let created = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs());
        Self {
            schema: SCHEMA,
            id,
            title: title.to_owned(),
            created,
            moves,
            folders,
            state: State::Taking,
        }
    }
}

/// The journal of a data set.
pub(super) struct Journal<'a> {
    folder: PathBuf,
    /// Called before every change of the disk.
    pub before: &'a mut dyn FnMut(),
}

impl<'a> Journal<'a> {
    pub(super) fn new(root: &Path, before: &'a mut dyn FnMut()) -> Self {
        Self { folder: root.join(WORK_FOLDER).join("transactions"), before }
    }

    pub(super) fn folder_of(&self, id: u64) -> PathBuf {
        self.folder.join(format!("{id:06}"))
    }

    /// Where a transaction's files are between their places, by their index.
    pub(super) fn stage_of(&self, id: u64) -> PathBuf {
        self.folder_of(id).join("stage")
    }

    /// All transactions by number.
    pub(super) fn read(&self) -> Result<Vec<Transaction>, TransactionError> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(TransactionError::io(&self.folder, error)),
        };
        let mut transactions = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|error| TransactionError::io(&self.folder, error))?;
            // Others were never begun.
            if entry.file_name().to_str().is_some_and(|name| name.parse::<u64>().is_ok()) {
                transactions.push(read_transaction(&entry.path())?);
            }
        }
        transactions.sort_by_key(|transaction| transaction.id);
        Ok(transactions)
    }

    /// Makes a transaction known, in its first state. Before this returns nothing of it counts,
    /// afterwards it is finished or taken back.
    pub(super) fn begin(&mut self, transaction: &Transaction) -> Result<(), TransactionError> {
        let draft = self.folder.join(format!(".draft-{:06}", transaction.id));
        let io = |path: &Path| {
            let path = path.to_owned();
            move |error| TransactionError::Io { path, source: error }
        };
        if draft.exists() {
            (self.before)();
            fs::remove_dir_all(&draft).map_err(io(&draft))?;
        }
        (self.before)();
        fs::create_dir_all(draft.join("stage")).map_err(io(&draft))?;
        let plan = serde_json::to_vec(transaction).map_err(|error| TransactionError::Journal {
            path: draft.clone(),
            reason: error.to_string(),
        })?;
        self.write(&draft.join("plan.json"), &plan)?;
        let state = state_text(State::Taking);
        self.write(&draft.join("state"), state.as_bytes())?;
        (self.before)();
        sync_folder(&draft).map_err(io(&draft))?;
        let folder = self.folder_of(transaction.id);
        (self.before)();
        fs::rename(&draft, &folder).map_err(io(&folder))?;
        (self.before)();
        sync_folder(&self.folder).map_err(io(&self.folder))
    }

    /// Goes over to another state.
    pub(super) fn enter(
        &mut self,
        transaction: &mut Transaction,
        state: State,
    ) -> Result<(), TransactionError> {
        let folder = self.folder_of(transaction.id);
        let (draft, path) = (folder.join("state.new"), folder.join("state"));
        self.write(&draft, state_text(state).as_bytes())?;
        (self.before)();
        fs::rename(&draft, &path).map_err(|error| TransactionError::io(&path, error))?;
        (self.before)();
        sync_folder(&folder).map_err(|error| TransactionError::io(&folder, error))?;
        transaction.state = state;
        Ok(())
    }

    fn write(&mut self, path: &Path, bytes: &[u8]) -> Result<(), TransactionError> {
        (self.before)();
        let written = File::create(path).and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        });
        written.map_err(|error| TransactionError::io(path, error))
    }
}

fn state_text(state: State) -> String {
    serde_json::to_string(&state).unwrap_or_default()
}

fn read_transaction(folder: &Path) -> Result<Transaction, TransactionError> {
    let read = |name: &str| {
        let path = folder.join(name);
        fs::read(&path).map_err(|error| TransactionError::io(&path, error))
    };
    let unclear =
        |name: &str, reason: String| TransactionError::Journal { path: folder.join(name), reason };
    let mut transaction: Transaction = serde_json::from_slice(&read("plan.json")?)
        .map_err(|error| unclear("plan.json", error.to_string()))?;
    if transaction.schema != SCHEMA {
        let reason = format!("schema {} is unknown", transaction.schema);
        return Err(unclear("plan.json", reason));
    }
    transaction.state = serde_json::from_slice(&read("state")?)
        .map_err(|error| unclear("state", error.to_string()))?;
    Ok(transaction)
}
