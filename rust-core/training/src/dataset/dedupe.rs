//! Which of several files of the same picture to keep.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use super::check::FileReport;
use super::near_duplicates::{NearDuplicateRule, groups_of, near_duplicate_clusters};
use super::perceptual::Fingerprint;
use super::transaction::{Destination, Plan};
use super::union_find::UnionFind;

/// Files that show the same picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DuplicateGroup {
    /// The best file's path: most pixels, then most bytes, then the first name.
    pub keep: String,
    /// The others, best first.
    pub others: Vec<String>,
    /// Whether all have the same bytes.
    pub exact: bool,
    /// Their class folders, where there are several: a label error that a person has to settle.
    pub conflicting_classes: Vec<String>,
}

/// Groups of two and more, in the order of their first file. Files that do not decode are in none. Beside those of `rule`,
/// copies count that were cut a little or framed.
pub fn duplicate_groups(reports: &[FileReport], rule: &NearDuplicateRule) -> Vec<DuplicateGroup> {
    let usable: Vec<&FileReport> =
        reports.iter().filter(|report| report.fingerprint.is_some()).collect();
    let files = || usable.iter().enumerate();
    let whole: Vec<(usize, &Fingerprint)> =
        files().filter_map(|(file, report)| Some((file, report.fingerprint.as_ref()?))).collect();
    let variants =
        files().flat_map(|(file, report)| report.variants.iter().map(move |look| (file, look)));
    let all: Vec<(usize, &Fingerprint)> = whole.iter().copied().chain(variants).collect();
    let mut sets = UnionFind::new(usable.len());
    join(&whole, rule, &mut sets);
    join(&all, &of_variants(), &mut sets);
    groups_of(&sets.labels())
        .into_iter()
        .map(|members| group(members.into_iter().map(|index| usable[index]).collect()))
        .collect()
}

/// The right variant is the very picture, and slides of one look have much the same inside: nearer than else, and no
/// coarse value far off.
fn of_variants() -> NearDuplicateRule {
    NearDuplicateRule {
        max_distance: 32,
        faint_contrast: f32::INFINITY,
        max_faint_peak: 30.0,
        max_flat_difference: 2,
        ..NearDuplicateRule::default()
    }
}

/// Joins the files of near-duplicate looks.
fn join(looks: &[(usize, &Fingerprint)], rule: &NearDuplicateRule, sets: &mut UnionFind) {
    let fingerprints: Vec<&Fingerprint> = looks.iter().map(|(_, look)| *look).collect();
    let mut first = HashMap::new();
    for ((file, _), cluster) in looks.iter().zip(near_duplicate_clusters(&fingerprints, rule)) {
        sets.union(*file, *first.entry(cluster).or_insert(*file));
    }
}

fn group(mut members: Vec<&FileReport>) -> DuplicateGroup {
    let exact = members.iter().all(|report| report.sha256 == members[0].sha256);
    let classes: BTreeSet<&str> = members.iter().filter_map(|report| class_of(report)).collect();
    let conflicting_classes = match classes.len() {
        0 | 1 => Vec::new(),
        _ => classes.into_iter().map(str::to_owned).collect(),
    };
    members.sort_by_key(|report| {
        let pixels = u64::from(report.width) * u64::from(report.height);
        (Reverse(pixels), Reverse(report.bytes), report.relative_path.clone())
    });
    let mut paths = members.into_iter().map(|report| report.relative_path.clone());
    let keep = paths.next().unwrap_or_default();
    DuplicateGroup { keep, others: paths.collect(), exact, conflicting_classes }
}

/// The folder right below the data set's, which is the class.
fn class_of(report: &FileReport) -> Option<&str> {
    report.relative_path.split_once('/').map(|(class, _)| class)
}

/// All but the best of each group into the trash. Groups whose files have several labels stay: which label
/// is right is for a person to say.
pub fn dedupe_plan(groups: &[DuplicateGroup]) -> Plan {
    let settled = groups.iter().filter(|group| group.conflicting_classes.is_empty());
    let moves: Vec<_> = settled
        .flat_map(|group| group.others.iter().map(|path| (path.clone(), Destination::Trash)))
        .collect();
    Plan { title: format!("dedupe: {} copies into the trash", moves.len()), moves }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::testing::random_fingerprint;

    fn report(path: &str, seed: u64, side: u32, bytes: u64) -> FileReport {
        FileReport {
            relative_path: path.to_owned(),
            bytes,
            sha256: Some(format!("{seed}-{side}-{bytes}")),
            format: Some("JPEG".to_owned()),
            width: side,
            height: side,
            frames: 1,
            quality: None,
            fingerprint: Some(random_fingerprint(seed)),
            variants: Vec::new(),
            faults: Vec::new(),
        }
    }

    #[test]
    fn the_best_file_is_kept() {
        let reports = [
            report("a/small.jpg", 1, 100, 50),
            report("a/big.jpg", 1, 400, 20),
            report("a/big_better.jpg", 1, 400, 90),
            report("a/other.jpg", 2, 400, 90),
        ];
        let groups = duplicate_groups(&reports, &NearDuplicateRule::default());
        assert_eq!(groups.len(), 1);
        assert_eq!(groups[0].keep, "a/big_better.jpg");
        assert_eq!(groups[0].others, ["a/big.jpg", "a/small.jpg"]);
        assert!(!groups[0].exact);
        let plan = dedupe_plan(&groups);
        assert_eq!(plan.moves.len(), 2);
        assert_eq!(plan.title, "dedupe: 2 copies into the trash");
    }

    #[test]
    fn one_picture_under_two_labels_is_left_to_a_person() {
        let reports = [report("a/1.jpg", 1, 100, 50), report("b/1.jpg", 1, 100, 50)];
        let groups = duplicate_groups(&reports, &NearDuplicateRule::default());
        assert!(groups[0].exact);
        assert_eq!(groups[0].conflicting_classes, ["a", "b"]);
        assert!(dedupe_plan(&groups).moves.is_empty());
    }

    #[test]
    fn a_framed_copy_is_a_copy() {
        let mut framed = report("a/framed.jpg", 2, 100, 50);
        framed.variants = vec![random_fingerprint(9), random_fingerprint(1)];
        let reports = [report("a/1.jpg", 1, 400, 50), framed, report("a/3.jpg", 3, 100, 50)];
        let groups = duplicate_groups(&reports, &NearDuplicateRule::default());
        assert_eq!(groups.len(), 1);
        assert_eq!((groups[0].keep.as_str(), groups[0].others.len()), ("a/1.jpg", 1));
    }

    #[test]
    fn damaged_files_are_in_no_group() {
        let mut damaged = report("a/1.jpg", 1, 100, 50);
        damaged.fingerprint = None;
        let reports = [damaged.clone(), damaged, report("a/2.jpg", 1, 100, 50)];
        assert!(duplicate_groups(&reports, &NearDuplicateRule::default()).is_empty());
    }
}
