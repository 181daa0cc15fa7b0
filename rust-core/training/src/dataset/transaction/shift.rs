//! The two passes: files into the stage, files out of it. Both may be begun again at any point.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::Transactions;
use super::error::TransactionError;
use super::journal::Transaction;
use super::plan::Move;
use super::rename::{rename_new, sync_folder};

impl Transactions {
    /// Moves every file that is still at its place into the stage. A file that is at neither was moved or
    /// deleted by somebody else, and is left to them.
    pub(super) fn take(
        &mut self,
        transaction: &Transaction,
        place: fn(&Move) -> &String,
    ) -> Result<(), TransactionError> {
        // What lies at the place of a file in the stage is another one.
        let is_due = |from: &Path, to: &Path| !exists(to) && exists(from);
        self.pass(transaction, |staged, root, one| (root.join(place(one)), staged), is_due)
    }

    /// Moves every file that is in the stage to its place.
    pub(super) fn put(
        &mut self,
        transaction: &Transaction,
        place: fn(&Move) -> &String,
    ) -> Result<(), TransactionError> {
        let is_due = |from: &Path, _: &Path| exists(from);
        self.pass(transaction, |staged, root, one| (staged, root.join(place(one))), is_due)
    }

    /// Renames by `way`, which is given each file's path in the stage, where `is_due`; then makes all
    /// folders that took part survive a power failure.
    fn pass(
        &mut self,
        transaction: &Transaction,
        way: impl Fn(PathBuf, &Path, &Move) -> (PathBuf, PathBuf),
        is_due: impl Fn(&Path, &Path) -> bool,
    ) -> Result<(), TransactionError> {
        let stage = self.journal().stage_of(transaction.id);
        let mut touched = BTreeSet::from([stage.clone()]);
        for (index, one) in transaction.moves.iter().enumerate() {
            let (from, to) = way(stage.join(index.to_string()), &self.root, one);
            if is_due(&from, &to) {
                self.rename(&from, &to)?;
            }
            touched.extend(
                [&from, &to].into_iter().filter_map(|path| path.parent()).map(Path::to_owned),
            );
        }
        self.sync(touched)
    }

    pub(super) fn make_folders(&mut self, folders: &[String]) -> Result<(), TransactionError> {
        for folder in folders {
            let path = self.root.join(folder);
            (self.before)();
            match fs::create_dir(&path) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                    return Err(TransactionError::io(&path, error));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Those that the transaction made and that are empty again.
    pub(super) fn remove_folders(&mut self, transaction: &Transaction) {
        for folder in transaction.folders.iter().rev() {
            (self.before)();
            // Others may have put something there: then it stays.
            let _ = fs::remove_dir(self.root.join(folder));
        }
    }

    fn rename(&mut self, from: &Path, to: &Path) -> Result<(), TransactionError> {
        (self.before)();
        rename_new(from, to).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => {
                let path = to.strip_prefix(&self.root).unwrap_or(to);
                TransactionError::Occupied { path: path.to_string_lossy().into_owned() }
            }
            _ => TransactionError::io(from, error),
        })
    }

    fn sync(&mut self, folders: BTreeSet<PathBuf>) -> Result<(), TransactionError> {
        for folder in folders {
            (self.before)();
            match sync_folder(&folder) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(TransactionError::io(&folder, error));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}
