//! Random numbers that depend on named seeds only, never on a shared state or a thread.

use crate::random::{GAMMA, SplitMix64, mix};

/// A stream of its own for each (seed, epoch, sample): the generator's whole state is one word.
#[derive(Clone, Debug)]
pub(crate) struct Random(SplitMix64);

/// What a stream is for; keeps streams with equal numbers apart.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stream {
    Weights,
    Shuffle,
    Augmentation,
    Dropout,
}

impl Random {
    /// The stream for `purpose` at the position `path` (such as `[epoch, sample]`) under `seed`.
    pub(crate) fn stream(seed: u64, purpose: Stream, path: &[u64]) -> Self {
        let mut state = mix(seed.wrapping_add(GAMMA));
        state = mix(state ^ (purpose as u64).wrapping_add(1).wrapping_mul(GAMMA));
        for &step in path {
            state = mix(state.wrapping_add(GAMMA) ^ mix(step.wrapping_add(GAMMA)));
        }
        Self(SplitMix64::new(state))
    }

    pub(crate) fn next_u64(&mut self) -> u64 {
        self.0.next()
    }

    /// Uniform in [0, 1), 24 bits.
    pub(crate) fn unit(&mut self) -> f32 {
        (self.next_u64() >> 40) as f32 / (1u64 << 24) as f32
    }

    /// Uniform in [low, high).
    pub(crate) fn uniform(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// Fisher-Yates.
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        self.0.shuffle(items);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_reproducible_and_distinct() {
        let first = |seed, purpose, path: &[u64]| Random::stream(seed, purpose, path).next_u64();
        let base = first(1, Stream::Shuffle, &[0, 0]);
        assert_eq!(base, first(1, Stream::Shuffle, &[0, 0]));
        for other in [
            first(2, Stream::Shuffle, &[0, 0]),
            first(1, Stream::Dropout, &[0, 0]),
            first(1, Stream::Shuffle, &[0, 1]),
            first(1, Stream::Shuffle, &[1, 0]),
            first(1, Stream::Shuffle, &[0]),
        ] {
            assert_ne!(base, other);
        }
    }

    #[test]
    fn unit_covers_the_interval_evenly() {
        let mut random = Random::stream(7, Stream::Weights, &[]);
        let mut bins = [0usize; 10];
        for _ in 0..10_000 {
            bins[(random.unit() * 10.0) as usize] += 1;
        }
        assert!(bins.iter().all(|&n| (850..1150).contains(&n)), "{bins:?}");
    }

    #[test]
    fn shuffle_permutes() {
        let mut items: Vec<usize> = (0..100).collect();
        Random::stream(3, Stream::Shuffle, &[]).shuffle(&mut items);
        assert_ne!(items, (0..100).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..100).collect::<Vec<_>>());
    }
}
