use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::Connection;

use super::*;

const PACK: &str = "pack 1.0.0 00112233";
const STAMP: Stamp = Stamp { size: 1234, modified: 1_700_000_000 };

fn verdict(class: &str) -> Verdict {
    Verdict {
        class: class.to_owned(),
        group: "personal".to_owned(),
        confidence: 0.75,
        scores: vec![("memes".to_owned(), 0.25), ("selfies".to_owned(), 0.75)],
        abstained: false,
        width: 4000,
        height: 3000,
    }
}

fn with_verdict(store: &Store, name: &[u8], bytes: &[u8]) -> (ItemId, ContentId) {
    let (item, content) = (store.item_id(name), store.content_id(bytes));
    store.begin(&item, STAMP, PACK).unwrap();
    store.finished(&item, &content, PACK, &verdict("selfies")).unwrap();
    (item, content)
}

fn classified(known: Option<Known>) -> Option<(Verdict, Option<String>)> {
    match known {
        Some(Known::Classified { verdict, correction, .. }) => Some((verdict, correction)),
        _ => None,
    }
}

#[test]
fn a_verdict_is_found_again_by_item_and_by_content() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gallery.db");
    let (item, content) = with_verdict(&Store::open(&path).unwrap(), b"a.jpg", b"pixels");
    let store = Store::open(&path).unwrap();
    assert_eq!(store.item_id(b"a.jpg"), item);
    let known = store.known(&item, STAMP, PACK).unwrap();
    assert_eq!(classified(known), Some((verdict("selfies"), None)));
    assert_eq!(store.verdict(&content, PACK).unwrap(), Some(verdict("selfies")));
    assert_eq!(store.content_of(&item).unwrap(), Some(content));
    // Another pack knows nothing yet, and a changed file is a new one.
    assert_eq!(store.known(&item, STAMP, "other").unwrap(), None);
    assert_eq!(store.verdict(&content, "other").unwrap(), None);
    let changed = Stamp { size: 1235, ..STAMP };
    assert_eq!(store.known(&item, changed, PACK).unwrap(), None);
}

#[test]
fn two_failures_are_a_quarantine_until_something_changes() {
    let store = Store::in_memory().unwrap();
    let item = store.item_id(b"broken.jpg");
    for _ in 0..2 {
        assert_eq!(store.known(&item, STAMP, PACK).unwrap(), None);
        store.begin(&item, STAMP, PACK).unwrap();
        store.failed(&item, "decode").unwrap();
    }
    let quarantined = Known::Quarantined { failure: Some("decode".to_owned()) };
    assert_eq!(store.known(&item, STAMP, PACK).unwrap(), Some(quarantined.clone()));
    let changed = Stamp { modified: 1, ..STAMP };
    assert_eq!(store.known(&item, changed, PACK).unwrap(), None);
    assert_eq!(store.known(&item, STAMP, "other").unwrap(), None);
    store.begin(&item, STAMP, "other").unwrap();
    assert_eq!(store.known(&item, STAMP, "other").unwrap(), None);
    store.begin(&item, STAMP, "other").unwrap();
    assert_eq!(store.release_quarantined().unwrap(), 1);
    assert_eq!(store.known(&item, STAMP, "other").unwrap(), None);
}

#[test]
fn a_death_counts_as_a_failure_and_an_interruption_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gallery.db");
    for deaths in 0..2 {
        let store = Store::open(&path).unwrap();
        let item = store.item_id(b"bomb.png");
        assert_eq!(store.known(&item, STAMP, PACK).unwrap(), None, "{deaths}");
        for _ in 0..5 {
            store.begin(&item, STAMP, PACK).unwrap();
            store.interrupted(&item).unwrap();
        }
        store.begin(&item, STAMP, PACK).unwrap();
    }
    let store = Store::open(&path).unwrap();
    let known = store.known(&store.item_id(b"bomb.png"), STAMP, PACK).unwrap();
    assert_eq!(known, Some(Known::Quarantined { failure: None }));
}

#[test]
fn corrections_outlive_packs_and_can_be_taken_back() {
    let store = Store::in_memory().unwrap();
    let (item, content) = with_verdict(&store, b"a.jpg", b"pixels");
    store.correct(&content, "irrelevant").unwrap();
    store.correct(&content, "personal").unwrap();
    let known = classified(store.known(&item, STAMP, PACK).unwrap()).unwrap();
    assert_eq!(known.1.as_deref(), Some("personal"));
    assert_eq!(store.retain(&[]).unwrap(), 1);
    assert_eq!(store.verdict(&content, PACK).unwrap(), None);
    assert_eq!(store.correction(&content).unwrap().as_deref(), Some("personal"));
    store.uncorrect(&content).unwrap();
    assert_eq!(store.correction(&content).unwrap(), None);
}

#[test]
fn what_is_gone_is_forgotten_and_copies_keep_their_verdict() {
    let store = Store::in_memory().unwrap();
    let (_, shared) = with_verdict(&store, b"a.jpg", b"same");
    let (copy, _) = with_verdict(&store, b"copy.jpg", b"same");
    let (_, lost) = with_verdict(&store, b"b.jpg", b"other");
    assert_eq!(store.retain(&[copy, copy]).unwrap(), 2);
    assert!(store.verdict(&shared, PACK).unwrap().is_some());
    assert!(store.verdict(&lost, PACK).unwrap().is_none());
}

#[test]
fn a_wipe_leaves_no_trace() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gallery.db");
    let store = Store::open(&path).unwrap();
    let (item, content) = with_verdict(&store, b"a.jpg", b"pixels");
    store.correct(&content, "personal").unwrap();
    store.wipe().unwrap();
    assert_eq!(store.known(&item, STAMP, PACK).unwrap(), None);
    assert_eq!(store.correction(&content).unwrap(), None);
    drop(store);
    for entry in fs::read_dir(folder.path()).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(16).any(|window| window == content.as_bytes()));
        assert!(!bytes.windows(7).any(|window| window == b"selfies"));
    }
}

#[test]
fn the_file_names_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gallery.db");
    let store = Store::open(&path).unwrap();
    with_verdict(&store, b"/pictures/secret.jpg", b"well-known bytes");
    let other = Store::in_memory().unwrap();
    assert_ne!(store.content_id(b"well-known bytes"), other.content_id(b"well-known bytes"));
    assert!(format!("{store:?} {:?}", store.item_id(b"x")).contains("ItemId(…)"));
    drop(store);
    for entry in fs::read_dir(folder.path()).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(6).any(|window| window == b"secret"));
    }
}

#[test]
fn other_files_are_refused_and_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("notes.txt");
    fs::write(&text, "not a database, but a long enough text to look at ".repeat(50)).unwrap();
    let before = fs::read(&text).unwrap();
    assert_eq!(Store::open(&text).unwrap_err(), StoreError::NotAStore);
    assert_eq!(fs::read(&text).unwrap(), before);

    let foreign = folder.path().join("foreign.db");
    Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
    let before = fs::read(&foreign).unwrap();
    assert_eq!(Store::open(&foreign).unwrap_err(), StoreError::NotAStore);
    assert_eq!(fs::read(&foreign).unwrap(), before);

    let newer = folder.path().join("newer.db");
    drop(Store::open(&newer).unwrap());
    Connection::open(&newer).unwrap().pragma_update(None, "user_version", 99).unwrap();
    assert!(matches!(Store::open(&newer).unwrap_err(), StoreError::Newer { found: 99, .. }));

    let nowhere = Store::open(&folder.path().join("no/such/folder/x.db"));
    assert_eq!(nowhere.unwrap_err(), StoreError::CannotOpen);
}

#[test]
fn a_damaged_file_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gallery.db");
    drop(Store::open(&path).unwrap());
    let mut bytes = fs::read(&path).unwrap();
    let length = bytes.len();
    bytes[4096..length].fill(0x5a);
    fs::write(&path, bytes).unwrap();
    let error = Store::open(&path).err();
    let error = error.or_else(|| {
        let store = Store::open(&path).unwrap();
        store.known(&store.item_id(b"a"), STAMP, PACK).err()
    });
    assert_eq!(error, Some(StoreError::Damaged));
}

#[test]
fn threads_and_processes_share_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gallery.db");
    let stores = [(); 2].map(|()| Arc::new(Store::open(&path).unwrap()));
    std::thread::scope(|scope| {
        for worker in 0..8_usize {
            let store = &stores[worker % 2];
            scope.spawn(move || {
                for index in 0..25 {
                    let name = format!("{worker}/{index}");
                    with_verdict(store, name.as_bytes(), name.as_bytes());
                }
            });
        }
    });
    let store = Store::open(&path).unwrap();
    for worker in 0..8 {
        for index in 0..25 {
            let item = store.item_id(format!("{worker}/{index}").as_bytes());
            assert!(classified(store.known(&item, STAMP, PACK).unwrap()).is_some());
        }
    }
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/store")
}

/// Files that released versions wrote are opened by this one, with all that is in them.
#[test]
fn files_of_every_schema_open() {
    let folder = tempfile::tempdir().unwrap();
    let mut opened = 0;
    for entry in fs::read_dir(fixtures()).unwrap() {
        let file = entry.unwrap().path();
        if file.extension().is_none_or(|extension| extension != "db") {
            continue;
        }
        let copy = folder.path().join(file.file_name().unwrap());
        fs::copy(&file, &copy).unwrap();
        let store = Store::open(&copy).unwrap();
        let known = store.known(&store.item_id(b"a.jpg"), STAMP, PACK).unwrap();
        let expected = Some((verdict("selfies"), Some("personal".to_owned())));
        assert_eq!(classified(known), expected, "{}", file.display());
        let failed = store.known(&store.item_id(b"broken.jpg"), STAMP, PACK).unwrap();
        assert!(matches!(failed, Some(Known::Quarantined { .. })), "{}", file.display());
        opened += 1;
    }
    assert!(opened > 0);
}

/// Writes the fixture of the current schema: run once when it is released.
///
/// `EPIC_WRITE_STORE=1 cargo test -p epic-core write_the_fixture`
#[test]
fn write_the_fixture() {
    if std::env::var_os("EPIC_WRITE_STORE").is_none() {
        return;
    }
    let path = fixtures().join("schema-1.db");
    let store = Store::open(&path).unwrap();
    let (_, content) = with_verdict(&store, b"a.jpg", b"pixels");
    store.correct(&content, "personal").unwrap();
    let item = store.item_id(b"broken.jpg");
    for _ in 0..2 {
        store.begin(&item, STAMP, PACK).unwrap();
        store.failed(&item, "decode").unwrap();
    }
}
