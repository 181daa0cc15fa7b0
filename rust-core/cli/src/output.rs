//! Failures of the program as a whole, and files written safely.

use std::fmt::Display;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use epic_core::PackError;
use epic_core::metadata::WeightsError;
use epic_core::store::StoreError;
use epic_training::atomic;
use epic_training::table::TableError;

/// Why a command could not run.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("{name}: {source}")]
    Pack { name: String, source: PackError },
    #[error("{name}: {source}")]
    Weights { name: String, source: WeightsError },
    #[error("{}: {source}", path.display())]
    Store { path: PathBuf, source: StoreError },
    #[error(transparent)]
    Table(#[from] TableError),
    #[error("no pictures in {0}")]
    NoPictures(String),
    #[error("cannot write {}: {source}", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("cannot write to standard output: {0}")]
    StandardOutput(#[from] io::Error),
    #[error("{0}")]
    Data(String),
    #[error("{0}")]
    Usage(String),
}

impl Failure {
    /// What is wrong with the data, in the words of whoever found it.
    pub(crate) fn data(error: impl Display) -> Self {
        Self::Data(error.to_string())
    }

    pub(crate) fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::StandardOutput(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}

/// A line on standard error; a reader that is gone is no failure.
pub(crate) fn tell(message: impl Display) {
    let _ = writeln!(io::stderr(), "epic: {message}");
}

/// A path for people. Names come from anybody: what would move the cursor, end the line or turn
/// the reading direction is replaced.
pub(crate) fn shown(path: &Path) -> String {
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let safe = |c: char| if c.is_control() || turns(c) { '\u{fffd}' } else { c };
    path.to_string_lossy().chars().map(safe).collect()
}

/// Writes a whole file under a temporary name, syncs and renames it.
pub(crate) fn write_file(path: &Path, content: &[u8]) -> Result<(), Failure> {
    atomic::write(path, content).map_err(|source| Failure::Write { path: path.to_owned(), source })
}

/// The lines of a list of paths.
pub(crate) fn read_list(path: &Path) -> Result<Vec<String>, Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::Data(format!("{}: {error}", path.display())))?;
    Ok(text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_command_the_terminal() {
        assert_eq!(shown(Path::new("a\nb\u{1b}[31m\u{202e}gpj.صورة")), "a�b�[31m�gpj.صورة");
    }
}
