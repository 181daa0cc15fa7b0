//! A small data set, a recipe that fits it, and an observer.
#![allow(dead_code, reason = "each test file uses its part")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use epic_core::metadata::{MetadataExtractor, MetadataOptions, Weights};
use epic_training::engine::{BatchEvent, DeviceKind, TrainObserver};
use epic_training::pipeline::{
    self, Outcome, PipelineError, PipelineObserver, PipelineOptions, Recipe, Trained,
};
use image::{Rgb, RgbImage};
use tempfile::TempDir;

pub(crate) const CLASSES: [&str; 3] = ["red", "green", "blue"];
const SOURCES: [&str; 2] = ["one", "two"];
const PER_SOURCE: u32 = 10;

/// A data set and a recipe in a temporary folder.
pub(crate) struct Workplace {
    pub(crate) data: PathBuf,
    pub(crate) out: PathBuf,
    recipe: PathBuf,
    _folder: TempDir,
}

/// `first_line` is put at the head of the recipe.
pub(crate) fn workplace(first_line: &str) -> Workplace {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    for (class, name) in CLASSES.iter().enumerate() {
        fs::create_dir_all(data.join(name)).unwrap();
        for (place, source) in SOURCES.iter().enumerate() {
            for number in 0..PER_SOURCE {
                let seed = (class as u32 * 2 + place as u32) * PER_SOURCE + number;
                let file = data.join(name).join(format!("{name}_{source}_{number}.png"));
                blocks(class, seed).save(file).unwrap();
            }
        }
    }
    let recipe = write_recipe(folder.path(), first_line);
    Workplace { data, out: folder.path().join("out"), recipe, _folder: folder }
}

/// A mosaic of 8 × 6 random tiles, tinted: no two look alike, and the tint is the class.
fn blocks(class: usize, seed: u32) -> RgbImage {
    let tile = |x: u32, y: u32| {
        let mut state = seed.wrapping_mul(7919).wrapping_add(y * 8 + x).wrapping_mul(2_654_435_761);
        state ^= state >> 15;
        state = state.wrapping_mul(2_246_822_519);
        (state >> 24) as u8 / 2
    };
    RgbImage::from_fn(64, 48, |x, y| {
        let value = tile(x / 8, y / 8);
        let mut pixel = [value; 3];
        pixel[class] = 120 + value;
        Rgb(pixel)
    })
}

impl Workplace {
    pub(crate) fn recipe(&self) -> &Path {
        &self.recipe
    }

    pub(crate) fn change_recipe(&self, change: impl FnOnce(&mut String)) {
        let mut recipe = fs::read_to_string(&self.recipe).unwrap();
        change(&mut recipe);
        fs::write(&self.recipe, recipe).unwrap();
    }

    /// Turns the recipe into one of another family, with more tables.
    pub(crate) fn become_family(&self, family: &str, tables: &str) {
        let recipe = fs::read_to_string(&self.recipe).unwrap();
        let recipe = recipe.replace("family = \"vcnn\"", &format!("family = \"{family}\""));
        fs::write(&self.recipe, format!("{recipe}\n{tables}")).unwrap();
    }
}

/// Writes taxonomy and recipe; returns the recipe's path.
pub(crate) fn write_recipe(folder: &Path, first_line: &str) -> PathBuf {
    let mut taxonomy = "name = \"tiny\"\ngroups = [\"personal\", \"irrelevant\"]\n\
                        fallback_group = \"personal\"\n"
        .to_owned();
    for (class, group) in CLASSES.iter().zip(["personal", "irrelevant", "irrelevant"]) {
        taxonomy.push_str(&format!(
            "[[classes]]\nname = \"{class}\"\ngroup = \"{group}\"\ntitle = \"{class}\"\n\
             title_ar = \"{class}\"\ndescription = \"\"\n"
        ));
    }
    taxonomy.push_str("[levels.warmth]\nwarm = [\"red\"]\ncold = [\"green\", \"blue\"]\n");
    fs::write(folder.join("tiny-taxonomy.toml"), taxonomy).unwrap();
    let path = folder.join("tiny.toml");
    fs::write(&path, format!("{first_line}\n{RECIPE}")).unwrap();
    path
}

const RECIPE: &str = r#"
id = "tiny"
description = "Two blocks on three colours."
family = "vcnn"
taxonomy = "tiny-taxonomy.toml"

[pack]
name = "tiny"
version = "0.1.0"

[input]
name = "image"
width = 20
height = 20
layout = "nchw"
resize = "letterbox"
filter = "bilinear"
pad = [128, 128, 128]
mean = [0.5, 0.5, 0.5]
std = [0.5, 0.5, 0.5]

[network]
dropout = 0.1
blocks = [
    { kind = "conv", channels = 8, kernel = 3, stride = 2 },
    { kind = "conv", channels = 12, kernel = 3, stride = 2 },
]

[training]
batch_size = 8
epochs = 3
learning_rate = 0.02
keep = "last"
seed = 3

[training.augmentation]
rotation = 5.0
brightness = 0.05

[split]
seed = 1
train = 0.6
validation = 0.2
test = 0.2

[decision]
max_false_irrelevant_rate = 0.05
"#;

/// Remembers what it was told, and stops a run after so many batches.
#[derive(Default)]
pub(crate) struct Watcher {
    pub(crate) steps: Vec<String>,
    pub(crate) notes: Vec<String>,
    pub(crate) stop_at_batch: Option<usize>,
    pub(crate) backbone: Option<PathBuf>,
    pub batches: usize,
}

impl TrainObserver for Watcher {
    fn on_batch(&mut self, _event: &BatchEvent) {
        self.batches += 1;
    }

    fn should_stop(&self) -> bool {
        self.stop_at_batch.is_some_and(|limit| self.batches >= limit)
    }
}

impl PipelineObserver for Watcher {
    fn on_step(&mut self, what: &str, _total: usize) {
        self.steps.push(what.to_owned());
    }

    fn progress(&self) -> Box<dyn Fn(usize, usize) + Sync + '_> {
        Box::new(|_, _| {})
    }

    fn note(&mut self, message: &str) {
        self.notes.push(message.to_owned());
    }
}

pub(crate) fn run(
    place: &Workplace,
    resume: bool,
    observer: &mut Watcher,
) -> Result<Outcome, PipelineError> {
    let recipe = Recipe::load(&place.recipe).unwrap();
    // Enough for colours; the tests want nothing else.
    let extractor = MetadataExtractor::new(Weights::none(), MetadataOptions::default());
    let extractor = Arc::new(extractor);
    let backbone = observer.backbone.clone();
    let options = PipelineOptions {
        data: &place.data,
        sources: None,
        version: None,
        split: None,
        measure_train: false,
        out: &place.out,
        resume,
        device: DeviceKind::Cpu,
        extractor: Some(&extractor),
        backbone: backbone.as_deref(),
        embedding_cache: None,
        metadata_cache: None,
    };
    pipeline::run(&recipe, &options, observer)
}

/// A whole run.
pub(crate) fn trained(place: &Workplace) -> (Trained, Watcher) {
    let mut watcher = Watcher::default();
    match run(place, false, &mut watcher).unwrap() {
        Outcome::Trained(trained) => (*trained, watcher),
        Outcome::Interrupted => panic!("nobody stopped the run"),
    }
}
