//! Columns cut into bins of about equally many rows.

use rayon::prelude::*;

use super::TreeData;

/// The rows' bins, and where each column was cut.
pub(super) struct Binned {
    /// Bin of each value, row by row.
    pub(super) bins: Vec<u8>,
    /// Columns of a row.
    pub(super) columns: usize,
    /// Cuts of each column, rising: a value lies in the bin whose number is that of the cuts not above it.
    pub(super) cuts: Vec<Vec<f32>>,
}

impl Binned {
    pub(super) fn new(data: &TreeData<'_>, max_bin: usize) -> Self {
        let columns = data.columns;
        let column = |index: usize| data.features.iter().skip(index).step_by(columns).copied();
        let cuts: Vec<Vec<f32>> =
            (0..columns).into_par_iter().map(|index| cuts(column(index), max_bin)).collect();
        let bin = |(index, value): (usize, &f32)| -> u8 {
            let below = cuts[index].partition_point(|cut| cut <= value);
            u8::try_from(below).unwrap_or(u8::MAX)
        };
        let bins = data
            .features
            .par_chunks(columns)
            .flat_map_iter(|row| row.iter().enumerate().map(bin))
            .collect();
        Self { bins, columns, cuts }
    }

    pub(super) fn row(&self, row: usize) -> &[u8] {
        &self.bins[row * self.columns..][..self.columns]
    }
}

/// At most `max_bin - 1` cuts, between neighbouring values: between all of them where they are few, else at
/// quantiles.
fn cuts(values: impl Iterator<Item = f32>, max_bin: usize) -> Vec<f32> {
    let mut sorted: Vec<f32> = values.collect();
    sorted.sort_unstable_by(f32::total_cmp);
    let rows = sorted.len();
    let mut distinct: Vec<(f32, usize)> = Vec::new();
    for (index, value) in sorted.into_iter().enumerate() {
        match distinct.last_mut() {
            Some((last, end)) if *last == value => *end = index + 1,
            _ => distinct.push((value, index + 1)),
        }
    }
    let mut cuts = Vec::new();
    let mut wanted = 1;
    for pair in distinct.windows(2) {
        let [(low, end), (high, _)] = [pair[0], pair[1]];
        // Rounded up, or a bin that ends just below its share would be followed by one of a single value.
        let due = (wanted * rows).div_ceil(max_bin);
        if distinct.len() <= max_bin || end >= due {
            let middle = low + (high - low) / 2.0;
            // Neighbouring floats have nothing between them; the upper one is above the lower all the same.
            cuts.push(if middle > low { middle } else { high });
            wanted = (end * max_bin / rows) + 1;
        }
    }
    cuts.truncate(max_bin - 1);
    cuts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_values_are_all_parted() {
        assert_eq!(cuts([3.0, 1.0, 2.0, 1.0].into_iter(), 256), [1.5, 2.5]);
        assert_eq!(cuts([1.0; 5].into_iter(), 256), [0.0f32; 0]);
        let next = 1.0f32.next_up();
        assert_eq!(cuts([1.0, next].into_iter(), 4), [next]);
    }

    #[test]
    fn many_values_are_cut_into_bins_of_like_size() {
        let values = |n: usize| (0..n).map(move |i| (i * 7919 % n) as f32);
        let found = cuts(values(1000), 10);
        assert_eq!(found.len(), 9);
        let mut sizes = vec![0; 10];
        for value in values(1000) {
            sizes[found.partition_point(|cut| *cut <= value)] += 1;
        }
        assert!(sizes.iter().all(|size| (90..=110).contains(size)), "{sizes:?}");
        // The bins reach the end where the rows cannot be divided evenly.
        for (rows, bins) in [(1000, 256), (2500, 256), (257, 256), (1000, 7)] {
            let found = cuts(values(rows), bins);
            let mut sizes = vec![0; found.len() + 1];
            values(rows).for_each(|value| sizes[found.partition_point(|cut| *cut <= value)] += 1);
            let share = rows as f64 / bins as f64;
            let is_even = |size: &usize| (*size as f64 - share).abs() < 1.0 + share / 2.0;
            assert!(sizes.iter().all(is_even), "{rows} {bins}: {sizes:?}");
        }
        // Half the rows at one value take up one bin, and the rest is still cut finely.
        let skewed = (0..500).map(|_| 0.0).chain((0..500).map(|i| i as f32 + 1.0));
        let found = cuts(skewed, 10);
        assert!(found.len() >= 5 && found[0] == 0.5, "{found:?}");
    }

    #[test]
    fn bins_follow_the_cuts() {
        let data = TreeData {
            features: &[1.0, 5.0, 2.0, 5.0, 3.0, 4.0],
            columns: 2,
            labels: &[0, 0, 0],
            weights: None,
        };
        let binned = Binned::new(&data, 256);
        assert_eq!(binned.cuts, [vec![1.5, 2.5], vec![4.5]]);
        assert_eq!(
            (binned.row(0), binned.row(1), binned.row(2)),
            (&[0, 1][..], &[1, 1][..], &[2, 0][..])
        );
    }
}
