//! From a recipe and a folder of pictures to a pack that phones open.
#![cfg(feature = "engine")]

mod pipeline_support;

use std::fs;
use std::path::Path;

use epic_core::{Classifier, ImageSource, Pack};
use epic_training::CoreReader;
use epic_training::dataset::{Dataset, NearDuplicateRule, NearDuplicates, Split};
use epic_training::engine::EngineError;
use epic_training::measure;
use epic_training::pipeline::{Outcome, PipelineError, Recipe, Trained};
use pipeline_support::{
    CLASSES, Watcher, leave_for_another_runtime, run, trained, workplace, write_recipe,
};

fn dataset(root: &Path) -> Dataset {
    let classes = CLASSES.map(String::from);
    Dataset::open(root, &classes, &CoreReader, &|_, _| {}).unwrap()
}

#[test]
fn a_recipe_becomes_a_pack_whose_scores_are_those_of_its_classifier() {
    let place = workplace("");
    let (outcome, watcher) = trained(&place);
    let Trained { pack, test, report, export_difference, .. } = outcome;
    assert!(export_difference < 1e-4, "{export_difference}");
    assert!(watcher.steps.iter().any(|step| step == "training"), "{:?}", watcher.steps);

    let opened = Pack::open(&place.out).unwrap();
    assert_eq!(opened.id(), pack.id());
    let manifest = opened.manifest();
    assert_eq!((&*manifest.name, &*manifest.provenance.recipe), ("tiny", "tiny"));
    assert!(opened.model_card().unwrap().contains("# tiny 0.1.0"));

    let data = dataset(&place.data);
    let split = Split::load(&place.out.join("training/split.json")).unwrap();
    let test_part = split.indices(&data).unwrap().test;
    let classifier = Classifier::new(&opened).unwrap();
    let logits = measure::logits(&classifier, &data, &test_part, &Default::default(), &|_| {});
    let predictions = measure::predictions(manifest, &data, &logits);
    let right = predictions.iter().filter(|p| p.predicted == p.truth).count();
    assert_eq!((test.n, predictions.len()), (test_part.len(), test_part.len()));
    assert_eq!(test.accuracy, right as f64 / test.n as f64);
    assert_eq!(manifest.provenance.scores["test_accuracy"], test.accuracy);
    // Three colours: a network that learnt anything tells them apart.
    assert!(test.accuracy > 0.8, "{}", test.accuracy);
    for prediction in &predictions {
        let path = place.data.join(&prediction.id);
        let verdict = classifier.classify(&ImageSource::Path(&path)).unwrap();
        assert_eq!(verdict.class, CLASSES[prediction.predicted]);
        assert_eq!(verdict.abstained, prediction.abstained);
    }

    leave_for_another_runtime(&place, &opened, "tiny");
    let page = fs::read_to_string(&report).unwrap();
    assert!(page.trim_end().ends_with("</html>") && CLASSES.iter().all(|c| page.contains(c)));
    for name in ["evaluation.json", "history.json"] {
        let text = fs::read_to_string(place.out.join("training").join(name)).unwrap();
        serde_json::from_str::<serde_json::Value>(&text).unwrap();
    }
}

#[test]
fn the_split_does_not_leak() {
    let place = workplace("");
    trained(&place);
    let data = dataset(&place.data);
    let split = Split::load(&place.out.join("training/split.json")).unwrap();
    let duplicates = NearDuplicates::find(&data, &NearDuplicateRule::default());
    let report = split.leak_report(&data, &duplicates).unwrap();
    assert!(report.is_clean(), "{report:?}");
    let parts = split.parts();
    assert!(parts.iter().all(|(_, part)| part.count > 0));
    let total: usize = parts.iter().map(|(_, part)| part.count).sum();
    assert_eq!(total, data.samples.len());
}

#[test]
fn a_resumed_run_writes_the_same_network_byte_for_byte() {
    let whole = workplace("");
    trained(&whole);
    let wanted = fs::read(whole.out.join("model.onnx")).unwrap();
    for stop_at_batch in [1, 5] {
        let part = workplace("");
        let mut stopper = Watcher { stop_at_batch: Some(stop_at_batch), ..Watcher::default() };
        let stopped = run(&part, false, &mut stopper).unwrap();
        assert!(matches!(stopped, Outcome::Interrupted));
        assert!(!part.out.join("manifest.json").exists());
        let resumed = run(&part, true, &mut Watcher::default()).unwrap();
        assert!(matches!(resumed, Outcome::Trained(_)));
        assert!(fs::read(part.out.join("model.onnx")).unwrap() == wanted, "{stop_at_batch}");
    }
}

#[test]
fn a_corrupt_picture_is_noted_and_left_out() {
    let place = workplace("");
    let broken = place.data.join("red/red_one_99.png");
    fs::write(&broken, b"\x89PNG\r\n\x1a\n and no more").unwrap();
    let (_, watcher) = trained(&place);
    let note = watcher.notes.iter().find(|note| note.contains("red/red_one_99.png"));
    assert!(note.is_some_and(|note| note.ends_with("left out")), "{:?}", watcher.notes);
    let split = fs::read_to_string(place.out.join("training/split.json")).unwrap();
    assert!(!split.contains("red_one_99"));
}

#[test]
fn a_wrong_recipe_is_an_error_that_names_file_and_key() {
    let folder = tempfile::tempdir().unwrap();
    let load = |find: &str, replace: &str| {
        let path = write_recipe(folder.path(), "");
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(find), "{find}");
        fs::write(&path, text.replacen(find, replace, 1)).unwrap();
        Recipe::load(&path).unwrap_err()
    };
    for (find, replace, key) in [
        ("family =", "colour = 1\nfamily =", "colour"),
        ("batch_size", "batchsize", "batchsize"),
        ("dropout =", "drop_out =", "drop_out"),
        ("version =", "versoin =", "versoin"),
        ("max_false_irrelevant_rate", "max_rate", "max_rate"),
        ("[decision]", "[decision]\nfolds = 1", "decision.folds"),
        ("[network]", "[network]\nclasses = 3", "network.classes"),
        ("taxonomy = \"tiny-taxonomy.toml\"", "taxonomy = \"nowhere.toml\"", "nowhere.toml"),
    ] {
        match load(find, replace) {
            error @ PipelineError::Recipe { .. } => {
                let message = error.to_string();
                assert!(message.contains(key) && message.contains(".toml"), "{message}");
            }
            other => panic!("{key}: {other:?}"),
        }
    }
}

#[test]
fn refit_ships_a_network_that_saw_all_parts() {
    let (plain, refit) = (workplace(""), workplace("refit = true"));
    trained(&plain);
    let (outcome, watcher) = trained(&refit);
    assert!(watcher.steps.iter().any(|step| step == "training on all parts"));
    let network = |out: &Path| fs::read(out.join("model.onnx")).unwrap();
    assert!(network(&plain.out) != network(&refit.out));
    // Scores are of the network that did not see the test part, and the card says so.
    let card = fs::read_to_string(refit.out.join("MODEL_CARD.md")).unwrap();
    assert!(card.contains("trained once more on all three parts"), "{card}");
    let plain_scores = &Pack::open(&plain.out).unwrap().manifest().provenance.scores.clone();
    assert_eq!(&outcome.pack.manifest().provenance.scores, plain_scores);
}

#[test]
fn thresholds_from_folds_are_about_pictures_that_were_held_out() {
    let (plain, folded, stopped) = (workplace(""), workplace(""), workplace(""));
    trained(&plain);
    let with_folds = |recipe: &mut String| recipe.push_str("folds = 2\n");
    folded.change_recipe(with_folds);
    let (outcome, watcher) = trained(&folded);
    for step in ["fold 1/2", "fold 2/2"] {
        assert!(watcher.steps.iter().any(|s| s == step), "{:?}", watcher.steps);
    }
    // The same network; what differs is how sure it has to be.
    let network = |out: &Path| fs::read(out.join("model.onnx")).unwrap();
    let temperature = |out: &Path| Pack::open(out).unwrap().manifest().calibration.temperature;
    assert_ne!(temperature(&plain.out), temperature(&folded.out));
    assert!(outcome.pack.model_card().unwrap().contains("2 folds"));

    stopped.change_recipe(with_folds);
    let batches = watcher.batches;
    // In the second fold.
    let mut stopper = Watcher { stop_at_batch: Some(batches - 2), ..Watcher::default() };
    assert!(matches!(run(&stopped, false, &mut stopper).unwrap(), Outcome::Interrupted));
    assert!(matches!(run(&stopped, true, &mut Watcher::default()).unwrap(), Outcome::Trained(_)));
    assert_eq!(temperature(&stopped.out), temperature(&folded.out));
    assert!(network(&stopped.out) == network(&folded.out));
}

#[test]
fn a_used_folder_is_refused_without_resume() {
    let place = workplace("");
    trained(&place);
    let before = fs::read(place.out.join("manifest.json")).unwrap();
    let again = run(&place, false, &mut Watcher::default());
    match again {
        Err(PipelineError::Engine(error @ EngineError::AlreadyTrained { .. })) => {
            assert!(error.to_string().contains(place.out.to_str().unwrap()), "{error}");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(fs::read(place.out.join("manifest.json")).unwrap(), before);
}
