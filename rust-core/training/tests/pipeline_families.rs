//! Recipes of the families beyond the plain network, from pictures to packs that phones open.
#![cfg(feature = "engine")]

mod pipeline_support;

use std::fs;
use std::path::{Path, PathBuf};

use epic_core::pack::Family;
use epic_core::preprocess::InputSpec;
use epic_core::{Classifier, ImageSource, Pack};
use epic_training::CoreReader;
use epic_training::dataset::{Dataset, Split};
use epic_training::engine::{
    Block, DeviceKind, ExportMeta, Exported, Network, NetworkSpec, Normalization, export,
    features_of,
};
use epic_training::measure;
use epic_training::pipeline::{Outcome, PipelineError, Recipe};
use pipeline_support::{CLASSES, Watcher, Workplace, run, trained, workplace};
use sha2::{Digest, Sha256};

const METADATA: &str = "[metadata]\nparts = \"colors\"\nhidden = 8\nscaling = \"min_max\"\n";
const LEVELS: &str = "[levels]\nparents = \"warmth\"\nweights = [\n\
                      { from_epoch = 1, parents = 0.9 },\n{ from_epoch = 3, parents = 0.1 },\n]\n";

/// Scores of the pack on the test part, by the code that phones run.
fn accuracy_on_phone(place: &Workplace) -> f64 {
    let pack = Pack::open(&place.out).unwrap();
    let classifier = Classifier::new(&pack).unwrap();
    let data = Dataset::open(&place.data, &CLASSES.map(String::from), &CoreReader, &|_, _| {});
    let data = data.unwrap();
    let split = Split::load(&place.out.join("training/split.json")).unwrap();
    let test = split.indices(&data).unwrap().test;
    let right = test.iter().filter(|&&index| {
        let path = place.data.join(&data.samples[index].relative_path);
        let verdict = classifier.classify(&ImageSource::Path(&path)).unwrap();
        verdict.class == CLASSES[data.samples[index].class]
    });
    right.count() as f64 / test.len() as f64
}

#[test]
fn a_pack_that_takes_metadata_measures_it_itself() {
    let place = workplace("");
    place.become_family("mcnn", METADATA);
    let (outcome, watcher) = trained(&place);
    assert!(watcher.steps.iter().any(|step| step == "measuring metadata"), "{:?}", watcher.steps);
    let manifest = outcome.pack.manifest();
    assert_eq!(manifest.family, Family::Mcnn);
    let features = &manifest.metadata.as_ref().unwrap().features;
    assert_eq!((features.len(), features[0].as_str()), (20, "dominant_color_1_red"));
    assert!(outcome.test.accuracy > 0.8, "{}", outcome.test.accuracy);
    assert_eq!(accuracy_on_phone(&place), outcome.test.accuracy);
}

#[test]
fn measured_metadata_is_known_by_content() {
    let place = workplace("");
    place.become_family("mcnn", METADATA);
    trained(&place);
    let cache = place.out.join("training/metadata-cache.jsonl");
    let lines = || fs::read_to_string(&cache).unwrap().lines().count();
    let before = lines();
    // A torn line at the end, as a killed run leaves it, and a picture under another name.
    let text = fs::read_to_string(&cache).unwrap();
    fs::write(&cache, &text[..text.len() - 20]).unwrap();
    let (old, new) = (place.data.join("red/red_one_0.png"), place.data.join("red/red_one_x.png"));
    fs::rename(old, new).unwrap();
    fs::remove_dir_all(place.out.join("training/checkpoints")).unwrap();
    let (_, watcher) = trained(&place);
    assert!(watcher.steps.iter().any(|step| step == "measuring metadata"));
    assert_eq!(lines(), before, "only the torn line was measured anew");
}

#[test]
fn a_coarser_level_is_trained_and_has_a_say() {
    let place = workplace("");
    place.become_family("hcnn", LEVELS);
    let (outcome, _) = trained(&place);
    assert_eq!(outcome.pack.manifest().family, Family::Hcnn);
    assert!(outcome.export_difference < 1e-4, "{}", outcome.export_difference);
    assert_eq!(accuracy_on_phone(&place), outcome.test.accuracy);
}

/// A file that a recipe can stand on: a plain network's features at the recipe's size.
fn backbone(folder: &Path) -> (PathBuf, String) {
    let conv = |channels| Block::Conv { channels, kernel: 3, stride: 2 };
    let spec = NetworkSpec {
        height: 20,
        width: 20,
        blocks: vec![conv(8), conv(16)],
        classes: 3,
        ..NetworkSpec::default()
    };
    let model = Network::new(&spec, 5, &DeviceKind::Cpu.device().unwrap()).unwrap();
    let preparation = Normalization::default().into();
    let network =
        Exported { model: &model, spec: &spec, preparation: &preparation, backbone: None };
    let onnx = features_of(&export(&network, &ExportMeta::default()).unwrap()).unwrap();
    let sha256 = Sha256::digest(&onnx).iter().map(|b| format!("{b:02x}")).collect::<String>();
    let path = folder.join("tiny.onnx");
    fs::write(&path, onnx).unwrap();
    let manifest = serde_json::json!({
        "schema": 1, "name": "tiny", "output": "features", "license": "MIT", "source": "a test",
        "input": InputSpec::letterbox(20), "sha256": sha256,
    });
    fs::write(folder.join("tiny.json"), manifest.to_string()).unwrap();
    (path, sha256)
}

#[test]
fn layers_are_trained_on_what_a_backbone_sees() {
    let place = workplace("");
    let folder = tempfile::tempdir().unwrap();
    let (path, sha256) = backbone(folder.path());
    let tables = format!(
        "[backbone]\nname = \"tiny\"\nsha256 = \"{sha256}\"\nfeatures = 16\n\
         [backbone.augmentation]\nvariants = 2\ncrop = 0.1\nmin_scale = 0.5\n\
         jpeg_quality = [50, 95]\ncolor = 0.05\n{METADATA}"
    );
    place.become_family("transfer", &tables);
    place.change_recipe(|recipe| {
        let start = recipe.find("blocks = [").unwrap();
        let end = start + recipe[start..].find("\n]").unwrap() + 2;
        recipe.replace_range(start..end, "hidden = 24");
        *recipe = recipe.replace("epochs = 3", "epochs = 30");
    });
    let refused = run(&place, false, &mut Watcher::default()).unwrap_err();
    assert!(refused.to_string().contains("tiny"), "{refused}");

    let mut watcher = Watcher { backbone: Some(path.clone()), ..Watcher::default() };
    let Outcome::Trained(trained) = run(&place, false, &mut watcher).unwrap() else {
        panic!("nobody stopped the run")
    };
    assert!(trained.export_difference < 1e-4, "{}", trained.export_difference);
    assert!(trained.test.accuracy > 0.8, "{}", trained.test.accuracy);
    assert_eq!(accuracy_on_phone(&place), trained.test.accuracy);
    assert_eq!(trained.pack.manifest().family, Family::Transfer);

    // Another file under the same name is not what the recipe means.
    let other = sha256.replace(|c: char| c.is_ascii_digit(), "0");
    place.change_recipe(|recipe| *recipe = recipe.replace(&sha256, &other));
    fs::remove_dir_all(&place.out).unwrap();
    let mut watcher = Watcher { backbone: Some(path), ..Watcher::default() };
    let refused = run(&place, false, &mut watcher).unwrap_err();
    assert!(matches!(refused, PipelineError::Backbone { .. }), "{refused}");
}

#[test]
fn each_family_has_its_own_tables() {
    let cases = [
        ("mcnn", "", "metadata"),
        ("hcnn", "", "levels"),
        ("vcnn", METADATA, "metadata"),
        ("mcnn", &METADATA.replace("colors", "colours"), "colours"),
        ("hcnn", &LEVELS.replace("warmth", "size"), "size"),
        ("mcnn", &METADATA.replace("hidden", "width"), "width"),
        ("hcnn", &LEVELS.replace("from_epoch = 1", "from_epoch = 2"), "level_weights"),
    ];
    for (family, tables, what) in cases {
        let place = workplace("");
        place.become_family(family, tables);
        let recipe = Recipe::load(place.recipe()).map_err(|error: PipelineError| error.to_string());
        let error = recipe.unwrap_err();
        assert!(error.contains(what), "{family}: {error}");
    }
}

#[test]
fn measuring_can_be_stopped_and_goes_on() {
    let place = workplace("");
    place.become_family("mcnn", METADATA);
    let mut watcher = Watcher { stop_at_batch: Some(0), ..Watcher::default() };
    let outcome = run(&place, false, &mut watcher).unwrap();
    assert!(matches!(outcome, Outcome::Interrupted));
    assert!(!watcher.steps.iter().any(|step| step == "training"));
    trained(&place);
}

#[test]
fn values_of_a_phone_and_of_the_training_are_the_same() {
    let place = workplace("");
    place.become_family("mcnn", METADATA);
    trained(&place);
    let classifier = Classifier::new(&Pack::open(&place.out).unwrap()).unwrap();
    let classes = CLASSES.map(String::from);
    let data = Dataset::open(&place.data, &classes, &CoreReader, &|_, _| {}).unwrap();
    let cache = fs::read_to_string(place.out.join("training/metadata-cache.jsonl")).unwrap();
    let known: std::collections::HashMap<usize, Vec<f32>> = cache
        .lines()
        .map(|line| {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            let sample = data.samples.iter().position(|s| s.sha256 == line["sha256"]).unwrap();
            let values = line["values"].as_array().unwrap();
            (sample, values.iter().map(|value| value.as_f64().unwrap() as f32).collect())
        })
        .collect();
    let samples: Vec<usize> = (0..data.samples.len()).collect();
    let with = |features| measure::logits(&classifier, &data, &samples, features, &|_| {});
    assert_eq!(known.len(), samples.len());
    assert_eq!(with(&known), with(&Default::default()));
}

#[test]
fn every_recipe_of_the_repository_is_sound() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/variants");
    let mut ids = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let recipe = Recipe::load(&path).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(path.file_stem().unwrap().to_str(), Some(recipe.id.as_str()));
        ids.push(recipe.id);
    }
    assert!(ids.len() >= 12, "{ids:?}");
}
