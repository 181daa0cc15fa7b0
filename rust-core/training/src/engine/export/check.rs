//! The exported file against the network it came from, in the runtime that apps use.

use epic_core::network::optimized;
use tract_onnx::prelude::*;

use super::super::data::{Batches, ImageSet, Normalization, Preparation};
use super::super::error::EngineError;
use super::super::network::Network;
use super::super::predict::predict;
use crate::trees::Booster;

/// Largest difference of a probability that counts as equal.
pub const MAX_ABS_DIFF: f32 = 1e-4;
/// The same for trees: a feature that differs in its last digit may end in another leaf.
pub const TREES_MAX_ABS_DIFF: f32 = 1e-3;

/// Runs the file in tract on the pictures, as a phone would: the largest absolute difference of a
/// probability. The samples have pixels, and a backbone's features where the network is on one.
///
/// # Errors
/// [`EngineError::ExportUnusable`] when tract cannot load or run it, [`EngineError::ExportDiffers`]
/// above [`MAX_ABS_DIFF`].
pub fn check_export(
    onnx: &[u8],
    model: &Network,
    samples: &ImageSet,
    preparation: &Preparation,
) -> Result<f32, EngineError> {
    let expected = predict(model, samples, preparation, 32)?;
    check(onnx, &expected, samples, &preparation.normalization, MAX_ABS_DIFF)
}

/// As [`check_export`], for trees on features, which the samples hold beside their pixels.
///
/// # Errors
/// As [`check_export`], above [`TREES_MAX_ABS_DIFF`].
pub fn check_trees(
    onnx: &[u8],
    booster: &Booster,
    samples: &ImageSet,
    normalization: &Normalization,
) -> Result<f32, EngineError> {
    let rows = samples.features.chunks_exact(booster.columns);
    let expected: Vec<f32> = rows.flat_map(|row| booster.margins(row)).collect();
    check(onnx, &expected, samples, normalization, TREES_MAX_ABS_DIFF)
}

fn check(
    onnx: &[u8],
    expected: &[f32],
    samples: &ImageSet,
    normalization: &Normalization,
    allowed: f32,
) -> Result<f32, EngineError> {
    let unusable = |error: TractError| EngineError::ExportUnusable { reason: format!("{error:#}") };
    let exported = run(onnx, samples, normalization).map_err(unusable)?;
    if exported.len() != expected.len() {
        let reason = format!("{} logits, expected {}", exported.len(), expected.len());
        return Err(EngineError::ExportUnusable { reason });
    }
    let max_abs_diff = probabilities(&exported, samples.classes)
        .zip(probabilities(expected, samples.classes))
        .map(|(a, b)| (a - b).abs())
        // f32::max would let NaN pass.
        .fold(0.0f32, |max, diff| if diff <= max { max } else { diff });
    if max_abs_diff <= allowed {
        return Ok(max_abs_diff);
    }
    Err(EngineError::ExportDiffers { max_abs_diff, allowed })
}

fn run(onnx: &[u8], samples: &ImageSet, normalization: &Normalization) -> TractResult<Vec<f32>> {
    let shape = [1, 3, samples.height, samples.width];
    let features = samples.metadata.len() / samples.len().max(1);
    let mut model = tract_onnx::onnx()
        .with_ignore_value_info(true)
        .with_ignore_output_shapes(true)
        .model_for_read(&mut &*onnx)?
        .with_input_fact(0, f32::fact(shape).into())?;
    if features > 0 {
        model = model.with_input_fact(1, f32::fact([1, features]).into())?;
    }
    let plan = optimized(model.into_typed()?)?.into_runnable()?;
    // Pixels and raw metadata: what is made of them is the file's business.
    let pixels = ImageSet { features: Vec::new(), versions: 0, ..samples.clone() };
    let preparation = (*normalization).into();
    let batches = Batches::new(&pixels, &preparation);
    let mut logits = Vec::new();
    for index in 0..samples.len() {
        let values = batches.prepare(&[index], None).into_values();
        let mut inputs = tvec!(Tensor::from_shape(&shape, &values)?.into());
        if features > 0 {
            let metadata = &samples.metadata[index * features..][..features];
            inputs.push(Tensor::from_shape(&[1, features], metadata)?.into());
        }
        let output = plan.run(inputs)?;
        logits.extend_from_slice(output[0].try_as_plain_ram()?.as_slice::<f32>()?);
    }
    Ok(logits)
}

fn probabilities(logits: &[f32], classes: usize) -> impl Iterator<Item = f32> {
    logits.chunks_exact(classes).flat_map(|row| {
        let max = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let sum: f32 = row.iter().map(|z| (z - max).exp()).sum();
        row.iter().map(move |z| (z - max).exp() / sum)
    })
}
