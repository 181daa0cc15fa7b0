//! The tables, and how older files come to have them.

use rusqlite::{Connection, OptionalExtension, TransactionBehavior};

use super::digest::Salt;
use super::error::StoreError;

/// `EPIC` as a number: says that a database is ours.
const APPLICATION_ID: i32 = 0x4550_4943;

/// Each brings a file from the schema of its position to the next. Never changed, only added
/// to: `tests/store` holds a file of every schema that was ever released.
const MIGRATIONS: [&str; 1] = ["
    CREATE TABLE settings (
        name TEXT PRIMARY KEY,
        value BLOB NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE items (
        item BLOB PRIMARY KEY,
        size INTEGER NOT NULL,
        modified INTEGER NOT NULL,
        content BLOB,
        pack TEXT NOT NULL,
        attempts INTEGER NOT NULL,
        failure TEXT
    ) WITHOUT ROWID;
    CREATE INDEX items_by_content ON items (content);
    CREATE TABLE packs (
        pack INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        classes TEXT NOT NULL
    );
    CREATE TABLE verdicts (
        content BLOB NOT NULL,
        pack INTEGER NOT NULL REFERENCES packs,
        class INTEGER NOT NULL,
        \"group\" TEXT NOT NULL,
        confidence REAL NOT NULL,
        scores BLOB NOT NULL,
        abstained INTEGER NOT NULL,
        width INTEGER NOT NULL,
        height INTEGER NOT NULL,
        PRIMARY KEY (content, pack)
    ) WITHOUT ROWID;
    CREATE TABLE corrections (
        content BLOB PRIMARY KEY,
        \"group\" TEXT NOT NULL
    ) WITHOUT ROWID;
    INSERT INTO settings VALUES ('salt', randomblob(32));
"];

/// Brings the database to the latest schema, all or nothing.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let latest = MIGRATIONS.len() as u32;
    if version(connection)? == latest {
        return Ok(());
    }
    // Two processes may open a new file at once: the second waits and finds it done.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found = version(&transaction)?;
    for migration in MIGRATIONS.iter().skip(found as usize) {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", latest)?;
    Ok(transaction.commit()?)
}

/// The schema of a file; 0 for an empty one.
fn version(connection: &Connection) -> Result<u32, StoreError> {
    let pragma = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
    let (application, version) = (pragma("application_id")?, pragma("user_version")?);
    let tables: u32 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let version = match (application, u32::try_from(version)) {
        (0, Ok(0)) if tables == 0 => 0,
        (APPLICATION_ID, Ok(version)) => version,
        _ => return Err(StoreError::NotAStore),
    };
    let known = MIGRATIONS.len() as u32;
    if version > known { Err(StoreError::Newer { found: version, known }) } else { Ok(version) }
}

pub(super) fn salt(connection: &Connection) -> Result<Salt, StoreError> {
    let sql = "SELECT value FROM settings WHERE name = 'salt'";
    let value = connection.query_row(sql, [], |row| row.get::<_, [u8; 32]>(0)).optional()?;
    value.map(Salt).ok_or(StoreError::Damaged)
}
