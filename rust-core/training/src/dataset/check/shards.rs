//! A data set's files divided among several machines.

use std::num::NonZeroUsize;

/// Divides paths into `count` shards of nearly the same length, in turn, so that classes that take long are
/// spread over all of them. Shards are empty if there are fewer paths.
pub fn shards(paths: &[String], count: NonZeroUsize) -> Vec<Vec<String>> {
    let shard = |first: usize| paths.iter().skip(first).step_by(count.get()).cloned().collect();
    (0..count.get()).map(shard).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_is_in_one_shard() {
        let paths: Vec<String> = (0..7).map(|n| format!("a/{n}.jpg")).collect();
        let divided = shards(&paths, NonZeroUsize::new(3).unwrap());
        assert_eq!(divided.iter().map(Vec::len).collect::<Vec<_>>(), [3, 2, 2]);
        let mut all = divided.concat();
        all.sort();
        assert_eq!(all, paths);
        assert_eq!(shards(&paths[..1], NonZeroUsize::new(2).unwrap())[1], [""; 0]);
    }
}
