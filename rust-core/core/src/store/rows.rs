//! Rows in and out.

use rusqlite::{Connection, OptionalExtension, Row};

use super::MAX_ATTEMPTS;
use super::digest::{ContentId, ItemId};
use super::error::StoreError;
use crate::classifier::Verdict;

/// What tells a changed item from an unchanged one without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// Size of the encoded file in bytes.
    pub size: u64,
    /// When it was last changed, in nanoseconds since 1970 or any unit of the platform.
    pub modified: i64,
}

/// What a store knows of an unchanged item.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Known {
    /// The verdict of the pack asked for, and the user's word on it.
    Classified {
        /// What the item holds.
        content: ContentId,
        /// The pack's verdict.
        verdict: Verdict,
        /// The group that the user gave it.
        correction: Option<String>,
    },
    /// It failed too often to be tried again.
    Quarantined {
        /// Kind of the last error; `None` where the process died.
        failure: Option<String>,
    },
}

pub(super) fn known(
    connection: &Connection,
    item: &ItemId,
    stamp: Stamp,
    pack_id: &str,
) -> Result<Option<Known>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT i.content, i.attempts, i.failure, i.pack, c.\"group\",
                v.class, v.\"group\", v.confidence, v.scores, v.abstained, v.width, v.height, p.classes
         FROM items i
         LEFT JOIN packs p ON p.id = ?4
         LEFT JOIN verdicts v ON v.content = i.content AND v.pack = p.pack
         LEFT JOIN corrections c ON c.content = i.content
         WHERE i.item = ?1 AND i.size = ?2 AND i.modified = ?3",
    )?;
    let size = i64::try_from(stamp.size).unwrap_or(i64::MAX);
    let found = statement.query_row((item, size, stamp.modified, pack_id), |row| {
        let content: Option<ContentId> = row.get(0)?;
        let (attempts, failure): (u32, Option<String>) = (row.get(1)?, row.get(2)?);
        let tried_with: String = row.get(3)?;
        if let (Some(content), Some(_)) = (content, row.get::<_, Option<u32>>(5)?) {
            let correction = row.get(4)?;
            return Ok(read_verdict(row, 5)?.map(|verdict| Known::Classified {
                content,
                verdict,
                correction,
            }));
        }
        let is_quarantined = attempts >= MAX_ATTEMPTS && tried_with == pack_id;
        Ok(is_quarantined.then_some(Known::Quarantined { failure }))
    });
    Ok(found.optional()?.flatten())
}

pub(super) fn verdict(
    connection: &Connection,
    content: &ContentId,
    pack_id: &str,
) -> Result<Option<Verdict>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT v.class, v.\"group\", v.confidence, v.scores, v.abstained, v.width, v.height, p.classes
         FROM verdicts v JOIN packs p ON p.pack = v.pack WHERE v.content = ?1 AND p.id = ?2",
    )?;
    let found = statement.query_row((content, pack_id), |row| read_verdict(row, 0));
    Ok(found.optional()?.flatten())
}

/// The columns from `first` on; `None` where they do not fit together.
fn read_verdict(row: &Row<'_>, first: usize) -> rusqlite::Result<Option<Verdict>> {
    let class: u32 = row.get(first)?;
    let scores: Vec<u8> = row.get(first + 3)?;
    let classes: String = row.get(first + 7)?;
    let (values, rest) = scores.as_chunks::<4>();
    let names: Vec<&str> = classes.split('\n').collect();
    let Some(class) =
        names.get(class as usize).filter(|_| names.len() == values.len() && rest.is_empty())
    else {
        return Ok(None);
    };
    Ok(Some(Verdict {
        class: (*class).to_owned(),
        group: row.get(first + 1)?,
        confidence: row.get(first + 2)?,
        scores: names
            .iter()
            .zip(values)
            .map(|(name, value)| ((*name).to_owned(), f32::from_le_bytes(*value)))
            .collect(),
        abstained: row.get(first + 4)?,
        width: row.get(first + 5)?,
        height: row.get(first + 6)?,
    }))
}

pub(super) fn begin(
    connection: &Connection,
    item: &ItemId,
    stamp: Stamp,
    pack_id: &str,
) -> Result<(), StoreError> {
    // Another stamp or pack starts the count anew.
    let mut statement = connection.prepare_cached(
        "INSERT INTO items (item, size, modified, pack, attempts) VALUES (?1, ?2, ?3, ?4, 1)
         ON CONFLICT (item) DO UPDATE SET
            attempts = CASE WHEN size = excluded.size AND modified = excluded.modified
                             AND pack = excluded.pack THEN attempts + 1 ELSE 1 END,
            content = CASE WHEN size = excluded.size AND modified = excluded.modified
                           THEN content END,
            failure = NULL,
            size = excluded.size, modified = excluded.modified, pack = excluded.pack",
    )?;
    let size = i64::try_from(stamp.size).unwrap_or(i64::MAX);
    statement.execute((item, size, stamp.modified, pack_id))?;
    Ok(())
}

pub(super) fn finished(
    connection: &Connection,
    item: &ItemId,
    content: &ContentId,
    pack_id: &str,
    verdict: &Verdict,
) -> Result<(), StoreError> {
    let pack = pack_row(connection, pack_id, verdict)?;
    let class = verdict.scores.iter().position(|(name, _)| *name == verdict.class);
    let scores: Vec<u8> =
        verdict.scores.iter().flat_map(|(_, score)| score.to_le_bytes()).collect();
    let Verdict { group, confidence, abstained, width, height, .. } = verdict;
    let mut statement = connection.prepare_cached(
        "INSERT OR REPLACE INTO verdicts
            (content, pack, class, \"group\", confidence, scores, abstained, width, height)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    let class = class.and_then(|class| u32::try_from(class).ok()).unwrap_or_default();
    statement
        .execute((content, pack, class, group, confidence, scores, abstained, width, height))?;
    let mut statement = connection.prepare_cached(
        "UPDATE items SET content = ?2, attempts = 0, failure = NULL WHERE item = ?1",
    )?;
    statement.execute((item, content))?;
    Ok(())
}

/// The number of a pack, given at its first verdict.
fn pack_row(connection: &Connection, pack_id: &str, verdict: &Verdict) -> Result<i64, StoreError> {
    let mut statement = connection.prepare_cached("SELECT pack FROM packs WHERE id = ?1")?;
    if let Some(pack) = statement.query_row([pack_id], |row| row.get(0)).optional()? {
        return Ok(pack);
    }
    let classes: Vec<&str> = verdict.scores.iter().map(|(name, _)| name.as_str()).collect();
    let sql = "INSERT INTO packs (id, classes) VALUES (?1, ?2)";
    connection.execute(sql, (pack_id, classes.join("\n")))?;
    Ok(connection.last_insert_rowid())
}

pub(super) fn failed(connection: &Connection, item: &ItemId, kind: &str) -> Result<(), StoreError> {
    let mut statement =
        connection.prepare_cached("UPDATE items SET failure = ?2 WHERE item = ?1")?;
    statement.execute((item, kind))?;
    Ok(())
}

pub(super) fn interrupted(connection: &Connection, item: &ItemId) -> Result<(), StoreError> {
    let mut statement = connection
        .prepare_cached("UPDATE items SET attempts = max(attempts - 1, 0) WHERE item = ?1")?;
    statement.execute([item])?;
    Ok(())
}

pub(super) fn retain(connection: &Connection, present: &[ItemId]) -> Result<usize, StoreError> {
    connection.execute_batch(
        "CREATE TEMP TABLE IF NOT EXISTS present (item BLOB PRIMARY KEY) WITHOUT ROWID;
         DELETE FROM present;",
    )?;
    let mut insert = connection.prepare_cached("INSERT OR IGNORE INTO present VALUES (?1)")?;
    for item in present {
        insert.execute([item])?;
    }
    let gone =
        connection.execute("DELETE FROM items WHERE item NOT IN (SELECT item FROM present)", [])?;
    connection.execute_batch(
        "DELETE FROM verdicts WHERE content NOT IN
            (SELECT content FROM items WHERE content IS NOT NULL);
         DELETE FROM packs WHERE pack NOT IN (SELECT pack FROM verdicts);
         DELETE FROM present;",
    )?;
    Ok(gone)
}

pub(super) fn wipe(connection: &Connection) -> Result<(), StoreError> {
    // The key stays: other processes have the file open and know items by it.
    Ok(connection.execute_batch(
        "DELETE FROM items; DELETE FROM verdicts; DELETE FROM packs; DELETE FROM corrections;",
    )?)
}
