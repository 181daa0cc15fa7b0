//! Kills a process before every single change of the disk, and looks at what the next one makes of it.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use super::tests::tree;
use super::*;
use crate::dataset::testing::TempFolder;

const ROOT: &str = "EPIC_TEST_CRASH_ROOT";
const STEP: &str = "EPIC_TEST_CRASH_STEP";
const WORK: &str = "EPIC_TEST_CRASH_WORK";
/// Work that opens the transactions and does no more.
const SETTLE: &str = "settle";

fn fill(root: &Path, files: usize) {
    fs::create_dir_all(root.join("a")).unwrap();
    for number in 0..files {
        fs::write(root.join(format!("a/img{number}.jpg")), number.to_string()).unwrap();
    }
}

/// The thesis's renaming, in reversed order, so that most names of the plan are taken by others.
fn renaming(files: usize) -> Plan {
    let moves = (0..files).map(|number| {
        let to = match number % 4 {
            0 => Destination::Trash,
            1 => Destination::Path(format!("b/img{number}.jpg")),
            // In a ring: each takes the name of the next of its kind.
            _ => Destination::Path(format!("a/img{}.jpg", ring(number, files))),
        };
        (format!("a/img{number}.jpg"), to)
    });
    Plan { title: "crash".to_owned(), moves: moves.collect() }
}

fn ring(number: usize, files: usize) -> usize {
    let next = |mut number: usize| {
        loop {
            number = (number + 1) % files;
            if number % 4 >= 2 {
                return number;
            }
        }
    };
    next(number)
}

/// What the killed process runs; by itself it does nothing.
#[test]
fn child() {
    let (Ok(root), Ok(step), Ok(work)) = (env::var(ROOT), env::var(STEP), env::var(WORK)) else {
        return;
    };
    let mut left: usize = step.parse().unwrap();
    let before = Box::new(move || {
        if left == 0 {
            // As hard as kill -9: no destructor runs.
            std::process::abort();
        }
        left -= 1;
    });
    let (mut transactions, _) = Transactions::open_with(Path::new(&root), before).unwrap();
    if work == SETTLE {
        return;
    }
    let files: usize = work.trim_start_matches("undo ").parse().unwrap();
    if work.starts_with("undo") {
        transactions.undo(None).unwrap();
    } else {
        transactions.apply(&renaming(files)).unwrap();
    }
}

/// Whether the child lived to the end.
fn run_child(root: &Path, step: usize, work: &str) -> bool {
    let status = Command::new(env::current_exe().unwrap())
        .args(["--exact", "dataset::transaction::crash_tests::child", "--nocapture"])
        .env(ROOT, root)
        .env(STEP, step.to_string())
        .env(WORK, work)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .status()
        .unwrap();
    status.success()
}

/// Kills before step 0, `stride`, 2 · `stride`, … until the work is done; what the next process finds is
/// one of the two whole states.
fn kill_everywhere(files: usize, stride: usize) {
    let folder = TempFolder::new("crash");
    fill(folder.path(), files);
    let before = tree(folder.path());
    let mut transactions = Transactions::open(folder.path()).unwrap().0;
    transactions.apply(&renaming(files)).unwrap();
    let after = tree(folder.path());
    transactions.undo(None).unwrap();
    assert_eq!(tree(folder.path()), before);
    drop(transactions);

    let (mut finished, mut taken_back) = (0, 0);
    for work in [files.to_string(), format!("undo {files}")] {
        let is_undo = work.starts_with("undo");
        for step in (0..).step_by(stride) {
            let mut transactions = Transactions::open(folder.path()).unwrap().0;
            if is_undo && tree(folder.path()) == before {
                transactions.apply(&renaming(files)).unwrap();
            }
            drop(transactions);
            let lived = run_child(folder.path(), step, &work);
            // The next start, itself killed once on the way.
            run_child(folder.path(), step / 2 + 1, SETTLE);
            let (mut transactions, _) = Transactions::open(folder.path()).unwrap();
            let found = tree(folder.path());
            assert!(found == before || found == after, "killed at step {step} of {work}");
            if found == after {
                finished += 1;
                if !is_undo {
                    transactions.undo(None).unwrap();
                }
            } else {
                taken_back += 1;
            }
            if lived {
                break;
            }
        }
    }
    assert!(finished > 0 && taken_back > 0, "{finished} finished, {taken_back} taken back");
}

#[test]
fn a_process_killed_at_any_step_loses_and_misnames_nothing() {
    kill_everywhere(12, 1);
}

/// Every step of a thousand files takes minutes (`EPIC_CRASH_STRIDE=1`); every 97th meets each kind of step.
#[test]
fn a_thousand_files_survive_as_well() {
    let stride = env::var("EPIC_CRASH_STRIDE").ok().and_then(|text| text.parse().ok());
    kill_everywhere(1000, stride.unwrap_or(97));
}
