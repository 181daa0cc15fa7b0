//! Connected components of a probability map.

use crate::metadata::text::union_find::UnionFind;

/// A row of pixels above the threshold: columns `start..end` of `row`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) row: u32,
    pub(super) start: u32,
    pub(super) end: u32,
}

/// The 8-connected components of the values above `threshold`, in the order of their
/// topmost rows, each as its runs from top to bottom.
///
/// Runs are joined with those of the row above by union-find (Rosenfeld and Pfaltz
/// 1966, on runs), so that the cost follows the number of runs.
pub(super) fn components(map: &[f32], width: usize, threshold: f32) -> Vec<Vec<Run>> {
    let mut runs: Vec<Run> = Vec::new();
    let mut sets = UnionFind::new(0);
    let mut above = 0..0;
    for (row, values) in map.chunks_exact(width.max(1)).enumerate() {
        let first = runs.len();
        push_runs(values, row as u32, threshold, &mut runs);
        (first..runs.len()).for_each(|_| sets.push());
        join(&runs, above, first, &mut sets);
        above = first..runs.len();
    }
    let mut found: Vec<Vec<Run>> = Vec::new();
    let mut slots = vec![usize::MAX; runs.len()];
    for (index, run) in runs.iter().enumerate() {
        let Some(slot) = slots.get_mut(sets.root(index)) else { continue };
        if *slot == usize::MAX {
            *slot = found.len();
            found.push(Vec::new());
        }
        if let Some(component) = found.get_mut(*slot) {
            component.push(*run);
        }
    }
    found
}

fn push_runs(values: &[f32], row: u32, threshold: f32, runs: &mut Vec<Run>) {
    let mut start = None;
    for (column, value) in values.iter().enumerate() {
        match (*value > threshold, start) {
            (true, None) => start = Some(column as u32),
            (false, Some(from)) => {
                runs.push(Run { row, start: from, end: column as u32 });
                start = None;
            }
            _ => {}
        }
    }
    if let Some(from) = start {
        runs.push(Run { row, start: from, end: values.len() as u32 });
    }
}

/// Joins the runs from `first` on with those of the row above that they touch, corners
/// included. Both rows are sorted, so one walk finds all pairs.
fn join(runs: &[Run], mut above: std::ops::Range<usize>, first: usize, sets: &mut UnionFind) {
    for (index, run) in runs.iter().enumerate().skip(first) {
        for (offset, other) in runs.get(above.clone()).unwrap_or_default().iter().enumerate() {
            if other.start > run.end {
                break;
            }
            if other.end < run.start {
                continue;
            }
            sets.join(above.start + offset, index);
        }
        // What ends before this run cannot touch a later one.
        while runs.get(above.start).is_some_and(|o| above.start < above.end && o.end < run.start) {
            above.start += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sizes in pixels of the components of a picture drawn with `#`.
    fn sizes(rows: &[&str]) -> Vec<u32> {
        let map: Vec<f32> =
            rows.iter().flat_map(|r| r.bytes()).map(|b| f32::from(b == b'#')).collect();
        let found = components(&map, rows[0].len(), 0.5);
        found.iter().map(|runs| runs.iter().map(|run| run.end - run.start).sum()).collect()
    }

    #[test]
    fn empty_full_and_single_pixel_maps() {
        assert_eq!(sizes(&["...", "..."]), Vec::<u32>::new());
        assert_eq!(sizes(&["###", "###"]), [6]);
        assert_eq!(sizes(&["...", ".#.", "..."]), [1]);
        assert_eq!(components(&[], 0, 0.5), Vec::<Vec<Run>>::new());
    }

    #[test]
    fn corners_touch_and_gaps_part() {
        assert_eq!(sizes(&["#..", ".#.", "..#"]), [3]);
        assert_eq!(sizes(&["##.##", "##.##"]), [4, 4]);
    }

    #[test]
    fn arms_that_meet_below_are_one() {
        assert_eq!(sizes(&["#.#.#", "#.#.#", "#####"]), [11]);
        assert_eq!(sizes(&["#####", "#...#", "#.#.#", "#...#", "#####"]), [16, 1]);
    }

    #[test]
    fn a_long_run_above_joins_every_run_below() {
        assert_eq!(sizes(&["######", "#.#..#"]), [9]);
        assert_eq!(sizes(&["#.#..#", "######"]), [9]);
    }
}
