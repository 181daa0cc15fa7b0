//! The vectors of a whole data set.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use epic_core::{ClassifyError, ImageSource, Picture};
use rayon::prelude::*;

use super::cache::EmbeddingCache;
use super::embedder::Embedder;
use super::error::EmbeddingError;
use crate::dataset::Dataset;
use crate::statistics::Matrix;

/// Vectors of the pictures of a data set.
#[derive(Debug, Clone)]
pub struct Embedded {
    /// Indices into [`Dataset::samples`], ascending: the rows of the vectors.
    pub samples: Vec<usize>,
    /// Pictures that have none (paths from the data set's folder), and why.
    pub failed: Vec<(String, ClassifyError)>,
    /// How many were known already.
    pub from_cache: usize,
    pub(crate) vectors: Matrix,
}

impl Embedded {
    /// The vector of each of [`Embedded::samples`].
    pub fn vectors(&self) -> impl Iterator<Item = &[f32]> {
        self.vectors.iter()
    }
}

/// Embeds the pictures of a data set on all cores; each once, and none that `cache`, a folder made when it is
/// missing, knows by content. Each vector is kept at once, so that a killed run goes on where it was.
///
/// `progress` is called with (done, total), one call at a time.
///
/// # Errors
/// If the cache cannot be used. A picture that cannot be embedded is told in [`Embedded::failed`].
pub fn embed(
    embedder: &Embedder,
    dataset: &Dataset,
    cache: Option<&Path>,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Embedded, EmbeddingError> {
    let keys: Vec<&str> = dataset.samples.iter().map(|sample| sample.sha256.as_str()).collect();
    let load = |index: usize| {
        let path = dataset.root.join(&dataset.samples[index].relative_path);
        embedder.decode(&ImageSource::Path(&path))
    };
    let views = embed_views(embedder, &keys, cache, &load, &|| true, progress)?;
    let from_cache = views.from_cache;
    let dimensions = embedder.dimensions();
    let mut vectors: Vec<Option<Vec<f32>>> = Vec::with_capacity(keys.len());
    let mut failed = Vec::new();
    for (index, vector) in views.vectors.into_iter().enumerate() {
        vectors.push(match vector {
            Some(Ok(vector)) => Some(vector),
            Some(Err(error)) => {
                failed.push((dataset.samples[index].relative_path.clone(), error));
                None
            }
            None => None,
        });
    }
    let samples = (0..keys.len()).filter(|&index| vectors[index].is_some()).collect();
    let vectors = Matrix::new(dimensions, vectors.into_iter().flatten().flatten().collect());
    Ok(Embedded { samples, failed, from_cache, vectors })
}

/// Vectors of views, in their order; `None` for those that were left when the caller stopped.
pub(crate) struct EmbeddedViews {
    pub(crate) vectors: Vec<Option<Result<Vec<f32>, ClassifyError>>>,
    pub(crate) from_cache: usize,
}

/// As [`embed`], for views of pictures: each has a key (64 hexadecimal digits) that it is known by, and `load` makes
/// those that the cache does not know. Ends early when `proceed` says no.
pub(crate) fn embed_views<K: AsRef<str> + Sync>(
    embedder: &Embedder,
    keys: &[K],
    cache: Option<&Path>,
    load: &(dyn Fn(usize) -> Result<Picture, ClassifyError> + Sync),
    proceed: &(dyn Fn() -> bool + Sync),
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<EmbeddedViews, EmbeddingError> {
    let total = keys.len();
    let dimensions = embedder.dimensions();
    let cache =
        cache.map(|folder| EmbeddingCache::open(folder, embedder.id(), dimensions)).transpose()?;
    let known = |key: &K| cache.as_ref()?.get(key.as_ref()).map(|vector| Ok(vector.to_vec()));
    let mut vectors: Vec<_> = keys.iter().map(known).collect();
    let missing: Vec<usize> = (0..total).filter(|&index| vectors[index].is_none()).collect();
    let from_cache = total - missing.len();
    let shared = Mutex::new((cache, from_cache));
    let made: Vec<Option<Result<Vec<f32>, ClassifyError>>> = missing
        .par_iter()
        .map_init(
            || embedder.worker(),
            |worker, &index| {
                if !proceed() {
                    return Ok(None);
                }
                let vector = load(index).and_then(|picture| worker.embed_picture(&picture));
                let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
                if let (Some(cache), Ok(vector)) = (&mut shared.0, &vector) {
                    cache.put(keys[index].as_ref(), vector.clone())?;
                }
                shared.1 += 1;
                progress(shared.1, total);
                Ok(Some(vector))
            },
        )
        .collect::<Result<_, EmbeddingError>>()?;
    for (index, vector) in missing.into_iter().zip(made) {
        vectors[index] = vector;
    }
    Ok(EmbeddedViews { vectors, from_cache })
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::CoreReader;
    use crate::embedding::testing;

    fn data_set(folder: &Path) -> Dataset {
        fs::create_dir(folder.join("a")).unwrap();
        for level in 0..6u8 {
            let path = folder.join(format!("a/{level}.png"));
            fs::write(path, testing::png([level * 40, 0, 0])).unwrap();
        }
        Dataset::open(folder, &["a".to_owned()], &CoreReader, &|_, _| {}).unwrap()
    }

    #[test]
    fn a_second_run_makes_nothing_and_a_changed_picture_is_made_again() {
        let folder = tempfile::tempdir().unwrap();
        let dataset = data_set(folder.path());
        let cache = folder.path().join(".epic/embeddings");
        let embedder = Embedder::of_pack(&testing::pack()).unwrap();
        let calls = AtomicUsize::new(0);
        let run = |dataset: &Dataset| {
            let count = |_: usize, _: usize| {
                calls.fetch_add(1, Ordering::Relaxed);
            };
            embed(&embedder, dataset, Some(&cache), &count).unwrap()
        };
        let first = run(&dataset);
        assert_eq!((first.samples.len(), first.from_cache), (6, 0));
        assert_eq!(calls.load(Ordering::Relaxed), 6);
        let second = run(&dataset);
        assert_eq!((second.from_cache, calls.load(Ordering::Relaxed)), (6, 6));
        assert_eq!(first.vectors, second.vectors);

        fs::write(folder.path().join("a/3.png"), testing::png([1, 2, 3])).unwrap();
        fs::rename(folder.path().join("a/4.png"), folder.path().join("a/9.png")).unwrap();
        let dataset =
            Dataset::open(folder.path(), &["a".to_owned()], &CoreReader, &|_, _| {}).unwrap();
        assert_eq!(run(&dataset).from_cache, 5);
    }

    #[test]
    fn pictures_that_fail_are_told_and_the_others_stay() {
        let folder = tempfile::tempdir().unwrap();
        let dataset = data_set(folder.path());
        fs::write(folder.path().join("a/2.png"), b"gone bad").unwrap();
        let embedder = Embedder::of_pack(&testing::pack()).unwrap();
        let found = embed(&embedder, &dataset, None, &|_, _| {}).unwrap();
        assert_eq!(found.samples, [0, 1, 3, 4, 5]);
        assert_eq!(found.failed[0].0, "a/2.png");
        assert_eq!(found.vectors().count(), 5);
    }
}
