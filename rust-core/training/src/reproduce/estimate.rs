//! How long a run will still take.

use std::time::Duration;

/// What was done and what is to do. An epoch is the unit: all variants train on the same pictures.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Progress {
    /// Epochs of finished variants.
    pub(super) finished_epochs: usize,
    /// What they took, everything counted.
    pub(super) finished_seconds: f64,
    /// Epochs of the running variant that are done, in any session.
    pub(super) done: usize,
    /// What one of them took.
    pub(super) epoch_seconds: Option<f64>,
    /// Epochs of the running variant.
    pub(super) of: usize,
    /// Epochs of the variants to come.
    pub(super) waiting: usize,
}

impl Progress {
    /// The running variant goes on at its pace, others at that of the finished ones, or at its pace while none is
    /// finished. `None` while nothing is known.
    pub(super) fn left(&self) -> Option<Duration> {
        let finished = self.finished_epochs as f64;
        let usual = (finished > 0.0).then(|| self.finished_seconds / finished);
        let own = self.epoch_seconds.or(usual)?;
        let seconds = own * self.of.saturating_sub(self.done) as f64
            + usual.unwrap_or(own) * self.waiting as f64;
        Duration::try_from_secs_f64(seconds).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_estimate_uses_what_is_known() {
        let nothing = Progress { of: 30, waiting: 60, ..Progress::default() };
        assert_eq!(nothing.left(), None);
        let seconds = |progress: Progress| progress.left().unwrap().as_secs();
        let first = Progress { done: 10, epoch_seconds: Some(2.0), ..nothing };
        assert_eq!(seconds(first), 20 * 2 + 60 * 2);
        let second = Progress { finished_epochs: 30, finished_seconds: 90.0, ..first };
        assert_eq!(seconds(second), 20 * 2 + 60 * 3);
        assert_eq!(seconds(Progress { epoch_seconds: None, ..second }), 20 * 3 + 60 * 3);
        assert_eq!(seconds(Progress { done: 31, waiting: 0, ..second }), 0);
    }
}
