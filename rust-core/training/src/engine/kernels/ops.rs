//! The kernels as differentiable burn operations on the CPU backend.

use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients as GradientMap;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::flex::FlexTensor;
use burn::backend::tensor::FloatTensor;
use burn::backend::{
    Autodiff, AutodiffBackend, Backend, Dispatch, Flex, TensorMetadata, backend_extension,
};
use burn::tensor::{Device, Tensor, TensorData};

use super::conv::Conv;
use super::norm::{self, Channel};
use crate::engine::spec::ConvShape;

/// Whether the operations here can run on the device's tensors.
pub(in crate::engine) fn available(device: &Device) -> bool {
    device.clone().inner() == Device::flex()
}

/// Convolution without bias, padding kernel / 2. `x` is `[channels, batch, height, width]`,
/// `weight` `[out, in, kernel, kernel]`.
pub(in crate::engine) fn conv2d(x: Tensor<4>, weight: Tensor<4>, stride: usize) -> Tensor<4> {
    Tensor::from_dispatch(Dispatch::epic_conv2d(x.into_dispatch(), weight.into_dispatch(), stride))
}

/// `relu(conv2d(x, weight) + bias)`, not differentiable; shapes as [`conv2d`], `bias` `[out]`.
pub(in crate::engine) fn conv2d_bias_relu(
    x: Tensor<4>,
    weight: Tensor<4>,
    bias: Tensor<1>,
    stride: usize,
) -> Tensor<4> {
    Tensor::from_dispatch(Dispatch::epic_conv2d_bias_relu(
        x.into_dispatch(),
        weight.into_dispatch(),
        bias.into_dispatch(),
        stride,
    ))
}

/// Batch normalization with the batch's own statistics, then ReLU, on
/// `[channels, batch, height, width]`. Returns the output, the means and the (biased) variances.
pub(in crate::engine) fn batch_norm_relu(
    x: Tensor<4>,
    gamma: Tensor<1>,
    beta: Tensor<1>,
    epsilon: f64,
) -> (Tensor<4>, Tensor<1>, Tensor<1>) {
    let (output, mean, variance) = Dispatch::epic_batch_norm_relu(
        x.into_dispatch(),
        gamma.into_dispatch(),
        beta.into_dispatch(),
        epsilon,
    );
    (Tensor::from_dispatch(output), Tensor::from_dispatch(mean), Tensor::from_dispatch(variance))
}

#[backend_extension(Flex, Autodiff)]
pub(super) trait TrainingOps: Backend {
    fn epic_conv2d(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        stride: usize,
    ) -> FloatTensor<Self>;

    fn epic_batch_norm_relu(
        x: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        epsilon: f64,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>);
}

#[backend_extension(Flex)]
pub(super) trait InferenceOps: Backend {
    fn epic_conv2d_bias_relu(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        stride: usize,
    ) -> FloatTensor<Self>;
}

fn tensor(values: Vec<f32>, shape: impl Into<Vec<usize>>) -> FlexTensor {
    FlexTensor::from_data(TensorData::new(values, shape.into()))
}

/// The sizes of this convolution. Panics on tensors that do not fit: [`NetworkSpec`] was checked.
///
/// [`NetworkSpec`]: crate::engine::NetworkSpec
fn conv_of(x: &FlexTensor, weight: &FlexTensor, stride: usize) -> Conv {
    let [in_channels, batch, height, width] = x.shape().dims();
    let [out_channels, weight_in, kernel, _] = weight.shape().dims();
    assert_eq!(in_channels, weight_in, "channels of the input and of the weights");
    let shape = ConvShape::new([in_channels, out_channels], kernel, stride, [height, width])
        .expect("the kernel fits the padded input");
    Conv { shape, batch }
}

fn forward(x: &FlexTensor, weight: &FlexTensor, stride: usize) -> (Vec<f32>, [usize; 4]) {
    let conv = conv_of(x, weight, stride);
    let [height, width] = conv.shape.output;
    let output = conv.forward(x.storage(), weight.storage());
    (output, [conv.shape.out_channels, conv.batch, height, width])
}

impl TrainingOps for Flex {
    fn epic_conv2d(x: FlexTensor, weight: FlexTensor, stride: usize) -> FlexTensor {
        let (output, shape) = forward(&x.to_contiguous(), &weight.to_contiguous(), stride);
        tensor(output, shape)
    }

    fn epic_batch_norm_relu(
        x: FlexTensor,
        gamma: FlexTensor,
        beta: FlexTensor,
        epsilon: f64,
    ) -> (FlexTensor, FlexTensor, FlexTensor) {
        let (x, gamma, beta) = (x.to_contiguous(), gamma.to_contiguous(), beta.to_contiguous());
        let result = norm::forward(x.storage(), gamma.storage(), beta.storage(), epsilon as f32);
        let channels = [result.mean.len()];
        let shape: [usize; 4] = x.shape().dims();
        (
            tensor(result.output, shape),
            tensor(result.mean, channels),
            tensor(result.variance, channels),
        )
    }
}

impl InferenceOps for Flex {
    fn epic_conv2d_bias_relu(
        x: FlexTensor,
        weight: FlexTensor,
        bias: FlexTensor,
        stride: usize,
    ) -> FlexTensor {
        let (mut output, shape) = forward(&x.to_contiguous(), &weight.to_contiguous(), stride);
        let bias = bias.to_contiguous();
        let samples = output.len() / shape[0];
        for (channel, bias) in output.chunks_exact_mut(samples).zip(bias.storage::<f32>()) {
            for value in channel {
                *value = (*value + bias).max(0.0);
            }
        }
        tensor(output, shape)
    }
}

#[derive(Debug)]
struct Conv2d;

impl Backward<Flex, 2> for Conv2d {
    type State = (FlexTensor, FlexTensor, usize);

    fn backward(
        self,
        ops: Ops<Self::State, 2>,
        gradients: &mut GradientMap,
        _checkpointer: &mut Checkpointer,
    ) {
        let [x_node, weight_node] = ops.parents;
        let output_gradient = gradients.consume::<Flex>(&ops.node).to_contiguous();
        let (x, weight, stride) = ops.state;
        let conv = conv_of(&x, &weight, stride);
        let output_gradient: &[f32] = output_gradient.storage();
        if let Some(node) = x_node {
            let gradient = conv.input_gradient(weight.storage(), output_gradient);
            let shape: [usize; 4] = x.shape().dims();
            gradients.register::<Flex>(node.id, tensor(gradient, shape));
        }
        if let Some(node) = weight_node {
            let gradient = conv.weight_gradient(x.storage(), output_gradient);
            let shape: [usize; 4] = weight.shape().dims();
            gradients.register::<Flex>(node.id, tensor(gradient, shape));
        }
    }
}

#[derive(Debug)]
struct BatchNormRelu;

/// What the backward pass of [`BatchNormRelu`] needs.
#[derive(Clone, Debug)]
struct BatchNormState {
    x: FlexTensor,
    gamma: FlexTensor,
    beta: FlexTensor,
    mean: FlexTensor,
    variance: FlexTensor,
    epsilon: f32,
}

impl BatchNormState {
    fn channels(&self) -> Vec<Channel> {
        let [gamma, beta, mean, variance] =
            [&self.gamma, &self.beta, &self.mean, &self.variance].map(FlexTensor::storage::<f32>);
        (0..gamma.len())
            .map(|c| Channel {
                gamma: gamma[c],
                beta: beta[c],
                mean: mean[c],
                variance: variance[c],
            })
            .collect()
    }
}

impl Backward<Flex, 3> for BatchNormRelu {
    type State = BatchNormState;

    fn backward(
        self,
        ops: Ops<Self::State, 3>,
        gradients: &mut GradientMap,
        _checkpointer: &mut Checkpointer,
    ) {
        let output_gradient = gradients.consume::<Flex>(&ops.node).to_contiguous();
        let state = ops.state;
        let channels = state.channels();
        let result =
            norm::backward(state.x.storage(), &channels, state.epsilon, output_gradient.storage());
        let [x_node, gamma_node, beta_node] = ops.parents;
        let shape: [usize; 4] = state.x.shape().dims();
        for (node, gradient) in [
            (x_node, tensor(result.x, shape)),
            (gamma_node, tensor(result.gamma, [channels.len()])),
            (beta_node, tensor(result.beta, [channels.len()])),
        ] {
            if let Some(node) = node {
                gradients.register::<Flex>(node.id, gradient);
            }
        }
    }
}

impl<C: CheckpointStrategy> TrainingOps for Autodiff<Flex, C> {
    fn epic_conv2d(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        stride: usize,
    ) -> FloatTensor<Self> {
        let (x, x_node) = x.into_parts();
        let (weight, weight_node) = weight.into_parts();
        let (x, weight) = (x.to_contiguous(), weight.to_contiguous());
        let output = Flex::epic_conv2d(x.clone(), weight.clone(), stride);
        match Conv2d.prepare::<C>([x_node, weight_node]).compute_bound().stateful() {
            OpsKind::Tracked(prep) => prep.finish((x, weight, stride), output),
            OpsKind::UnTracked(prep) => prep.finish(output),
        }
    }

    fn epic_batch_norm_relu(
        x: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        epsilon: f64,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        let (x, x_node) = x.into_parts();
        let (gamma, gamma_node) = gamma.into_parts();
        let (beta, beta_node) = beta.into_parts();
        let (x, gamma, beta) = (x.to_contiguous(), gamma.to_contiguous(), beta.to_contiguous());
        let (output, mean, variance) =
            Flex::epic_batch_norm_relu(x.clone(), gamma.clone(), beta.clone(), epsilon);
        let nodes = [x_node, gamma_node, beta_node];
        let output = match BatchNormRelu.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                let state = BatchNormState {
                    x,
                    gamma,
                    beta,
                    mean: mean.clone(),
                    variance: variance.clone(),
                    epsilon: epsilon as f32,
                };
                prep.finish(state, output)
            }
            OpsKind::UnTracked(prep) => prep.finish(output),
        };
        (output, Self::from_inner(mean), Self::from_inner(variance))
    }
}
