//! Many items on several threads, each result once.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use super::TaskControl;

/// One worker per available core.
pub fn default_jobs() -> NonZeroUsize {
    thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

/// Runs `work` on every item, in their order, on `jobs` threads and hands each result with its
/// item's index to `on_result` on the calling thread, as soon as it is there. After a
/// cancellation the items in work are finished and no others begun. Workers wait for a slow
/// `on_result`. Returns the number done.
///
/// `work` must not panic: a panic ends the run.
pub fn for_each_parallel<T: Sync, R: Send>(
    items: &[T],
    jobs: NonZeroUsize,
    control: &TaskControl,
    work: impl Fn(&T) -> R + Sync,
    mut on_result: impl FnMut(usize, R),
) -> usize {
    let next = AtomicUsize::new(0);
    // Two results a worker are enough to keep all of them busy.
    let (sender, receiver) = mpsc::sync_channel(jobs.get().saturating_mul(2));
    let mut done = 0;
    thread::scope(|scope| {
        for _ in 0..jobs.get().min(items.len()) {
            let (sender, next, work) = (sender.clone(), &next, &work);
            scope.spawn(move || {
                while control.proceed() {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(index) else { break };
                    if sender.send((index, work(item))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        for (index, result) in receiver {
            done += 1;
            on_result(index, result);
        }
    });
    done
}

/// As [`for_each_parallel`], with the results in the order of the items. After a cancellation
/// there may be gaps before the last ones.
pub fn for_each_in_order<T: Sync, R: Send>(
    items: &[T],
    jobs: NonZeroUsize,
    control: &TaskControl,
    work: impl Fn(&T) -> R + Sync,
    mut on_result: impl FnMut(usize, R),
) -> usize {
    let mut due = 0;
    let mut early = BTreeMap::new();
    let done = for_each_parallel(items, jobs, control, work, |index, result| {
        early.insert(index, result);
        while let Some(result) = early.remove(&due) {
            on_result(due, result);
            due += 1;
        }
    });
    early.into_iter().for_each(|(index, result)| on_result(index, result));
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_is_done_once() {
        let items: Vec<usize> = (0..100).collect();
        let jobs = NonZeroUsize::new(4).unwrap();
        let control = TaskControl::new();
        let expected: Vec<_> = (0..100).map(|i| (i, i * 2)).collect();
        let mut results = Vec::new();
        let done =
            for_each_parallel(&items, jobs, &control, |i| i * 2, |i, r| results.push((i, r)));
        results.sort_unstable();
        assert_eq!((done, &results), (100, &expected));
        results.clear();
        for_each_in_order(&items, jobs, &control, |i| i * 2, |i, r| results.push((i, r)));
        assert_eq!(results, expected);
    }

    #[test]
    fn a_cancelled_run_ends_early_and_reports_what_was_in_work() {
        let items = [0; 1000];
        let control = TaskControl::new();
        let mut seen = 0;
        let done = for_each_parallel(
            &items,
            NonZeroUsize::new(2).unwrap(),
            &control,
            |_| thread::sleep(std::time::Duration::from_millis(1)),
            |_, ()| {
                seen += 1;
                control.cancel();
            },
        );
        assert_eq!(done, seen);
        assert!(done < 1000);
    }
}
