//! `epic dataset outliers | label-errors | version`: what they find, what they write, what they change.

use std::fs;
use std::path::Path;

use image::{Rgb, RgbImage};
use serde_json::Value;
use tempfile::TempDir;

use crate::backbone;
use crate::support::{Run, rows, run};

/// A class of stripes and one of boxes; the last stripes lie under `boxes`, and one picture is like no other.
fn data_set() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for class in ["stripes", "boxes"] {
        fs::create_dir(folder.path().join(class)).unwrap();
    }
    for number in 0..14 {
        let class = if number < 12 { "stripes" } else { "boxes" };
        let name = format!("{class}/s{number:02}.png");
        stripes(number).save(folder.path().join(name)).unwrap();
    }
    for number in 0..26 {
        boxes(number).save(folder.path().join(format!("boxes/b{number:02}.png"))).unwrap();
    }
    folder
}

fn stripes(number: u32) -> RgbImage {
    RgbImage::from_fn(96, 96, |x, _| {
        let is_lit = ((x + number) / (3 + number % 5)).is_multiple_of(2);
        Rgb([if is_lit { 240 } else { 20 }, (number * 9) as u8, 30])
    })
}

fn boxes(number: u32) -> RgbImage {
    RgbImage::from_fn(96, 96, |x, y| {
        let tile = (x / 24 + y / 24 * 5 + number * 131).wrapping_mul(2_654_435_761) >> 24;
        Rgb([30, 60 + (tile / 2) as u8, 200])
    })
}

fn dataset(command: &str, folder: &TempDir, options: &[&str]) -> Run {
    let path = folder.path().to_str().unwrap();
    run(["dataset", command, path].iter().copied().chain(options.iter().copied()))
}

/// As [`dataset`], with a network that sees colours.
fn seen(command: &str, folder: &TempDir, options: &[&str]) -> Run {
    let network = backbone::write(folder.path());
    let more = ["--backbone", network.to_str().unwrap()];
    dataset(command, folder, &[more.as_slice(), options].concat())
}

fn version(command: &str, folder: &TempDir, options: &[&str]) -> Run {
    let path = folder.path().to_str().unwrap();
    run(["dataset", "version", command, path].iter().copied().chain(options.iter().copied()))
}

fn count(folder: &Path) -> usize {
    fs::read_dir(folder).unwrap().count()
}

#[test]
fn components_are_shown_and_removed_as_a_whole() {
    let folder = data_set();
    let out = folder.path().join("sheets");
    let findings = folder.path().join("findings.jsonl");
    let options = [
        "--class",
        "boxes",
        "--clusters",
        "4",
        "--out",
        out.to_str().unwrap(),
        "--findings",
        findings.to_str().unwrap(),
    ];
    let shown = seen("outliers", &folder, &options);
    assert_eq!(shown.code, Some(0), "{}", shown.stderr);
    assert!(
        shown.stdout.contains("component  num_images  mean_distance  silhouette"),
        "{}",
        shown.stdout
    );
    assert!(shown.stdout.starts_with("boxes: 28 pictures"), "{}", shown.stdout);
    let page = fs::read_to_string(out.join("boxes.html")).unwrap();
    assert_eq!(page.matches("<figure").count(), 28);
    assert_eq!(fs::read_to_string(out.join("components.csv")).unwrap().lines().count(), 5);
    let lines = rows(&fs::read_to_string(&findings).unwrap());
    assert_eq!(lines.len(), 28 * 3);
    assert!(
        lines.iter().any(|line| line["column"] == "outlier_distance" && line["value"].is_f64())
    );
    fs::remove_dir_all(&out).unwrap();

    let again = seen("outliers", &folder, &["--class", "boxes", "--clusters", "4", "--json"]);
    let found: &Value = &rows(&again.stdout)[0];
    let of = |path: &str| {
        let pictures = found["pictures"].as_array().unwrap();
        pictures.iter().find(|one| one["relative_path"] == path).unwrap()["component"].clone()
    };
    assert_eq!(of("boxes/s12.png"), of("boxes/s13.png"));
    assert_ne!(of("boxes/s12.png"), of("boxes/b00.png"));
    let number = of("boxes/s12.png").to_string();
    let remove = ["--class", "boxes", "--clusters", "4", "--remove-components", &number];
    let planned = seen("outliers", &folder, &remove);
    assert!(planned.stderr.contains("--apply does it"), "{}", planned.stderr);
    assert_eq!(count(&folder.path().join("boxes")), 28);
    let applied = seen("outliers", &folder, &[remove.as_slice(), &["--apply"]].concat());
    assert_eq!(applied.code, Some(0), "{}", applied.stderr);
    assert!(!folder.path().join("boxes/s12.png").exists());
    assert_eq!(dataset("undo", &folder, &[]).code, Some(0));
    assert_eq!(count(&folder.path().join("boxes")), 28);
}

#[test]
fn swapped_labels_come_first_and_nothing_is_changed() {
    let folder = data_set();
    let findings = folder.path().join("findings.jsonl");
    let page = folder.path().join("page.html");
    let options = ["--json", "--findings", findings.to_str().unwrap()];
    let ranked = seen("label-errors", &folder, &options);
    assert_eq!(ranked.code, Some(0), "{}", ranked.stderr);
    let found = rows(&ranked.stdout);
    assert_eq!(found.len(), 40);
    let mut first: Vec<&str> =
        found[..2].iter().map(|one| one["relative_path"].as_str().unwrap()).collect();
    first.sort_unstable();
    assert_eq!(first, ["boxes/s12.png", "boxes/s13.png"]);
    assert_eq!((&found[0]["label"], &found[0]["suggested"]), (&"boxes".into(), &"stripes".into()));
    assert!(found[0]["score"].as_f64().unwrap() > 0.5);
    let lines = rows(&fs::read_to_string(&findings).unwrap());
    assert_eq!(lines.iter().filter(|line| line["column"] == "label_error").count(), 40);
    assert!(lines.iter().any(|line| line["value"] == "stripes"));
    let options = ["--top", "2", "--html", page.to_str().unwrap()];
    let table = seen("label-errors", &folder, &options);
    let shown = fs::read_to_string(&page).unwrap();
    assert!(shown.contains("boxes that look like stripes"));
    assert_eq!(shown.matches("<figure").count(), 2);
    assert!(table.stdout.contains("looks like stripes"), "{}", table.stdout);
    assert!(folder.path().join("boxes/s12.png").exists());
}

#[test]
fn versions_are_made_compared_checked_and_put_into_a_folder() {
    let folder = data_set();
    assert_eq!(version("create", &folder, &["v01", "--note", "cleaned"]).code, Some(0));
    let made = dataset(
        "outliers",
        &folder,
        &[
            "--from",
            "v01",
            "--version-out",
            "v01.1",
            "--minority-share",
            "0.9",
            "--max-share",
            "0.2",
        ],
    );
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    assert!(made.stderr.contains("version v01.1"), "{}", made.stderr);
    let listed = rows(&version("list", &folder, &["--json"]).stdout);
    assert_eq!(listed.len(), 2);
    assert_eq!((&listed[1]["name"], &listed[1]["parent"]), (&"v01.1".into(), &"v01".into()));
    // Only the minority loses pictures, and the list says why.
    assert_eq!(listed[1]["pictures"]["boxes"], 28);
    let shown = version("show", &folder, &["v01.1", "--json"]).json();
    for excluded in shown["excluded"].as_array().unwrap() {
        assert_eq!(excluded["class"], "stripes");
        let reason = excluded["reason"].as_str().unwrap();
        assert!(reason.starts_with("outlier") || reason.starts_with("label error"), "{reason}");
    }
    let list = folder.path().join("list.txt");
    fs::write(&list, "boxes/s12.png\nboxes/s13.png\n").unwrap();
    let less = version(
        "create",
        &folder,
        &["v02", "--from", "v01", "--without", list.to_str().unwrap(), "--json"],
    );
    assert_eq!(less.json()["pictures"]["boxes"], 26);
    let difference = version("diff", &folder, &["v01", "v02", "--json"]).json();
    assert_eq!(difference["removed"]["boxes"].as_array().unwrap().len(), 2);
    assert!(version("diff", &folder, &["v01", "v02"]).stdout.contains("boxes/s12.png"));
    let out = folder.path().join(".exported");
    let put = version("export", &folder, &["v02", "--out", out.to_str().unwrap()]);
    assert_eq!(put.code, Some(0), "{}", put.stderr);
    assert_eq!(count(&out.join("boxes")), 26);

    assert_eq!(version("verify", &folder, &["v01"]).code, Some(0));
    fs::remove_file(folder.path().join("boxes/s12.png")).unwrap();
    let lacking = version("verify", &folder, &["v01", "--json"]);
    assert_eq!((lacking.code, lacking.json()["complete"].clone()), (Some(1), false.into()));
    assert_eq!(version("verify", &folder, &["v02"]).code, Some(0));
    fs::remove_dir_all(folder.path().join("stripes")).unwrap();
    assert_eq!(version("verify", &folder, &["v02"]).code, Some(1));
}

#[test]
fn what_cannot_be_is_told() {
    let folder = data_set();
    let told = |run: Run, text: &str| {
        assert_eq!(run.code, Some(2), "{}", run.stderr);
        assert!(run.stderr.contains(text), "{}", run.stderr);
    };
    told(dataset("outliers", &folder, &["--class", "none"]), "none");
    told(dataset("outliers", &folder, &["--apply"]), "--remove-components");
    told(
        dataset("outliers", &folder, &["--class", "boxes,stripes", "--remove-components", "1"]),
        "one --class",
    );
    told(
        dataset("outliers", &folder, &["--class", "boxes", "--remove-components", "99"]),
        "no component 99",
    );
    told(dataset("outliers", &folder, &["--from", "v09"]), "v09");
    told(dataset("outliers", &folder, &["--backbone", "none.onnx"]), "none.json");
    told(dataset("label-errors", &folder, &["--folds", "90"]), "90 folds");
    told(version("create", &folder, &["../v01"]), "no name for a version");
    version("create", &folder, &["v01"]);
    told(version("create", &folder, &["v01"]), "exists already");
    told(version("show", &folder, &["v03"]), "v03");
    told(run(["dataset", "outliers", "no/such/folder"]), "no/such/folder");
    let few = dataset("outliers", &folder, &["--class", "stripes"]);
    assert!(few.stderr.contains("stripes: 12 pictures"), "{}", few.stderr);
}
