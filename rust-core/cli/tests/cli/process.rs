//! Pipes, signals and terminals.
#![cfg(unix)]

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use image::ImageFormat;

use crate::pictures::{drawn, encoded, write_sound};
use crate::support::{Run, epic, rows, run, shipped_pack};

#[test]
fn a_closed_pipe_is_no_failure() {
    let folder = tempfile::tempdir().unwrap();
    write_sound(folder.path(), 12);
    let pack = shipped_pack();
    let (folder, pack) = (folder.path().to_str().unwrap(), pack.to_str().unwrap());
    let cases: [&[&str]; 6] = [
        &["scan", "--json", folder],
        &["scan", folder],
        &["pack", "inspect", "--pack", pack],
        &["pack", "inspect", "--json"],
        &["pack", "inspect", "--card"],
        &["pack", "verify"],
    ];
    for arguments in cases {
        let mut child =
            epic().args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), &*stderr), (Some(0), ""), "{arguments:?}");
    }
}

#[test]
fn ctrl_c_ends_a_scan_with_whole_lines_and_code_130() {
    let folder = tempfile::tempdir().unwrap();
    let first = folder.path().join("000.png");
    fs::write(&first, encoded(&drawn(1500, 1500, 1), ImageFormat::Png)).unwrap();
    for index in 1..300 {
        fs::hard_link(&first, folder.path().join(format!("{index:03}.png"))).unwrap();
    }
    let mut child = epic()
        .args(["scan", "--json"])
        .arg(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut lines = String::new();
    stdout.read_line(&mut lines).unwrap();
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    stdout.read_to_string(&mut lines).unwrap();
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(130), "{stderr}");
    let rows = rows(&lines);
    assert!((1..300).contains(&rows.len()), "{}", rows.len());
    assert!(rows.iter().all(|row| row["error"].is_null()));
    assert!(stderr.contains(&format!("stopped after {} of 300", rows.len())), "{stderr}");
}

#[test]
fn no_progress_is_drawn_without_a_terminal() {
    let folder = tempfile::tempdir().unwrap();
    write_sound(folder.path(), 8);
    let page = folder.path().join("sheet.html");
    let folder = folder.path().to_str().unwrap();
    for arguments in [vec!["scan", folder], vec!["scan", "--html", page.to_str().unwrap(), folder]]
    {
        let run = run(&arguments);
        for text in [&run.stdout, &run.stderr] {
            assert!(!text.contains(['\u{1b}', '\r', '\u{2588}']), "{text:?}");
        }
        assert!(run.stderr.lines().all(|line| line.starts_with("epic: ")), "{}", run.stderr);
    }
}

#[test]
fn ctrl_c_leaves_a_journal_that_the_next_run_goes_on_from() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    let first = data.join("000.png");
    fs::write(&first, encoded(&drawn(1500, 1500, 1), ImageFormat::Png)).unwrap();
    for index in 1..200 {
        fs::hard_link(&first, data.join(format!("{index:03}.png"))).unwrap();
    }
    let out = folder.path().join("t.csv");
    let journal = folder.path().join("t.csv.journal");
    let command = || {
        let mut command = epic();
        command.args(["metadata", "--parts", "colors", "--out"]).arg(&out).arg(&data);
        command
    };
    let child = command().stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    while fs::metadata(&journal).map_or(0, |journal| journal.len()) == 0 {
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(130), "{stderr}");
    let kept = fs::read_to_string(&journal).unwrap().lines().count();
    assert!(stderr.contains(&format!("stopped after {kept} of 200")), "{stderr}");
    assert!((1..200).contains(&kept) && !out.exists());
    let finished = Run::of(&mut command());
    assert_eq!(finished.code, Some(0), "{}", finished.stderr);
    let new = 200 - kept;
    assert!(finished.stdout.contains(&format!("pictures 200, new {new}, kept {kept}")));
    assert_eq!(fs::read_to_string(&out).unwrap().lines().count(), 201);
    assert!(!journal.exists());
}

#[test]
fn a_closed_standard_error_is_no_failure() {
    let folder = tempfile::tempdir().unwrap();
    write_sound(folder.path(), 4);
    for name in ["x.jpg", "y.jpg", "z.jpg"] {
        fs::write(folder.path().join(name), b"broken").unwrap();
    }
    let out = folder.path().join("t.csv");
    let mut child = epic()
        .args(["metadata", "--parts", "colors", "--out"])
        .args([&*out, folder.path()])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stderr.take());
    assert_eq!(child.wait().unwrap().code(), Some(1));
    assert_eq!(fs::read_to_string(&out).unwrap().lines().count(), 8);
}
