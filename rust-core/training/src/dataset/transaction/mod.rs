//! Changes of a data set that can be undone: plan, apply, undo, and what a crash left is settled.
//!
//! A transaction moves files and does nothing else: into other class folders, to other names, into
//! a trash folder inside the data set. Files go by way of a stage: all are taken from their
//! old places first, then put to their new ones, so that names may be exchanged and no name is
//! ever taken twice. A process may be killed between any two system calls: the journal says
//! in which of the two passes it was, and each file's place says whether its own move is done.
//! While files are being taken, the next [`Transactions::open`] puts them back; once the first one may have been
//! put, it finishes.

#[cfg(test)]
mod crash_tests;
mod error;
mod journal;
mod plan;
mod rename;
mod shift;
#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashSet};
use std::fmt;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

pub use error::TransactionError;
pub use journal::{State, Transaction};
#[cfg(feature = "review")]
pub(crate) use plan::modified;
pub use plan::{Destination, Move, Plan};

use journal::Journal;
use plan::{check_free, stamp};

/// The folder inside a data set that holds transactions, trash, versions and caches. Its name begins with a
/// dot, so that no tool takes it for a class.
pub const WORK_FOLDER: &str = ".epic";

/// How long another program may hold the lock: one that ends just now, or a process that was forked
/// and has not closed its copy of the file yet.
const PATIENCE: Duration = Duration::from_secs(1);

fn lock_within(file: &File, patience: Duration) -> Result<(), TryLockError> {
    let until = Instant::now() + patience;
    loop {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) if Instant::now() < until => {
                thread::sleep(Duration::from_millis(20));
            }
            outcome => return outcome,
        }
    }
}

/// The transactions of a data set, locked against other programs while this lives.
pub struct Transactions {
    root: PathBuf,
    /// Unlocked when it is closed.
    _lock: File,
    before: Box<dyn FnMut()>,
}

impl fmt::Debug for Transactions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Transactions").field("root", &self.root).finish_non_exhaustive()
    }
}

/// What [`Transactions::open`] found unfinished, and how it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// The transaction's number.
    pub id: u64,
    /// What it is about.
    pub title: String,
    /// Applied if it was finished, undone if it was taken back.
    pub state: State,
}

/// What [`Transactions::restore`] did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// The transaction's number.
    pub id: u64,
    /// Files that have their names back.
    pub restored: usize,
    /// Old paths of files that are no longer there: they were deleted or moved by hand.
    pub missing: Vec<String>,
}

impl Transactions {
    /// Opens a data set's transactions and settles what a killed process left unfinished.
    ///
    /// # Errors
    /// [`TransactionError::Locked`] while another program has them open.
    pub fn open(root: &Path) -> Result<(Self, Vec<Settled>), TransactionError> {
        Self::open_with(root, Box::new(|| {}))
    }

    /// As [`Transactions::open`]; `before` is called before every change of the disk.
    pub(super) fn open_with(
        root: &Path,
        before: Box<dyn FnMut()>,
    ) -> Result<(Self, Vec<Settled>), TransactionError> {
        let work = root.join(WORK_FOLDER);
        fs::create_dir_all(work.join("transactions"))
            .map_err(|error| TransactionError::io(&work, error))?;
        let path = work.join("lock");
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|error| TransactionError::io(&path, error))?;
        lock_within(&lock, PATIENCE).map_err(|error| match error {
            TryLockError::WouldBlock => TransactionError::Locked { path: root.to_owned() },
            TryLockError::Error(error) => TransactionError::io(&path, error),
        })?;
        let mut opened = Self { root: root.to_owned(), _lock: lock, before };
        let settled = opened.settle()?;
        Ok((opened, settled))
    }

    /// All transactions, the first one first.
    pub fn list(&mut self) -> Result<Vec<Transaction>, TransactionError> {
        self.journal().read()
    }

    /// Applies a plan, or does nothing.
    ///
    /// # Errors
    /// What is wrong with the plan; [`TransactionError::Interrupted`] where the disk failed in the middle
    /// and the files could not be put back either.
    pub fn apply(&mut self, plan: &Plan) -> Result<Transaction, TransactionError> {
        let id = self.list()?.last().map_or(1, |last| last.id + 1);
        let moves = plan.resolve(&self.root, id)?;
        let folders = missing_folders(&self.root, moves.iter().map(|one| one.to.as_str()));
        let mut transaction = Transaction::new(id, &plan.title, moves, folders);
        self.journal().begin(&transaction)?;
        if let Err(cause) = self.finish(&mut transaction) {
            return Err(self.give_up(&mut transaction, cause));
        }
        Ok(transaction)
    }

    /// Undoes the latest transaction that stands, or the one with this number if it is that.
    ///
    /// # Errors
    /// [`TransactionError::Changed`] where files of it changed or vanished since:
    /// [`Transactions::restore`] takes what is left.
    pub fn undo(&mut self, id: Option<u64>) -> Result<Transaction, TransactionError> {
        let mut transaction = self.latest(id)?;
        let is_same = |one: &&Move| {
            stamp(&self.root.join(&one.to)).is_ok_and(|s| s == Some((one.size, one.modified)))
        };
        let changed: Vec<&Move> = transaction.moves.iter().filter(|one| !is_same(one)).collect();
        if let Some(first) = changed.first() {
            return Err(TransactionError::Changed {
                first: first.to.clone(),
                count: changed.len(),
            });
        }
        self.check_way_back(transaction.moves.iter())?;
        self.take_back(&mut transaction)?;
        Ok(transaction)
    }

    /// Gives the survivors of a transaction their old places back, after a person deleted some in a file
    /// manager. Those may have been changed meanwhile.
    ///
    /// # Errors
    /// [`TransactionError::Occupied`] where an old place is taken.
    pub fn restore(&mut self, id: Option<u64>) -> Result<Restored, TransactionError> {
        let mut transaction = self.latest(id)?;
        let (here, gone): (Vec<&Move>, Vec<&Move>) = transaction
            .moves
            .iter()
            .partition(|one| fs::symlink_metadata(self.root.join(&one.to)).is_ok());
        self.check_way_back(here.iter().copied())?;
        let restored = here.len();
        let missing = gone.iter().map(|one| one.from.clone()).collect();
        self.take_back(&mut transaction)?;
        Ok(Restored { id: transaction.id, restored, missing })
    }

    /// Whether the old places of these files are free.
    fn check_way_back<'a>(
        &self,
        mut moves: impl Iterator<Item = &'a Move> + Clone,
    ) -> Result<(), TransactionError> {
        let leaving: HashSet<&str> = moves.clone().map(|one| one.to.as_str()).collect();
        moves.try_for_each(|one| check_free(&self.root, &one.from, &leaving))
    }

    fn latest(&mut self, id: Option<u64>) -> Result<Transaction, TransactionError> {
        let all = self.list()?;
        if let Some(id) = id
            && !all.iter().any(|one| one.id == id)
        {
            return Err(TransactionError::Unknown { id });
        }
        let standing = all.into_iter().rfind(|one| one.state == State::Applied);
        match (standing, id) {
            (None, _) => Err(TransactionError::NothingToUndo),
            (Some(latest), Some(id)) if latest.id != id => {
                Err(TransactionError::NotLatest { id, latest: latest.id })
            }
            (Some(latest), _) => Ok(latest),
        }
    }

    fn journal(&mut self) -> Journal<'_> {
        Journal::new(&self.root, &mut *self.before)
    }

    fn settle(&mut self) -> Result<Vec<Settled>, TransactionError> {
        let unfinished = self.list()?.into_iter().filter(|one| !one.state.is_settled());
        let mut settled = Vec::new();
        for mut transaction in unfinished {
            match transaction.state {
                State::Taking => self.put_back(&mut transaction)?,
                State::Putting => self.finish(&mut transaction)?,
                _ => self.take_back(&mut transaction)?,
            }
            let Transaction { id, title, state, .. } = transaction;
            settled.push(Settled { id, title, state });
        }
        Ok(settled)
    }

    /// What is left of applying, from any state on the way there.
    fn finish(&mut self, transaction: &mut Transaction) -> Result<(), TransactionError> {
        if transaction.state == State::Taking {
            self.take(transaction, |one| &one.from)?;
            self.journal().enter(transaction, State::Putting)?;
        }
        self.make_folders(&transaction.folders)?;
        self.put(transaction, |one| &one.to)?;
        self.journal().enter(transaction, State::Applied)
    }

    /// What is left of undoing, from any state on the way there.
    fn take_back(&mut self, transaction: &mut Transaction) -> Result<(), TransactionError> {
        if transaction.state == State::Applied {
            self.journal().enter(transaction, State::TakingBack)?;
        }
        if transaction.state == State::TakingBack {
            self.take(transaction, |one| &one.to)?;
        }
        self.put_back(transaction)
    }

    fn put_back(&mut self, transaction: &mut Transaction) -> Result<(), TransactionError> {
        if transaction.state != State::PuttingBack {
            self.journal().enter(transaction, State::PuttingBack)?;
        }
        self.put(transaction, |one| &one.from)?;
        self.remove_folders(transaction);
        self.journal().enter(transaction, State::Undone)
    }

    /// After a failure in the middle: everything back, if the disk lets us.
    fn give_up(
        &mut self,
        transaction: &mut Transaction,
        cause: TransactionError,
    ) -> TransactionError {
        let back = match transaction.state {
            State::Taking => self.put_back(transaction),
            State::Putting => {
                let taking = self.journal().enter(transaction, State::TakingBack);
                taking.and_then(|()| self.take_back(transaction))
            }
            _ => Ok(()),
        };
        match back {
            Ok(()) => cause,
            Err(_) => TransactionError::Interrupted { cause: Box::new(cause) },
        }
    }
}

/// Folders that the files of `paths` need and that are not there, outer ones first.
fn missing_folders<'a>(root: &Path, paths: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut folders = BTreeSet::new();
    for path in paths {
        let mut folder = path;
        while let Some((outer, _)) = folder.rsplit_once('/') {
            if root.join(outer).is_dir() || !folders.insert(outer.to_owned()) {
                break;
            }
            folder = outer;
        }
    }
    // The order of the set: a folder comes before what is in it.
    folders.into_iter().collect()
}
