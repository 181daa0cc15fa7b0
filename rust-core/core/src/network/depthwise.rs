//! Depthwise convolutions, where every channel has a kernel of its own, as an operator of ours.
//!
//! tract computes those with a stride of 2 point by point, and bounds of an activation (ReLU, ReLU6) in a pass of
//! their own. Ours lays a channel out so that compilers find the vectors, and applies the bounds on the way out.

use std::sync::Arc;

use tract_onnx::prelude::*;
use tract_onnx::tract_core::internal::*;
use tract_onnx::tract_core::model::Rewriter;
use tract_onnx::tract_core::ops::binary::TypedBinOp;
use tract_onnx::tract_core::ops::cnn::{Conv, KernelFormat};
use tract_onnx::tract_core::ops::nn::DataFormat;

use super::channels::Geometry;

/// Replaces the depthwise convolutions that [`Depthwise`] can do, with the activations that follow them.
///
/// # Errors
/// If the graph is inconsistent.
pub(super) fn replace_depthwise(model: &mut TypedModel) -> TractResult<()> {
    Rewriter::<()>::default()
        .with_rule_for::<Conv>("depthwise", |_, model, node, name, conv| {
            replacement(model, node, name, conv)
        })
        .rewrite(&(), model)
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Depthwise {
    geometry: Geometry,
    /// One kernel a channel.
    weights: Arc<Tensor>,
    /// One value a channel.
    bias: Arc<Tensor>,
    bounds: Bounds,
}

/// Least and greatest value of an activation.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    low: f32,
    high: f32,
}

impl PartialEq for Bounds {
    fn eq(&self, other: &Self) -> bool {
        self.low.to_bits() == other.low.to_bits() && self.high.to_bits() == other.high.to_bits()
    }
}

impl Eq for Bounds {}

impl Bounds {
    const NONE: Self = Self { low: f32::NEG_INFINITY, high: f32::INFINITY };

    /// The bounds of these and of a node that is a maximum or minimum with one number.
    fn with(self, model: &TypedModel, node: &TypedNode) -> TractResult<Option<Self>> {
        let Some(TypedBinOp(operation, None)) = node.op_as::<TypedBinOp>() else {
            return Ok(None);
        };
        let mut numbers = node.inputs.iter().filter_map(|input| number(model, *input).transpose());
        let Some(number) = numbers.next().transpose()? else { return Ok(None) };
        let bounds = match operation.name() {
            "Max" => Self { low: self.low.max(number), high: self.high.max(number) },
            "Min" => Self { low: self.low.min(number), high: self.high.min(number) },
            _ => return Ok(None),
        };
        Ok(Some(bounds))
    }
}

/// The constant of an outlet that is a single finite number.
fn number(model: &TypedModel, outlet: OutletId) -> TractResult<Option<f32>> {
    let fact = model.outlet_fact(outlet)?;
    let Some(tensor) = &fact.konst else { return Ok(None) };
    if tensor.datum_type() != f32::datum_type() {
        return Ok(None);
    }
    Ok(match tensor.try_as_plain_ram()?.as_slice::<f32>()? {
        [number] if number.is_finite() => Some(*number),
        _ => None,
    })
}

/// The patch for one convolution; `None` where it stays as it is.
fn replacement(
    model: &TypedModel,
    node: &TypedNode,
    name: &str,
    conv: &Conv,
) -> TractResult<Option<TypedModelPatch>> {
    let &[image, kernel, bias] = node.inputs.as_slice() else { return Ok(None) };
    let Some(geometry) = geometry(model.outlet_fact(image)?, conv) else { return Ok(None) };
    let channels = geometry.channels;
    let constant = |outlet: OutletId, len: usize| -> TractResult<Option<Arc<Tensor>>> {
        let constant = model.outlet_fact(outlet)?.konst.clone();
        let fits = |t: &Arc<Tensor>| t.len() == len && t.datum_type() == f32::datum_type();
        Ok(constant.filter(fits))
    };
    let weights = constant(kernel, channels * geometry.kernel * geometry.kernel)?;
    let (Some(weights), Some(bias)) = (weights, constant(bias, channels)?) else {
        return Ok(None);
    };
    let (mut last, mut bounds) = (node, Bounds::NONE);
    while !model.outputs.contains(&last.id.into()) {
        let Some(next) = model.single_succ(last.id)? else { break };
        let Some(bounded) = bounds.with(model, next)? else { break };
        (last, bounds) = (next, bounded);
    }
    // tract has kernels of its own for these.
    if (geometry.stride_down, geometry.stride_across) == (1, 1) && bounds == Bounds::NONE {
        return Ok(None);
    }
    let mut patch = TypedModelPatch::new("depthwise convolution");
    let image = patch.tap_model(model, image)?;
    let operator = Depthwise { geometry, weights, bias, bounds };
    let output = patch.wire_node(name, operator, &[image])?;
    let output = output.first().ok_or_else(|| format_err!("no output"))?;
    patch.shunt_outside(model, last.id.into(), *output)?;
    Ok(Some(patch))
}

/// Sizes of a convolution that [`Depthwise`] can do.
fn geometry(image: &TypedFact, conv: &Conv) -> Option<Geometry> {
    let pool = &conv.pool_spec;
    // tract drops a batch axis of 1 where it can.
    let ((DataFormat::CHW, &[channels, height, width])
    | (DataFormat::NCHW, &[1, channels, height, width])) =
        (pool.data_format, image.shape.as_concrete()?)
    else {
        return None;
    };
    let &[kernel, kernel_width] = pool.kernel_shape.as_slice() else { return None };
    let &[stride_down, stride_across] = pool.strides().as_ref() else { return None };
    let fits = image.datum_type == f32::datum_type()
        && conv.q_params.is_none()
        && conv.kernel_fmt == KernelFormat::OIHW
        && channels > 1
        && [conv.group, pool.input_channels, pool.output_channels] == [channels; 3]
        && pool.dilations.as_ref().is_none_or(|all| all.iter().all(|dilation| *dilation == 1))
        && kernel == kernel_width
        && [3, 5].contains(&kernel)
        && [stride_down, stride_across].iter().all(|stride| [1, 2].contains(stride));
    let padding = pool.computed_padding(&[height, width]);
    match padding.as_slice() {
        [rows, columns] if fits && rows.convoluted > 0 && columns.convoluted > 0 => {
            Some(Geometry {
                channels,
                height,
                width,
                out_height: rows.convoluted,
                out_width: columns.convoluted,
                kernel,
                stride_down,
                stride_across,
                top: rows.pad_before,
                left: columns.pad_before,
            })
        }
        _ => None,
    }
}

impl Depthwise {
    /// The output's shape, with a batch axis where the input has one.
    fn output_shape(&self, input: &[usize]) -> TractResult<Vec<usize>> {
        let Geometry { channels, height, width, out_height, out_width, .. } = self.geometry;
        let (batch, image) = input.split_at(input.len().saturating_sub(3));
        ensure!(image == [channels, height, width] && matches!(batch, [] | [1]));
        Ok([batch, &[channels, out_height, out_width]].concat())
    }
}

impl Op for Depthwise {
    fn name(&self) -> StaticName {
        "EpicDepthwise".into()
    }

    fn validation(&self) -> Validation {
        Validation::Rounding
    }

    op_as_typed_op!();
}

impl EvalOp for Depthwise {
    op_out_of_plan!();

    fn eval(&self, _: &EvalContext, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        let image = inputs.first().ok_or_else(|| format_err!("no input"))?;
        let output = self.geometry.convolve(
            image.try_as_plain_ram()?.as_slice::<f32>()?,
            self.weights.try_as_plain_ram()?.as_slice::<f32>()?,
            self.bias.try_as_plain_ram()?.as_slice::<f32>()?,
            (self.bounds.low, self.bounds.high),
        );
        let shape = self.output_shape(image.shape())?;
        Ok(tvec!(tract_ndarray::ArrayD::from_shape_vec(shape, output)?.into_tvalue()))
    }
}

impl TypedOp for Depthwise {
    fn output_facts(&self, inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
        let image = inputs.first().ok_or_else(|| format_err!("no input"))?;
        let shape = image.shape.as_concrete().ok_or_else(|| format_err!("no sizes"))?;
        Ok(tvec!(f32::fact(self.output_shape(shape)?)))
    }

    as_op!();
}

#[cfg(test)]
mod tests {
    use tract_onnx::tract_core::ops::cnn::{PaddingSpec, PoolSpec};
    use tract_onnx::tract_core::ops::math::{max, min};

    use super::*;
    use crate::network::optimized;

    const CHANNELS: usize = 6;
    const IMAGE: [usize; 4] = [1, CHANNELS, 9, 11];

    fn noise(shape: &[usize]) -> Tensor {
        let len: usize = shape.iter().product();
        let values: Vec<f32> = (0..len).map(|i| (i * 7919 % 1009) as f32 / 504.5 - 1.0).collect();
        Tensor::from_shape(shape, &values).unwrap()
    }

    /// A depthwise convolution, a maximum and a minimum; what of them is an output is for the caller to say.
    fn network(
        stride: usize,
        kernel: usize,
        outputs: impl Fn(&[OutletId; 3]) -> Vec<OutletId>,
    ) -> TypedModel {
        let mut model = TypedModel::default();
        let image = model.add_source("image", f32::fact(IMAGE)).unwrap();
        let weights = model.add_const("weights", noise(&[CHANNELS, 1, kernel, kernel])).unwrap();
        let bias = model.add_const("bias", noise(&[CHANNELS])).unwrap();
        let low = model.add_const("low", Tensor::from_shape(&[1; 4], &[0.0f32]).unwrap()).unwrap();
        let high =
            model.add_const("high", Tensor::from_shape(&[1; 4], &[1.5f32]).unwrap()).unwrap();
        let pool = PoolSpec::new(
            DataFormat::NCHW,
            tvec!(kernel; 2),
            PaddingSpec::Explicit(tvec!(kernel / 2; 2), tvec!(kernel / 2; 2)),
            None,
            Some(tvec!(stride; 2)),
            CHANNELS,
            CHANNELS,
        );
        let conv = Conv::new(pool, KernelFormat::OIHW, CHANNELS, None);
        let conv = model.wire_node("conv", conv, &[image, weights, bias]).unwrap()[0];
        let max = model.wire_node("max", max(), &[conv, low]).unwrap()[0];
        let min = model.wire_node("min", min(), &[high, max]).unwrap()[0];
        model.select_output_outlets(&outputs(&[conv, max, min])).unwrap();
        model
    }

    fn operators(model: &TypedModel) -> Vec<String> {
        model.nodes.iter().map(|node| node.op.name().into_owned()).collect()
    }

    fn run(model: TypedModel) -> Vec<Tensor> {
        let outputs = model.into_runnable().unwrap().run(tvec!(noise(&IMAGE).into())).unwrap();
        outputs.into_iter().map(|output| output.into_tensor()).collect()
    }

    /// Sums in another order differ in their last digits.
    fn assert_close(ours: TypedModel, theirs: TypedModel) {
        let (ours, theirs) = (run(ours), run(theirs));
        assert_eq!(ours.len(), theirs.len());
        for (ours, theirs) in ours.iter().zip(&theirs) {
            assert_eq!(ours.shape(), theirs.shape());
            let values = |tensor: &Tensor| {
                tensor.try_as_plain_ram().unwrap().as_slice::<f32>().unwrap().to_vec()
            };
            for (ours, theirs) in values(ours).into_iter().zip(values(theirs)) {
                assert!((ours - theirs).abs() < 1e-5, "{ours} is not {theirs}");
            }
        }
    }

    #[test]
    fn convolutions_and_their_activations_become_one_operator() {
        for (stride, kernel) in [(1, 3), (2, 3), (1, 5), (2, 5)] {
            let network = network(stride, kernel, |[_, _, min]| vec![*min]);
            let ours = optimized(network.clone()).unwrap();
            let names = operators(&ours);
            assert!(names.iter().any(|name| name == "EpicDepthwise"), "{names:?}");
            assert!(names.iter().all(|name| !name.contains("Max")), "{names:?}");
            assert_close(ours, network.into_optimized().unwrap());
        }
    }

    #[test]
    fn what_others_read_is_kept() {
        let network = network(2, 3, |[conv, max, _]| vec![*conv, *max]);
        let ours = optimized(network.clone()).unwrap();
        assert!(operators(&ours).iter().any(|name| name == "EpicDepthwise"));
        assert_close(ours, network.into_optimized().unwrap());
    }

    #[test]
    fn what_tract_does_well_is_left_to_it() {
        let network = network(1, 3, |[conv, ..]| vec![*conv]);
        let names = operators(&optimized(network).unwrap());
        assert!(names.iter().all(|name| name != "EpicDepthwise"), "{names:?}");
    }
}
