//! Networks whose input size follows the picture: one plan per size, because
//! tract runs symbolic sizes many times slower.

use std::collections::HashMap;
use std::io::Cursor;
use std::sync::{Arc, Mutex, OnceLock};

use tract_onnx::prelude::*;

use crate::network::{NetworkError, optimized};
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
    free_axes: &'static [usize],
    template: OnceLock<Option<Template>>,
    plans: Mutex<Vec<Arc<ShapePlan>>>,
    max_plans: usize,
}

/// The network simplified once, with symbols for the axes whose length varies: what is
/// left to do per shape takes a quarter of the time, and plans share their weights.
struct Template {
    model: TypedModel,
    dims: Vec<TDim>,
    symbols: Vec<(usize, Symbol)>,
}

struct ShapePlan {
    shape: Vec<usize>,
    plan: Arc<TypedRunnableModel>,
    states: Pool<TypedSimpleState>,
}

impl ShapedNetwork {
    /// Parses the file. Plans are made when a shape is first run (50 to 350 ms
    /// each) and the least recently used one goes when there are `max_plans`.
    /// Shapes that differ in `free_axes` alone share the first part of planning.
    pub(crate) fn load(
        onnx: &[u8],
        max_plans: usize,
        free_axes: &'static [usize],
    ) -> Result<Self, NetworkError> {
        let model = tract_onnx::onnx()
            .with_ignore_value_info(true)
            .with_ignore_output_shapes(true)
            .model_for_read(&mut Cursor::new(onnx))
            .map_err(|error| NetworkError::Load { reason: format!("{error:#}") })?;
        let (template, plans) = (OnceLock::new(), Mutex::new(Vec::new()));
        Ok(Self { model, free_axes, template, plans, max_plans: max_plans.max(1) })
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
        let template = self.template.get_or_init(|| self.simplify(shape));
        let typed = template.as_ref().and_then(|template| template.at(shape));
        let typed = typed.map_or_else(|| typed_at(self.model.clone(), shape), Ok)?;
        let plan = optimized(typed)?.into_runnable()?;
        let plan = Arc::new(ShapePlan { shape: shape.to_vec(), plan, states: Pool::new() });
        if let Ok(mut plans) = self.plans.lock() {
            if plans.len() >= self.max_plans {
                plans.remove(0);
            }
            plans.push(plan.clone());
        }
        Ok(plan)
    }

    /// `None` where there is nothing to share or the graph needs to know its sizes.
    fn simplify(&self, shape: &[usize]) -> Option<Template> {
        let mut model = self.model.clone();
        let mut dims: Vec<TDim> = shape.iter().map(|dim| dim.to_dim()).collect();
        let mut symbols = Vec::new();
        for &axis in self.free_axes {
            let dim = dims.get_mut(axis)?;
            let symbol = model.symbols.sym(&format!("axis_{axis}"));
            *dim = symbol.clone().into();
            symbols.push((axis, symbol));
        }
        if symbols.is_empty() {
            return None;
        }
        model.set_input_fact(0, f32::fact(&dims).into()).ok()?;
        let model = model.into_typed().and_then(TypedModel::into_decluttered).ok()?;
        Some(Template { model, dims, symbols })
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

fn typed_at(mut model: InferenceModel, shape: &[usize]) -> TractResult<TypedModel> {
    model.set_input_fact(0, f32::fact(shape).into())?;
    model.into_typed()
}

impl Template {
    /// The network at this shape; `None` where a fixed axis has another length.
    fn at(&self, shape: &[usize]) -> Option<TypedModel> {
        let is_free = |axis| self.symbols.iter().any(|(free, _)| *free == axis);
        let fits = |(axis, (dim, length)): (usize, (&TDim, &usize))| {
            is_free(axis) || *dim == length.to_dim()
        };
        if self.dims.len() != shape.len() || !self.dims.iter().zip(shape).enumerate().all(fits) {
            return None;
        }
        let lengths = self.symbols.iter();
        let lengths =
            lengths.map(|(axis, symbol)| Some((symbol.clone(), shape.get(*axis)?.to_dim())));
        self.model.set_symbols(&lengths.collect::<Option<HashMap<_, _>>>()?).ok()
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

#[cfg(test)]
mod tests {
    use super::*;

    const LATIN: &[u8] = include_bytes!("../../../../models/metadata/text_latin.onnx");

    #[test]
    fn a_shared_start_of_planning_changes_no_value() {
        let shared = ShapedNetwork::load(LATIN, 2, &[3]).unwrap();
        let alone = ShapedNetwork::load(LATIN, 2, &[]).unwrap();
        for width in [64, 144] {
            let input: Vec<f32> =
                (0..3 * 48 * width).map(|i| (i * 31 % 251) as f32 / 251.0).collect();
            let shape = [1, 3, 48, width];
            assert_eq!(shared.run(&shape, &input).unwrap(), alone.run(&shape, &input).unwrap());
        }
        assert!(shared.template.get().unwrap().is_some());
        assert!(alone.template.get().unwrap().is_none());
    }

    #[test]
    fn another_fixed_length_is_no_shape_of_the_template() {
        let network = ShapedNetwork::load(LATIN, 2, &[3]).unwrap();
        let template = network.simplify(&[1, 3, 48, 64]).unwrap();
        assert!(template.at(&[1, 3, 48, 96]).is_some());
        assert!(template.at(&[1, 1, 48, 64]).is_none());
        assert!(template.at(&[1, 3, 48]).is_none());
    }
}
