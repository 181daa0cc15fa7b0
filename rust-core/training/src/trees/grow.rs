//! One tree, grown level by level on histograms.

use super::bins::Binned;
use super::booster::{Node, Tree};
use super::params::BoosterParams;

/// First and second derivative of the cost for one row.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Gradient {
    pub(super) g: f64,
    pub(super) h: f64,
}

impl Gradient {
    fn plus(self, other: Self) -> Self {
        Self { g: self.g + other.g, h: self.h + other.h }
    }

    fn minus(self, other: Self) -> Self {
        Self { g: self.g - other.g, h: self.h - other.h }
    }
}

/// Rows of a node that may still be split.
struct Open {
    node: usize,
    depth: usize,
    rows: Vec<u32>,
    sum: Gradient,
    histogram: Vec<Gradient>,
}

/// A cut of a column.
struct Split {
    column: usize,
    /// Rows below this cut go left.
    cut: usize,
    gain: f64,
    left: Gradient,
}

/// Grows one tree for the gradients of `rows`, using `columns` only.
pub(super) struct Grower<'a> {
    pub(super) binned: &'a Binned,
    pub(super) params: &'a BoosterParams,
    pub(super) columns: &'a [usize],
    /// Start of each column of `columns` in a histogram.
    offsets: Vec<usize>,
    bins: usize,
}

impl<'a> Grower<'a> {
    pub(super) fn new(binned: &'a Binned, params: &'a BoosterParams, columns: &'a [usize]) -> Self {
        let mut bins = 0;
        let offsets = columns.iter().map(|&column| {
            let start = bins;
            bins += binned.cuts[column].len() + 1;
            start
        });
        let offsets = offsets.collect();
        Self { binned, params, columns, offsets, bins }
    }

    pub(super) fn grow(&self, rows: Vec<u32>, gradients: &[Gradient]) -> Tree {
        let histogram = self.histogram(&rows, gradients);
        let sum = rows.iter().fold(Gradient::default(), |s, &row| s.plus(gradients[row as usize]));
        let mut nodes = vec![self.leaf(sum)];
        let mut open = vec![Open { node: 0, depth: 0, rows, sum, histogram }];
        while let Some(current) = open.pop() {
            if current.depth >= self.params.max_depth {
                continue;
            }
            let Some(split) = self.best_split(&current) else { continue };
            let (left, right): (Vec<u32>, Vec<u32>) = current.rows.iter().partition(|&&row| {
                usize::from(self.binned.row(row as usize)[split.column]) <= split.cut
            });
            let right_sum = current.sum.minus(split.left);
            // The smaller child is counted, the other is what is left.
            let (small, is_left) =
                if left.len() <= right.len() { (&left, true) } else { (&right, false) };
            let counted = self.histogram(small, gradients);
            let rest: Vec<Gradient> =
                current.histogram.iter().zip(&counted).map(|(a, b)| a.minus(*b)).collect();
            let (left_histogram, right_histogram) =
                if is_left { (counted, rest) } else { (rest, counted) };
            let (left_node, right_node) = (nodes.len(), nodes.len() + 1);
            nodes.push(self.leaf(split.left));
            nodes.push(self.leaf(right_sum));
            nodes[current.node] = Node::Split {
                column: split.column,
                threshold: self.binned.cuts[split.column][split.cut],
                left: left_node,
                right: right_node,
            };
            let depth = current.depth + 1;
            let child = |node, rows, sum, histogram| Open { node, depth, rows, sum, histogram };
            open.push(child(right_node, right, right_sum, right_histogram));
            open.push(child(left_node, left, split.left, left_histogram));
        }
        Tree { nodes }
    }

    fn leaf(&self, sum: Gradient) -> Node {
        let value = -sum.g / (sum.h + self.params.reg_lambda).max(f64::MIN_POSITIVE);
        Node::Leaf { value: (value * self.params.learning_rate) as f32 }
    }

    fn histogram(&self, rows: &[u32], gradients: &[Gradient]) -> Vec<Gradient> {
        let mut histogram = vec![Gradient::default(); self.bins];
        for &row in rows {
            let gradient = gradients[row as usize];
            let bins = self.binned.row(row as usize);
            for (&column, &offset) in self.columns.iter().zip(&self.offsets) {
                let bin = &mut histogram[offset + usize::from(bins[column])];
                *bin = bin.plus(gradient);
            }
        }
        histogram
    }

    /// The split of the largest gain above `gamma`; the first of equal ones.
    fn best_split(&self, node: &Open) -> Option<Split> {
        let params = self.params;
        let score = |sum: Gradient| sum.g * sum.g / (sum.h + params.reg_lambda);
        let parent = score(node.sum);
        let mut best: Option<Split> = None;
        for (&column, &offset) in self.columns.iter().zip(&self.offsets) {
            let mut left = Gradient::default();
            for cut in 0..self.binned.cuts[column].len() {
                left = left.plus(node.histogram[offset + cut]);
                let right = node.sum.minus(left);
                if left.h < params.min_child_weight || right.h < params.min_child_weight {
                    continue;
                }
                let gain = score(left) + score(right) - parent - params.gamma;
                // Not above rounding is no gain.
                if gain > best.as_ref().map_or(1e-6, |best| best.gain) {
                    best = Some(Split { column, cut, gain, left });
                }
            }
        }
        best
    }
}
