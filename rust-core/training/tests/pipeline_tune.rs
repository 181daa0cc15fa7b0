//! Searches for settings: what they look at, keep and leave behind.
#![cfg(feature = "engine")]

mod pipeline_support;

use std::fs;

use epic_training::pipeline::{Outcome, PipelineError, Recipe};
use epic_training::tuning::{Metric, TuningError};
use pipeline_support::{Watcher, Workplace, run, tune, workplace};

const TREES: &str = "[tuning]\ntrials = 7\nfolds = 3\nseed = 4\n\n[tuning.space]\n\
                     trees.max_depth = { low = 1, high = 5 }\n\
                     \"trees.learning_rate\" = { low = 0.05, high = 0.5, log = true }\n\
                     \"trees.sample_weights\" = { choices = [\"none\", \"balanced\"] }\n";
const NETWORK: &str = "[tuning]\ntrials = 2\nfolds = 2\nmetric = \"log_loss\"\n\n[tuning.space]\n\
                       training.learning_rate = { low = 1e-3, high = 1e-1, log = true }\n\
                       training.epochs = { low = 1, high = 2 }\n";

fn trees() -> Workplace {
    let mut place = workplace("");
    place.become_trees(TREES);
    place
}

fn network() -> Workplace {
    let place = workplace("");
    place.change_recipe(|recipe| recipe.push_str(NETWORK));
    place
}

fn lines(place: &Workplace) -> Vec<serde_json::Value> {
    let text = fs::read_to_string(place.out.join("trials.jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn trees_are_tuned_and_the_best_recipe_trains() {
    let place = trees();
    let mut watcher = Watcher::default();
    let tuned = tune(&place, false, &mut watcher).unwrap().unwrap();
    assert_eq!((tuned.trials.len(), watcher.trials.len(), tuned.failed()), (7, 7, 0));
    // Features are made once, for the train part only.
    let looked = watcher.steps.iter().filter(|step| *step == "looking at pictures").count();
    assert_eq!(looked, 1, "{:?}", watcher.steps);
    assert!(watcher.steps.iter().any(|step| step == "trial 7/7, fold 3/3"), "{:?}", watcher.steps);
    let scores: Vec<f64> =
        tuned.trials.iter().map(|trial| trial.score(Metric::MacroF1).unwrap()).collect();
    let most = scores.iter().copied().fold(0.0, f64::max);
    assert_eq!(tuned.best.score(Metric::MacroF1), Some(most));
    assert!(tuned.trials.iter().all(|trial| trial.folds.len() == 3));

    let lines = lines(&place);
    assert_eq!((lines.len(), &lines[0]["folds"]), (8, &3.into()));
    let page = fs::read_to_string(&tuned.page).unwrap();
    assert_eq!(page.matches("<svg class=\"chart\"").count(), 4);
    assert!(page.contains("trees.learning_rate"));

    let best = Recipe::load(&tuned.recipe).unwrap();
    let depth = tuned.best.values["trees.max_depth"].as_u64().unwrap();
    assert_eq!(best.trees.as_ref().unwrap().params.max_depth as u64, depth);
    assert_eq!((best.trees.unwrap().params.rounds, best.tuning), (8, None));
}

#[test]
fn a_search_that_was_stopped_or_torn_finds_the_same() {
    let whole = trees();
    let wanted = tune(&whole, false, &mut Watcher::default()).unwrap().unwrap();
    let place = trees();
    let mut watcher = Watcher { stop_at_trial: Some(3), ..Watcher::default() };
    assert_eq!(tune(&place, false, &mut watcher).unwrap(), None);
    assert_eq!(lines(&place).len(), 4);
    let refused = tune(&place, false, &mut Watcher::default()).unwrap_err();
    assert!(
        matches!(refused, PipelineError::Tuning(TuningError::AlreadyBegun { .. })),
        "{refused}"
    );
    // As a kill in the middle of a line leaves it.
    let file = place.out.join("trials.jsonl");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, &text[..text.len() - 30]).unwrap();
    let mut watcher = Watcher::default();
    let tuned = tune(&place, true, &mut watcher).unwrap().unwrap();
    assert_eq!(watcher.trials.len(), 5);
    let values = |tuned: &epic_training::pipeline::Tuned| {
        tuned.trials.iter().map(|t| (t.values.clone(), t.mean)).collect::<Vec<_>>()
    };
    assert_eq!(values(&tuned), values(&wanted));
    // More trials go on; another space does not.
    place.change_recipe(|recipe| *recipe = recipe.replace("high = 5 }", "high = 6 }"));
    let other = tune(&place, true, &mut Watcher::default()).unwrap_err();
    assert!(matches!(other, PipelineError::Tuning(TuningError::OtherSearch { .. })), "{other}");
}

#[test]
fn networks_are_tuned_and_a_stopped_trial_goes_on_where_it_was() {
    let place = network();
    let mut watcher = Watcher { stop_at_batch: Some(2), ..Watcher::default() };
    assert_eq!(tune(&place, false, &mut watcher).unwrap(), None);
    assert!(place.out.join("trial-1").exists());
    let mut watcher = Watcher::default();
    let tuned = tune(&place, true, &mut watcher).unwrap().unwrap();
    assert_eq!(tuned.metric, Metric::LogLoss);
    let costs = tuned.trials.iter().filter_map(|trial| trial.score(Metric::LogLoss));
    assert_eq!(tuned.best.score(Metric::LogLoss), costs.reduce(f64::min));
    assert!(!place.out.join("trial-1").exists() && !place.out.join("trial-2").exists());
    let best = Recipe::load(&tuned.recipe).unwrap();
    assert_eq!(best.taxonomy, Recipe::load(place.recipe()).unwrap().taxonomy);
}

#[test]
fn validation_and_test_pictures_are_never_looked_at() {
    let place = network();
    let untouched = tune(&place, false, &mut Watcher::default()).unwrap().unwrap();
    let split = epic_training::dataset::Split::load(&place.out.join("split.json")).unwrap();
    let others: Vec<&String> =
        split.validation.relative_paths.iter().chain(&split.test.relative_paths).collect();
    assert!(!others.is_empty());
    fs::remove_file(place.out.join("trials.jsonl")).unwrap();
    // They are checked when the data set is opened, and then they are gone.
    let remove = others.iter().map(|path| place.data.join(path)).collect();
    let mut watcher =
        Watcher { remove_at: Some(("decoding, train part", remove)), ..Watcher::default() };
    let blind = tune(&place, true, &mut watcher).unwrap().unwrap();
    assert!(others.iter().all(|path| !place.data.join(path).exists()));
    let scores = |tuned: &epic_training::pipeline::Tuned| {
        tuned.trials.iter().map(|trial| trial.mean).collect::<Vec<_>>()
    };
    assert_eq!(scores(&blind), scores(&untouched));
}

#[test]
fn settings_that_lead_nowhere_are_recorded_and_the_search_goes_on() {
    let place = workplace("");
    // Ends of the range are sound by themselves; with this learning rate the loss is not finite.
    let tables = "[tuning]\ntrials = 3\nfolds = 2\n\n[tuning.space]\n\
                  training.learning_rate = { choices = [0.01, 1e300, 0.02] }\n";
    place.change_recipe(|recipe| recipe.push_str(tables));
    let mut watcher = Watcher::default();
    let tuned = tune(&place, false, &mut watcher).unwrap().unwrap();
    assert_eq!((tuned.trials.len(), tuned.failed()), (3, 1));
    let failed = watcher.trials.iter().find_map(|(_, error)| error.clone()).unwrap();
    assert!(failed.contains("finite"), "{failed}");
    let all = tables.replace("[0.01, 1e300, 0.02]", "[1e300, 2e300]");
    let place = workplace("");
    place.change_recipe(|recipe| recipe.push_str(&all));
    let error = tune(&place, false, &mut Watcher::default()).unwrap_err();
    assert!(
        matches!(error, PipelineError::Tuning(TuningError::NoneSucceeded { trials: 2, .. })),
        "{error}"
    );
}

#[test]
fn training_searches_first_and_says_what_it_found() {
    let place = trees();
    let mut watcher = Watcher { stop_at_trial: Some(2), ..Watcher::default() };
    assert!(matches!(run(&place, false, &mut watcher).unwrap(), Outcome::Interrupted));
    let mut watcher = Watcher::default();
    assert!(matches!(run(&place, true, &mut watcher).unwrap(), Outcome::Trained(_)));
    assert_eq!((watcher.trials.len(), watcher.batches), (5, 0));
    let tuning = place.out.join("training/tuning");
    let best = Recipe::load(&tuning.join("best.toml")).unwrap().trees.unwrap();
    let card = fs::read_to_string(place.out.join("MODEL_CARD.md")).unwrap();
    let row = format!("| `trees.max_depth` | {} |", best.params.max_depth);
    assert!(card.contains("3-fold cross-validation") && card.contains(&row), "{card}");
    assert!(tuning.join("tuning.html").exists());
    // Its origin is the recipe that asked for the search.
    let pack = epic_core::Pack::open(&place.out).unwrap();
    assert_eq!(
        pack.manifest().provenance.recipe_sha256,
        Recipe::load(place.recipe()).unwrap().sha256
    );
}

#[test]
fn a_wrong_space_is_told_before_anything_is_done() {
    for (fields, reason) in [
        ("trees.max_dpth = { low = 1, high = 5 }", "max_dpth"),
        ("trees.max_depth = { low = 0, high = 5 }", "max_depth"),
        ("trees.max_depth = { low = 1.5, high = 5.5 }", "max_depth"),
        ("split.seed = { low = 1, high = 5 }", "cannot be tuned"),
        ("id = { choices = [\"a\", \"b\"] }", "cannot be tuned"),
        ("training.epochs = { low = 1, high = 5 }", "training is the base recipe's"),
        ("trees.max_depth = { low = 5, high = 1 }", "tuning.space.trees.max_depth"),
        ("", "no field"),
    ] {
        let mut place = workplace("");
        place.become_trees(&format!("[tuning.space]\n{fields}\n"));
        let error = Recipe::load(place.recipe()).unwrap_err();
        assert!(matches!(error, PipelineError::Recipe { .. }), "{error:?}");
        assert!(error.to_string().contains(reason), "{reason}: {error}");
    }
    for (numbers, reason) in [("trials = 0", "trial"), ("folds = 1", "folds"), ("fold = 3", "fold")]
    {
        let mut place = workplace("");
        place.become_trees(&TREES.replace("trials = 7\nfolds = 3", numbers));
        let error = Recipe::load(place.recipe()).unwrap_err();
        assert!(error.to_string().contains(reason), "{reason}: {error}");
    }
}
