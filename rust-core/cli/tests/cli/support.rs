//! Running the program and reading what it wrote.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// Keys of a line of `epic scan --json`; scripts rely on them.
pub(crate) const KEYS: [&str; 9] =
    ["abstained", "class", "confidence", "error", "group", "height", "path", "scores", "width"];

pub(crate) fn epic() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_epic"));
    command.stdin(Stdio::null());
    command
}

/// How a finished run looks from outside.
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    pub(crate) fn of(command: &mut Command) -> Self {
        let Output { status, stdout, stderr } = command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let run = Self { code: status.code(), stdout: text(stdout), stderr: text(stderr) };
        assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
        run
    }

    pub(crate) fn rows(&self) -> Vec<Value> {
        rows(&self.stdout)
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap()
    }
}

pub(crate) fn run<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Run {
    Run::of(epic().args(arguments))
}

/// `epic scan --json` of these paths.
pub(crate) fn scan_json<A: AsRef<OsStr>>(paths: impl IntoIterator<Item = A>) -> Run {
    Run::of(epic().args(["scan", "--json"]).args(paths))
}

/// Every line parsed; each must be whole.
pub(crate) fn rows(stdout: &str) -> Vec<Value> {
    assert!(stdout.is_empty() || stdout.ends_with('\n'), "{stdout:?}");
    stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The row of the file of that name.
pub(crate) fn row<'a>(rows: &'a [Value], name: &str) -> &'a Value {
    let named = |row: &&Value| Path::new(row["path"].as_str().unwrap()).ends_with(name);
    rows.iter().find(named).unwrap_or_else(|| panic!("no row for {name}"))
}

pub(crate) fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<_> = value.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

/// The pack that is also built into the program, as a folder.
pub(crate) fn shipped_pack() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/packs/transfer-epic10")
}

pub(crate) fn shipped_manifest() -> Value {
    let text = std::fs::read_to_string(shipped_pack().join("manifest.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// A copy of the shipped pack to damage.
pub(crate) fn copy_of_pack(folder: &Path) -> PathBuf {
    let copy = folder.join("pack");
    std::fs::create_dir(&copy).unwrap();
    for name in ["manifest.json", "manifest.sha256", "model.onnx", "MODEL_CARD.md"] {
        std::fs::copy(shipped_pack().join(name), copy.join(name)).unwrap();
    }
    copy
}

/// Changes one byte in the middle of a file; the length stays.
pub(crate) fn flip_a_byte(file: &Path) {
    let mut bytes = std::fs::read(file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x20;
    std::fs::write(file, bytes).unwrap();
}
