//! A trained network on many pictures.

use burn::module::Module;
use burn::tensor::TensorData;

use super::data::{Batches, ImageSet, Preparation};
use super::error::EngineError;
use super::network::Network;

/// Logits of every picture in order, `classes` a row, computed in batches without dropout and
/// with running statistics. The pictures must have the size the network was built for.
///
/// # Errors
/// [`EngineError::Weights`] when the device cannot hand the values back.
pub fn predict(
    model: &Network,
    images: &ImageSet,
    preparation: &Preparation,
    batch_size: usize,
) -> Result<Vec<f32>, EngineError> {
    let model = model.valid();
    let device = model.device();
    let batches = Batches::new(images, preparation);
    let indices: Vec<usize> = (0..images.len()).collect();
    let mut logits = Vec::new();
    for batch in indices.chunks(batch_size.max(1)) {
        let input = batches.prepare(batch, None).into_input(&device);
        logits.extend(values(model.forward(input, None).logits.into_data())?);
    }
    Ok(logits)
}

/// The values of a float tensor.
pub(super) fn values(data: TensorData) -> Result<Vec<f32>, EngineError> {
    data.try_to_vec::<f32>().map_err(|error| EngineError::Weights { reason: format!("{error:?}") })
}
