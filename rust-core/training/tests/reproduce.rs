//! The thesis's table, with tiny recipes on tiny pictures.
#![cfg(feature = "engine")]

mod pipeline_support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use epic_training::CoreReader;
use epic_training::dataset::Dataset;
use epic_training::dataset::version::Version;
use epic_training::engine::DeviceKind;
use epic_training::reproduce::{
    self, ReproduceError, ReproduceObserver, ReproduceOptions, Reproduced, Results, State,
    VariantEvent, Verdict,
};
use pipeline_support::{CLASSES, Watcher, Workplace, workplace};
use serde_json::Value;

impl ReproduceObserver for Watcher {
    fn on_variant(&mut self, event: &VariantEvent<'_>) {
        self.steps.push(format!("{}/{} {}", event.number, event.of, event.id));
    }

    fn on_time_left(&mut self, left: Duration) {
        self.notes.push(format!("{left:?} left"));
    }
}

/// A data set whose class `blue` is a minority, and a folder with the recipes m01, m01.1, m01.6, m03 and m04.
struct Table {
    place: Workplace,
    recipes: PathBuf,
}

fn table() -> Table {
    let place = workplace("");
    for number in 0..3 {
        fs::remove_file(place.data.join(format!("blue/blue_two_{number}.png"))).unwrap();
    }
    let tiny = fs::read_to_string(place.recipe()).unwrap();
    let recipes = place.recipe().with_file_name("");
    let m01 = tiny.replace("id = \"tiny\"", "id = \"m01\"");
    fs::write(recipes.join("m01.toml"), &m01).unwrap();
    let larger = m01.replace("\"m01\"", "\"m01.1\"").replace("batch_size = 8", "batch_size = 16");
    fs::write(recipes.join("m01.1.toml"), &larger).unwrap();
    let levels = "[levels]\nparents = \"warmth\"\nweights = [{ from_epoch = 1, parents = 0.5 }]\n";
    let m03 = larger.replace("\"m01.1\"", "\"m03\"").replace("\"vcnn\"", "\"hcnn\"");
    fs::write(recipes.join("m03.toml"), format!("{m03}\n{levels}")).unwrap();
    let cleaner = larger.replace("\"m01.1\"", "\"m01.6\"");
    fs::write(recipes.join("m01.6.toml"), format!("data_version = \"v01.1\"\n{cleaner}")).unwrap();
    fs::write(recipes.join("m04.toml"), TREES).unwrap();
    Table { place, recipes }
}

const TREES: &str = r#"
id = "m04"
description = "Trees."
family = "xcnn"
base = "m01.1.toml"

[pack]
name = "m04"
version = "0.1.0"

[trees]
rounds = 4
learning_rate = 0.5
seed = 5
"#;

impl Table {
    fn out(&self) -> &Path {
        &self.place.out
    }

    fn run_with<'a>(
        &'a self,
        change: impl FnOnce(&mut ReproduceOptions<'a>),
        watcher: &mut Watcher,
    ) -> Result<Reproduced, ReproduceError> {
        let mut options = ReproduceOptions {
            data: &self.place.data,
            out: &self.place.out,
            sources: None,
            recipes: Some(&self.recipes),
            with: &[],
            only: &[],
            taxonomy: None,
            seed: None,
            epochs: None,
            quick: false,
            device: DeviceKind::Cpu,
            extractor: None,
            card_reader: None,
            backbone: None,
            embedding_cache: None,
            metadata_cache: None,
            command: "epic reproduce --data here",
        };
        change(&mut options);
        reproduce::run(&options, watcher)
    }

    fn done(&self, watcher: &mut Watcher) -> Results {
        match self.run_with(|_| {}, watcher).unwrap() {
            Reproduced::Done(results) => *results,
            Reproduced::Interrupted => panic!("nobody stopped the run"),
        }
    }

    fn json(&self) -> Value {
        serde_json::from_str(&fs::read_to_string(self.out().join("results.json")).unwrap()).unwrap()
    }
}

/// Every file of a folder with its content.
fn snapshot(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(snapshot(&path));
        } else {
            let content = fs::read(&path).unwrap();
            all.push((path, content));
        }
    }
    all.sort();
    all
}

fn trainings(watcher: &Watcher) -> usize {
    watcher.steps.iter().filter(|step| *step == "training").count()
}

#[test]
fn a_table_is_made_and_made_once() {
    let table = table();
    let copy = table.place.data.join("red/red_one_77.png");
    fs::copy(table.place.data.join("red/red_one_0.png"), copy).unwrap();
    fs::write(table.place.data.join("green/green_one_99.png"), b"\x89PNG\r\n\x1a\n").unwrap();
    let before = snapshot(&table.place.data);
    let mut watcher = Watcher::default();
    let results = table.done(&mut watcher);
    assert_eq!(snapshot(&table.place.data), before, "the data set is left alone");
    let heads: Vec<_> = watcher.steps.iter().filter(|step| step.contains('/')).collect();
    assert_eq!(heads, ["1/5 m01", "2/5 m01.1", "3/5 m01.6", "4/5 m03", "5/5 m04"]);
    assert!(watcher.notes.iter().any(|note| note.contains("green_one_99.png")));
    assert!(watcher.notes.iter().any(|note| note.ends_with("left")), "{:?}", watcher.notes);

    assert!(results.variants.iter().all(|variant| variant.state == State::Finished));
    let [v01, v01_1] = results.data.versions.as_slice() else { panic!("two versions") };
    assert_eq!(v01.pictures.values().sum::<usize>(), 57);
    assert_eq!(v01.excluded.get("copy"), Some(&1));
    assert!(v01_1.note.contains("blue in the train part"), "{}", v01_1.note);
    let batch = &results.findings[0];
    assert_eq!(batch.number, Some(1));
    let verdicts: Vec<_> = batch.comparisons.iter().map(|one| one.verdict).collect();
    assert_eq!(verdicts[..2], [Verdict::NotMeasured; 2]);
    assert_ne!(verdicts[2], Verdict::NotMeasured);

    // Trees take over what their base learnt.
    let trees = results.variants[4].record.as_ref().unwrap();
    assert_eq!((trees.base.as_deref(), trees.epochs, trees.batch_size), (Some("m01.1"), 4, None));
    assert!(!table.out().join("variants/m04/training/base").exists());
    assert_eq!(results.variants[2].record.as_ref().unwrap().data_version, "v01.1");
    assert_ne!(results.findings[1].verdict, Verdict::NotMeasured);

    let mut tested = BTreeSet::new();
    for variant in &results.variants {
        let record = variant.record.as_ref().unwrap();
        assert_eq!(record.test_hash, results.data.test_hash);
        assert!(record.cost.training().seconds > 0.0 && record.network.parameters > 100);
        assert_eq!(record.train_n, results.data.parts[0]);
        let folder = table.out().join("variants").join(&variant.id);
        let lines = fs::read_to_string(folder.join("training/predictions.jsonl")).unwrap();
        let paths: Vec<String> = lines
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap()["path"].to_string())
            .collect();
        assert_eq!(paths.len(), variant.scores.as_ref().unwrap().n);
        tested.insert(paths);
        epic_core::Pack::open(&folder).unwrap();
    }
    assert_eq!(tested.len(), 1, "all variants answer for the same pictures");

    let json = table.json();
    assert_eq!(json["smoke_run"], false);
    assert_eq!(json["variants"][1]["state"], "finished");
    assert_eq!(json["variants"][1]["scores"]["n"], results.data.parts[2]);
    assert_eq!(json["findings"][0]["comparisons"][2]["name"], "m01.1 \u{2212} m01");
    let page = fs::read_to_string(table.out().join("results.html")).unwrap();
    assert!(page.trim_end().ends_with("</html>") && page.contains("m01.1 \u{2212} m01"));
    let text = fs::read_to_string(table.out().join("results.md")).unwrap();
    assert!(text.contains("| m03 |") && text.contains("epic reproduce --data here"));

    let network = fs::read(table.out().join("variants/m01/model.onnx")).unwrap();
    let mut again = Watcher::default();
    let second = table.done(&mut again);
    assert_eq!(trainings(&again), 0, "{:?}", again.steps);
    assert_eq!(second.variants, results.variants);
    assert_eq!(second.findings, results.findings);
    assert_eq!(fs::read(table.out().join("variants/m01/model.onnx")).unwrap(), network);
}

#[test]
fn a_stopped_run_goes_on_where_it_was() {
    let whole = table();
    let wanted = whole.done(&mut Watcher::default());
    let table = table();
    // In the second variant: the first one has five batches in each of three epochs.
    let mut stopper = Watcher { stop_at_batch: Some(18), ..Watcher::default() };
    let stopped = table.run_with(|_| {}, &mut stopper).unwrap();
    assert!(matches!(stopped, Reproduced::Interrupted));
    let json = table.json();
    assert_eq!(json["variants"][0]["state"], "finished");
    assert_eq!(json["variants"][1]["state"], "waiting");
    let mut rest = Watcher::default();
    let results = table.done(&mut rest);
    assert_eq!(trainings(&rest), 3);
    assert!(!rest.steps.iter().any(|step| step.starts_with("looking for")), "{:?}", rest.steps);
    let scores = |results: &Results| -> Vec<f64> {
        results.variants.iter().map(|one| one.scores.as_ref().unwrap().macro_f1).collect()
    };
    assert_eq!(scores(&results), scores(&wanted));
    for id in ["m01", "m01.1", "m01.6", "m03", "m04"] {
        let network = |table: &Table| {
            fs::read(table.out().join("variants").join(id).join("model.onnx")).unwrap()
        };
        assert!(network(&table) == network(&whole), "{id}");
    }
}

#[test]
fn another_data_set_another_seed_and_another_recipe_are_refused() {
    let table = table();
    let only = ["m01".to_owned()];
    table.run_with(|options| options.only = &only, &mut Watcher::default()).unwrap();
    let again = |change: &dyn Fn(&mut ReproduceOptions<'_>)| {
        table.run_with(|options| change(options), &mut Watcher::default()).unwrap_err()
    };
    let error = again(&|options| options.seed = Some(9)).to_string();
    assert!(error.contains("the seed of the recipes, now it is 9"), "{error}");
    let error = again(&|options| options.quick = true).to_string();
    assert!(error.contains("smoke run"), "{error}");
    let recipe = table.recipes.join("m01.toml");
    let text = fs::read_to_string(&recipe).unwrap();
    fs::write(&recipe, text.replace("epochs = 3", "epochs = 4")).unwrap();
    let error = again(&|_| {});
    assert!(matches!(&error, ReproduceError::OtherRecipe { id, .. } if id == "m01"), "{error}");
    fs::write(&recipe, text).unwrap();
    fs::remove_file(table.place.data.join("red/red_one_3.png")).unwrap();
    let error = again(&|_| {});
    let is_data = |what: &str| what == "the data set";
    assert!(matches!(&error, ReproduceError::OtherRun { what, .. } if is_data(what)), "{error}");
}

#[test]
fn a_variant_that_fails_is_reported_and_tried_again() {
    let table = table();
    fs::create_dir_all(table.out()).unwrap();
    let only = ["m01".to_owned()];
    table.run_with(|options| options.only = &only, &mut Watcher::default()).unwrap();
    // A file where the pack's folder has to be.
    let blocked = table.out().join("variants/m01.1");
    fs::write(&blocked, "in the way").unwrap();
    let mut watcher = Watcher::default();
    let results = table.done(&mut watcher);
    let State::Failed { reason } = &results.variants[1].state else { panic!("{results:?}") };
    assert!(reason.contains("m01.1"), "{reason}");
    let without_base = State::Failed { reason: "its base m01.1 is not trained".to_owned() };
    assert_eq!(results.variants[4].state, without_base);
    assert!(watcher.notes.iter().any(|note| note.starts_with("m01.1 failed: ")));
    assert_eq!(results.variants[2].state, State::Finished);
    assert_eq!(table.json()["variants"][1]["state"], "failed");
    assert!(fs::read_to_string(table.out().join("results.md")).unwrap().contains("failed: "));
    fs::remove_file(&blocked).unwrap();
    let results = table.done(&mut Watcher::default());
    assert!(results.variants.iter().all(|variant| variant.state == State::Finished));
}

#[test]
fn versions_of_the_data_set_are_used() {
    let table = table();
    let data = &table.place.data;
    let classes = CLASSES.map(String::from);
    let dataset = Dataset::open(data, &classes, &CoreReader, &|_, _| {}).unwrap();
    let save = |name: &str, is_left_out: &dyn Fn(&str) -> bool| {
        let paths = dataset.samples.iter().map(|sample| sample.relative_path.clone());
        let without: Vec<_> =
            paths.filter(|path| is_left_out(path)).map(|path| (path, "ugly".to_owned())).collect();
        let version = Version::new(&dataset, name, None, "by hand", &without).unwrap();
        version.save(data).unwrap();
    };
    save("v01", &|path| path == "red/red_two_5.png");
    // Pictures of all three parts, as a person may leave them out.
    let even = |path: &str| path.trim_end_matches(".png").ends_with(['0', '2', '4', '6', '8']);
    save("v01.1", &even);
    let only = ["m01.1".to_owned(), "m01.6".to_owned()];
    let mut watcher = Watcher::default();
    let outcome = table.run_with(|options| options.only = &only, &mut watcher).unwrap();
    let Reproduced::Done(results) = outcome else { panic!("nobody stopped the run") };
    let v01 = &results.data.versions[0];
    assert!(v01.found && v01.note == "by hand");
    assert_eq!(v01.pictures.values().sum::<usize>(), dataset.samples.len() - 1);
    assert!(watcher.notes.iter().any(|note| note.contains("version v01,")), "{:?}", watcher.notes);
    let split = fs::read_to_string(table.out().join("split.json")).unwrap();
    assert!(!split.contains("red_two_5.png") && split.contains("red_two_6.png"));
    assert_eq!(results.variants[0].state, State::Waiting);
    // Only the pictures to train on are others.
    let split: Value = serde_json::from_str(&split).unwrap();
    let train = split["train"]["relative_paths"].as_array().unwrap();
    let odd = train.iter().filter(|path| !even(path.as_str().unwrap())).count();
    let [first, second] =
        [1, 2].map(|place: usize| results.variants[place].record.as_ref().unwrap());
    assert_eq!((first.train_n, second.train_n), (train.len(), odd));
    assert!(odd < train.len());
    assert_eq!(first.test_hash, second.test_hash);
    assert_eq!(results.findings[1].comparisons[0].n, results.data.parts[2]);
}

#[test]
fn a_smoke_run_takes_few_pictures_and_says_so() {
    let table = table();
    let only = ["m01".to_owned()];
    let mut watcher = Watcher::default();
    let outcome = table.run_with(
        |options| (options.only, options.quick, options.seed) = (&only, true, Some(4)),
        &mut watcher,
    );
    let Reproduced::Done(results) = outcome.unwrap() else { panic!("nobody stopped the run") };
    assert!(results.smoke_run);
    assert_eq!((results.seed, results.data.split_seed), (Some(4), 4));
    let page = fs::read_to_string(table.out().join("results.html")).unwrap();
    assert!(page.contains("SMOKE RUN"));
}

#[test]
fn a_folder_of_other_things_is_refused() {
    let table = table();
    fs::create_dir_all(table.out()).unwrap();
    fs::write(table.out().join("letters.txt"), "dear").unwrap();
    let error = table.run_with(|_| {}, &mut Watcher::default()).unwrap_err();
    assert!(matches!(error, ReproduceError::Occupied(_)), "{error}");
    let nowhere = [PathBuf::from("nowhere.toml")];
    fs::remove_file(table.out().join("letters.txt")).unwrap();
    let error = table.run_with(|options| options.with = &nowhere, &mut Watcher::default());
    assert!(error.unwrap_err().to_string().contains("nowhere.toml"));
}
