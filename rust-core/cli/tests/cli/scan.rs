//! `epic scan`: rows, exit codes, messages.

use std::fs;

use serde_json::Value;

use crate::pictures::{jpeg, png, write_sound};
use crate::support::{KEYS, keys, row, run, scan_json, shipped_manifest};

fn assert_verdict(row: &Value) {
    assert_eq!(keys(row), KEYS);
    assert_eq!(row["error"], Value::Null);
    let scores = row["scores"].as_object().unwrap();
    let manifest = shipped_manifest();
    let classes = manifest["taxonomy"]["classes"].as_array().unwrap();
    assert_eq!(scores.len(), classes.len());
    let class = row["class"].as_str().unwrap();
    let described = classes.iter().find(|known| known["name"] == class).unwrap();
    assert!(scores.contains_key(class));
    let total: f64 = scores.values().map(|score| score.as_f64().unwrap()).sum();
    assert!((total - 1.0).abs() < 1e-3, "{total}");
    assert!((0.0..=1.0).contains(&row["confidence"].as_f64().unwrap()));
    // Who abstains falls back to the group that is kept.
    let group = if row["abstained"].as_bool().unwrap() {
        "personal"
    } else {
        described["group"].as_str().unwrap()
    };
    assert_eq!(row["group"], group);
}

fn assert_error(row: &Value, kind: &str) {
    assert_eq!(keys(row), KEYS);
    assert_eq!(keys(&row["error"]), ["kind", "message"]);
    assert_eq!(row["error"]["kind"], kind, "{row}");
    assert!(!row["error"]["message"].as_str().unwrap().is_empty());
    for key in KEYS.iter().filter(|key| !["path", "error"].contains(key)) {
        assert_eq!(row[key], Value::Null, "{key}");
    }
}

#[test]
fn sound_pictures_give_a_row_each_and_exit_code_0() {
    let folder = tempfile::tempdir().unwrap();
    write_sound(folder.path(), 6);
    fs::write(folder.path().join("notes.txt"), "no picture").unwrap();
    let run = scan_json([folder.path()]);
    assert_eq!((run.code, &*run.stderr), (Some(0), ""));
    let rows = run.rows();
    assert_eq!(rows.len(), 6);
    rows.iter().for_each(assert_verdict);
    assert_eq!(
        (&row(&rows, "00.png")["width"], &row(&rows, "00.png")["height"]),
        (&60.into(), &40.into())
    );
    assert_eq!(row(&rows, "01.jpg")["width"], 160);
}

#[test]
fn broken_files_are_rows_beside_the_sound_ones_and_exit_code_1() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write_sound(root, 2);
    let (png, jpeg) = (png(3), jpeg(3));
    let mut bad_checksum = png.clone();
    let inside = bad_checksum.len() / 2;
    bad_checksum[inside] ^= 0xff;
    let cases: [(&str, &[u8], &[&str]); 6] = [
        ("empty.jpg", &[], &["empty"]),
        ("unknown.jpg", b"this is a text file that calls itself a picture", &["unknown_format"]),
        ("cut.png", &png[..png.len() / 2], &["truncated"]),
        ("cut.jpg", &jpeg[..30], &["header", "truncated"]),
        ("corrupt.png", &bad_checksum, &["decode"]),
        ("header.png", &png[..12], &["header", "truncated"]),
    ];
    for (name, bytes, _) in cases {
        fs::write(root.join(name), bytes).unwrap();
    }
    let missing = root.join("missing.jpg");
    let run = scan_json([root, &missing]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let rows = run.rows();
    assert_eq!(rows.len(), 2 + cases.len() + 1);
    for (name, _, kinds) in cases {
        let row = row(&rows, name);
        let kind = row["error"]["kind"].as_str().unwrap_or_else(|| panic!("{row}"));
        assert!(kinds.contains(&kind), "{row}");
        assert_error(row, kind);
    }
    assert_error(row(&rows, "missing.jpg"), "io");
    assert_verdict(row(&rows, "00.png"));
    assert_verdict(row(&rows, "01.jpg"));
}

#[test]
fn the_table_shows_failures_and_counts() {
    let folder = tempfile::tempdir().unwrap();
    write_sound(folder.path(), 3);
    fs::write(folder.path().join("empty.png"), []).unwrap();
    let run = run(["scan".as_ref(), folder.path().as_os_str()]);
    assert_eq!(run.code, Some(1));
    let lines: Vec<_> = run.stdout.lines().collect();
    let of = |name: &str| *lines.iter().find(|line| line.contains(name)).unwrap();
    assert!(of("empty.png").starts_with("error "));
    assert!(of("empty.png").ends_with("the file is empty"));
    assert!(of("00.png").contains('%'));
    let count = |word: &str| -> usize {
        let total = lines.iter().rev().find_map(|line| line.strip_prefix(word)).unwrap();
        total.split_whitespace().next().unwrap().parse().unwrap()
    };
    assert_eq!((count("personal") + count("irrelevant"), count("failed")), (3, 1));
}

#[test]
fn nothing_to_scan_is_exit_code_2_and_names_the_path() {
    let folder = tempfile::tempdir().unwrap();
    let (empty, missing) = (folder.path().join("empty folder"), folder.path().join("missing"));
    fs::create_dir(&empty).unwrap();
    for path in [&empty, &missing] {
        let run = scan_json([path]);
        assert_eq!(run.code, Some(2));
        assert!(run.stderr.contains(path.to_str().unwrap()), "{}", run.stderr);
    }
    assert_error(&scan_json([&missing]).rows()[0], "io");
}

#[test]
fn no_readable_picture_is_exit_code_2_with_its_rows() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.jpg"), []).unwrap();
    let run = scan_json([folder.path()]);
    assert_eq!(run.code, Some(2));
    assert_error(&run.rows()[0], "empty");
}

#[test]
fn wrong_usage_is_exit_code_2() {
    let cases: [&[&str]; 5] = [
        &[],
        &["scan"],
        &["scan", "--jobs", "0", "."],
        &["scan", "--json", "--html", "x.html", "."],
        &["sacn", "."],
    ];
    for arguments in cases {
        let run = run(arguments);
        assert_eq!((run.code, &*run.stdout), (Some(2), ""), "{arguments:?}");
        assert!(!run.stderr.is_empty());
    }
}

#[test]
fn file_names_come_back_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let names = ["صورة العيد ١.png", "two  words.png", "it's \"quoted\".png", "tab\tand\nline.png"];
    for name in names {
        fs::write(folder.path().join(name), png(1)).unwrap();
    }
    let run = scan_json([folder.path()]);
    assert_eq!(run.code, Some(0));
    let rows = run.rows();
    assert_eq!(rows.len(), names.len());
    for name in names {
        let path = folder.path().join(name);
        assert!(rows.iter().any(|row| row["path"] == path.to_str().unwrap()), "{name}");
        assert_eq!(scan_json([&path]).rows().len(), 1);
    }
}

#[test]
fn the_number_of_jobs_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    write_sound(folder.path(), 24);
    fs::write(folder.path().join("05.bmp"), b"BM").unwrap();
    for form in [&["--json"][..], &[]] {
        let with = |jobs: &str| {
            let folder = folder.path().to_str().unwrap();
            let fixed = ["scan", "--jobs", jobs, folder];
            run(fixed.iter().chain(form))
        };
        let (one, four) = (with("1"), with("4"));
        assert_eq!((one.code, four.code), (Some(1), Some(1)));
        assert_eq!(one.stdout, four.stdout);
    }
}

#[test]
fn a_store_spares_unchanged_pictures_and_other_files_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let pictures = folder.path().join("pictures");
    fs::create_dir(&pictures).unwrap();
    write_sound(&pictures, 4);
    fs::write(pictures.join("broken.jpg"), b"\xff\xd8\xff no more").unwrap();
    let db = folder.path().join("gallery.db");
    let scan = || scan_json([pictures.as_os_str(), "--db".as_ref(), db.as_os_str()]);
    let first = scan();
    assert_eq!((first.code, first.rows().len()), (Some(1), 5));
    scan();
    let third = scan();
    let (before, after) = (first.rows(), third.rows());
    for name in ["00.png", "01.jpg"] {
        assert_eq!(row(&before, name), row(&after, name));
    }
    assert_error(row(&after, "broken.jpg"), "quarantined");

    let notes = folder.path().join("notes.txt");
    fs::write(&notes, "words and words ".repeat(100)).unwrap();
    let refused = scan_json([pictures.as_os_str(), "--db".as_ref(), notes.as_os_str()]);
    assert_eq!((refused.code, &*refused.stdout), (Some(2), ""));
    assert!(refused.stderr.contains("not a store"), "{}", refused.stderr);
    assert_eq!(fs::read_to_string(notes).unwrap().len(), 1600);
}
