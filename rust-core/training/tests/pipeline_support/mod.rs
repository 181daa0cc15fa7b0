//! A small data set, a recipe that fits it, and an observer.
#![allow(dead_code, reason = "each test file uses its part")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use epic_core::metadata::{MetadataExtractor, MetadataOptions, Weights};
use epic_core::picture::{self, DecodeOptions};
use epic_core::{Classifier, ImageSource, Pack, preprocess};
use epic_training::engine::{BatchEvent, DeviceKind, TrainObserver};
use epic_training::pipeline::{
    self, Outcome, PipelineError, PipelineObserver, PipelineOptions, Recipe, Trained, TrialEvent,
    Tuned,
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

    /// Writes a recipe of trees that stands on the recipe there is, and takes its place.
    pub(crate) fn become_trees(&mut self, more: &str) {
        let path = self.recipe.with_file_name("tiny-trees.toml");
        fs::write(&path, format!("{TREES}{more}")).unwrap();
        self.recipe = path;
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

const TREES: &str = r#"
id = "tiny-trees"
description = "Trees on two blocks on three colours."
family = "xcnn"
base = "tiny.toml"

[pack]
name = "tiny-trees"
version = "0.1.0"

[trees]
rounds = 8
max_depth = 3
min_child_weight = 0.1
seed = 2
"#;

/// Remembers what it was told, and stops a run after so many batches.
#[derive(Default)]
pub(crate) struct Watcher {
    pub(crate) steps: Vec<String>,
    pub(crate) notes: Vec<String>,
    pub(crate) stop_at_batch: Option<usize>,
    pub(crate) stop_at_step: Option<&'static str>,
    pub(crate) stop_at_trial: Option<usize>,
    /// Files that are gone when a step begins.
    pub(crate) remove_at: Option<(&'static str, Vec<PathBuf>)>,
    /// Trials as they finished: number, error.
    pub(crate) trials: Vec<(usize, Option<String>)>,
    pub(crate) backbone: Option<PathBuf>,
    pub(crate) base_pack: Option<PathBuf>,
    pub(crate) version: Option<&'static str>,
    pub batches: usize,
}

impl TrainObserver for Watcher {
    fn on_batch(&mut self, _event: &BatchEvent) {
        self.batches += 1;
    }

    fn should_stop(&self) -> bool {
        let last = self.steps.last().map(String::as_str);
        self.stop_at_batch.is_some_and(|limit| self.batches >= limit)
            || self.stop_at_trial.is_some_and(|limit| self.trials.len() >= limit)
            || (self.stop_at_step.is_some() && self.stop_at_step == last)
    }
}

impl PipelineObserver for Watcher {
    fn on_step(&mut self, what: &str, _total: usize) {
        self.steps.push(what.to_owned());
        if let Some((_, files)) = self.remove_at.take_if(|(step, _)| *step == what) {
            files.iter().for_each(|file| fs::remove_file(file).unwrap());
        }
    }

    fn progress(&self) -> Box<dyn Fn(usize, usize) + Sync + '_> {
        Box::new(|_, _| {})
    }

    fn note(&mut self, message: &str) {
        self.notes.push(message.to_owned());
    }

    fn on_trial(&mut self, event: &TrialEvent<'_>) {
        self.trials.push((event.trial.trial, event.trial.error.clone()));
    }
}

pub(crate) fn run(
    place: &Workplace,
    resume: bool,
    observer: &mut Watcher,
) -> Result<Outcome, PipelineError> {
    let recipe = Recipe::load(&place.recipe).unwrap();
    with_options(place, resume, observer, |options, observer| {
        pipeline::run(&recipe, options, observer)
    })
}

/// Searches the space of the recipe's own table.
pub(crate) fn tune(
    place: &Workplace,
    resume: bool,
    observer: &mut Watcher,
) -> Result<Option<Tuned>, PipelineError> {
    let recipe = Recipe::load(&place.recipe).unwrap();
    let section = recipe.tuning.clone().unwrap();
    with_options(place, resume, observer, |options, observer| {
        pipeline::tune(&recipe, &section, options, observer)
    })
}

fn with_options<T>(
    place: &Workplace,
    resume: bool,
    observer: &mut Watcher,
    work: impl FnOnce(&PipelineOptions<'_>, &mut Watcher) -> T,
) -> T {
    // Enough for colours; the tests want nothing else.
    let extractor = MetadataExtractor::new(Weights::none(), MetadataOptions::default());
    let extractor = Arc::new(extractor);
    let backbone = observer.backbone.clone();
    let base_pack = observer.base_pack.clone();
    let options = PipelineOptions {
        data: &place.data,
        sources: None,
        version: observer.version,
        split: None,
        measure_train: false,
        out: &place.out,
        resume,
        device: DeviceKind::Cpu,
        extractor: Some(&extractor),
        backbone: backbone.as_deref(),
        base_pack: base_pack.as_deref(),
        embedding_cache: None,
        metadata_cache: None,
    };
    work(&options, observer)
}

/// A whole run.
pub(crate) fn trained(place: &Workplace) -> (Trained, Watcher) {
    let mut watcher = Watcher::default();
    match run(place, false, &mut watcher).unwrap() {
        Outcome::Trained(trained) => (*trained, watcher),
        Outcome::Interrupted => panic!("nobody stopped the run"),
    }
}

/// With `EPIC_EXPORT_DIR` set, leaves the pack's network with an input and what tract makes of it there;
/// `tests/onnx/check.py` runs the same through ONNX Runtime.
pub(crate) fn leave_for_another_runtime(place: &Workplace, pack: &Pack, name: &str) {
    let Some(folder) = std::env::var_os("EPIC_EXPORT_DIR") else {
        return;
    };
    let folder = Path::new(&folder);
    let classifier = Classifier::new(pack).unwrap();
    let spec = &classifier.manifest().input;
    let path = place.data.join("green/green_two_3.png");
    let options = DecodeOptions { target: Some(spec.target()), ..DecodeOptions::default() };
    let picture = picture::decode(&ImageSource::Path(&path), &options).unwrap();
    let mut tensor = vec![0.0; spec.len()];
    preprocess::normalize(&preprocess::resize(&picture, spec).unwrap(), spec, &mut tensor);
    let bytes = |values: &[f32]| values.iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<_>>();
    let file = |ending: &str| folder.join(format!("{name}.{ending}"));
    fs::create_dir_all(folder).unwrap();
    fs::write(file("onnx"), pack.network()).unwrap();
    fs::write(file("input.f32"), bytes(&tensor)).unwrap();
    fs::write(file("logits.f32"), bytes(&classifier.logits(&picture).unwrap())).unwrap();
}
