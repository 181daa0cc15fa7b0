//! What a transaction is to do, before anything is done.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::WORK_FOLDER;
use super::error::TransactionError;

/// Where a file goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// A path from the data set's folder, with `/`.
    Path(String),
    /// The transaction's trash, inside the data set.
    Trash,
}

/// What is to be moved, and why. Nothing is ever deleted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// What a person reads in the list of transactions.
    pub title: String,
    /// The files, by paths from the data set's folder with `/`.
    pub moves: Vec<(String, Destination)>,
}

/// One file of a transaction, as the journal has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// Path from the data set's folder before, with `/`.
    pub from: String,
    /// Path afterwards.
    pub to: String,
    /// Size in bytes when the transaction was made.
    pub size: u64,
    /// Time of the last change in nanoseconds since 1970 when the transaction was made.
    pub modified: i64,
}

/// Size and time of change of a regular file; `None` for anything else.
pub(super) fn stamp(path: &Path) -> std::io::Result<Option<(u64, i64)>> {
    let metadata = fs::symlink_metadata(path)?;
    if !metadata.is_file() {
        return Ok(None);
    }
    Ok(Some((metadata.len(), modified(&metadata)?)))
}

/// Time of the last change in nanoseconds since 1970.
pub(crate) fn modified(metadata: &fs::Metadata) -> std::io::Result<i64> {
    Ok(match metadata.modified()?.duration_since(std::time::UNIX_EPOCH) {
        Ok(after) => after.as_nanos() as i64,
        Err(before) => -(before.duration().as_nanos() as i64),
    })
}

impl Plan {
    /// The journal's moves: every file is there, every destination is free or becomes free, and
    /// no path leads out of the data set.
    pub(super) fn resolve(&self, root: &Path, id: u64) -> Result<Vec<Move>, TransactionError> {
        let mut moves = Vec::with_capacity(self.moves.len());
        for (from, destination) in &self.moves {
            check_path(root, from)?;
            let to = match destination {
                Destination::Path(to) => {
                    check_path(root, to)?;
                    to.clone()
                }
                Destination::Trash => format!("{WORK_FOLDER}/trash/{id:06}/{from}"),
            };
            let path = root.join(from);
            let found = stamp(&path).map_err(|source| TransactionError::io(&path, source))?;
            let Some((size, modified)) = found else {
                return Err(TransactionError::NotAFile { path: from.clone() });
            };
            moves.push(Move { from: from.clone(), to, size, modified });
        }
        let leaving: HashSet<&str> = moves.iter().map(|one| one.from.as_str()).collect();
        let mut arriving = HashSet::new();
        if leaving.len() < moves.len() {
            return Err(TransactionError::Repeated { path: repeated(&moves) });
        }
        for one in &moves {
            check_free(root, &one.to, &leaving)?;
            if !arriving.insert(one.to.as_str()) {
                return Err(TransactionError::Occupied { path: one.to.clone() });
            }
        }
        Ok(moves)
    }
}

/// A destination is free if nothing is there, or if what is there leaves.
pub(super) fn check_free(
    root: &Path,
    path: &str,
    leaving: &HashSet<&str>,
) -> Result<(), TransactionError> {
    let is_taken = !leaving.contains(path) && fs::symlink_metadata(root.join(path)).is_ok();
    if is_taken { Err(TransactionError::Occupied { path: path.to_owned() }) } else { Ok(()) }
}

fn repeated(moves: &[Move]) -> String {
    let mut seen = HashSet::new();
    let again = moves.iter().find(|one| !seen.insert(one.from.as_str()));
    again.map(|one| one.from.clone()).unwrap_or_default()
}

/// A relative path of plain names, outside of our own folder, whose folders are no links.
fn check_path(root: &Path, path: &str) -> Result<(), TransactionError> {
    let refused = || TransactionError::UnsafePath { path: path.to_owned() };
    let names: Vec<&str> = path.split('/').collect();
    let is_plain = |name: &&str| {
        !name.is_empty() && *name != "." && *name != ".." && !name.contains(['\\', '\0'])
    };
    if !names.iter().all(is_plain) || names.first() == Some(&WORK_FOLDER) {
        return Err(refused());
    }
    let mut folder = PathBuf::from(root);
    for name in names.iter().take(names.len() - 1) {
        folder.push(name);
        if fs::symlink_metadata(&folder).is_ok_and(|found| !found.is_dir()) {
            return Err(refused());
        }
    }
    Ok(())
}
