//! Verdicts and scans with a network whose answers are known.

mod common;

use std::num::NonZeroUsize;

use epic_core::gallery::{
    ScanError, ScanItem, ScanOptions, ScanResult, ScanSummary, TaskControl, scan,
};
use epic_core::picture::{Orientation, PixelFormat, Pixels};
use epic_core::store::Store;
use epic_core::{Classifier, ImageSource};

fn classifier() -> Classifier {
    Classifier::new(&common::pack()).unwrap()
}

fn jobs(n: usize) -> ScanOptions<'static> {
    ScanOptions { jobs: NonZeroUsize::new(n).unwrap(), store: None }
}

#[test]
fn a_verdict_has_class_group_scores_and_size() {
    let verdict =
        classifier().classify(&ImageSource::Bytes(&common::png(32, 20, [0, 255, 0]))).unwrap();
    assert_eq!((verdict.class.as_str(), verdict.group.as_str()), ("green", "irrelevant"));
    assert_eq!((verdict.width, verdict.height), (32, 20));
    assert!(!verdict.abstained && verdict.confidence > 0.9);
    let sum: f32 = verdict.scores.iter().map(|(_, score)| score).sum();
    assert!((sum - 1.0).abs() < 1e-5);
}

#[test]
fn an_unsure_verdict_falls_back_to_personal() {
    // Green and blue alike are surely irrelevant, whichever of them it is …
    let teal = common::png(16, 16, [0, 200, 190]);
    let verdict = classifier().classify(&ImageSource::Bytes(&teal)).unwrap();
    assert!(!verdict.abstained && verdict.confidence < 0.9, "{verdict:?}");
    // … while green and red are not.
    let olive = common::png(16, 16, [200, 205, 0]);
    let verdict = classifier().classify(&ImageSource::Bytes(&olive)).unwrap();
    assert_eq!((verdict.class.as_str(), verdict.group.as_str()), ("green", "personal"));
    assert!(verdict.abstained);
}

#[test]
fn pixels_and_files_get_the_same_verdict() {
    let classifier = classifier();
    let from_file =
        classifier.classify(&ImageSource::Bytes(&common::png(24, 24, [9, 30, 250]))).unwrap();
    let rgba = [9, 30, 250, 255].repeat(24 * 24);
    let pixels = Pixels {
        data: &rgba,
        width: 24,
        height: 24,
        stride: 96,
        format: PixelFormat::Rgba8,
        premultiplied: true,
        orientation: Orientation::Rotate90,
        source_size: None,
    };
    assert_eq!(classifier.classify(&ImageSource::Pixels(pixels)).unwrap(), from_file);
}

#[test]
fn a_corrupt_item_does_not_end_the_scan_and_order_is_kept() {
    let items: Vec<_> = (0..40)
        .map(|i| match i % 4 {
            0 => ScanItem::Bytes(common::png(200 - i, 50, [255, 0, 0])),
            1 => ScanItem::Bytes(b"garbage, not a picture".to_vec()),
            2 => ScanItem::Bytes(common::png(10, 10, [0, 0, 255])),
            _ => ScanItem::Path("no such file.jpg".into()),
        })
        .collect();
    let mut kinds = Vec::new();
    let summary = scan(&classifier(), &items, jobs(4), &TaskControl::new(), |result| {
        assert_eq!(result.index, kinds.len());
        kinds.push(match result.outcome {
            Ok(scanned) => scanned.verdict.class,
            Err(error) => error.kind().to_owned(),
        });
    });
    assert_eq!((summary.classified, summary.failed, summary.cancelled), (20, 20, false));
    assert_eq!(kinds[..4], ["red", "unknown_format", "blue", "io"]);
}

#[test]
fn a_cancelled_scan_reports_what_it_did_and_stops() {
    let items = vec![ScanItem::Bytes(common::png(64, 64, [255, 0, 0])); 500];
    let control = TaskControl::new();
    let mut reported = 0;
    let summary = scan(&classifier(), &items, jobs(2), &control, |_| {
        reported += 1;
        if reported == 5 {
            control.cancel();
        }
    });
    assert!(summary.cancelled);
    assert_eq!(summary.classified, reported);
    assert!(reported < 500, "{reported}");
}

#[test]
fn threads_agree_with_a_single_thread() {
    let items: Vec<_> = (0..60u8)
        .map(|i| ScanItem::Bytes(common::png(20, 33, [i * 4, 255 - i * 3, i.wrapping_mul(37)])))
        .collect();
    let run = |n| {
        let mut results = Vec::new();
        scan(&classifier(), &items, jobs(n), &TaskControl::new(), |r| results.push(r));
        results
    };
    assert_eq!(run(1), run(8));
}

fn scan_stored(items: &[ScanItem], store: &Store) -> (ScanSummary, Vec<ScanResult>) {
    let mut results = Vec::new();
    let options = ScanOptions { store: Some(store), ..jobs(2) };
    let summary = scan(&classifier(), items, options, &TaskControl::new(), |r| results.push(r));
    (summary, results)
}

#[test]
fn unchanged_items_come_from_the_store_and_changed_ones_do_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("a.png"), common::png(30, 30, [255, 0, 0])).unwrap();
    std::fs::write(path("b.png"), common::png(30, 31, [0, 255, 0])).unwrap();
    let mut items = vec![
        ScanItem::Path(path("a.png")),
        ScanItem::Path(path("b.png")),
        ScanItem::Bytes(common::png(30, 32, [0, 0, 255])),
    ];
    let store = Store::open(&path("gallery.db")).unwrap();
    let (first, fresh) = scan_stored(&items, &store);
    assert_eq!((first.classified, first.from_store, first.store_error), (3, 0, None));
    let (second, known) = scan_stored(&items, &store);
    assert_eq!((second.classified, second.from_store), (3, 3));
    for (fresh, known) in fresh.iter().zip(&known) {
        let verdict = |result: &ScanResult| result.outcome.as_ref().unwrap().verdict.clone();
        assert_eq!(verdict(fresh), verdict(known));
    }
    // A copy has another name, but nothing new in it.
    std::fs::copy(path("a.png"), path("copy.png")).unwrap();
    items.push(ScanItem::Path(path("copy.png")));
    std::fs::write(path("b.png"), common::png(30, 77, [255, 0, 0])).unwrap();
    let (third, results) = scan_stored(&items, &store);
    assert_eq!((third.classified, third.from_store), (4, 3));
    let changed = results[1].outcome.as_ref().unwrap();
    assert_eq!((changed.verdict.class.as_str(), changed.verdict.height), ("red", 77));
}

#[test]
fn what_failed_twice_is_left_alone_and_a_missing_file_is_not_to_blame() {
    let folder = tempfile::tempdir().unwrap();
    let broken = folder.path().join("broken.png");
    std::fs::write(&broken, b"\x89PNG\r\n\x1a\n and no more").unwrap();
    let missing = folder.path().join("missing.png");
    let items = [ScanItem::Path(broken), ScanItem::Path(missing.clone())];
    let store = Store::in_memory().unwrap();
    let kinds = || {
        let (_, results) = scan_stored(&items, &store);
        results.iter().map(|r| r.outcome.as_ref().map_or_else(ScanError::kind, |_| "ok")).collect()
    };
    let first: Vec<_> = kinds();
    assert_ne!(first[0], "quarantined");
    assert_eq!(kinds(), first);
    assert_eq!(kinds(), ["quarantined", "io"]);
    std::fs::write(missing, common::png(9, 9, [0, 0, 255])).unwrap();
    assert_eq!(kinds(), ["quarantined", "ok"]);
}
