//! What can go wrong when pictures are rendered.

use std::io;
use std::path::PathBuf;

/// Why pictures could not be rendered.
// The messages are the documentation of the variants and their fields.
#[allow(missing_docs)]
#[derive(Debug, thiserror::Error)]
pub enum SynthesizeError {
    #[error(
        "no Chromium was found (looked for {looked_for}): install it, for instance by `apt-get install chromium`, or name its program with --browser"
    )]
    NoBrowser { looked_for: String },
    #[error("the browser {} does not work: {reason}", path.display())]
    Browser { path: PathBuf, reason: String },
    #[error("cannot read {}: {source}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("cannot write {}: {source}", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("scene file {path}: {reason}")]
    Scenes { path: String, reason: String },
    #[error("{}, line {line}: {reason}", path.display())]
    Texts { path: PathBuf, line: usize, reason: String },
    #[error("no scene makes class {class}; scenes are known for {known}")]
    UnknownClass { class: String, known: String },
    #[error("no picture in {} can be read", path.display())]
    NoBase { path: PathBuf },
    #[error("{} is not empty and was not made by this command: --into adds to it", path.display())]
    NotEmpty { path: PathBuf },
    #[error(
        "{} holds pictures of seed {seed} and generator {generator}: choose the same seed, or another folder",
        path.display()
    )]
    OtherRun { path: PathBuf, seed: u64, generator: String },
    #[error("another run writes to {}", path.display())]
    Busy { path: PathBuf },
    #[error("{} is in the way: it is no picture of this command", path.display())]
    InTheWay { path: PathBuf },
    #[error("{} is no manifest of rendered pictures: line {line}: {reason}", path.display())]
    Manifest { path: PathBuf, line: usize, reason: String },
    #[error("scene {scene}: {reason}")]
    Template { scene: String, reason: String },
    #[error("{file}: {reason}")]
    Picture { file: String, reason: String },
}

impl SynthesizeError {
    /// For `map_err` of reading a file.
    pub(super) fn read(path: &std::path::Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Read { path, source }
    }

    /// For `map_err` of writing a file.
    pub(super) fn write(path: &std::path::Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Write { path, source }
    }
}
