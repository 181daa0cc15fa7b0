//! The program `epic-train`: what it prints, its exit codes, and that a kill costs nothing.
#![cfg(feature = "engine")]

mod pipeline_support;

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread::sleep;
use std::time::Duration;

use epic_core::Pack;
use pipeline_support::{Workplace, workplace};

const SPACE: &str = "\"trees.max_depth\" = { low = 1, high = 5 }\n\
                     \"trees.learning_rate\" = { low = 0.05, high = 0.5, log = true }\n";

fn place() -> Workplace {
    let mut place = workplace("");
    place.become_trees("");
    fs::write(space(&place), SPACE).unwrap();
    place
}

fn space(place: &Workplace) -> std::path::PathBuf {
    place.recipe().with_file_name("space.toml")
}

fn epic(command: &str, place: &Workplace, more: &[&str]) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_epic-train"));
    program.arg(command).arg("--recipe").arg(place.recipe());
    program.arg("--data").arg(&place.data).arg("--out").arg(&place.out).args(more);
    program
}

fn tune(place: &Workplace, more: &[&str]) -> Command {
    let mut program = epic("tune", place, more);
    program.arg("--space").arg(space(place)).args(["--trials", "9", "--folds", "2", "--seed", "3"]);
    program
}

fn output(command: &mut Command) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code(), text(stdout), text(stderr))
}

fn trials(out: &Path) -> Vec<serde_json::Value> {
    let text = fs::read_to_string(out.join("trials.jsonl")).unwrap_or_default();
    text.lines().skip(1).filter_map(|line| serde_json::from_str(line).ok()).collect()
}

#[test]
fn tune_prints_json_and_its_recipe_trains_on_the_same_base() {
    let place = place();
    let (code, stdout, stderr) = output(&mut tune(&place, &["--json"]));
    assert_eq!(code, Some(0), "{stderr}");
    // One object and nothing else: epochs of the base would spoil it.
    let result: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!((&result["trials"], &result["metric"]), (&9.into(), &"macro_f1".into()));
    let score = result["best"]["macro_f1"].as_f64().unwrap();
    assert!(trials(&place.out).iter().all(|trial| trial["macro_f1"].as_f64().unwrap() <= score));
    assert!(stderr.contains("trial   9/9"), "{stderr}");

    let best = result["recipe"].as_str().unwrap();
    let (base, pack) = (place.out.join("base"), place.out.with_file_name("pack"));
    let mut train = Command::new(env!("CARGO_BIN_EXE_epic-train"));
    train.args(["train", "--recipe", best, "--data"]).arg(&place.data);
    train.arg("--base-pack").arg(base).arg("--out").arg(&pack);
    let (code, stdout, stderr) = output(&mut train);
    assert_eq!(code, Some(0), "{stderr}");
    assert!(stdout.contains("macro") && !stdout.contains("epoch"), "{stdout}");
    assert_eq!(Pack::open(&pack).unwrap().manifest().provenance.recipe, "tiny-trees");
}

#[test]
fn a_search_that_was_killed_goes_on_and_finds_the_same() {
    let whole = place();
    let (code, _, stderr) = output(&mut tune(&whole, &[]));
    assert_eq!(code, Some(0), "{stderr}");
    let killed = place();
    let mut running =
        tune(&killed, &[]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    // On a machine where it finishes first, nothing is left to kill; the resume then has nothing to do.
    while trials(&killed.out).len() < 2 && running.try_wait().unwrap().is_none() {
        sleep(Duration::from_millis(2));
    }
    running.kill().unwrap();
    running.wait().unwrap();
    let (code, _, stderr) = output(&mut tune(&killed, &[]));
    assert_eq!(code, Some(2));
    assert!(stderr.contains("epic tune: ") && stderr.contains("already holds trials"), "{stderr}");
    let (code, stdout, stderr) = output(&mut tune(&killed, &["--resume"]));
    assert_eq!(code, Some(0), "{stderr}");
    assert!(stdout.contains("best.toml"), "{stdout}");
    let values = |out: &Path| -> Vec<serde_json::Value> {
        trials(out).iter().map(|trial| trial["values"].clone()).collect()
    };
    assert_eq!(values(&killed.out), values(&whole.out));
}

#[test]
fn wrong_usage_is_told() {
    let place = place();
    let refused = |command: &mut Command, reason: &str| {
        let (code, stdout, stderr) = output(command);
        assert_eq!((code, &*stdout), (Some(2), ""), "{stderr}");
        assert!(stderr.contains(reason), "{reason}: {stderr}");
    };
    refused(&mut epic("tune", &place, &[]), "--space");
    refused(&mut tune(&place, &["--metric", "accuracy"]), "macro_f1");
    fs::write(space(&place), "trees.depth = { low = 1, high = 5 }").unwrap();
    refused(&mut tune(&place, &[]), "trees.depth");
    fs::write(space(&place), "trees.max_depth = 5").unwrap();
    refused(&mut tune(&place, &[]), "space.toml");
    fs::remove_file(space(&place)).unwrap();
    refused(&mut tune(&place, &[]), "space.toml");
    assert!(!place.out.exists());
}
