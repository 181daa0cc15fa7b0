use std::sync::atomic::{AtomicUsize, Ordering};

use epic_core::metadata::{MetadataOptions, Weights};

use super::*;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new(names: &[&str]) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        for (index, name) in names.iter().enumerate() {
            let path = folder.0.path().join("data").join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            let side = 8 + index as u32;
            image::RgbImage::from_pixel(side, 8, image::Rgb([9, 99, 9])).save(path).unwrap();
        }
        folder
    }

    fn pictures(&self) -> Vec<TablePicture> {
        super::super::pictures::list_pictures(&[self.0.path().join("data")])
    }

    fn table(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

fn extractor() -> MetadataExtractor {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/metadata");
    MetadataExtractor::new(Weights::open(&folder).unwrap(), MetadataOptions::default())
}

fn colors() -> ExtractOptions {
    let parts = "colors".parse().unwrap();
    ExtractOptions { parts, jobs: NonZeroUsize::new(2).unwrap(), ..ExtractOptions::default() }
}

fn run(
    pictures: &[TablePicture],
    out: &Path,
    options: &ExtractOptions,
) -> Result<ExtractSummary, TableError> {
    extract(&extractor(), pictures, out, options, &TaskControl::new(), &())
}

fn names(out: &Path) -> Vec<String> {
    read_rows(out).unwrap().map(|row| row.unwrap().relative_path().to_owned()).collect()
}

const NAMES: [&str; 5] = ["a/1.jpg", "a/2.jpg", "b/1.jpg", "b/2.jpg", "b/3.jpg"];

/// Cancels while the picture of that number is in work.
struct StopAt(TaskControl, usize, AtomicUsize);

impl Observer for StopAt {
    fn extracted(&self, _: &TablePicture, _: &ImageMetadata) {
        if self.2.fetch_add(1, Ordering::Relaxed) + 1 == self.1 {
            self.0.cancel();
        }
    }
}

/// A run on one thread that is cancelled in its `count`th picture.
fn run_stopped(pictures: &[TablePicture], out: &Path, count: usize) -> ExtractSummary {
    let stop = StopAt(TaskControl::new(), count, AtomicUsize::new(0));
    let options = ExtractOptions { jobs: NonZeroUsize::MIN, ..colors() };
    extract(&extractor(), pictures, out, &options, &stop.0, &stop).unwrap()
}

#[test]
fn a_stopped_run_goes_on_and_nothing_is_done_twice() {
    for name in ["t.csv", "t.jsonl", "t.parquet"] {
        let folder = Folder::new(&NAMES);
        let (pictures, out) = (folder.pictures(), folder.table(name));
        for (run, kept) in [(1, 0), (2, 2)] {
            let summary = run_stopped(&pictures, &out, 2);
            assert_eq!((summary.kept, summary.extracted), (kept, 2), "run {run}");
            assert_eq!(summary.left, NAMES.len() - 2 * run);
            assert!(!out.exists() && journal_path(&out).exists());
        }
        let last = run(&pictures, &out, &colors()).unwrap();
        assert_eq!((last.kept, last.extracted, last.left), (4, 1, 0));
        assert_eq!(names(&out), NAMES);
        assert!(!journal_path(&out).exists());
    }
}

#[test]
fn a_crash_costs_only_the_torn_line() {
    let folder = Folder::new(&NAMES);
    let (pictures, out) = (folder.pictures(), folder.table("t.csv"));
    run_stopped(&pictures, &out, 3);
    let journal = journal_path(&out);
    let whole = std::fs::read(&journal).unwrap();
    std::fs::write(&journal, &whole[..whole.len() - 5]).unwrap();
    let summary = run(&pictures, &out, &colors()).unwrap();
    assert_eq!((summary.kept, summary.extracted), (2, 3));
    assert_eq!(names(&out), NAMES);
}

#[test]
fn a_crash_between_table_and_journal_doubles_nothing() {
    let folder = Folder::new(&NAMES);
    let (pictures, out) = (folder.pictures(), folder.table("t.csv"));
    run_stopped(&pictures, &out, 1);
    let journal = std::fs::read(journal_path(&out)).unwrap();
    run(&pictures, &out, &colors()).unwrap();
    std::fs::write(journal_path(&out), journal).unwrap();
    run(&pictures, &out, &colors()).unwrap();
    let mut found = names(&out);
    found.sort();
    assert_eq!(found, NAMES);
}

#[test]
fn new_pictures_are_added_after_the_old_rows() {
    let folder = Folder::new(&NAMES);
    let (pictures, out) = (folder.pictures(), folder.table("t.parquet"));
    run(&pictures[2..], &out, &colors()).unwrap();
    let summary = run(&pictures, &out, &colors()).unwrap();
    assert_eq!((summary.kept, summary.extracted), (3, 2));
    assert_eq!(names(&out), ["b/1.jpg", "b/2.jpg", "b/3.jpg", "a/1.jpg", "a/2.jpg"]);
    let before = std::fs::metadata(&out).unwrap().modified().unwrap();
    assert_eq!(run(&pictures, &out, &colors()).unwrap().kept, 5);
    assert_eq!(std::fs::metadata(&out).unwrap().modified().unwrap(), before);
}

#[test]
fn bad_files_are_rows_and_can_be_tried_again() {
    let folder = Folder::new(&NAMES);
    let (pictures, out) = (folder.pictures(), folder.table("t.jsonl"));
    let sound = std::fs::read(&pictures[0].path).unwrap();
    std::fs::write(&pictures[0].path, b"").unwrap();
    std::fs::remove_file(&pictures[1].path).unwrap();
    let summary = run(&pictures, &out, &colors()).unwrap();
    assert_eq!((summary.extracted, summary.failed), (3, 2));
    let errors: Vec<_> = read_rows(&out)
        .unwrap()
        .filter_map(|row| row.unwrap().error().map(str::to_owned))
        .collect();
    assert_eq!(errors[0], "empty: the file is empty");
    assert!(errors[1].starts_with("io: "), "{errors:?}");
    std::fs::write(&pictures[0].path, sound).unwrap();
    let mended = run(&pictures, &out, &colors()).unwrap();
    assert_eq!((mended.kept, mended.kept_failed, mended.extracted), (4, 1, 1));
    let again = ExtractOptions { retry_errors: true, ..colors() };
    let summary = run(&pictures, &out, &again).unwrap();
    assert_eq!((summary.kept, summary.extracted, summary.failed), (4, 0, 1));
    assert_eq!(names(&out).len(), 5);
}

#[test]
fn other_requests_are_not_mixed_unless_overwritten() {
    let folder = Folder::new(&NAMES);
    let (pictures, out) = (folder.pictures(), folder.table("t.csv"));
    run(&pictures, &out, &colors()).unwrap();
    let size_only = ExtractOptions { parts: Parts::NONE, ..colors() };
    let error = run(&pictures, &out, &size_only).unwrap_err();
    assert!(matches!(error, TableError::OtherRequest { .. }), "{error}");
    assert_eq!(names(&out).len(), 5);
    let fresh = ExtractOptions { overwrite: true, ..size_only };
    assert_eq!(run(&pictures, &out, &fresh).unwrap().extracted, 5);
    assert_eq!(names(&out).len(), 5);
}

#[test]
fn two_runs_do_not_write_one_table() {
    let folder = Folder::new(&NAMES);
    let (pictures, out) = (folder.pictures(), folder.table("t.csv"));
    let _first = Journal::open(journal_path(&out)).unwrap();
    assert!(matches!(run(&pictures, &out, &colors()), Err(TableError::Busy(_))));
}

#[test]
fn missing_weights_end_the_run_before_the_first_row() {
    let folder = Folder::new(&NAMES);
    let manifest = br#"{"schema": 1, "files": {}}"#;
    let weights = Weights::embedded([("manifest.json", manifest.as_slice())]).unwrap();
    let extractor = MetadataExtractor::new(weights, MetadataOptions::default());
    let out = folder.table("t.csv");
    let options = ExtractOptions { parts: Parts::ALL, ..colors() };
    let control = TaskControl::new();
    let result = extract(&extractor, &folder.pictures(), &out, &options, &control, &());
    assert!(matches!(result, Err(TableError::Weights(_))));
    assert!(!out.exists() && !journal_path(&out).exists());
}

#[test]
fn a_table_elsewhere_or_of_another_kind_is_an_error() {
    let folder = Folder::new(&NAMES);
    let pictures = folder.pictures();
    let nowhere = folder.table("none/t.csv");
    assert!(matches!(run(&pictures, &nowhere, &colors()), Err(TableError::Io { .. })));
    let sheet = folder.table("t.xlsx");
    assert!(matches!(run(&pictures, &sheet, &colors()), Err(TableError::Format(_))));
    let foreign = folder.table("t.csv");
    std::fs::write(&foreign, "a,b\n1,2\n").unwrap();
    assert!(matches!(run(&pictures, &foreign, &colors()), Err(TableError::Content { .. })));
    assert_eq!(std::fs::read_to_string(&foreign).unwrap(), "a,b\n1,2\n");
    assert!(!journal_path(&foreign).exists());
}

#[test]
fn replaced_files_are_done_again_and_other_folders_refused() {
    let folder = Folder::new(&NAMES);
    let (pictures, out) = (folder.pictures(), folder.table("t.csv"));
    run(&pictures, &out, &colors()).unwrap();
    image::RgbImage::from_pixel(300, 200, image::Rgb([1, 2, 3])).save(&pictures[1].path).unwrap();
    let summary = run(&pictures, &out, &colors()).unwrap();
    assert_eq!((summary.kept, summary.extracted), (4, 1));
    let rows: Vec<_> = read_rows(&out).unwrap().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 5);
    assert_eq!(rows[4].relative_path(), "a/2.jpg");
    let below = super::super::pictures::list_pictures(&[folder.0.path().join("data/b")]);
    let error = run(&below, &out, &colors()).unwrap_err();
    assert!(matches!(error, TableError::OtherPictures(_)), "{error}");
    // The same names, but other files.
    for picture in &pictures {
        image::RgbImage::from_pixel(99, 70, image::Rgb([1, 2, 3])).save(&picture.path).unwrap();
    }
    let error = run(&pictures, &out, &colors()).unwrap_err();
    assert!(matches!(error, TableError::OtherPictures(_)), "{error}");
    assert_eq!(names(&out).len(), 5);
}

#[cfg(unix)]
#[test]
fn a_table_behind_a_link_is_replaced_where_it_is() {
    let folder = Folder::new(&NAMES);
    let (pictures, out) = (folder.pictures(), folder.table("t.csv"));
    run(&pictures[..2], &out, &colors()).unwrap();
    let link = folder.table("link.csv");
    std::os::unix::fs::symlink(&out, &link).unwrap();
    run(&pictures, &link, &colors()).unwrap();
    assert!(link.is_symlink());
    assert_eq!(names(&out).len(), 5);
}

#[test]
fn a_cancelled_overwrite_leaves_the_table_as_it_was() {
    let folder = Folder::new(&NAMES);
    let (pictures, out) = (folder.pictures(), folder.table("t.csv"));
    run(&pictures, &out, &colors()).unwrap();
    let before = std::fs::read(&out).unwrap();
    let stop = StopAt(TaskControl::new(), 2, AtomicUsize::new(0));
    let options = ExtractOptions { overwrite: true, jobs: NonZeroUsize::MIN, ..colors() };
    extract(&extractor(), &pictures, &out, &options, &stop.0, &stop).unwrap();
    assert_eq!(std::fs::read(&out).unwrap(), before);
    assert!(!journal_path(&out).exists());
}
