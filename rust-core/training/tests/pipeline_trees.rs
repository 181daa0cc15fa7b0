//! Recipes of trees on the features of a trained network, from pictures to packs that phones open.
#![cfg(feature = "engine")]

mod pipeline_support;

use std::fs;
use std::path::Path;

use epic_core::pack::Family;
use epic_core::{Classifier, ImageSource, Pack};
use epic_training::CoreReader;
use epic_training::dataset::version::Version;
use epic_training::dataset::{Dataset, Split};
use epic_training::engine::EngineError;
use epic_training::pipeline::{Outcome, PipelineError, Recipe};
use epic_training::trees::Booster;
use pipeline_support::{
    CLASSES, Watcher, Workplace, leave_for_another_runtime, run, trained, workplace,
};

fn trees(more: &str) -> Workplace {
    let mut place = workplace("");
    place.become_trees(more);
    place
}

fn dataset(place: &Workplace) -> Dataset {
    let classes = CLASSES.map(String::from);
    Dataset::open(&place.data, &classes, &CoreReader, &|_, _| {}).unwrap()
}

fn split_of(out: &Path) -> Split {
    Split::load(&out.join("training/split.json")).unwrap()
}

#[test]
fn the_base_is_trained_first_and_the_trees_stand_on_its_train_part() {
    let place = trees("");
    let (outcome, watcher) = trained(&place);
    let step = |name: &str| watcher.steps.iter().position(|step| step == name).unwrap();
    assert!(step("training") < step("looking at pictures"), "{:?}", watcher.steps);
    assert!(step("looking at pictures") < step("growing trees"), "{:?}", watcher.steps);
    assert!(outcome.export_difference < 1e-3, "{}", outcome.export_difference);
    assert!(outcome.test.accuracy > 0.8, "{}", outcome.test.accuracy);

    let base = place.out.join("training/base");
    assert_eq!(Pack::open(&base).unwrap().manifest().family, Family::Vcnn);
    assert_eq!(split_of(&place.out), split_of(&base));
    let pack = Pack::open(&place.out).unwrap();
    let manifest = pack.manifest();
    assert_eq!((manifest.family, &*manifest.provenance.recipe), (Family::Xcnn, "tiny-trees"));
    assert_eq!(manifest.provenance.seed, 2);
    let card = pack.model_card().unwrap();
    assert!(card.contains("8 rounds of trees on the features of `tiny`"), "{card}");
    leave_for_another_runtime(&place, &pack, "tiny-trees");

    // What a phone says is what was measured.
    let data = dataset(&place);
    let test = split_of(&place.out).indices(&data).unwrap().test;
    let classifier = Classifier::new(&pack).unwrap();
    let right = test.iter().filter(|&&index| {
        let path = data.root.join(&data.samples[index].relative_path);
        let verdict = classifier.classify(&ImageSource::Path(&path)).unwrap();
        verdict.class == CLASSES[data.samples[index].class]
    });
    assert_eq!(right.count() as f64 / test.len() as f64, outcome.test.accuracy);

    let work = place.out.join("training");
    let booster: Booster =
        serde_json::from_slice(&fs::read(work.join("trees.json")).unwrap()).unwrap();
    assert_eq!((booster.trees.len(), booster.columns), (8 * CLASSES.len(), 12));
    let history = fs::read_to_string(work.join("history.json")).unwrap();
    let history: Vec<serde_json::Value> = serde_json::from_str(&history).unwrap();
    assert_eq!(history.len(), 8);
    assert!(history[7]["train_loss"].as_f64() < history[0]["train_loss"].as_f64());
}

#[test]
fn a_stopped_run_goes_on_and_the_base_is_not_trained_again() {
    let whole = trees("");
    trained(&whole);
    let wanted = fs::read(whole.out.join("model.onnx")).unwrap();
    let place = trees("");
    let mut stopped_in_base = Watcher { stop_at_batch: Some(4), ..Watcher::default() };
    assert!(matches!(run(&place, false, &mut stopped_in_base).unwrap(), Outcome::Interrupted));
    let refused = run(&place, false, &mut Watcher::default()).unwrap_err();
    assert!(
        matches!(refused, PipelineError::Engine(EngineError::AlreadyTrained { .. })),
        "{refused}"
    );
    for step in ["looking at pictures", "growing trees"] {
        let mut watcher = Watcher { stop_at_step: Some(step), ..Watcher::default() };
        assert!(matches!(run(&place, true, &mut watcher).unwrap(), Outcome::Interrupted));
    }
    let mut watcher = Watcher::default();
    assert!(matches!(run(&place, true, &mut watcher).unwrap(), Outcome::Trained(_)));
    assert_eq!((watcher.batches, watcher.steps.iter().any(|s| s == "training")), (0, false));
    assert!(fs::read(place.out.join("model.onnx")).unwrap() == wanted);
}

#[test]
fn a_given_base_pack_must_be_the_recipes_own() {
    let mut place = workplace("");
    trained(&place);
    let base = place.out.with_file_name("base-pack");
    fs::rename(&place.out, &base).unwrap();
    place.become_trees("");
    let with = |pack: &Path| Watcher { base_pack: Some(pack.to_owned()), ..Watcher::default() };
    let mut watcher = with(&base);
    assert!(matches!(run(&place, false, &mut watcher).unwrap(), Outcome::Trained(_)));
    assert_eq!(watcher.batches, 0);
    assert_eq!(split_of(&place.out), split_of(&base));
    assert!(!place.out.join("training/base").exists());

    let refused = |pack: &Path, reason: &str| {
        let _ = fs::remove_dir_all(&place.out);
        let error = run(&place, false, &mut with(pack)).unwrap_err();
        assert!(matches!(error, PipelineError::Base { .. }), "{error}");
        assert!(error.to_string().contains(reason), "{error}");
    };
    refused(&place.data, "manifest");
    fs::rename(base.join("training/split.json"), base.join("training/elsewhere.json")).unwrap();
    refused(&base, "training/split.json");
    let text = fs::read_to_string(place.recipe().with_file_name("tiny.toml")).unwrap();
    let other = text.replace("epochs = 3", "epochs = 4");
    fs::write(place.recipe().with_file_name("tiny.toml"), other).unwrap();
    refused(&base, "comes from recipe tiny");
    // A recipe that stands on nothing has no use for a base.
    let plain = workplace("");
    let error = run(&plain, false, &mut with(&base)).unwrap_err();
    assert!(matches!(error, PipelineError::Base { .. }), "{error}");
}

#[test]
fn sample_weights_make_other_trees() {
    let network = |more: &str| {
        let place = trees(more);
        // Fewer of one class, or all weights are 1.
        for number in 0..9 {
            fs::remove_file(place.data.join(format!("blue/blue_one_{number}.png"))).unwrap();
        }
        trained(&place);
        fs::read(place.out.join("training/trees.json")).unwrap()
    };
    assert!(network("") != network("sample_weights = \"balanced\"\n"));
}

#[test]
fn a_wrong_recipe_is_an_error_that_names_the_key() {
    for (find, replace, reason) in [
        ("base = \"tiny.toml\"", "base = \"nowhere.toml\"", "nowhere.toml"),
        ("base = \"tiny.toml\"", "", "base"),
        ("base = \"tiny.toml\"", "base = \"tiny-trees.toml\"", "family vcnn"),
        ("max_depth = 3", "max_dpth = 3", "max_dpth"),
        ("max_depth = 3", "max_depth = 0", "max_depth"),
        ("rounds = 8", "rounds = 8\nsample_weights = \"some\"", "sample_weights"),
        ("[trees]", "[split]\nseed = 1\n[trees]", "split is the base recipe's"),
        ("[trees]", "[training]\nepochs = 1\n[trees]", "training is the base recipe's"),
        ("family", "data_version = \"v01\"\nfamily", "data_version is the base recipe's"),
        ("family", "colour = 1\nfamily", "colour"),
    ] {
        let place = trees("");
        place.change_recipe(|recipe| {
            assert!(recipe.contains(find), "{find}");
            *recipe = recipe.replacen(find, replace, 1);
        });
        let error = Recipe::load(place.recipe()).unwrap_err();
        assert!(matches!(error, PipelineError::Recipe { .. }), "{error:?}");
        assert!(error.to_string().contains(reason), "{reason}: {error}");
    }
    let mut place = workplace("refit = true");
    place.become_trees("");
    let error = Recipe::load(place.recipe()).unwrap_err();
    assert!(error.to_string().contains("refitted"), "{error}");
    let mut place = workplace("base = \"other.toml\"");
    let error = Recipe::load(place.recipe()).unwrap_err();
    assert!(error.to_string().contains("base"), "{error}");
    place.change_recipe(|recipe| *recipe = recipe.replace("base = \"other.toml\"", ""));
    place.become_trees("");
    assert_eq!(Recipe::load(place.recipe()).unwrap().split.seed, 1);
}

#[test]
fn a_recipe_names_its_version_and_the_command_line_another() {
    let place = workplace("data_version = \"v01.1\"");
    let data = dataset(&place);
    let excluded: Vec<_> =
        (0..4).map(|number| (format!("red/red_one_{number}.png"), "outlier".to_owned())).collect();
    Version::new(&data, "v01", None, "all", &[]).unwrap().save(&place.data).unwrap();
    Version::new(&data, "v01.1", None, "fewer", &excluded).unwrap().save(&place.data).unwrap();
    let count = |watcher: &mut Watcher| {
        let _ = fs::remove_dir_all(&place.out);
        assert!(matches!(run(&place, false, watcher).unwrap(), Outcome::Trained(_)));
        let card = fs::read_to_string(place.out.join("MODEL_CARD.md")).unwrap();
        (split_of(&place.out).parts().iter().map(|(_, part)| part.count).sum::<usize>(), card)
    };
    let mut watcher = Watcher::default();
    let (pictures, card) = count(&mut watcher);
    assert_eq!(pictures, 56);
    assert!(card.contains("Version v01.1 of the data set"), "{card}");
    let mut watcher = Watcher { version: Some("v01"), ..Watcher::default() };
    let (pictures, card) = count(&mut watcher);
    assert_eq!(pictures, 60);
    assert!(card.contains("Version v01 of the data set"), "{card}");
    let note = watcher.notes.iter().find(|note| note.contains("v01.1"));
    assert!(note.is_some_and(|note| note.contains("as the command says")), "{:?}", watcher.notes);
}
