//! Tensors in, tensors out. tract stands behind a small trait, so that the
//! classifier's tests need no real network.

use std::sync::Arc;

use tract_onnx::prelude::*;
use tract_onnx::tract_core::internal::format_err;

use crate::pool::Pool;

/// A network with one image input and one output of class logits.
pub trait Network: Send + Sync {
    /// Runs one picture: `image` is a normalised CHW tensor of 3 × height × width
    /// values; the result has one logit per class.
    ///
    /// # Errors
    /// [`NetworkError::Run`] if the engine fails.
    fn run(&self, image: &[f32]) -> Result<Vec<f32>, NetworkError>;
}

/// Why a network cannot be loaded or run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NetworkError {
    /// The ONNX file cannot be parsed or planned.
    #[error("the network cannot be loaded: {reason}")]
    Load {
        /// The engine's reason.
        reason: String,
    },
    /// Inputs or outputs are not what the manifest says.
    #[error("the network does not match its manifest: {reason}")]
    Mismatch {
        /// What differs.
        reason: String,
    },
    /// The engine failed on a picture.
    #[error("the network failed: {reason}")]
    Run {
        /// The engine's reason.
        reason: String,
    },
}

/// What a network has to look like to be accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkShape {
    /// Name of the image input.
    pub input: String,
    /// Input height in pixels.
    pub height: usize,
    /// Input width in pixels.
    pub width: usize,
    /// Name of the output.
    pub output: String,
    /// Number of logits.
    pub classes: usize,
}

/// An ONNX network in tract. The optimised plan is shared; each call borrows a
/// state from a pool, so that threads neither wait for each other nor allocate
/// new states.
pub struct TractNetwork {
    plan: Arc<TypedRunnableModel>,
    states: Pool<TypedSimpleState>,
    shape: NetworkShape,
}

impl TractNetwork {
    /// Parses, checks against `shape` and optimises for batch 1: batches gain
    /// nothing in tract, threads go outside.
    ///
    /// # Errors
    /// [`NetworkError::Load`] or [`NetworkError::Mismatch`].
    pub fn load(onnx: &[u8], shape: NetworkShape) -> Result<Self, NetworkError> {
        let load = |error: TractError| NetworkError::Load { reason: format!("{error:#}") };
        // Exporters' value infos can contradict the concrete shapes set below.
        let mut model = tract_onnx::onnx()
            .with_ignore_value_info(true)
            .with_ignore_output_shapes(true)
            .model_for_read(&mut std::io::Cursor::new(onnx))
            .map_err(load)?;
        check_names(&model, &shape)?;
        let fact = f32::fact([1, 3, shape.height, shape.width]);
        model.set_input_fact(0, fact.into()).map_err(load)?;
        let model = model.into_optimized().map_err(|error| {
            // Shapes that cannot be unified with the manifest's input end here.
            NetworkError::Mismatch { reason: format!("{error:#}") }
        })?;
        let output = model.output_fact(0).map_err(load)?;
        let concrete = output.shape.as_concrete();
        if concrete != Some(&[1, shape.classes]) || output.datum_type != f32::datum_type() {
            return Err(NetworkError::Mismatch {
                reason: format!("the output is {output:?}, not {} classes", shape.classes),
            });
        }
        let plan = model.into_runnable().map_err(load)?;
        Ok(Self { plan, states: Pool::new(), shape })
    }

    fn try_run(&self, image: &[f32]) -> TractResult<Vec<f32>> {
        let input = Tensor::from_shape(&[1, 3, self.shape.height, self.shape.width], image)?;
        let mut state = self.states.take().map_or_else(|| self.plan.spawn(), Ok)?;
        // A state that failed is dropped: it may hold a half-finished turn.
        let outputs = state.run(tvec!(input.into()))?;
        self.states.put(state);
        let logits = outputs.first().ok_or_else(|| format_err!("no output"))?;
        Ok(logits.try_as_plain_ram()?.as_slice::<f32>()?.to_vec())
    }
}

impl Network for TractNetwork {
    fn run(&self, image: &[f32]) -> Result<Vec<f32>, NetworkError> {
        self.try_run(image).map_err(|error| NetworkError::Run { reason: format!("{error:#}") })
    }
}

fn check_names(model: &InferenceModel, shape: &NetworkShape) -> Result<(), NetworkError> {
    let mismatch = |reason: String| Err(NetworkError::Mismatch { reason });
    let ([input], [output]) = (model.inputs.as_slice(), model.outputs.as_slice()) else {
        return mismatch(format!(
            "{} inputs and {} outputs, not one of each",
            model.inputs.len(),
            model.outputs.len()
        ));
    };
    let input = model.nodes.get(input.node).map(|node| node.name.as_str());
    if input != Some(&shape.input) {
        return mismatch(format!("the input is not called {}", shape.input));
    }
    let output = model.outlet_label(*output);
    if output.is_some_and(|name| name != shape.output) {
        return mismatch(format!("the output is not called {}", shape.output));
    }
    Ok(())
}
