//! `epic reproduce` from outside: arguments in, standard output, files and exit code out.
#![cfg(feature = "engine")]

mod pipeline_support;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use pipeline_support::{Workplace, workplace};
use serde_json::Value;

/// A data set, and its recipe under the name that the table looks for.
fn place() -> (Workplace, String) {
    let place = workplace("");
    let tiny = fs::read_to_string(place.recipe()).unwrap();
    let recipes = place.recipe().with_file_name("");
    fs::write(recipes.join("m01.toml"), tiny.replace("\"tiny\"", "\"m01\"")).unwrap();
    (place, recipes.display().to_string())
}

fn reproduce(data: &Path, out: &Path, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_epic-train"));
    command.arg("reproduce").arg("--data").arg(data).arg("--out").arg(out).args(more);
    command.output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn json_is_all_that_standard_output_gets() {
    let (place, recipes) = place();
    let run = reproduce(&place.data, &place.out, &["--recipes", &recipes, "--json", "--quick"]);
    let said = text(&run.stderr);
    assert_eq!(run.status.code(), Some(0), "{said}");
    let results: Value = serde_json::from_slice(&run.stdout).unwrap();
    assert_eq!(
        (&results["smoke_run"], &results["variants"][0]["id"]),
        (&true.into(), &"m01".into())
    );
    assert!(results["command"].as_str().unwrap().starts_with("epic reproduce --data "));
    assert!(said.contains("[1/1] m01") && said.contains("epoch   3/3"), "{said}");
    let written = fs::read(place.out.join("results.json")).unwrap();
    let written: Value = serde_json::from_slice(&written).unwrap();
    assert_eq!(written["variants"], results["variants"]);
}

#[test]
fn what_cannot_run_is_told_with_the_exit_code_of_usage() {
    let (place, recipes) = place();
    let empty = place.out.with_file_name("empty");
    fs::create_dir(&empty).unwrap();
    let empty = empty.to_str().unwrap();
    let cases: [(&[&str], &str); 5] = [
        (&["--recipes", &recipes, "--only", "m01,m7"], "no variant m7; there are m01"),
        (&["--recipes", empty], "holds none of the thesis's recipes"),
        (&["--recipes", &recipes, "--taxonomy", "nowhere.toml"], "nowhere.toml"),
        (&["--recipes", &recipes, "--epochs", "0"], "epochs"),
        (&["--with"], "--with"),
    ];
    for (arguments, message) in cases {
        let run = reproduce(&place.data, &place.out, arguments);
        let said = text(&run.stderr);
        assert_eq!((run.status.code(), &*run.stdout), (Some(2), &b""[..]), "{said}");
        assert!(said.contains(message), "{said}");
    }
    let run = reproduce(Path::new("nowhere"), &place.out, &["--recipes", &recipes]);
    assert_eq!(run.status.code(), Some(2));
    assert!(text(&run.stderr).contains("nowhere"));
}

#[test]
fn a_failed_variant_is_in_the_exit_code() {
    let (place, recipes) = place();
    let second = fs::read_to_string(format!("{recipes}/m01.toml")).unwrap();
    let second = second.replace("\"m01\"", "\"m01.1\"");
    fs::write(format!("{recipes}/m01.1.toml"), second).unwrap();
    let first = reproduce(&place.data, &place.out, &["--recipes", &recipes, "--only", "m01"]);
    assert_eq!(first.status.code(), Some(0), "{}", text(&first.stderr));
    assert!(text(&first.stdout).contains("not trained"));
    fs::write(place.out.join("variants/m01.1"), "in the way").unwrap();
    let run = reproduce(&place.data, &place.out, &["--recipes", &recipes]);
    let (said, shown) = (text(&run.stderr), text(&run.stdout));
    assert_eq!(run.status.code(), Some(1), "{said}");
    assert!(said.contains("epic reproduce: m01.1 failed: "), "{said}");
    assert!(shown.contains("macro F1") && shown.contains("failed: "), "{shown}");
}
