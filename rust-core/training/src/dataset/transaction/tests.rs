use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::*;
use crate::dataset::testing::TempFolder;

/// Every file outside of our own folder, by path.
pub(super) fn tree(root: &Path) -> BTreeMap<String, Vec<u8>> {
    walkdir::WalkDir::new(root)
        .min_depth(1)
        .into_iter()
        .filter_entry(|entry| entry.file_name() != WORK_FOLDER)
        .map(Result::unwrap)
        .map(|entry| {
            let path = entry.path().strip_prefix(root).unwrap().to_string_lossy().into_owned();
            let content = if entry.file_type().is_dir() {
                b"folder".to_vec()
            } else {
                fs::read(entry.path()).unwrap()
            };
            (path, content)
        })
        .collect()
}

fn open(folder: &TempFolder) -> Transactions {
    let (transactions, settled) = Transactions::open(folder.path()).unwrap();
    assert!(settled.is_empty());
    transactions
}

fn to(path: &str) -> Destination {
    Destination::Path(path.to_owned())
}

fn plan(moves: &[(&str, Destination)]) -> Plan {
    let moves = moves.iter().map(|(from, to)| ((*from).to_owned(), to.clone())).collect();
    Plan { title: "a test".to_owned(), moves }
}

fn sample() -> TempFolder {
    let folder = TempFolder::new("transaction");
    for (path, content) in [("a/1.jpg", "one"), ("a/2.jpg", "two"), ("b/3.jpg", "three")] {
        folder.write(path, content.as_bytes());
    }
    folder
}

#[test]
fn files_move_exchange_names_and_come_back() {
    let folder = sample();
    let before = tree(folder.path());
    let mut transactions = open(&folder);
    let moves = [
        ("a/1.jpg", to("a/2.jpg")),
        ("a/2.jpg", to("a/1.jpg")),
        ("b/3.jpg", to("c/deep/er/٣.jpg")),
    ];
    let applied = transactions.apply(&plan(&moves)).unwrap();
    assert_eq!((applied.id, applied.state), (1, State::Applied));
    let after = tree(folder.path());
    assert_eq!(after["a/1.jpg"], b"two");
    assert_eq!(after["a/2.jpg"], b"one");
    assert_eq!(after["c/deep/er/٣.jpg"], b"three");

    assert_eq!(transactions.undo(None).unwrap().state, State::Undone);
    assert_eq!(tree(folder.path()), before);
    assert!(matches!(transactions.undo(None), Err(TransactionError::NothingToUndo)));
}

#[test]
fn the_trash_lies_inside_the_data_set_and_names_never_collide() {
    let folder = sample();
    let mut transactions = open(&folder);
    transactions.apply(&plan(&[("a/1.jpg", Destination::Trash)])).unwrap();
    folder.write("a/1.jpg", b"another one");
    transactions.apply(&plan(&[("a/1.jpg", Destination::Trash)])).unwrap();
    let trash = folder.path().join(WORK_FOLDER).join("trash");
    assert_eq!(fs::read(trash.join("000001/a/1.jpg")).unwrap(), b"one");
    assert_eq!(fs::read(trash.join("000002/a/1.jpg")).unwrap(), b"another one");
    // The first one's place is free only after the second one was undone and moved away.
    assert!(matches!(
        transactions.undo(Some(1)),
        Err(TransactionError::NotLatest { id: 1, latest: 2 })
    ));
    transactions.undo(Some(2)).unwrap();
    assert!(matches!(transactions.undo(None), Err(TransactionError::Occupied { .. })));
}

#[test]
fn a_plan_that_cannot_be_is_refused_and_nothing_happens() {
    let folder = sample();
    let before = tree(folder.path());
    let mut transactions = open(&folder);
    type Expected = fn(&TransactionError) -> bool;
    let occupied: Expected = |error| matches!(error, TransactionError::Occupied { .. });
    let unsafe_path: Expected = |error| matches!(error, TransactionError::UnsafePath { .. });
    let cases: Vec<(Vec<(&str, Destination)>, Expected)> = vec![
        (vec![("a/1.jpg", to("a/2.jpg"))], occupied),
        (vec![("a/1.jpg", to("x.jpg")), ("a/2.jpg", to("x.jpg"))], occupied),
        (vec![("a/1.jpg", to("../out.jpg"))], unsafe_path),
        (vec![("a/1.jpg", to("/tmp/out.jpg"))], unsafe_path),
        (vec![("a/1.jpg", to(".epic/lock"))], unsafe_path),
        (vec![("../a.jpg", to("b.jpg"))], unsafe_path),
        (vec![("a", to("z"))], |error| matches!(error, TransactionError::NotAFile { .. })),
        (vec![("a/9.jpg", to("z"))], |error| matches!(error, TransactionError::Io { .. })),
        (vec![("a/1.jpg", to("x")), ("a/1.jpg", to("y"))], |error| {
            matches!(error, TransactionError::Repeated { .. })
        }),
    ];
    for (moves, expected) in cases {
        let error = transactions.apply(&plan(&moves)).unwrap_err();
        assert!(expected(&error), "{moves:?}: {error}");
        assert_eq!(tree(folder.path()), before);
    }
    assert!(transactions.list().unwrap().is_empty());
}

#[cfg(unix)]
#[test]
fn links_lead_nowhere() {
    let (folder, outside) = (sample(), TempFolder::new("transaction-outside"));
    outside.write("secret.jpg", b"secret");
    std::os::unix::fs::symlink(outside.path(), folder.path().join("link")).unwrap();
    std::os::unix::fs::symlink(outside.path().join("secret.jpg"), folder.path().join("a/l.jpg"))
        .unwrap();
    let mut transactions = open(&folder);
    for (from, destination) in
        [("link/secret.jpg", "a/s.jpg"), ("a/1.jpg", "link/1.jpg"), ("a/l.jpg", "a/m.jpg")]
    {
        assert!(transactions.apply(&plan(&[(from, to(destination))])).is_err(), "{from}");
    }
    assert_eq!(fs::read(outside.path().join("secret.jpg")).unwrap(), b"secret");
}

#[test]
fn undo_refuses_changed_files_and_restore_takes_the_survivors() {
    let folder = sample();
    let mut transactions = open(&folder);
    let moves = [("a/1.jpg", to("a/0000_1.jpg")), ("a/2.jpg", to("a/0001_2.jpg"))];
    transactions.apply(&plan(&moves)).unwrap();
    // What a person does in a file manager.
    fs::remove_file(folder.path().join("a/0000_1.jpg")).unwrap();
    assert!(matches!(transactions.undo(None), Err(TransactionError::Changed { count: 1, .. })));
    let restored = transactions.restore(None).unwrap();
    assert_eq!(restored, Restored { id: 1, restored: 1, missing: vec!["a/1.jpg".to_owned()] });
    let after = tree(folder.path());
    assert_eq!(after["a/2.jpg"], b"two");
    assert!(!after.contains_key("a/1.jpg"));
}

#[test]
fn a_second_program_is_kept_out() {
    let folder = sample();
    let first = open(&folder);
    assert!(matches!(Transactions::open(folder.path()), Err(TransactionError::Locked { .. })));
    drop(first);
    open(&folder);
}

#[test]
fn a_name_that_is_taken_in_the_middle_takes_everything_back() {
    let folder = sample();
    let before = tree(folder.path());
    let taken = folder.path().join("c/3.jpg");
    let root = folder.path().to_owned();
    // Somebody else makes the file once the first folder of the destination is there.
    let (mut transactions, _) = Transactions::open_with(
        folder.path(),
        Box::new(move || {
            if root.join("c").is_dir() && !taken.exists() {
                fs::write(&taken, b"foreign").unwrap();
            }
        }),
    )
    .unwrap();
    let moves = [("a/1.jpg", to("c/1.jpg")), ("b/3.jpg", to("c/3.jpg"))];
    let error = transactions.apply(&plan(&moves)).unwrap_err();
    assert!(matches!(&error, TransactionError::Occupied { path } if path == "c/3.jpg"), "{error}");
    let mut after = tree(folder.path());
    assert_eq!(after.remove("c/3.jpg").unwrap(), b"foreign");
    after.remove("c");
    assert_eq!(after, before);
    assert_eq!(transactions.list().unwrap()[0].state, State::Undone);
}

#[test]
fn a_journal_of_another_schema_is_told_and_not_touched() {
    let folder = sample();
    open(&folder).apply(&plan(&[("a/1.jpg", Destination::Trash)])).unwrap();
    let path = folder.path().join(WORK_FOLDER).join("transactions/000001/plan.json");
    let text = fs::read_to_string(&path).unwrap().replace("\"schema\":1", "\"schema\":9");
    fs::write(&path, text).unwrap();
    assert!(matches!(Transactions::open(folder.path()), Err(TransactionError::Journal { .. })));
}
