//! Folders, decoders and pictures for the tests of this module.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::catalog::{Dataset, Sample};
use super::listing::Skipped;
use super::perceptual::{Fingerprint, PerceptualHash, Thumbnail};
use super::pixels::{PictureReader, RgbPixels};
use crate::embedding::Embedded;
use crate::random::SplitMix64;
use crate::statistics::Matrix;

/// A folder that is removed when dropped.
pub(super) struct TempFolder(PathBuf);

impl TempFolder {
    pub(super) fn new(name: &str) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("epic-dataset-{}-{number}-{name}", std::process::id());
        let path = std::env::temp_dir().join(name);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    pub(super) fn write(&self, relative_path: &str, content: &[u8]) {
        let path = self.0.join(relative_path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
}

impl Drop for TempFolder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// "Decodes" files whose content says what to do: `noise <seed>`, `broken`, `panic`, `short`.
#[derive(Default)]
pub(super) struct FakeReader(AtomicUsize);

impl FakeReader {
    pub(super) fn reads(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl PictureReader for FakeReader {
    fn dimensions(&self, _: &Path) -> Result<(u32, u32), String> {
        Ok((640, 480))
    }

    fn read(&self, path: &Path, min_side: u32) -> Result<RgbPixels, String> {
        self.0.fetch_add(1, Ordering::SeqCst);
        let content = fs::read_to_string(path).map_err(|e| e.to_string())?;
        match content.split_once(' ') {
            Some(("noise", seed)) => Ok(noise(seed.parse().unwrap(), min_side + 32, min_side)),
            _ if content == "panic" => panic!("a decoder's bug"),
            _ if content == "short" => Ok(RgbPixels { width: 9, height: 9, data: vec![0; 9] }),
            _ => Err("not a picture".to_owned()),
        }
    }
}

/// A picture drawn from `value(x, y)` with x and y in 0..1.
pub(super) fn draw(width: u32, height: u32, value: impl Fn(f32, f32) -> f32) -> RgbPixels {
    let data = (0..width * height)
        .flat_map(|i| {
            let x = ((i % width) as f32 + 0.5) / width as f32;
            let y = ((i / width) as f32 + 0.5) / height as f32;
            [value(x, y).round().clamp(0.0, 255.0) as u8; 3]
        })
        .collect();
    RgbPixels { width, height, data }
}

/// A smooth random picture: the same scene at any size.
pub(super) fn noise(seed: u64, width: u32, height: u32) -> RgbPixels {
    let mut rng = SplitMix64::new(seed);
    let waves: Vec<[f32; 4]> =
        (0..40).map(|_| std::array::from_fn(|_| rng.unit() as f32)).collect();
    draw(width, height, |x, y| {
        let sum: f32 = waves
            .iter()
            .map(|[u, v, phase, weight]| {
                let angle = 50.0 * (u - 0.5) * x + 50.0 * (v - 0.5) * y + 6.3 * phase;
                weight * angle.sin()
            })
            .sum();
        128.0 + 18.0 * sum
    })
}

/// What a picture of its own might have, without the time to draw it.
pub(super) fn random_fingerprint(seed: u64) -> Fingerprint {
    let mut rng = SplitMix64::new(seed);
    Fingerprint {
        hash: PerceptualHash(std::array::from_fn(|_| rng.next())),
        thumbnail: Thumbnail(std::array::from_fn(|_| rng.below(256) as u8)),
    }
}

/// A data set that lies on no disk: `(relative path, class, source, picture seed)`.
pub(crate) fn dataset(classes: &[&str], samples: &[(String, usize, String, u64)]) -> Dataset {
    let mut samples: Vec<Sample> = samples
        .iter()
        .map(|(path, class, source, seed)| Sample {
            relative_path: path.clone(),
            class: *class,
            source: source.clone(),
            sha256: format!("{seed:064x}"),
            fingerprint: random_fingerprint(*seed),
            width: 64,
            height: 64,
        })
        .collect();
    samples.sort_by(|a, b| a.relative_path.cmp(&b.relative_path));
    Dataset {
        root: PathBuf::new(),
        classes: classes.iter().map(|c| (*c).to_owned()).collect(),
        samples,
        rejected: vec![],
        unknown_folders: vec![],
        missing_folders: vec![],
        skipped: Skipped::default(),
        unused_source_rows: 0,
        from_cache: 0,
    }
}

/// Vectors of a data set's samples, in their order.
pub(super) fn embedded(vectors: Vec<Vec<f32>>) -> Embedded {
    let columns = vectors[0].len();
    Embedded {
        samples: (0..vectors.len()).collect(),
        failed: Vec::new(),
        from_cache: 0,
        vectors: Matrix::new(columns, vectors.concat()),
    }
}
