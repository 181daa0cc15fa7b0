//! `epic metadata`: tables, records, overlays, resuming.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::pictures::{jpeg, png};
use crate::support::{Run, epic, flip_a_byte, keys, rows, run};

/// Two class folders with two sound pictures each, and a broken one.
fn data(folder: &Path) -> PathBuf {
    let root = folder.join("data");
    for (index, class) in ["memes", "selfies"].into_iter().enumerate() {
        fs::create_dir_all(root.join(class)).unwrap();
        let seed = index as u32;
        fs::write(root.join(class).join("a.jpg"), jpeg(seed)).unwrap();
        fs::write(root.join(class).join("صورة.png"), png(seed)).unwrap();
    }
    fs::write(root.join("memes/broken.jpg"), b"not a picture").unwrap();
    root
}

/// Colours only: the networks' answers are tested elsewhere.
fn metadata(arguments: &[&str], paths: &[&Path]) -> Run {
    Run::of(epic().args(["metadata", "--parts", "colors"]).args(arguments).args(paths))
}

fn lines(table: &Path) -> Vec<String> {
    fs::read_to_string(table).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn a_table_has_a_row_for_every_file_and_names_the_bad_one() {
    let folder = tempfile::tempdir().unwrap();
    let (root, out) = (data(folder.path()), folder.path().join("table.csv"));
    let run = metadata(&["--out", out.to_str().unwrap()], &[&root]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(run.stderr.contains("broken.jpg"), "{}", run.stderr);
    assert!(run.stdout.contains("pictures 5, new 5, kept 0, with an error 1"), "{}", run.stdout);
    let lines = lines(&out);
    assert_eq!(lines.len(), 6);
    assert!(lines[0].starts_with("file_name,relative_path,aspect_ratio,area,width,height,"));
    assert!(lines[0].ends_with(",class,file_bytes,metadata_version,parts,partial,error"));
    assert!(lines[1].starts_with("a.jpg,memes/a.jpg,1.333333,19200,160,120,#"));
    let bytes = fs::metadata(root.join("memes/a.jpg")).unwrap().len();
    assert!(lines[1].ends_with(&format!(",memes,{bytes},1,colors,0,")), "{}", lines[1]);
    assert!(lines[2].starts_with("broken.jpg,memes/broken.jpg,,,"), "{}", lines[2]);
    assert!(lines[5].starts_with("صورة.png,selfies/صورة.png,1.5,"));
    assert!(!folder.path().join("table.csv.journal").exists());
}

#[test]
fn tables_are_added_to_and_overwritten_only_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let (root, out) = (data(folder.path()), folder.path().join("table.jsonl"));
    let out_argument = out.to_str().unwrap();
    metadata(&["--out", out_argument], &[&root]);
    let before = fs::read(&out).unwrap();
    fs::write(root.join("selfies/new.png"), png(9)).unwrap();
    let added = metadata(&["--out", out_argument], &[&root]);
    assert_eq!(added.code, Some(1), "the broken picture is still there");
    assert!(fs::read(&out).unwrap().starts_with(&before));
    assert_eq!(lines(&out).len(), 6);
    let other = run(["metadata", "--parts", "", "--out", out_argument, root.to_str().unwrap()]);
    assert_eq!(other.code, Some(2));
    assert!(other.stderr.contains("table.jsonl"), "{}", other.stderr);
    assert_eq!(lines(&out).len(), 6);
    let again = metadata(&["--out", out_argument, "--retry-errors"], &[&root]);
    assert!(again.stdout.contains("new 1, kept 5"), "{}", again.stdout);
    // A file of another size is another picture, whatever became of the one before.
    fs::write(root.join("memes/broken.jpg"), jpeg(3)).unwrap();
    assert_eq!(metadata(&["--out", out_argument], &[&root]).code, Some(0));
    let repaired = rows(&fs::read_to_string(&out).unwrap());
    assert_eq!(repaired.len(), 6);
    assert!(repaired.iter().all(|row| row["error"].is_null()));
    let below = metadata(&["--out", out_argument], &[&root.join("memes")]);
    assert_eq!(below.code, Some(2), "names below another folder mean other pictures");
    assert!(below.stderr.contains("none of these pictures"), "{}", below.stderr);
    let fresh = metadata(&["--out", out_argument, "--overwrite"], &[&root.join("memes")]);
    assert_eq!((fresh.code, lines(&out).len()), (Some(0), 3));
}

#[test]
fn records_are_whole_and_ordered() {
    let folder = tempfile::tempdir().unwrap();
    let root = data(folder.path());
    let with = |jobs: &str| metadata(&["--json", "--jobs", jobs], &[&root]);
    let (one, four) = (with("1"), with("4"));
    assert_eq!(one.code, Some(1));
    assert_eq!(one.stdout, four.stdout);
    let rows = one.rows();
    assert_eq!(rows.len(), 5);
    for row in &rows {
        assert_eq!(keys(row), ["class", "error", "metadata", "path"]);
        assert_eq!(row["error"].is_null(), row["metadata"].is_object());
    }
    assert_eq!(rows[0]["metadata"]["width"], 160);
    assert!(rows[0]["metadata"]["colors"]["dominant"][0]["ratio"].as_f64().unwrap() > 0.0);
    assert_eq!(rows[0]["metadata"]["text"], Value::Null);
    assert_eq!(rows[1]["error"]["kind"], "unknown_format");
}

#[test]
fn text_and_faces_come_from_the_built_in_weights() {
    let gallery = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/gallery");
    let chat = gallery.join("Screenshot_20240611-143205.png");
    let run = run(["metadata", "--json", chat.to_str().unwrap()]);
    assert_eq!((run.code, &*run.stderr), (Some(0), ""));
    let text = &run.rows()[0]["metadata"]["text"];
    let words = text["english"]["original"]["words"].as_array().unwrap();
    for word in ["Dalia", "doorman", "lifesaver"] {
        assert!(words.iter().any(|found| found == word), "{word} is not in {words:?}");
    }
    assert!(text["english"]["lemmatized"]["words"].to_string().contains("\"bottle\""));
}

#[test]
fn a_budget_makes_rows_partial() {
    let chat = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/gallery/Screenshot_20240611-143205.png");
    let chat = chat.to_str().unwrap();
    for budget in [["--max-text-boxes", "3"], ["--text-time", "0"]] {
        let run = run(["metadata", "--json", "--parts", "text", chat].iter().chain(&budget));
        let text = &run.rows()[0]["metadata"]["text"];
        assert_eq!(text["partial"], true, "{budget:?}");
        assert!(text["unread_boxes"].as_u64().unwrap() > 10);
        assert!(text["english"]["boxes"].as_u64().unwrap() <= 3);
    }
}

#[test]
fn overlays_hold_the_picture_and_its_colours() {
    let folder = tempfile::tempdir().unwrap();
    let (root, drawn) = (data(folder.path()), folder.path().join("drawn"));
    let run = metadata(&["--json", "--overlay", drawn.to_str().unwrap()], &[&root]);
    assert_eq!(run.code, Some(1));
    let svg = fs::read_to_string(drawn.join("memes/a.jpg.svg")).unwrap();
    assert!(svg.contains("<image href=\"data:image/jpeg;base64,"));
    let color = &run.rows()[0]["metadata"]["colors"]["dominant"][0]["rgb"];
    let channel = |index: usize| color[index].as_u64().unwrap();
    let hex = format!("#{:02x}{:02x}{:02x}", channel(0), channel(1), channel(2));
    assert!(svg.contains(&format!("fill=\"{hex}\"")), "{hex}");
    let page = fs::read_to_string(drawn.join("index.html")).unwrap();
    assert_eq!(page.matches("<figure>").count(), 4);
    assert!(page.contains("selfies/%D8%B5"), "names are encoded");
    // Earlier overlays stay in the page.
    metadata(&["--json", "--overlay", drawn.to_str().unwrap()], &[&root.join("selfies")]);
    let page = fs::read_to_string(drawn.join("index.html")).unwrap();
    assert!(page.contains("href=\"memes/a.jpg.svg\"") && page.contains("href=\"a.jpg.svg\""));
    fs::write(folder.path().join("file"), b"").unwrap();
    let inside = folder.path().join("file/drawn");
    let failed = metadata(&["--json", "--overlay", inside.to_str().unwrap()], &[&root]);
    assert_eq!(failed.code, Some(2));
    assert!(failed.stderr.contains("cannot write"), "{}", failed.stderr);
}

#[test]
fn wrong_usage_is_exit_code_2_and_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let root = data(folder.path());
    let root = root.to_str().unwrap();
    let empty = folder.path().join("empty");
    fs::create_dir(&empty).unwrap();
    let empty = empty.to_str().unwrap();
    let cases: [(&[&str], &str); 8] = [
        (&[root], "--out"),
        (&["--json", "--out", "t.csv", root], "cannot be used"),
        (&["--json", "--parts", "colours", root], "unknown part"),
        (&["--out", "table.xlsx", root], ".parquet"),
        (&["--json", "--overwrite", root], "cannot be used"),
        (&["--json", "--text-time", "soon", root], "number of seconds"),
        (&["--json", "--weights", empty, root], "manifest.json"),
        (&["--json", empty], "no pictures"),
    ];
    for (arguments, reason) in cases {
        let run = run(["metadata"].iter().chain(arguments));
        assert_eq!((run.code, &*run.stdout), (Some(2), ""), "{arguments:?}");
        assert!(run.stderr.contains(reason), "{arguments:?}: {}", run.stderr);
    }
}

#[test]
fn damaged_weights_are_told_before_the_first_picture() {
    let folder = tempfile::tempdir().unwrap();
    let root = data(folder.path());
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/metadata");
    let weights = folder.path().join("weights");
    fs::create_dir(&weights).unwrap();
    for name in ["manifest.json", "faces_detect.onnx", "faces_verify.onnx"] {
        fs::copy(shipped.join(name), weights.join(name)).unwrap();
    }
    flip_a_byte(&weights.join("faces_detect.onnx"));
    let weights = weights.to_str().unwrap();
    let root = root.to_str().unwrap();
    let run = run(["metadata", "--json", "--parts", "faces", "--weights", weights, root]);
    assert_eq!((run.code, &*run.stdout), (Some(2), ""));
    assert!(run.stderr.contains("faces_detect.onnx"), "{}", run.stderr);
}
