//! What can be wrong with a store.

/// Why a store could not be opened or used. Messages hold no path and no content.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// A later version of EPIC wrote the file; it was not touched.
    #[error("the store has schema {found}, this version knows up to {known}")]
    Newer {
        /// Schema of the file.
        found: u32,
        /// The latest known schema.
        known: u32,
    },
    /// The file is no database, or one of another program; it was not touched.
    #[error("the file is not a store of EPIC")]
    NotAStore,
    /// The file is damaged: remove it, and the next scan makes a new one.
    #[error("the store is damaged")]
    Damaged,
    /// There is no file, and none can be made: the folder is missing or may not be written to.
    #[error("there is no store, and none can be made there")]
    CannotOpen,
    /// The file may be read, but not written to.
    #[error("the store cannot be written to")]
    ReadOnly,
    /// No space is left for it.
    #[error("the disk is full")]
    DiskFull,
    /// Another process held the file for too long.
    #[error("the store is in use")]
    Busy,
    /// Reading or writing failed.
    #[error("the store failed: {reason}")]
    Database {
        /// SQLite's message.
        reason: String,
    },
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => Self::NotAStore,
            Some(ErrorCode::DatabaseCorrupt) => Self::Damaged,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::CannotOpen) => Self::CannotOpen,
            Some(ErrorCode::ReadOnly) => Self::ReadOnly,
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            // The code alone: messages of SQLite may quote values.
            Some(code) => Self::Database { reason: format!("{code:?}") },
            None => Self::Database { reason: "unexpected data".to_owned() },
        }
    }
}

impl StoreError {
    /// A stable lower-case word for scripts and bindings.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Newer { .. } => "store_newer",
            Self::NotAStore => "not_a_store",
            Self::Damaged => "store_damaged",
            Self::CannotOpen => "store_cannot_open",
            Self::ReadOnly => "store_read_only",
            Self::DiskFull => "disk_full",
            Self::Busy => "store_busy",
            Self::Database { .. } => "store",
        }
    }
}
