//! `epic dataset synthesize`, with a real Chromium where there is one.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use image::{Rgb, RgbImage};
use serde_json::Value;

use crate::support::{Run, rows, run};

fn synthesize(out: &Path, options: &[&str]) -> Run {
    let out = out.to_str().unwrap();
    run(["dataset", "synthesize", "--out", out].iter().chain(options))
}

/// Whether a browser is there; says loudly if not.
fn has_browser(test: &str) -> bool {
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).any(|f| names.iter().any(|n| f.join(n).is_file()));
    if !found {
        eprintln!("\n!!!! SKIPPED: {test}: no Chromium on PATH\n");
    }
    found
}

fn pictures(out: &Path) -> BTreeMap<String, Vec<u8>> {
    let folders = fs::read_dir(out).unwrap().map(|entry| entry.unwrap().path());
    folders
        .filter(|path| path.is_dir())
        .flat_map(|folder| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()))
        .map(|path| {
            let name = path.strip_prefix(out).unwrap().to_str().unwrap().to_owned();
            (name, fs::read(path).unwrap())
        })
        .collect()
}

fn manifest(out: &Path) -> Vec<Value> {
    rows(&fs::read_to_string(out.join("synthetic.jsonl")).unwrap())
}

#[test]
fn pictures_are_made_once_marked_and_repeatable() {
    if !has_browser("pictures_are_made_once_marked_and_repeatable") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let base = folder.path().join("photos");
    fs::create_dir(&base).unwrap();
    RgbImage::from_fn(90, 60, |x, y| Rgb([x as u8, y as u8, 200]))
        .save(base.join("a.png"))
        .unwrap();
    let base = base.to_str().unwrap();
    let options = ["--class", "ememes,fTxtMssgs", "--seed", "4", "--base", base, "--json"];
    let count = |n| [options.as_slice(), &["--count", n]].concat();

    let out = folder.path().join("one");
    let first = synthesize(&out, &count("3"));
    assert_eq!(first.code, Some(0), "{}", first.stderr);
    assert_eq!(first.json()["rendered"], 6);
    let three = pictures(&out);
    assert_eq!(three.len(), 6);
    for (name, bytes) in &three {
        assert!(name.contains("_synthetic-") && name.ends_with(".jpg"), "{name}");
        let picture = image::load_from_memory(bytes).unwrap();
        assert!(picture.width().max(picture.height()) <= 512);
        assert!(bytes[..120].windows(9).any(|part| part == b"synthetic"), "{name}");
    }
    let listed = manifest(&out);
    assert!(listed.iter().all(|row| three.contains_key(row["file"].as_str().unwrap())));
    let photos = listed.iter().filter_map(|row| row["photos"].as_array()).flatten();
    assert!(photos.clone().count() > 0 && photos.clone().all(|photo| photo == "photos/a.png"));

    // More of them: the first stay as they are, also the one that was lost.
    let lost = three.keys().next().unwrap();
    fs::remove_file(out.join(lost)).unwrap();
    let more = synthesize(&out, &count("4")).json();
    assert_eq!((&more["rendered"], &more["kept"]), (&3.into(), &5.into()));
    let four = pictures(&out);
    assert!(three.iter().all(|(name, bytes)| four[name] == *bytes));

    // Elsewhere, with two browsers: the same bytes.
    let out = folder.path().join("two");
    assert_eq!(synthesize(&out, &[count("4").as_slice(), &["--jobs", "2"]].concat()).code, Some(0));
    assert_eq!(pictures(&out), four);
    let other = synthesize(&out, &["--class", "ememes", "--count", "1", "--seed", "5"]);
    assert_eq!(other.code, Some(2));
    assert!(other.stderr.contains("seed 4"), "{}", other.stderr);
}

/// A page that would tell if it could: a script, and pictures and styles from elsewhere.
#[test]
fn scenes_of_users_run_no_scripts_and_load_nothing() {
    if !has_browser("scenes_of_users_run_no_scripts_and_load_nothing") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let red = folder.path().join("red.png");
    RgbImage::from_pixel(40, 40, Rgb([255, 0, 0])).save(&red).unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let page = format!(
        "<body style='margin:0;background:#00f'><img src='file://{}'><img src='http://127.0.0.1:{port}/a.png'>\
         <link rel='stylesheet' href='http://127.0.0.1:{port}/a.css'><iframe src='http://127.0.0.1:{port}/'></iframe>\
         <script>document.body.style.background = '#f00'</script><p onclick='x()'>{{{{ text('chat') }}}}</p></body>",
        red.display()
    );
    fs::write(folder.path().join("page.html"), page).unwrap();
    let scenes = folder.path().join("scenes.toml");
    let scene =
        "[[scenes]]\nname = 'own'\nclass = 'notes'\ntemplate = 'page.html'\nviews = 'card'\n";
    fs::write(&scenes, scene).unwrap();
    let texts = folder.path().join("texts.txt");
    fs::write(&texts, "en\t<script>alert(1)</script>\nar\tchat\t<b>x</b>\n").unwrap();
    let out = folder.path().join("out");
    let options =
        ["--count", "4", "--scenes", scenes.to_str().unwrap(), "--texts", texts.to_str().unwrap()];
    let done = synthesize(&out, &options);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    for bytes in pictures(&out).values() {
        let picture = image::load_from_memory(bytes).unwrap().to_rgb8();
        let is_red = |pixel: &Rgb<u8>| pixel[0] > 200 && pixel[2] < 80;
        assert!(!picture.pixels().any(is_red), "a script ran, or a file was shown");
    }
    assert!(listener.accept().is_err(), "the browser asked for something");
}

#[test]
fn what_cannot_be_is_told_before_anything_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let fails = |options: &[&str], expected: &str| {
        let failed = synthesize(&out, &[&["--count", "1"], options].concat());
        assert_eq!(failed.code, Some(2), "{options:?}");
        assert!(failed.stderr.contains(expected), "{}", failed.stderr);
        assert!(!out.exists(), "{options:?}");
    };
    fails(&["--browser", "/nowhere/chromium"], "apt-get install chromium");
    fails(&["--class", "holidays"], "holidays");
    fails(&["--base", "/nowhere/photos"], "/nowhere/photos");
    fails(&["--base", folder.path().to_str().unwrap()], "no picture");
    fails(&["--texts", "/nowhere/texts"], "/nowhere/texts");
    fails(&["--scenes", "/nowhere/scenes.toml"], "/nowhere/scenes.toml");
    fails(&["--base-list", "x"], "--base");
}

#[test]
fn a_folder_of_others_is_asked_about() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("mine.jpg"), b"x").unwrap();
    // Any program will do: the folder is refused before it starts.
    let options = ["--count", "1", "--browser", "/bin/true"];
    let refused = synthesize(folder.path(), &options);
    assert_eq!(refused.code, Some(2));
    assert!(refused.stderr.contains("--into"), "{}", refused.stderr);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    let no_browser = synthesize(folder.path(), &[options.as_slice(), &["--into"]].concat());
    assert!(no_browser.stderr.contains("does not work"), "{}", no_browser.stderr);
}
