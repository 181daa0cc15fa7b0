//! Groups of pictures that show the same thing.
//!
//! Candidates come from multi-index hashing (Norouzi, Punjani and Fleet, "Fast search in Hamming
//! space with multi-index hashing", CVPR 2012): two hashes within distance d agree in one of their
//! sixteen 16-bit chunks up to ⌊d/16⌋ bits, so only such chunks are looked up.
//!
//! Pictures without structure (blank pages, plain cards, gradients) have hashes of few set bits
//! that say nothing: they are compared among themselves by their thumbnails, grey level by grey
//! level, and with nothing else.

use std::collections::HashMap;
use std::iter;

use serde::{Deserialize, Serialize};

use super::catalog::Dataset;
use super::perceptual::{Fingerprint, HASH_BITS, PerceptualHash};
use super::union_find::UnionFind;

const CHUNKS: u32 = 16;
const CHUNK_BITS: u32 = HASH_BITS / CHUNKS;

/// When two pictures count as near-duplicates. The defaults were measured on 3,620 collected
/// pictures: every copy at half size, JPEG quality 40 or ±10 % brightness is found, 99.3 % of those
/// cropped by 2 %, 98.3 % of those with all of it; 3 of 6.6 million other pairs are joined, each
/// the same figure or page with other values. Cropping 3 % from one side hides a third.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct NearDuplicateRule {
    /// Greatest Hamming distance of the 256-bit hashes.
    pub max_distance: u32,
    /// Greatest [`Thumbnail::difference`](super::Thumbnail::difference), in grey levels.
    pub max_difference: f32,
    /// Pictures of less [`Thumbnail::contrast`](super::Thumbnail::contrast) are faint: a white card
    /// with one line of writing hashes like the next such card.
    pub faint_contrast: f32,
    /// Greatest [`Thumbnail::peak_difference`](super::Thumbnail::peak_difference) to a faint picture.
    pub max_faint_peak: f32,
    /// Hashes with fewer set bits are those of pictures without structure.
    pub min_set_bits: u32,
    /// Greatest difference of any thumbnail value between two pictures without structure.
    pub max_flat_difference: u8,
}

impl Default for NearDuplicateRule {
    fn default() -> Self {
        Self {
            max_distance: 40,
            max_difference: 16.0,
            faint_contrast: 20.0,
            max_faint_peak: 42.0,
            min_set_bits: 96,
            max_flat_difference: 6,
        }
    }
}

impl NearDuplicateRule {
    /// True when the rule holds for this very pair; clusters are its transitive closure.
    pub fn holds(&self, a: &Fingerprint, b: &Fingerprint) -> bool {
        match (self.is_flat(a), self.is_flat(b)) {
            (true, true) => a.thumbnail.max_difference(&b.thumbnail) <= self.max_flat_difference,
            (false, false) => {
                a.hash.distance(&b.hash) <= self.max_distance
                    && a.thumbnail.difference(&b.thumbnail) <= self.max_difference
                    && (!self.is_faint(a) && !self.is_faint(b)
                        || a.thumbnail.peak_difference(&b.thumbnail) <= self.max_faint_peak)
            }
            _ => false,
        }
    }

    fn is_faint(&self, fingerprint: &Fingerprint) -> bool {
        fingerprint.thumbnail.contrast() < self.faint_contrast
    }

    fn is_flat(&self, fingerprint: &Fingerprint) -> bool {
        fingerprint.hash.set_bits() < self.min_set_bits
    }
}

/// Cluster of every picture, numbered 0, 1, … by first appearance: the connected components of
/// the pairs for which `rule` holds. 100,000 pictures take seconds.
pub fn near_duplicate_clusters<F: AsRef<Fingerprint>>(
    fingerprints: &[F],
    rule: &NearDuplicateRule,
) -> Vec<usize> {
    let mut sets = UnionFind::new(fingerprints.len());
    join_near(fingerprints, rule, &mut sets);
    sets.labels()
}

/// The near-duplicate clusters of a data set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearDuplicates {
    cluster_of: Vec<usize>,
}

impl NearDuplicates {
    /// Clusters the samples of `dataset`; files of the same bytes always share a cluster.
    pub fn find(dataset: &Dataset, rule: &NearDuplicateRule) -> Self {
        let mut sets = UnionFind::new(dataset.samples.len());
        let mut first = HashMap::new();
        for (i, sample) in dataset.samples.iter().enumerate() {
            sets.union(i, *first.entry(sample.sha256.as_str()).or_insert(i));
        }
        let fingerprints: Vec<&Fingerprint> =
            dataset.samples.iter().map(|s| &s.fingerprint).collect();
        join_near(&fingerprints, rule, &mut sets);
        Self { cluster_of: sets.labels() }
    }

    /// Cluster of every sample, by index.
    pub fn cluster_of(&self) -> &[usize] {
        &self.cluster_of
    }

    /// Sample indices of the clusters with two members or more, in order of first appearance.
    pub fn groups(&self) -> Vec<Vec<usize>> {
        groups_of(&self.cluster_of)
    }
}

/// Indices of the members of every cluster with two and more.
pub(super) fn groups_of(cluster_of: &[usize]) -> Vec<Vec<usize>> {
    let count = cluster_of.iter().max().map_or(0, |&c| c + 1);
    let mut groups = vec![Vec::new(); count];
    for (i, &cluster) in cluster_of.iter().enumerate() {
        groups[cluster].push(i);
    }
    groups.retain(|group| group.len() > 1);
    groups
}

fn join_near<F: AsRef<Fingerprint>>(
    fingerprints: &[F],
    rule: &NearDuplicateRule,
    sets: &mut UnionFind,
) {
    // Copies with equal fingerprints are joined here, once, so that thousands of them do not meet
    // each other pair by pair in every chunk.
    let mut first = HashMap::new();
    let mut flat = Vec::new();
    let mut structured = Vec::new();
    for (i, fingerprint) in fingerprints.iter().map(AsRef::as_ref).enumerate() {
        match first.get(fingerprint) {
            Some(&known) => sets.union(known, i),
            None => {
                first.insert(fingerprint, i);
                let side = if rule.is_flat(fingerprint) { &mut flat } else { &mut structured };
                side.push(i);
            }
        }
    }
    drop(first);
    join_flat(fingerprints, rule, flat, sets);
    join_structured(fingerprints, rule, &structured, sets);
}

fn join_flat<F: AsRef<Fingerprint>>(
    fingerprints: &[F],
    rule: &NearDuplicateRule,
    mut members: Vec<usize>,
    sets: &mut UnionFind,
) {
    let thumbnail = |i: usize| &fingerprints[i].as_ref().thumbnail;
    // No value differs by more than the limit, so neither does the mean: a sorted window suffices.
    members.sort_by(|&a, &b| thumbnail(a).mean().total_cmp(&thumbnail(b).mean()));
    let limit = f32::from(rule.max_flat_difference);
    for (position, &a) in members.iter().enumerate() {
        let mean = thumbnail(a).mean();
        let near =
            members[position + 1..].iter().take_while(|&&b| thumbnail(b).mean() - mean <= limit);
        for &b in near {
            if sets.find(a) != sets.find(b)
                && rule.holds(fingerprints[a].as_ref(), fingerprints[b].as_ref())
            {
                sets.union(a, b);
            }
        }
    }
}

fn join_structured<F: AsRef<Fingerprint>>(
    fingerprints: &[F],
    rule: &NearDuplicateRule,
    members: &[usize],
    sets: &mut UnionFind,
) {
    let hashes: Vec<PerceptualHash> =
        members.iter().map(|&i| fingerprints[i].as_ref().hash).collect();
    let masks = masks_within(rule.max_distance / CHUNKS);
    for chunk in 0..CHUNKS as usize {
        let table = ChunkTable::new(&hashes, chunk);
        for (a, hash) in hashes.iter().enumerate() {
            for mask in &masks {
                for &b in table.bucket(hash.chunk(chunk) ^ mask) {
                    let b = b as usize;
                    if b <= a || hash.distance(&hashes[b]) > rule.max_distance {
                        continue;
                    }
                    let (i, j) = (members[a], members[b]);
                    if sets.find(i) != sets.find(j)
                        && rule.holds(fingerprints[i].as_ref(), fingerprints[j].as_ref())
                    {
                        sets.union(i, j);
                    }
                }
            }
        }
    }
}

/// All 16-bit masks of at most `bits` set bits.
fn masks_within(bits: u32) -> Vec<u16> {
    (0..=u16::MAX).filter(|mask| mask.count_ones() <= bits.min(CHUNK_BITS)).collect()
}

/// Members by the value of one chunk, as compressed rows.
struct ChunkTable {
    starts: Vec<u32>,
    members: Vec<u32>,
}

impl ChunkTable {
    fn new(hashes: &[PerceptualHash], chunk: usize) -> Self {
        let mut starts = vec![0u32; usize::from(u16::MAX) + 2];
        for hash in hashes {
            starts[usize::from(hash.chunk(chunk)) + 1] += 1;
        }
        for i in 1..starts.len() {
            starts[i] += starts[i - 1];
        }
        let mut next = starts.clone();
        let mut members = vec![0u32; hashes.len()];
        for (member, hash) in iter::zip(0.., hashes) {
            let slot = &mut next[usize::from(hash.chunk(chunk))];
            members[*slot as usize] = member;
            *slot += 1;
        }
        Self { starts, members }
    }

    fn bucket(&self, value: u16) -> &[u32] {
        let value = usize::from(value);
        &self.members[self.starts[value] as usize..self.starts[value + 1] as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::testing::{dataset, draw, noise};
    use crate::dataset::{RgbPixels, Thumbnail};
    use crate::random::SplitMix64;

    fn fingerprint(pixels: &RgbPixels) -> Fingerprint {
        Fingerprint::of(pixels).unwrap()
    }

    fn clusters(fingerprints: &[Fingerprint]) -> Vec<usize> {
        near_duplicate_clusters(fingerprints, &NearDuplicateRule::default())
    }

    #[test]
    fn lookup_finds_exactly_what_comparing_all_pairs_finds() {
        let mut rng = SplitMix64::new(3);
        let rule = NearDuplicateRule::default();
        let thumbnail = Thumbnail([0; 256]);
        let mut fingerprints: Vec<Fingerprint> = Vec::new();
        for i in 0..400 {
            let mut words: [u64; 4] = std::array::from_fn(|_| rng.next());
            if i % 2 == 1 {
                words = fingerprints[rng.below(i)].hash.0;
                for _ in 0..30 + rng.below(20) {
                    let bit = rng.below(256);
                    words[bit / 64] ^= 1 << (bit % 64);
                }
            }
            fingerprints
                .push(Fingerprint { hash: PerceptualHash(words), thumbnail: thumbnail.clone() });
        }
        let mut sets = UnionFind::new(fingerprints.len());
        for i in 0..fingerprints.len() {
            for j in 0..i {
                if rule.holds(&fingerprints[i], &fingerprints[j]) {
                    sets.union(i, j);
                }
            }
        }
        let expected = sets.labels();
        assert!(*expected.iter().max().unwrap() > 150, "the test needs several clusters");
        assert!(*expected.iter().max().unwrap() < 390, "the test needs joined clusters");
        assert_eq!(clusters(&fingerprints), expected);
    }

    #[test]
    fn scaled_and_brightened_copies_join_and_other_scenes_do_not() {
        let mut brighter = noise(1, 200, 150);
        brighter.data.iter_mut().for_each(|v| *v = (f32::from(*v) * 1.08).min(255.0) as u8);
        let pictures = [noise(1, 400, 300), noise(1, 130, 98), brighter, noise(2, 400, 300)];
        let fingerprints: Vec<_> = pictures.iter().map(fingerprint).collect();
        assert_eq!(clusters(&fingerprints), [0, 0, 0, 1]);
    }

    #[test]
    fn blank_pictures_join_only_their_own_shade() {
        let mut rng = SplitMix64::new(5);
        let mut grain = |shade: f32| {
            let side = 320;
            let noise: Vec<f32> = (0..side * side).map(|_| rng.unit() as f32 * 2.0 - 1.0).collect();
            let index = |v: f32| (v * side as f32) as usize;
            fingerprint(&draw(side as u32, side as u32, |x, y| {
                shade + noise[index(y) * side + index(x)]
            }))
        };
        let fingerprints = [grain(250.0), grain(250.0), grain(120.0), grain(120.0)];
        assert_eq!(clusters(&fingerprints), [0, 0, 1, 1]);
    }

    #[test]
    fn faint_cards_with_different_writing_mostly_stay_apart() {
        // A white card with one line of "writing": a row of strokes that differs by seed.
        let card = |seed: u64| {
            let mut rng = SplitMix64::new(seed);
            let strokes: Vec<bool> = (0..40).map(|_| rng.below(2) == 0).collect();
            fingerprint(&draw(200, 200, |x, y| {
                let written = (0.45..0.52).contains(&y) && (0.2..0.8).contains(&x);
                let stroke = strokes[((x - 0.2).max(0.0) / 0.6 * 39.9) as usize % 40];
                if written && stroke { 20.0 } else { 250.0 }
            }))
        };
        let cards: Vec<Fingerprint> = (0..20).map(card).collect();
        let count = |rule: &NearDuplicateRule| {
            1 + *near_duplicate_clusters(&cards, rule).iter().max().unwrap()
        };
        let rule = NearDuplicateRule::default();
        let unguarded = NearDuplicateRule { faint_contrast: 0.0, ..rule };
        assert!(count(&rule) >= 18, "{}", count(&rule));
        assert!(count(&unguarded) < 15, "{}", count(&unguarded));
        let blank = fingerprint(&draw(200, 200, |_, _| 250.0));
        assert_eq!(clusters(&[blank, cards[0].clone()]), [0, 1]);
    }

    #[test]
    fn equal_structure_in_other_tones_is_no_duplicate() {
        let faint = |x: f32, y: f32| 128.0 + 8.0 * (19.0 * x).sin() * (23.0 * y).cos();
        let strong = |x: f32, y: f32| 128.0 + 120.0 * (19.0 * x).sin() * (23.0 * y).cos();
        let pair = [fingerprint(&draw(99, 99, faint)), fingerprint(&draw(99, 99, strong))];
        assert_eq!(clusters(&pair), [0, 1]);
    }

    #[test]
    fn identical_bytes_share_a_cluster_whatever_they_look_like() {
        let entry = |path: &str, seed| (path.to_owned(), 0, "s".to_owned(), seed);
        let mut data = dataset(&["a"], &[entry("a/1", 1), entry("a/2", 2), entry("a/3", 3)]);
        data.samples[2].sha256 = data.samples[0].sha256.clone();
        let found = NearDuplicates::find(&data, &NearDuplicateRule::default());
        assert_eq!(found.cluster_of(), [0, 1, 0]);
        assert_eq!(found.groups(), [vec![0, 2]]);
    }

    #[test]
    fn nothing_has_no_clusters() {
        assert!(clusters(&[]).is_empty());
        assert!(NearDuplicates { cluster_of: vec![] }.groups().is_empty());
    }
}
