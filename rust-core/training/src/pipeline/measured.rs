//! Metadata features of a data set's pictures, measured once: a picture is known by its content, so that
//! renamed or moved ones keep theirs.

use std::collections::HashMap;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

use epic_core::ImageSource;
use epic_core::gallery::{TaskControl, default_jobs, for_each_parallel};
use epic_core::metadata::{Features, METADATA_VERSION, MetadataExtractor, Parts, feature_names};
use serde::{Deserialize, Serialize};

use super::PipelineError;
use super::run::PipelineObserver;
use crate::dataset::Dataset;

/// One line of the cache: the features of one part of one picture.
#[derive(Serialize, Deserialize)]
struct Line {
    sha256: String,
    version: u32,
    part: String,
    values: Vec<f32>,
}

/// Measured features by content and part.
struct Cache {
    path: PathBuf,
    known: HashMap<(String, String), Vec<f32>>,
}

impl Cache {
    /// Reads what there is. Lines that are torn or of another version are measured anew.
    fn open(path: &Path) -> Result<Self, PipelineError> {
        let text = match std::fs::read(path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(source) => {
                return Err(PipelineError::Read { path: path.to_owned(), source });
            }
        };
        let lines = text.lines().filter_map(|line| serde_json::from_str::<Line>(line).ok());
        let known = lines
            .filter(|line| line.version == METADATA_VERSION)
            .map(|line| ((line.sha256, line.part), line.values));
        Ok(Self { path: path.to_owned(), known: known.collect() })
    }

    fn has(&self, sha256: &str, part: &str) -> bool {
        self.known.contains_key(&(sha256.to_owned(), part.to_owned()))
    }

    fn add(&mut self, lines: Vec<Line>) -> Result<(), PipelineError> {
        let write = || {
            let mut file = OpenOptions::new().create(true).append(true).open(&self.path)?;
            let mut text = String::new();
            for line in &lines {
                text += &serde_json::to_string(line)?;
                text.push('\n');
            }
            // One call a picture: a killed run tears one line at most.
            file.write_all(text.as_bytes())
        };
        write().map_err(|source| PipelineError::Write { path: self.path.clone(), source })?;
        self.known.extend(lines.into_iter().map(|line| ((line.sha256, line.part), line.values)));
        Ok(())
    }
}

/// The single parts of a selection.
fn single(parts: Parts) -> Vec<Parts> {
    let none = Parts::NONE;
    let all = [
        Parts { colors: parts.colors, ..none },
        Parts { faces: parts.faces, ..none },
        Parts { text: parts.text, ..none },
    ];
    all.into_iter().filter(|part| *part != none).collect()
}

/// Features of each of the samples, by its index. Samples whose metadata cannot be extracted are missing. `None` when the
/// observer asked to stop: what was measured by then is kept.
pub(super) fn measured_features(
    dataset: &Dataset,
    samples: &[usize],
    names: &[String],
    extractor: &MetadataExtractor,
    cache: &Path,
    observer: &mut dyn PipelineObserver,
) -> Result<Option<HashMap<usize, Vec<f32>>>, PipelineError> {
    let unusable = |reason: String| PipelineError::Metadata { reason };
    let features = Features::new(names).map_err(|error| unusable(error.to_string()))?;
    let parts = single(features.parts());
    let mut cache = Cache::open(cache)?;
    let missing = |index: &usize| {
        let sha256 = &dataset.samples[*index].sha256;
        parts.iter().any(|part| !cache.has(sha256, &part.to_string()))
    };
    let open: Vec<usize> = samples.iter().copied().filter(missing).collect();
    if !open.is_empty() {
        extractor.prepare(features.parts()).map_err(|error| unusable(error.to_string()))?;
        measure(dataset, &open, &parts, extractor, &mut cache, observer)?;
        if observer.should_stop() {
            return Ok(None);
        }
    }
    let of_sample = |index: usize| {
        let sha256 = &dataset.samples[index].sha256;
        let mut all: HashMap<String, f32> = HashMap::new();
        for part in &parts {
            let values = cache.known.get(&(sha256.clone(), part.to_string()))?;
            all.extend(feature_names(*part).into_iter().zip(values.iter().copied()));
        }
        let row: Option<Vec<f32>> = names.iter().map(|name| all.get(name).copied()).collect();
        Some((index, row?))
    };
    Ok(Some(samples.iter().copied().filter_map(of_sample).collect()))
}

fn measure(
    dataset: &Dataset,
    open: &[usize],
    parts: &[Parts],
    extractor: &MetadataExtractor,
    cache: &mut Cache,
    observer: &mut dyn PipelineObserver,
) -> Result<(), PipelineError> {
    observer.on_step("measuring metadata", open.len());
    let mut failures = Vec::new();
    let mut written = Ok(());
    let control = TaskControl::new();
    {
        let progress = observer.progress();
        let work = |index: &usize| {
            let sample = &dataset.samples[*index];
            let wanted = parts.iter().fold(Parts::NONE, |all, part| all.union(*part));
            let path = dataset.root.join(&sample.relative_path);
            extractor.extract(&ImageSource::Path(&path), wanted)
        };
        for_each_parallel(open, default_jobs(), &control, work, |at, outcome| {
            progress(1, 0);
            if observer.should_stop() {
                control.cancel();
            }
            let sample = &dataset.samples[open[at]];
            match outcome {
                Err(error) => failures.push((sample.relative_path.clone(), error)),
                Ok(metadata) if written.is_ok() => {
                    let line = |part: &Parts| {
                        let features = Features::new(&feature_names(*part)).ok()?;
                        Some(Line {
                            sha256: sample.sha256.clone(),
                            version: METADATA_VERSION,
                            part: part.to_string(),
                            values: features.of(&metadata),
                        })
                    };
                    written = cache.add(parts.iter().filter_map(line).collect());
                    if written.is_err() {
                        control.cancel();
                    }
                }
                Ok(_) => {}
            }
        });
    }
    written?;
    for (path, error) in failures {
        observer.note(&format!("{path}: {error}, left out"));
    }
    Ok(())
}
