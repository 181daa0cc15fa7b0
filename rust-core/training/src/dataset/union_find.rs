//! Disjoint sets with path halving; the smaller root wins, so that results do not depend on the
//! order of the unions.

pub(super) struct UnionFind {
    parent: Vec<usize>,
}

impl UnionFind {
    pub(super) fn new(length: usize) -> Self {
        Self { parent: (0..length).collect() }
    }

    pub(super) fn find(&mut self, mut i: usize) -> usize {
        while self.parent[i] != i {
            self.parent[i] = self.parent[self.parent[i]];
            i = self.parent[i];
        }
        i
    }

    pub(super) fn union(&mut self, a: usize, b: usize) {
        let (a, b) = (self.find(a), self.find(b));
        self.parent[a.max(b)] = a.min(b);
    }

    /// The set of every item, numbered 0, 1, … by first appearance.
    pub(super) fn labels(mut self) -> Vec<usize> {
        let mut number = vec![usize::MAX; self.parent.len()];
        let mut next = 0;
        (0..self.parent.len())
            .map(|i| {
                let root = self.find(i);
                if number[root] == usize::MAX {
                    number[root] = next;
                    next += 1;
                }
                number[root]
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_follow_the_first_appearance() {
        let mut sets = UnionFind::new(6);
        sets.union(5, 1);
        sets.union(4, 2);
        sets.union(2, 5);
        assert_eq!(sets.labels(), [0, 1, 1, 2, 1, 1]);
    }
}
