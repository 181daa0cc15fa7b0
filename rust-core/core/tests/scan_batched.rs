//! Scans that report in batches, with items that only the platform can open.

mod common;

use std::fs::File;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use epic_core::Classifier;
use epic_core::gallery::{
    BatchedOptions, OpenItem, OpenedItem, PixelBuffer, PlatformItem, ScanItem, TaskControl,
    scan_batched,
};
use epic_core::picture::{Orientation, PictureError, PixelFormat};
use epic_core::store::{Stamp, Store};

/// Takes its time, then cannot be read.
struct Slow(Duration);

impl OpenItem for Slow {
    fn open(&self) -> Result<OpenedItem, PictureError> {
        thread::sleep(self.0);
        Ok(OpenedItem::File(File::open("no such file")?))
    }
}

fn items(count: usize, millis: u64) -> Vec<ScanItem> {
    let opener = Arc::new(Slow(Duration::from_millis(millis)));
    let stamp = Stamp { size: 1, modified: 1 };
    let item =
        |i: usize| PlatformItem { name: i.to_string().into_bytes(), stamp, opener: opener.clone() };
    (0..count).map(|i| ScanItem::Platform(item(i))).collect()
}

fn classifier() -> Classifier {
    Classifier::new(&common::pack()).unwrap()
}

fn options(interval: u64) -> BatchedOptions {
    let jobs = NonZeroUsize::new(2).unwrap();
    BatchedOptions { jobs, store: None, interval: Duration::from_millis(interval) }
}

#[test]
fn results_come_in_order_in_batches_that_keep_their_distance() {
    let control = TaskControl::new();
    let mut calls = Vec::new();
    let mut indexes = Vec::new();
    let summary = scan_batched(&classifier(), items(300, 2), &options(100), &control, |batch| {
        calls.push(Instant::now());
        indexes.extend(batch.iter().map(|result| result.index));
    });
    assert_eq!(indexes, (0..300).collect::<Vec<_>>());
    assert_eq!((summary.failed, summary.cancelled), (300, false));
    // The last batch comes when the scan ends, however soon that is.
    let close = calls
        .windows(2)
        .rev()
        .skip(1)
        .filter(|pair| pair[1] - pair[0] < Duration::from_millis(100));
    assert_eq!(close.count(), 0);
    assert!(calls.len() >= 3, "{}", calls.len());
}

/// Counts how often it is asked.
#[derive(Default)]
struct Counting(AtomicUsize);

impl OpenItem for Counting {
    fn open(&self) -> Result<OpenedItem, PictureError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Err(PictureError::Empty)
    }
}

#[test]
fn a_slow_listener_holds_the_workers_back() {
    let opener = Arc::new(Counting::default());
    let stamp = Stamp { size: 1, modified: 1 };
    let item =
        |i: usize| PlatformItem { name: i.to_string().into_bytes(), stamp, opener: opener.clone() };
    let items: Vec<_> = (0..20_000).map(|i| ScanItem::Platform(item(i))).collect();
    let control = TaskControl::new();
    let (mut reported, mut ahead) = (0, 0);
    let summary = scan_batched(&classifier(), items, &options(0), &control, |batch| {
        if reported == 0 {
            thread::sleep(Duration::from_millis(300));
            ahead = opener.0.load(Ordering::Relaxed);
        }
        reported += batch.len();
    });
    assert_eq!((reported, summary.failed), (20_000, 20_000));
    assert!(ahead < 2_000, "{ahead} items were opened while nobody listened");
}

#[test]
fn a_cancelled_scan_does_not_wait_for_what_is_in_work() {
    let control = TaskControl::new();
    let (sender, cancelled) = mpsc::channel();
    let canceller = control.clone();
    thread::spawn(move || {
        thread::sleep(Duration::from_millis(50));
        canceller.cancel();
        sender.send(Instant::now())
    });
    let reported = Mutex::new(0);
    let summary = scan_batched(&classifier(), items(9, 5000), &options(100), &control, |batch| {
        *reported.lock().unwrap() += batch.len();
    });
    let late = cancelled.recv().unwrap().elapsed();
    assert!(late < Duration::from_secs(2), "{late:?}");
    assert!(summary.cancelled);
    assert_eq!(summary.failed, *reported.lock().unwrap());
}

#[test]
fn a_paused_scan_goes_on_where_it_was() {
    let control = TaskControl::new();
    let resumer = control.clone();
    let mut batches = 0;
    let summary = scan_batched(&classifier(), items(40, 1), &options(0), &control, |_| {
        batches += 1;
        if batches == 1 {
            control.pause();
            let resumer = resumer.clone();
            thread::spawn(move || {
                thread::sleep(Duration::from_millis(30));
                resumer.resume();
            });
        }
    });
    assert_eq!((summary.failed, summary.cancelled), (40, false));
}

/// Pixels of one colour, a reduction of a picture of 4000 × 3000.
struct Decoded([u8; 4], Mutex<usize>);

impl OpenItem for Decoded {
    fn open(&self) -> Result<OpenedItem, PictureError> {
        *self.1.lock().unwrap() += 1;
        Ok(OpenedItem::Pixels(PixelBuffer {
            data: self.0.repeat(20 * 15),
            width: 20,
            height: 15,
            stride: 80,
            format: PixelFormat::Bgra8,
            premultiplied: false,
            orientation: Orientation::Normal,
            source_size: Some((4000, 3000)),
        }))
    }
}

struct Broken;

impl OpenItem for Broken {
    fn open(&self) -> Result<OpenedItem, PictureError> {
        panic!("a bug of the platform's side")
    }
}

#[test]
fn pixels_of_the_platform_are_classified_once_and_known_by_their_stamp() {
    let store = Arc::new(Store::in_memory().unwrap());
    let blue = Arc::new(Decoded([250, 10, 10, 255], Mutex::new(0)));
    let options = BatchedOptions { store: Some(store), ..options(0) };
    let scan = |modified| {
        let item = PlatformItem {
            name: b"content://media/7".to_vec(),
            stamp: Stamp { size: 9, modified },
            opener: blue.clone(),
        };
        let mut results = Vec::new();
        let items = vec![ScanItem::Platform(item)];
        scan_batched(&classifier(), items, &options, &TaskControl::new(), |b| results.extend(b));
        let scanned = results.remove(0).outcome.unwrap();
        assert_eq!(scanned.verdict.class, "blue");
        assert_eq!((scanned.verdict.width, scanned.verdict.height), (4000, 3000));
        (scanned.from_store, *blue.1.lock().unwrap())
    };
    assert_eq!(scan(1), (false, 1));
    assert_eq!(scan(1), (true, 1));
    // Touched, but the same pixels: opened again, not classified again.
    assert_eq!(scan(2), (true, 2));
}

#[test]
fn an_opener_that_panics_costs_its_own_item_only() {
    let stamp = Stamp { size: 1, modified: 1 };
    let broken = PlatformItem { name: b"x".to_vec(), stamp, opener: Arc::new(Broken) };
    for store in [None, Some(Arc::new(Store::in_memory().unwrap()))] {
        let options = BatchedOptions { store, ..options(0) };
        let good = ScanItem::Bytes(common::png(9, 9, [0, 255, 0]));
        let items = vec![ScanItem::Platform(broken.clone()), good];
        let mut results = Vec::new();
        scan_batched(&classifier(), items, &options, &TaskControl::new(), |b| results.extend(b));
        assert_eq!(results[0].outcome.as_ref().unwrap_err().kind(), "internal");
        assert_eq!(results[1].outcome.as_ref().unwrap().verdict.class, "green");
    }
}
