//! `epic dataset …`: what it finds, what it changes, and that all of it can be taken back.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use image::{Rgb, RgbImage};
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Run, rows, run};

/// A picture with edges; another one for every seed.
fn picture(seed: u32) -> RgbImage {
    RgbImage::from_fn(240, 180, |x, y| {
        let tile = (x / 9 + y / 7 * 31 + seed * 977).wrapping_mul(2_654_435_761);
        Rgb([(tile >> 8) as u8, (tile >> 16) as u8, (tile >> 24) as u8])
    })
}

/// Two classes, with a damaged file, a copy, and one picture under both labels.
fn data_set() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for class in ["memes", "chats"] {
        fs::create_dir(folder.path().join(class)).unwrap();
    }
    for (name, seed) in
        [("memes/img1.png", 1), ("memes/img2.png", 2), ("memes/img3.png", 3), ("chats/both.png", 3)]
    {
        picture(seed).save(folder.path().join(name)).unwrap();
    }
    fs::copy(folder.path().join("memes/img1.png"), folder.path().join("memes/copy.png")).unwrap();
    fs::write(folder.path().join("chats/empty.jpg"), b"").unwrap();
    folder
}

/// All files of a data set by path, without its own folder.
fn tree(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for class in ["memes", "chats"] {
        for entry in fs::read_dir(root.join(class)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
            files.insert(name, fs::read(&path).unwrap());
        }
    }
    files
}

fn dataset(command: &str, folder: &TempDir, options: &[&str]) -> Run {
    let path = folder.path().to_str().unwrap();
    run(["dataset", command, path].iter().copied().chain(options.iter().copied()))
}

#[test]
fn damaged_files_go_to_the_trash_and_come_back() {
    let folder = data_set();
    let before = tree(folder.path());
    let shown = dataset("check", &folder, &["--no-text"]);
    assert_eq!(shown.code, Some(0), "{}", shown.stderr);
    assert!(shown.stdout.contains("chats/empty.jpg: zero bytes"), "{}", shown.stdout);
    assert!(shown.stdout.contains("6 files, 1 of no use"), "{}", shown.stdout);
    assert!(shown.stderr.contains("--apply"), "{}", shown.stderr);
    assert_eq!(tree(folder.path()), before);

    let applied = dataset("check", &folder, &["--no-text", "--apply", "--json"]);
    let reports = rows(&applied.stdout);
    let empty = reports.iter().find(|r| r["relative_path"] == "chats/empty.jpg").unwrap();
    assert_eq!(empty["faults"][0]["fault"], "zero_bytes");
    assert!(!tree(folder.path()).contains_key("chats/empty.jpg"));

    let log = dataset("log", &folder, &["--json"]);
    let change: &Value = &rows(&log.stdout)[0];
    assert_eq!((&change["state"], &change["files"]), (&"applied".into(), &1.into()));
    assert_eq!(dataset("undo", &folder, &[]).code, Some(0));
    assert_eq!(tree(folder.path()), before);
    let nothing = dataset("undo", &folder, &[]);
    assert_eq!(nothing.code, Some(2));
    assert!(nothing.stderr.contains("nothing to undo"), "{}", nothing.stderr);
}

#[test]
fn copies_go_and_a_picture_under_two_labels_stays() {
    let folder = data_set();
    let found = dataset("dedupe", &folder, &["--json", "--apply"]);
    assert_eq!(found.code, Some(0), "{}", found.stderr);
    let groups = rows(&found.stdout);
    assert_eq!(groups.len(), 2, "{}", found.stdout);
    let conflict = groups.iter().find(|group| group["keep"] == "chats/both.png").unwrap();
    assert_eq!(conflict["conflicting_classes"], serde_json::json!(["chats", "memes"]));
    let after = tree(folder.path());
    assert!(after.contains_key("memes/img3.png") && after.contains_key("chats/both.png"));
    assert_eq!(after.len(), 5);
}

#[test]
fn a_class_is_renamed_in_order_and_the_survivors_get_their_names_back() {
    let folder = data_set();
    let before = tree(folder.path());
    let options = ["--class", "memes", "--by", "bytes", "--order", "descending", "--apply"];
    let ranked = dataset("rank", &folder, &options);
    assert_eq!(ranked.code, Some(0), "{}", ranked.stderr);
    let names: Vec<String> = tree(folder.path()).into_keys().collect();
    assert!(names.iter().any(|name| name.starts_with("memes/0000_")), "{names:?}");
    assert!(names.contains(&"chats/both.png".to_owned()));
    // A person deletes one in a file manager.
    let unwanted = names.iter().find(|name| name.ends_with("_img2.png")).unwrap();
    fs::remove_file(folder.path().join(unwanted)).unwrap();
    assert_eq!(dataset("undo", &folder, &[]).code, Some(2));
    let restored = dataset("restore", &folder, &["--json"]).json();
    assert_eq!(restored["missing"], serde_json::json!(["memes/img2.png"]));
    let mut expected = before;
    expected.remove("memes/img2.png");
    assert_eq!(tree(folder.path()), expected);
}

#[test]
fn what_cannot_be_is_told() {
    let folder = data_set();
    // The built-in pack knows no such classes; how sure it is can be asked all the same.
    let sure = dataset("rank", &folder, &["--class", "chats", "--by", "confidence", "--json"]);
    assert_eq!(sure.code, Some(0), "{}", sure.stderr);
    let values: Vec<_> = rows(&sure.stdout).iter().map(|row| row["value"].clone()).collect();
    assert_eq!(values.len(), 2);
    assert!(values[0].as_f64().is_some_and(|value| (0.0..=1.0).contains(&value)));
    assert!(values[1].is_null(), "an empty file has no verdict: {values:?}");
    let other = dataset("rank", &folder, &["--class", "chats", "--by", "disagreement"]);
    assert_eq!(other.code, Some(2));
    assert!(other.stderr.contains("selfies"), "{}", other.stderr);
    let unknown = dataset("rank", &folder, &["--class", "memes", "--by", "beauty"]);
    assert_eq!(unknown.code, Some(2));
    assert!(unknown.stderr.contains("sharpness"), "{}", unknown.stderr);
    assert_eq!(dataset("rank", &folder, &["--class", "x", "--by", "bytes"]).code, Some(2));
    let missing = run(["dataset", "check", "no/such/folder"]);
    assert_eq!(missing.code, Some(2));
    assert!(missing.stderr.contains("no/such/folder"), "{}", missing.stderr);
    let signatures = folder.path().join("signatures.json");
    fs::write(&signatures, "{}").unwrap();
    let file = signatures.to_str().unwrap();
    let refused = dataset("check", &folder, &["--no-text", "--signatures", file]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.stderr.contains("signatures.json"), "{}", refused.stderr);
}

#[test]
fn a_split_is_written_with_its_proof() {
    let folder = tempfile::tempdir().unwrap();
    for (class, first) in [("memes", 0), ("chats", 100)] {
        fs::create_dir(folder.path().join(class)).unwrap();
        for number in 0..12 {
            let name = format!("{class}/{class}_s{}_{number}.png", number / 2);
            picture(first + number).save(folder.path().join(name)).unwrap();
        }
    }
    let out = folder.path().join("split.json");
    let split = dataset("split", &folder, &["--out", out.to_str().unwrap(), "--json"]);
    assert_eq!(split.code, Some(0), "{}", split.stderr);
    let report = split.json();
    assert_eq!(report["clean"], true);
    let count = |part: &str| report[part]["count"].as_u64().unwrap();
    assert_eq!(count("train") + count("validation") + count("test"), 24);
    assert!(out.is_file());
    let wrong = dataset("split", &folder, &["--out", "x.json", "--fractions", "0.5,0.5"]);
    assert_eq!(wrong.code, Some(2));
}

#[test]
fn shards_give_what_one_machine_finds() {
    let folder = data_set();
    let work = tempfile::tempdir().unwrap();
    let file = |name: &str| work.path().join(name).to_str().unwrap().to_owned();
    let lists = dataset("shards", &folder, &["--count", "4", "--out", &file("lists")]);
    assert_eq!(lists.code, Some(0), "{}", lists.stderr);
    let lists: Vec<&str> = lists.stdout.lines().collect();
    assert_eq!(lists.len(), 4);

    let (mut reports, mut tables) = (Vec::new(), Vec::new());
    for (index, list) in lists.iter().enumerate() {
        let part = file(&format!("check-{index}.parquet"));
        let checked = dataset("check", &folder, &["--no-text", "--list", list, "--out", &part]);
        assert_eq!(checked.code, Some(0), "{}", checked.stderr);
        reports.push(part);
        let part = file(&format!("metadata-{index}.parquet"));
        let path = folder.path().to_str().unwrap();
        let options = ["metadata", path, "--parts", "colors", "--list", list, "--out", &part];
        assert_ne!(run(options).code, None);
        tables.push(part);
    }
    let parts = |name: &'static str, files: &[String]| -> Vec<String> {
        [vec![name.to_owned()], files.to_vec()].concat()
    };
    let on = |command: &str, options: &[String]| {
        let options: Vec<&str> = options.iter().map(String::as_str).collect();
        dataset(command, &folder, &options)
    };
    let from_parts = [vec!["--json".to_owned()], parts("--reports", &reports)].concat();
    for command in ["check", "dedupe"] {
        let whole = dataset(
            command,
            &folder,
            match command {
                "check" => &["--json", "--no-text"][..],
                _ => &["--json"][..],
            },
        );
        let merged = on(command, &from_parts);
        assert!(!merged.stdout.is_empty(), "{}", merged.stderr);
        assert_eq!(merged.stdout, whole.stdout, "{command}");
    }

    let whole = file("whole.csv");
    let path = folder.path().to_str().unwrap();
    run(["metadata", path, "--parts", "colors", "--out", &whole]);
    let merged = file("merged.csv");
    let merge = [
        parts("metadata", &[]),
        parts("--merge", &tables),
        parts("--out", std::slice::from_ref(&merged)),
    ];
    let merge = run(merge.concat());
    assert_eq!(merge.code, Some(1), "the empty file is an error: {}", merge.stderr);
    let sorted = |name: &str| {
        let text = fs::read_to_string(name).unwrap();
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(sorted(&merged), sorted(&whole));

    // A file that was replaced since is not what the report is about.
    fs::write(folder.path().join("chats/empty.jpg"), b"not empty").unwrap();
    let apply = [from_parts, vec!["--apply".to_owned()]].concat();
    let refused = on("check", &apply);
    assert_eq!(refused.code, Some(2));
    assert!(refused.stderr.contains("chats/empty.jpg"), "{}", refused.stderr);
    assert!(folder.path().join("chats/empty.jpg").exists());
}
