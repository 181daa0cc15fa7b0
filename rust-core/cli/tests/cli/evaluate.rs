//! `epic evaluate`.

use std::fs;
use std::path::Path;

use crate::pictures::{drawn, encoded};
use crate::support::{keys, run, shipped_manifest};

/// Three pictures in each of the first four class folders of the shipped pack.
fn labelled(root: &Path) -> Vec<String> {
    let manifest = shipped_manifest();
    let classes = manifest["taxonomy"]["classes"].as_array().unwrap().iter().take(4);
    let classes: Vec<_> = classes.map(|c| c["name"].as_str().unwrap().to_owned()).collect();
    for (number, class) in (0u32..).zip(&classes) {
        fs::create_dir(root.join(class)).unwrap();
        for index in 0..3 {
            let picture = drawn(80 + 9 * index, 60 + 7 * number, number * 3 + index);
            let file = root.join(class).join(format!("{class}_site_{index}.png"));
            fs::write(file, encoded(&picture, image::ImageFormat::Png)).unwrap();
        }
    }
    classes
}

#[test]
fn metrics_report_and_predictions_of_a_set_with_a_corrupt_file() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    let classes = labelled(&data);
    fs::write(data.join(&classes[0]).join("corrupt.jpg"), b"\xff\xd8\xff\xe0 no more").unwrap();
    fs::create_dir(data.join("holidays")).unwrap();
    let (page, lines) = (folder.path().join("report.html"), folder.path().join("lines.jsonl"));
    let run = run([
        "evaluate",
        "--json",
        "--data",
        data.to_str().unwrap(),
        "--html",
        page.to_str().unwrap(),
        "--predictions",
        lines.to_str().unwrap(),
    ]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let reported = |part: &str| run.stderr.lines().any(|line| line.contains(part));
    assert!(reported("corrupt.jpg: ") && reported("holidays"), "{}", run.stderr);

    let json = run.json();
    let present = keys(&json);
    for key in ["n", "accuracy", "macro_f1", "per_class", "confusion", "group"] {
        assert!(present.contains(&key), "{key}");
    }
    assert_eq!(json["n"], 12);
    assert!((0.0..=1.0).contains(&json["accuracy"].as_f64().unwrap()));
    let taxonomy = shipped_manifest()["taxonomy"]["classes"].as_array().unwrap().len();
    assert_eq!(json["per_class"].as_object().unwrap().len(), taxonomy);
    let of_class = &json["per_class"][&classes[0]];
    assert_eq!(keys(of_class), ["f1", "npv", "precision", "recall", "specificity", "support"]);
    assert_eq!(of_class["support"], 3);
    let group = keys(&json["group"]);
    for key in ["accuracy", "false_irrelevant_rate", "irrelevant_recall"] {
        assert!(group.contains(&key), "{key}");
    }
    let cells = json["confusion"]["matrix"].as_array().unwrap().iter();
    let cells = cells.flat_map(|row| row.as_array().unwrap());
    assert_eq!(cells.map(|cell| cell.as_u64().unwrap()).sum::<u64>(), 12);

    let html = fs::read_to_string(&page).unwrap();
    assert!(html.trim_end().ends_with("</html>"));
    assert!(!html.contains("<script src") && !html.contains("<link"));
    assert!(!html.contains("src=\"http") && !html.contains("href=\"http"));
    let lines = fs::read_to_string(&lines).unwrap();
    assert_eq!(lines.lines().count(), 12);
    for line in lines.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(
            keys(&line),
            ["abstained", "group", "path", "predicted", "probabilities", "truth"]
        );
    }
}

#[test]
fn a_sound_set_is_exit_code_0_and_a_table() {
    let folder = tempfile::tempdir().unwrap();
    let classes = labelled(folder.path());
    let run = run(["evaluate", "--jobs", "1", "--data", folder.path().to_str().unwrap()]);
    assert_eq!((run.code, &*run.stderr), (Some(0), ""));
    assert!(classes.iter().all(|class| run.stdout.contains(class)), "{}", run.stdout);
}

#[test]
fn no_data_or_half_a_split_is_exit_code_2() {
    let folder = tempfile::tempdir().unwrap();
    let (empty, missing) = (folder.path().join("empty"), folder.path().join("missing"));
    fs::create_dir(&empty).unwrap();
    for data in [&empty, &missing] {
        let run = run(["evaluate", "--data", data.to_str().unwrap()]);
        assert_eq!((run.code, &*run.stdout), (Some(2), ""));
        assert!(run.stderr.contains(data.to_str().unwrap()), "{}", run.stderr);
    }
    let data = empty.to_str().unwrap();
    assert_eq!(run(["evaluate", "--data", data, "--part", "test"]).code, Some(2));
}
