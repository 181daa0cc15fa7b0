//! Minimising smooth functions with limited memory (Nocedal and Wright, "Numerical Optimization", algorithm 7.5).

use std::collections::VecDeque;

const MEMORY: usize = 10;
/// Armijo's condition: a step has to gain this share of what its slope promises.
const SUFFICIENT: f64 = 1e-4;
const MAX_HALVINGS: usize = 30;

/// When to stop.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stop {
    pub(super) max_iterations: usize,
    /// Length of the gradient, relative to the first one.
    pub(super) gradient: f64,
}

/// A step and the change of the gradient over it.
struct Pair {
    step: Vec<f64>,
    change: Vec<f64>,
    product: f64,
}

/// Goes downhill from `point`; `function` gives value and gradient.
pub(super) fn minimize(
    mut point: Vec<f64>,
    stop: Stop,
    function: impl Fn(&[f64]) -> (f64, Vec<f64>),
) -> Vec<f64> {
    let (mut value, mut gradient) = function(&point);
    let enough = stop.gradient * norm(&gradient);
    let mut pairs: VecDeque<Pair> = VecDeque::new();
    for _ in 0..stop.max_iterations {
        let length = norm(&gradient);
        if length <= enough || length == 0.0 {
            break;
        }
        let direction = direction(&gradient, &pairs);
        let slope = dot(&direction, &gradient);
        if slope >= 0.0 {
            break;
        }
        // The first step has no scale yet.
        let mut size = if pairs.is_empty() { 1.0 / length.max(1.0) } else { 1.0 };
        let mut accepted = None;
        for _ in 0..MAX_HALVINGS {
            let next: Vec<f64> = point.iter().zip(&direction).map(|(p, d)| p + size * d).collect();
            let (next_value, next_gradient) = function(&next);
            if next_value <= value + SUFFICIENT * size * slope {
                accepted = Some((next, next_value, next_gradient));
                break;
            }
            size /= 2.0;
        }
        // Nothing to gain any more at this precision.
        let Some((next, next_value, next_gradient)) = accepted else { break };
        let step = difference(&next, &point);
        let change = difference(&next_gradient, &gradient);
        let product = dot(&step, &change);
        if product > 1e-12 * norm(&step) * norm(&change) {
            pairs.push_back(Pair { step, change, product });
            if pairs.len() > MEMORY {
                pairs.pop_front();
            }
        }
        (point, value, gradient) = (next, next_value, next_gradient);
    }
    point
}

/// The two loops over the remembered pairs: the gradient times an approximate inverse Hessian.
fn direction(gradient: &[f64], pairs: &VecDeque<Pair>) -> Vec<f64> {
    let mut direction: Vec<f64> = gradient.iter().map(|value| -value).collect();
    let mut weights = Vec::with_capacity(pairs.len());
    for pair in pairs.iter().rev() {
        let weight = dot(&pair.step, &direction) / pair.product;
        add(&mut direction, -weight, &pair.change);
        weights.push(weight);
    }
    if let Some(last) = pairs.back() {
        let scale = last.product / dot(&last.change, &last.change);
        direction.iter_mut().for_each(|value| *value *= scale);
    }
    for (pair, weight) in pairs.iter().zip(weights.iter().rev()) {
        let correction = weight - dot(&pair.change, &direction) / pair.product;
        add(&mut direction, correction, &pair.step);
    }
    direction
}

fn add(to: &mut [f64], factor: f64, other: &[f64]) {
    to.iter_mut().zip(other).for_each(|(value, other)| *value += factor * other);
}

fn difference(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn norm(values: &[f64]) -> f64 {
    dot(values, values).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_narrow_valley_is_followed_to_its_end() {
        // Rosenbrock's function.
        let function = |p: &[f64]| {
            let (x, y) = (p[0], p[1]);
            let value = (1.0 - x).powi(2) + 100.0 * (y - x * x).powi(2);
            (value, vec![-2.0 * (1.0 - x) - 400.0 * x * (y - x * x), 200.0 * (y - x * x)])
        };
        let stop = Stop { max_iterations: 200, gradient: 1e-9 };
        let found = minimize(vec![-1.2, 1.0], stop, function);
        assert!((found[0] - 1.0).abs() < 1e-5 && (found[1] - 1.0).abs() < 1e-5, "{found:?}");
    }

    #[test]
    fn the_lowest_point_stays() {
        let stop = Stop { max_iterations: 9, gradient: 1e-9 };
        let found = minimize(vec![0.0], stop, |p| (p[0] * p[0], vec![2.0 * p[0]]));
        assert_eq!(found, [0.0]);
    }
}
