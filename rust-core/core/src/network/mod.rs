//! Tensors in, tensors out. tract stands behind a small trait, so that the
//! classifier's tests need no real network.

mod channels;
mod depthwise;

use std::sync::Arc;

use tract_onnx::prelude::*;
use tract_onnx::tract_core::internal::format_err;

use crate::pool::Pool;

/// A network with an image input, for some one of metadata features, and an output of class logits.
pub trait Network: Send + Sync {
    /// Runs one picture: `image` is a normalised CHW tensor of 3 × height × width
    /// values, `metadata` one number per feature, none where the network takes none; the result has one logit
    /// per class.
    ///
    /// # Errors
    /// [`NetworkError::Run`] if the engine fails.
    fn run(&self, image: &[f32], metadata: &[f32]) -> Result<Vec<f32>, NetworkError>;
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
    /// Name of the input of metadata features and their number, where there is one.
    pub metadata: Option<(String, usize)>,
}

/// An ONNX network in tract. The optimised plan is shared; each call borrows a
/// state from a pool, so that threads neither wait for each other nor allocate
/// new states.
pub struct TractNetwork {
    plan: Arc<TypedRunnableModel>,
    states: Pool<TypedSimpleState>,
    shape: NetworkShape,
    inputs: Inputs,
}

/// Which of the graph's inputs is which.
#[derive(Debug, Clone, Copy)]
struct Inputs {
    image: usize,
    metadata: Option<usize>,
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
        let inputs = named_inputs(&model, &shape)?;
        select_output(&mut model, &shape)?;
        let fact = f32::fact([1, 3, shape.height, shape.width]);
        model.set_input_fact(inputs.image, fact.into()).map_err(load)?;
        if let (Some(index), Some((_, features))) = (inputs.metadata, &shape.metadata) {
            model.set_input_fact(index, f32::fact([1, *features]).into()).map_err(load)?;
        }
        let model = model.into_typed().and_then(optimized).map_err(|error| {
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
        Ok(Self { plan, states: Pool::new(), shape, inputs })
    }

    fn try_run(&self, image: &[f32], metadata: &[f32]) -> TractResult<Vec<f32>> {
        let image = Tensor::from_shape(&[1, 3, self.shape.height, self.shape.width], image)?;
        let mut inputs = tvec!(image.into());
        if let Some(index) = self.inputs.metadata {
            let metadata = Tensor::from_shape(&[1, metadata.len()], metadata)?;
            inputs.insert(index, metadata.into());
        }
        let mut state = self.states.take().map_or_else(|| self.plan.spawn(), Ok)?;
        // A state that failed is dropped: it may hold a half-finished turn.
        let outputs = state.run(inputs)?;
        self.states.put(state);
        let logits = outputs.first().ok_or_else(|| format_err!("no output"))?;
        Ok(logits.try_as_plain_ram()?.as_slice::<f32>()?.to_vec())
    }
}

impl Network for TractNetwork {
    fn run(&self, image: &[f32], metadata: &[f32]) -> Result<Vec<f32>, NetworkError> {
        self.try_run(image, metadata)
            .map_err(|error| NetworkError::Run { reason: format!("{error:#}") })
    }
}

/// A network as it is run: tract's optimisations, with depthwise convolutions of our own where tract's are slow.
///
/// # Errors
/// tract's, where the graph is inconsistent.
pub fn optimized(model: TypedModel) -> TractResult<TypedModel> {
    let mut model = model.into_decluttered()?;
    depthwise::replace_depthwise(&mut model)?;
    model.optimize()?;
    Ok(model)
}

fn mismatch<T>(reason: String) -> Result<T, NetworkError> {
    Err(NetworkError::Mismatch { reason })
}

fn named_inputs(model: &InferenceModel, shape: &NetworkShape) -> Result<Inputs, NetworkError> {
    let wanted = 1 + usize::from(shape.metadata.is_some());
    if model.inputs.len() != wanted {
        return mismatch(format!("{} inputs, not {wanted}", model.inputs.len()));
    }
    let position = |name: &str| {
        let named = |input: &OutletId| model.nodes.get(input.node).is_some_and(|n| n.name == name);
        model.inputs.iter().position(named)
    };
    let Some(image) = position(&shape.input) else {
        return mismatch(format!("the input is not called {}", shape.input));
    };
    let metadata = match &shape.metadata {
        None => None,
        Some((name, _)) => match position(name) {
            None => return mismatch(format!("no input is called {name}")),
            found => found,
        },
    };
    Ok(Inputs { image, metadata })
}

/// Leaves the output of the class logits only. Others (the coarser level of an HCNN) are for people who look
/// into the file.
fn select_output(model: &mut InferenceModel, shape: &NetworkShape) -> Result<(), NetworkError> {
    let outputs = model.outputs.clone();
    let found = match outputs.as_slice() {
        // tract may have lost the name of a graph's only output.
        [only] if model.outlet_label(*only).is_none_or(|name| name == shape.output) => Some(*only),
        several => several
            .iter()
            .copied()
            .find(|output| model.outlet_label(*output).is_some_and(|name| name == shape.output)),
    };
    let Some(output) = found else {
        return mismatch(format!("no output is called {}", shape.output));
    };
    model
        .select_output_outlets(&[output])
        .map_err(|error| NetworkError::Load { reason: format!("{error:#}") })
}
