//! Networks whose input size follows the picture: one plan per size, because
//! tract runs symbolic sizes many times slower.

use std::io::Cursor;
use std::sync::{Arc, Mutex};

use tract_onnx::prelude::*;

use crate::network::NetworkError;
use crate::pool::Pool;

/// A dense float tensor in row-major order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Array {
    pub(crate) shape: Vec<usize>,
    pub(crate) data: Vec<f32>,
}

/// An ONNX network with one input, planned anew for each input shape and kept
/// for the shapes used last.
pub(crate) struct ShapedNetwork {
    model: InferenceModel,
    plans: Mutex<Vec<Arc<ShapePlan>>>,
    max_plans: usize,
}

struct ShapePlan {
    shape: Vec<usize>,
    plan: Arc<TypedRunnableModel>,
    states: Pool<TypedSimpleState>,
}

impl ShapedNetwork {
    /// Parses the file. Plans are made when a shape is first run (50 to 350 ms
    /// each) and the least recently used one goes when there are `max_plans`.
    pub(crate) fn load(onnx: &[u8], max_plans: usize) -> Result<Self, NetworkError> {
        let model = tract_onnx::onnx()
            .with_ignore_value_info(true)
            .with_ignore_output_shapes(true)
            .model_for_read(&mut Cursor::new(onnx))
            .map_err(|error| NetworkError::Load { reason: format!("{error:#}") })?;
        Ok(Self { model, plans: Mutex::new(Vec::new()), max_plans: max_plans.max(1) })
    }

    /// Runs one input; the result has one array per output of the graph.
    pub(crate) fn run(&self, shape: &[usize], input: &[f32]) -> Result<Vec<Array>, NetworkError> {
        let plan = self
            .plan(shape)
            .map_err(|error| NetworkError::Load { reason: format!("{error:#}") })?;
        plan.run(input).map_err(|error| NetworkError::Run { reason: format!("{error:#}") })
    }

    fn plan(&self, shape: &[usize]) -> TractResult<Arc<ShapePlan>> {
        if let Some(plan) = self.touch(shape) {
            return Ok(plan);
        }
        // Outside the lock: a second thread may plan the same shape in vain, but none waits.
        let mut model = self.model.clone();
        model.set_input_fact(0, f32::fact(shape).into())?;
        let plan = model.into_optimized()?.into_runnable()?;
        let plan = Arc::new(ShapePlan { shape: shape.to_vec(), plan, states: Pool::new() });
        if let Ok(mut plans) = self.plans.lock() {
            if plans.len() >= self.max_plans {
                plans.remove(0);
            }
            plans.push(plan.clone());
        }
        Ok(plan)
    }

    /// The plan for `shape`, now the most recently used one.
    fn touch(&self, shape: &[usize]) -> Option<Arc<ShapePlan>> {
        let mut plans = self.plans.lock().ok()?;
        let position = plans.iter().position(|plan| plan.shape == shape)?;
        let plan = plans.remove(position);
        plans.push(plan.clone());
        Some(plan)
    }
}

impl ShapePlan {
    fn run(&self, input: &[f32]) -> TractResult<Vec<Array>> {
        let input = Tensor::from_shape(&self.shape, input)?;
        let mut state = self.states.take().map_or_else(|| self.plan.spawn(), Ok)?;
        // A state that failed is dropped: it may hold a half-finished turn.
        let outputs = state.run(tvec!(input.into()))?;
        self.states.put(state);
        let array = |tensor: &TValue| -> TractResult<Array> {
            let data = tensor.try_as_plain_ram()?.as_slice::<f32>()?.to_vec();
            Ok(Array { shape: tensor.shape().to_vec(), data })
        };
        outputs.iter().map(array).collect()
    }
}
