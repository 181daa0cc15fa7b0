//! Why a pack is refused.

use crate::metadata::MetadataError;
use crate::network::NetworkError;
use crate::taxonomy::TaxonomyError;

/// Why a pack cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PackError {
    /// The folder or file cannot be read.
    #[error("cannot read the pack: {kind}")]
    Io {
        /// The operating system's error class.
        kind: std::io::ErrorKind,
    },
    /// The file is no readable zip.
    #[error("the pack archive is corrupt: {reason}")]
    Archive {
        /// What is wrong.
        reason: String,
    },
    /// A file is larger than any pack's may be.
    #[error("{file} has {size} bytes, the limit is {limit}")]
    TooLarge {
        /// Name inside the pack.
        file: String,
        /// Its size.
        size: u64,
        /// The limit.
        limit: u64,
    },
    /// A file that the manifest names is not there.
    #[error("{file} is missing from the pack")]
    MissingFile {
        /// Name inside the pack.
        file: String,
    },
    /// A file is longer or shorter than the manifest says: often a download cut short.
    #[error("{file} has {found} bytes instead of {expected}")]
    Size {
        /// Name inside the pack.
        file: String,
        /// Size by the manifest.
        expected: u64,
        /// Size found.
        found: u64,
    },
    /// A file's sha256 is not the stated one.
    #[error("{file} does not have the stated sha256")]
    Checksum {
        /// Name inside the pack.
        file: String,
    },
    /// The manifest was written for another version of this library.
    #[error("pack schema {found} is not supported, this version reads schema {supported}")]
    UnknownSchema {
        /// Schema number of the pack.
        found: u64,
        /// Schema number read here.
        supported: u32,
    },
    /// The manifest cannot be parsed or contradicts itself.
    #[error("the pack manifest is invalid: {reason}")]
    InvalidManifest {
        /// What is wrong.
        reason: String,
    },
    /// The taxonomy breaks a rule.
    #[error(transparent)]
    Taxonomy(#[from] TaxonomyError),
    /// The network cannot be loaded or is not what the manifest says.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// The network takes metadata that cannot be extracted without weights for it.
    #[error("the pack takes metadata: {0}")]
    NeedsWeights(MetadataError),
}

impl PackError {
    /// Whether a fresh copy of the same pack is likely to help.
    pub fn is_corrupt(&self) -> bool {
        match self {
            Self::Archive { .. }
            | Self::MissingFile { .. }
            | Self::Size { .. }
            | Self::Checksum { .. } => true,
            Self::Io { .. }
            | Self::TooLarge { .. }
            | Self::UnknownSchema { .. }
            | Self::InvalidManifest { .. }
            | Self::Taxonomy(_)
            | Self::Network(_)
            | Self::NeedsWeights(_) => false,
        }
    }

    /// A stable lower-case word for scripts and bindings.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Io { .. } => "io",
            Self::Archive { .. } => "archive",
            Self::TooLarge { .. } => "too_large",
            Self::MissingFile { .. } => "missing_file",
            Self::Size { .. } => "size",
            Self::Checksum { .. } => "checksum",
            Self::UnknownSchema { .. } => "unknown_schema",
            Self::InvalidManifest { .. } => "invalid_manifest",
            Self::Taxonomy(_) => "taxonomy",
            Self::Network(_) => "network",
            Self::NeedsWeights(_) => "needs_weights",
        }
    }
}

impl From<std::io::Error> for PackError {
    fn from(error: std::io::Error) -> Self {
        Self::Io { kind: error.kind() }
    }
}
