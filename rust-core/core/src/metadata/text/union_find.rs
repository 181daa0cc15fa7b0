//! Disjoint sets of indices.

/// Sets whose representative is their smallest index, so that results do not depend on
/// the order of joins.
pub(super) struct UnionFind(Vec<usize>);

impl UnionFind {
    /// `len` sets of one index each.
    pub(super) fn new(len: usize) -> Self {
        Self((0..len).collect())
    }

    /// Adds an index, a set of its own.
    pub(super) fn push(&mut self) {
        self.0.push(self.0.len());
    }

    /// The smallest index of the set that holds `index`.
    pub(super) fn root(&mut self, mut index: usize) -> usize {
        loop {
            let parent = self.parent(index);
            if parent == index {
                return index;
            }
            // Halving the path keeps later look-ups short.
            let grand = self.parent(parent);
            if let Some(entry) = self.0.get_mut(index) {
                *entry = grand;
            }
            index = grand;
        }
    }

    /// Makes one set of two.
    pub(super) fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        if let Some(entry) = self.0.get_mut(a.max(b)) {
            *entry = a.min(b);
        }
    }

    fn parent(&self, index: usize) -> usize {
        self.0.get(index).copied().unwrap_or(index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_sets_answer_with_their_smallest_index() {
        let mut sets = UnionFind::new(5);
        sets.join(4, 2);
        sets.join(3, 4);
        assert_eq!((0..5).map(|i| sets.root(i)).collect::<Vec<_>>(), [0, 1, 2, 2, 2]);
        sets.push();
        sets.join(0, 5);
        assert_eq!(sets.root(5), 0);
    }

    #[test]
    fn unknown_indices_are_alone() {
        let mut sets = UnionFind::new(1);
        sets.join(0, 9);
        assert_eq!(sets.root(9), 9);
        assert_eq!(sets.root(0), 0);
    }
}
