//! What is known of a gallery's pictures, in one SQLite file: verdicts, the user's corrections, and
//! pictures that failed. Made to be killed at any moment.
//!
//! Nothing in the file says which pictures it is about: items and contents are known by
//! digests that are keyed with random bytes of the file, so that neither paths nor well-known
//! pictures can be looked up in it.

mod digest;
mod error;
mod rows;
mod schema;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension, TransactionBehavior};

pub use digest::{ContentId, ItemId};
pub use error::StoreError;
pub use rows::{Known, Stamp};

use crate::classifier::Verdict;
use digest::Salt;

/// How long a call waits for another process that is writing.
const BUSY: Duration = Duration::from_secs(5);
/// A transaction that reads first and writes later does not wait when another process wrote in
/// between, it fails: so each takes its turn before it reads.
const WRITING: TransactionBehavior = TransactionBehavior::Immediate;
/// Attempts that did not end with a verdict, after which an item is left alone.
const MAX_ATTEMPTS: u32 = 2;

/// An open store. Shared by threads; several processes may open one file.
#[derive(Debug)]
pub struct Store {
    connection: Mutex<Connection>,
    salt: Salt,
}

impl Store {
    /// Opens or creates the file and brings it to the current schema.
    ///
    /// # Errors
    /// [`StoreError::Newer`] if a later version of EPIC wrote it, [`StoreError::NotAStore`] if
    /// it is something else, [`StoreError::Database`].
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Self::prepare(Connection::open_with_flags(path, flags)?)
    }

    /// A store that is gone when it is dropped.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn in_memory() -> Result<Self, StoreError> {
        Self::prepare(Connection::open_in_memory()?)
    }

    fn prepare(mut connection: Connection) -> Result<Self, StoreError> {
        connection.busy_timeout(BUSY)?;
        schema::migrate(&mut connection)?;
        // A killed process loses nothing in this mode; a power cut may lose the last
        // verdicts, but never the file.
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        // What is wiped must not stay readable in free pages.
        connection.pragma_update(None, "secure_delete", true)?;
        connection.set_prepared_statement_cache_capacity(32);
        // Without this SQLite plans a prepared statement anew whenever its parameters change.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        let salt = schema::salt(&connection)?;
        Ok(Self { connection: Mutex::new(connection), salt })
    }

    /// The keyed digest of an item's name: a path, a content URI, an asset's identifier.
    pub fn item_id(&self, name: &[u8]) -> ItemId {
        self.salt.item(name)
    }

    /// The keyed digest of an encoded file.
    pub fn content_id(&self, bytes: &[u8]) -> ContentId {
        self.salt.content(bytes)
    }

    /// What is known of an item that has not changed since `stamp`; `None` for a new or changed one.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn known(
        &self,
        item: &ItemId,
        stamp: Stamp,
        pack_id: &str,
    ) -> Result<Option<Known>, StoreError> {
        rows::known(&self.lock(), item, stamp, pack_id)
    }

    /// The verdict on a content, whichever item it came from.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn verdict(
        &self,
        content: &ContentId,
        pack_id: &str,
    ) -> Result<Option<Verdict>, StoreError> {
        rows::verdict(&self.lock(), content, pack_id)
    }

    /// Notes that an item is about to be worked on. If the process dies before
    /// [`Self::finished`] or [`Self::interrupted`], that counts as a failure.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn begin(&self, item: &ItemId, stamp: Stamp, pack_id: &str) -> Result<(), StoreError> {
        rows::begin(&self.lock(), item, stamp, pack_id)
    }

    /// The item has this content, and the content this verdict.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn finished(
        &self,
        item: &ItemId,
        content: &ContentId,
        pack_id: &str,
        verdict: &Verdict,
    ) -> Result<(), StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction_with_behavior(WRITING)?;
        rows::finished(&transaction, item, content, pack_id, verdict)?;
        Ok(transaction.commit()?)
    }

    /// The item failed with an error of this kind. After two failures it is in quarantine
    /// until its stamp or the pack changes.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn failed(&self, item: &ItemId, kind: &str) -> Result<(), StoreError> {
        rows::failed(&self.lock(), item, kind)
    }

    /// The work on an item was given up for a reason that is not the item's: as if it
    /// had not begun.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn interrupted(&self, item: &ItemId) -> Result<(), StoreError> {
        rows::interrupted(&self.lock(), item)
    }

    /// Lets every item in quarantine be tried again; returns how many there were.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn release_quarantined(&self) -> Result<usize, StoreError> {
        let sql = "UPDATE items SET attempts = 0, failure = NULL WHERE attempts >= ?1";
        Ok(self.lock().execute(sql, [MAX_ATTEMPTS])?)
    }

    /// The user says to which group a content belongs. This stands above every verdict, also
    /// those of later packs.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn correct(&self, content: &ContentId, group: &str) -> Result<(), StoreError> {
        let sql = "INSERT INTO corrections (content, \"group\") VALUES (?1, ?2)
                   ON CONFLICT (content) DO UPDATE SET \"group\" = excluded.\"group\"";
        self.lock().execute(sql, (content, group))?;
        Ok(())
    }

    /// Takes a correction back.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn uncorrect(&self, content: &ContentId) -> Result<(), StoreError> {
        self.lock().execute("DELETE FROM corrections WHERE content = ?1", [content])?;
        Ok(())
    }

    /// What the user said of a content.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn correction(&self, content: &ContentId) -> Result<Option<String>, StoreError> {
        let connection = self.lock();
        let mut statement =
            connection.prepare_cached("SELECT \"group\" FROM corrections WHERE content = ?1")?;
        Ok(statement.query_row([content], |row| row.get(0)).optional()?)
    }

    /// The content that an item had when it was last seen.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn content_of(&self, item: &ItemId) -> Result<Option<ContentId>, StoreError> {
        let connection = self.lock();
        let mut statement =
            connection.prepare_cached("SELECT content FROM items WHERE item = ?1")?;
        Ok(statement.query_row([item], |row| row.get(0)).optional()?.flatten())
    }

    /// Forgets the items that are not in `present`, and what is known of contents that no item
    /// has any more; corrections stay. Returns how many items went.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn retain(&self, present: &[ItemId]) -> Result<usize, StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction_with_behavior(WRITING)?;
        let gone = rows::retain(&transaction, present)?;
        transaction.commit()?;
        Ok(gone)
    }

    /// Forgets everything, corrections included.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn wipe(&self) -> Result<(), StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction_with_behavior(WRITING)?;
        rows::wipe(&transaction)?;
        transaction.commit()?;
        // Also out of the write-ahead log.
        connection.pragma_update(None, "wal_checkpoint", "TRUNCATE")?;
        Ok(connection.execute_batch("VACUUM")?)
    }

    /// A panic in between leaves an open transaction at worst, which is rolled back.
    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
