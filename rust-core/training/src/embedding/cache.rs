//! Embeddings on disk: a file per network, records that are only appended. A record is known by the hash of a
//! picture's bytes, so that renaming costs nothing; one that a crash has torn is dropped.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

use super::error::EmbeddingError;
use crate::dataset::hex;

/// Begins every file; the digit is the format's version.
const MAGIC: &[u8; 8] = b"EPICemb1";
const KEY: usize = 32;
const CHECK: usize = 4;
/// What a power cut may cost; a crash of the program costs nothing.
const SYNC_EVERY: Duration = Duration::from_secs(1);

/// Vectors of one network by the hash of a picture's bytes, locked against other programs.
pub(super) struct EmbeddingCache {
    path: PathBuf,
    file: File,
    vectors: HashMap<[u8; KEY], Vec<f32>>,
    synced: Instant,
}

impl EmbeddingCache {
    /// Opens or makes the file of a network (64 hexadecimal digits) in a folder.
    pub(super) fn open(folder: &Path, id: &str, dimensions: usize) -> Result<Self, EmbeddingError> {
        let io = |path: &Path| {
            let path = path.to_owned();
            move |source| EmbeddingError::Io { path, source }
        };
        fs::create_dir_all(folder).map_err(io(folder))?;
        let path = folder.join(format!("{}.embeddings", id.get(..16).unwrap_or(id)));
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).create(true).truncate(false).open(&path);
        let mut file = file.map_err(io(&path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(EmbeddingError::Busy(path)),
            // Some network file systems have no locks; one careful user needs none.
            Err(TryLockError::Error(_)) => {}
        }
        let header = header(id, dimensions);
        let (vectors, end) = read(&file, &header, dimensions).map_err(io(&path))?;
        let ready = file
            .set_len(end)
            .and_then(|()| file.seek(SeekFrom::End(0)))
            .and_then(|at| if at == 0 { file.write_all(&header) } else { Ok(()) });
        ready.map_err(io(&path))?;
        Ok(Self { path, file, vectors, synced: Instant::now() })
    }

    /// The vector of a picture by its hash, 64 hexadecimal digits.
    pub(super) fn get(&self, sha256: &str) -> Option<&[f32]> {
        self.vectors.get(&hex::decode(sha256)?).map(Vec::as_slice)
    }

    /// The vector reaches the operating system before this returns.
    pub(super) fn put(&mut self, sha256: &str, vector: Vec<f32>) -> Result<(), EmbeddingError> {
        let Some(key) = hex::decode(sha256) else { return Ok(()) };
        let mut record = Vec::with_capacity(KEY + 4 * vector.len() + CHECK);
        record.extend_from_slice(&key);
        record.extend(vector.iter().flat_map(|value| value.to_le_bytes()));
        record.extend_from_slice(&check(&record));
        let written = self.file.write_all(&record).and_then(|()| {
            if self.synced.elapsed() >= SYNC_EVERY {
                self.synced = Instant::now();
                self.file.sync_data()?;
            }
            Ok(())
        });
        written.map_err(|source| EmbeddingError::Io { path: self.path.clone(), source })?;
        self.vectors.insert(key, vector);
        Ok(())
    }
}

fn header(id: &str, dimensions: usize) -> Vec<u8> {
    let id = Sha256::digest(format!("{id}\n{dimensions}"));
    [MAGIC.as_slice(), id.as_slice()].concat()
}

fn check(record: &[u8]) -> [u8; CHECK] {
    let sum = Sha256::digest(record);
    [sum[0], sum[1], sum[2], sum[3]]
}

/// The records up to the first that is not whole, and where they end; nothing of a file with another header.
#[allow(clippy::type_complexity, reason = "the parts of the struct that is being made")]
fn read(
    file: &File,
    header: &[u8],
    dimensions: usize,
) -> io::Result<(HashMap<[u8; KEY], Vec<f32>>, u64)> {
    let mut vectors = HashMap::new();
    let length = file.metadata()?.len();
    let size = KEY + 4 * dimensions + CHECK;
    let mut reader = BufReader::with_capacity(1 << 20, file);
    let mut found = vec![0; header.len()];
    if length < header.len() as u64 {
        return Ok((vectors, 0));
    }
    reader.read_exact(&mut found)?;
    if found != header {
        return Ok((vectors, 0));
    }
    let whole = (length - header.len() as u64) / size as u64;
    let mut record = vec![0; size];
    for number in 0..whole {
        reader.read_exact(&mut record)?;
        let (body, sum) = record.split_at(size - CHECK);
        let Some((key, values)) = body.split_first_chunk::<KEY>() else { break };
        if sum != check(body) {
            return Ok((vectors, header.len() as u64 + number * size as u64));
        }
        let (values, _) = values.as_chunks::<4>();
        vectors.insert(*key, values.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect());
    }
    Ok((vectors, header.len() as u64 + whole * size as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(digit: char) -> String {
        digit.to_string().repeat(64)
    }

    fn open(folder: &Path) -> EmbeddingCache {
        EmbeddingCache::open(folder, &key('f'), 3).unwrap()
    }

    fn file(folder: &Path) -> PathBuf {
        fs::read_dir(folder).unwrap().next().unwrap().unwrap().path()
    }

    #[test]
    fn vectors_survive_and_torn_records_do_not() {
        let folder = tempfile::tempdir().unwrap();
        let mut cache = open(folder.path());
        cache.put(&key('a'), vec![1.0, 2.0, 3.0]).unwrap();
        cache.put(&key('b'), vec![4.0, 5.0, 6.0]).unwrap();
        drop(cache);
        let path = file(folder.path());
        let whole = fs::read(&path).unwrap();
        fs::write(&path, &whole[..whole.len() - 1]).unwrap();
        let mut cache = open(folder.path());
        assert_eq!(cache.get(&key('a')), Some([1.0, 2.0, 3.0].as_slice()));
        assert_eq!(cache.get(&key('b')), None);
        cache.put(&key('b'), vec![4.0, 5.0, 6.0]).unwrap();
        drop(cache);
        assert_eq!(fs::read(&path).unwrap(), whole);
        let mut damaged = whole.clone();
        let last = damaged.len() - 6;
        damaged[last] ^= 1;
        fs::write(&path, damaged).unwrap();
        let cache = open(folder.path());
        assert!(cache.get(&key('a')).is_some() && cache.get(&key('b')).is_none());
    }

    #[test]
    fn files_of_other_networks_and_foreign_ones_are_begun_anew() {
        let folder = tempfile::tempdir().unwrap();
        open(folder.path()).put(&key('a'), vec![1.0, 2.0, 3.0]).unwrap();
        let path = file(folder.path());
        for content in [b"short".to_vec(), vec![7; 500]] {
            fs::write(&path, content).unwrap();
            assert!(open(folder.path()).get(&key('a')).is_none());
            assert_eq!(fs::metadata(&path).unwrap().len(), 40);
        }
        open(folder.path()).put(&key('a'), vec![1.0, 2.0, 3.0]).unwrap();
        let wider = EmbeddingCache::open(folder.path(), &key('f'), 4).unwrap();
        assert!(wider.get(&key('a')).is_none());
    }

    #[test]
    fn two_programs_do_not_write_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let _first = open(folder.path());
        let second = EmbeddingCache::open(folder.path(), &key('f'), 3).err().unwrap();
        assert!(matches!(second, EmbeddingError::Busy(_)), "{second}");
    }
}
