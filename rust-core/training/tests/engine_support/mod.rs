//! Small synthetic pictures and networks for the engine's tests.
#![allow(dead_code, reason = "each test file uses its part")]

use epic_training::engine::{Block, ImageSet, NetworkSpec, TrainConfig};

pub(crate) const SIDE: usize = 16;
pub(crate) const CLASSES: usize = 3;

/// `len` pictures of a bright bar on noise: class 0 upright, 1 level, 2 none.
pub(crate) fn bars(len: usize, seed: u64) -> ImageSet {
    let mut state = seed.wrapping_mul(2) + 1;
    let mut noise = move || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize
    };
    let mut pixels = Vec::new();
    let mut labels = Vec::new();
    for index in 0..len {
        let label = index % CLASSES;
        let place = noise() % SIDE;
        for y in 0..SIDE {
            for x in 0..SIDE {
                let on = (label == 0 && x == place) || (label == 1 && y == place);
                for _ in 0..3 {
                    pixels.push((noise() % 90) as u8 + if on { 160 } else { 0 });
                }
            }
        }
        labels.push(label);
    }
    ImageSet { height: SIDE, width: SIDE, pixels, labels, classes: CLASSES, ..ImageSet::default() }
}

pub(crate) fn spec() -> NetworkSpec {
    let conv = |channels, kernel, stride| Block::Conv { channels, kernel, stride };
    NetworkSpec {
        height: SIDE,
        width: SIDE,
        blocks: vec![conv(8, 3, 2), conv(12, 3, 1), conv(16, 3, 2)],
        dropout: 0.1,
        classes: CLASSES,
        ..NetworkSpec::default()
    }
}

pub(crate) fn config(epochs: usize) -> TrainConfig {
    TrainConfig { learning_rate: 5e-3, seed: 7, ..TrainConfig::new(spec(), 8, epochs) }
}
