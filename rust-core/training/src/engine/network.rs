//! VCNN, the plain CNN on pixels, built from a [`NetworkSpec`].

use burn::module::{Module, Param};
use burn::nn::{BatchNorm, BatchNormConfig, Linear, LinearConfig};
use burn::tensor::ops::ConvOptions;
use burn::tensor::{Device, Tensor, TensorData, activation, module};

use super::error::EngineError;
use super::kernels;
use super::random::{Random, Stream};
use super::spec::{ConvShape, NetworkSpec};

/// The network. On a device with autodiff it trains (batch statistics), elsewhere it infers
/// (running statistics).
#[derive(Module, Debug)]
pub struct Network {
    blocks: Vec<ConvBlock>,
    branch: Option<Linear>,
    hidden: Option<Linear>,
    head: Linear,
    parents: Option<ParentHead>,
}

/// The head of the coarser level.
#[derive(Module, Debug)]
struct ParentHead {
    layer: Linear,
    of_class: Vec<usize>,
}

/// What a network is given.
#[derive(Clone, Debug)]
pub struct Input {
    /// The pictures.
    pub view: View,
    /// Metadata features `[batch, features]`, where the network has a branch for them.
    pub metadata: Option<Tensor<2>>,
}

/// Pictures, or what a backbone saw in them.
#[derive(Clone, Debug)]
pub enum View {
    /// Normalized pictures `[batch, 3, height, width]`.
    Images(Tensor<4>),
    /// Features `[batch, features]`.
    Features(Tensor<2>),
}

/// What a network says.
#[derive(Clone, Debug)]
pub struct Output {
    /// `[batch, classes]`; with a coarser level its log-probabilities are in them.
    pub logits: Tensor<2>,
    /// Logits of the coarser level `[batch, parents]`, where there is one.
    pub parents: Option<Tensor<2>>,
}

/// Convolution without bias, batch normalization, ReLU.
#[derive(Module, Debug)]
struct ConvBlock {
    /// `[out, in, kernel, kernel]`.
    weight: Param<Tensor<4>>,
    norm: BatchNorm,
    stride: usize,
    padding: usize,
}

/// A convolution with its batch normalization folded in.
pub(super) struct FoldedConv {
    /// `[out, in, kernel, kernel]`.
    pub(super) weight: Tensor<4>,
    /// `[out]`.
    pub(super) bias: Tensor<1>,
    pub(super) stride: usize,
    pub(super) padding: usize,
}

/// The layers after the features.
pub(super) struct DenseLayers<'a> {
    pub(super) branch: Option<&'a Linear>,
    pub(super) hidden: Option<&'a Linear>,
    pub(super) head: &'a Linear,
    pub(super) parents: Option<(&'a Linear, &'a [usize])>,
}

/// `[parents, classes]`, 1 where the class belongs to the parent.
pub(super) fn spread(of_class: &[usize], parents: usize) -> TensorData {
    let values: Vec<f32> = (0..parents)
        .flat_map(|parent| of_class.iter().map(move |&own| f32::from(u8::from(own == parent))))
        .collect();
    TensorData::new(values, [parents, of_class.len()])
}

fn dense(seed: u64, stream: u64, [inputs, outputs]: [usize; 2], device: &Device) -> Linear {
    let mut random = Random::stream(seed, Stream::Weights, &[stream]);
    let mut layer = LinearConfig::new(inputs, outputs).init(device);
    let bound = (inputs as f32).sqrt().recip();
    let weight = uniform(&mut random, bound, [inputs, outputs].to_vec());
    layer.weight = Param::from_data(weight, device);
    layer.bias = Some(Param::from_data(TensorData::zeros::<f32, _>([outputs]), device));
    layer
}

impl Network {
    /// A fresh network. Weights depend on `seed` alone: He-uniform convolutions, dense layers
    /// uniform in ±1/sqrt(inputs) with zero bias.
    ///
    /// # Errors
    /// [`EngineError::InvalidSpec`] as [`NetworkSpec::validate`].
    pub fn new(spec: &NetworkSpec, seed: u64, device: &Device) -> Result<Self, EngineError> {
        spec.validate()?;
        let shapes = spec.convolutions()?;
        let blocks = (shapes.iter().enumerate())
            .map(|(index, shape)| ConvBlock::new(shape, seed, index as u64, device))
            .collect();
        // The head's stream comes right after the convolutions', whatever other layers there are.
        let first = shapes.len() as u64;
        let linear =
            |stream: u64, inputs, outputs| dense(seed, first + stream, [inputs, outputs], device);
        let inputs = spec.head_inputs();
        Ok(Self {
            blocks,
            branch: spec.metadata.map(|branch| linear(1, branch.features, branch.hidden)),
            hidden: (spec.hidden > 0).then(|| linear(2, spec.joined(), spec.hidden)),
            head: linear(0, inputs, spec.classes),
            parents: spec.parents.as_ref().map(|parents| ParentHead {
                layer: linear(3, inputs, parents.count),
                of_class: parents.of_class.clone(),
            }),
        })
    }

    /// What the network says of a batch. `dropout` (`[batch, joined features]`) multiplies the joined features
    /// while training.
    ///
    /// # Panics
    /// If the input has no metadata although the network has a branch for it.
    pub fn forward(&self, input: Input, dropout: Option<Tensor<2>>) -> Output {
        let mut features = match input.view {
            View::Images(images) => self.features(images),
            View::Features(features) => features,
        };
        if let Some(branch) = &self.branch {
            let metadata = input.metadata.expect("sets are validated against the spec");
            let seen = activation::relu(branch.forward(metadata));
            features = Tensor::cat(vec![features, seen], 1);
        }
        if let Some(mask) = dropout {
            features = features * mask;
        }
        if let Some(hidden) = &self.hidden {
            features = activation::relu(hidden.forward(features));
        }
        let logits = self.head.forward(features.clone());
        let Some(head) = &self.parents else { return Output { logits, parents: None } };
        let parents = head.layer.forward(features);
        let spread = spread(&head.of_class, parents.dims()[1]);
        let spread = Tensor::from_data(spread, &parents.device());
        let logits = logits + activation::log_softmax(parents.clone(), 1).matmul(spread);
        Output { logits, parents: Some(parents) }
    }

    /// Pooled features `[batch, features]` of normalized pictures.
    pub fn features(&self, images: Tensor<4>) -> Tensor<2> {
        let device = images.device();
        let train = device.is_autodiff();
        if !kernels::available(&device) {
            let maps = self.blocks.iter().fold(images, |x, block| block.forward(x));
            return maps.mean_dims(&[2, 3]).flatten(1, 3);
        }
        // The kernels want [channels, batch, height, width].
        let maps = self.blocks.iter().fold(images.swap_dims(0, 1), |x, block| {
            if train { block.train_on_cpu(x) } else { block.infer_on_cpu(x) }
        });
        let [channels, batch, height, width] = maps.dims();
        maps.reshape([channels, batch, height * width]).mean_dim(2).squeeze_dim::<2>(2).transpose()
    }

    pub(super) fn folded(&self) -> Vec<FoldedConv> {
        self.blocks.iter().map(ConvBlock::folded).collect()
    }

    pub(super) fn dense(&self) -> DenseLayers<'_> {
        let parents = self.parents.as_ref().map(|head| (&head.layer, head.of_class.as_slice()));
        let (branch, hidden) = (self.branch.as_ref(), self.hidden.as_ref());
        DenseLayers { branch, hidden, head: &self.head, parents }
    }

    /// The device that holds the weights, without autodiff.
    pub fn device(&self) -> Device {
        self.head.weight.val().device().inner()
    }
}

impl ConvBlock {
    fn new(shape: &ConvShape, seed: u64, index: u64, device: &Device) -> Self {
        let mut random = Random::stream(seed, Stream::Weights, &[index]);
        let bound = (6.0 / shape.patch() as f32).sqrt();
        let dims = vec![shape.out_channels, shape.in_channels, shape.kernel, shape.kernel];
        Self {
            weight: Param::from_data(uniform(&mut random, bound, dims), device),
            norm: BatchNormConfig::new(shape.out_channels).init(device),
            stride: shape.stride,
            padding: shape.padding,
        }
    }

    /// By burn's own operations, on `[batch, channels, height, width]`.
    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let padding = [self.padding; 2];
        let options = ConvOptions::new([self.stride; 2], padding, [1, 1], 1);
        let x = module::conv2d(x, self.weight.val(), None, options);
        activation::relu(self.norm.forward(x))
    }

    fn train_on_cpu(&self, x: Tensor<4>) -> Tensor<4> {
        let norm = &self.norm;
        let x = kernels::conv2d(x, self.weight.val(), self.stride);
        let (output, mean, variance) =
            kernels::batch_norm_relu(x, norm.gamma.val(), norm.beta.val(), norm.epsilon);
        for (running, batch) in [(&norm.running_mean, mean), (&norm.running_var, variance)] {
            let kept = running.value_sync().mul_scalar(1.0 - norm.momentum);
            running.update((kept + batch.detach().mul_scalar(norm.momentum)).detach());
        }
        output
    }

    fn infer_on_cpu(&self, x: Tensor<4>) -> Tensor<4> {
        let folded = self.folded();
        kernels::conv2d_bias_relu(x, folded.weight, folded.bias, self.stride)
    }

    fn folded(&self) -> FoldedConv {
        let norm = &self.norm;
        let deviation = (norm.running_var.value() + norm.epsilon).sqrt();
        let scale = norm.gamma.val() / deviation;
        let bias = norm.beta.val() - norm.running_mean.value() * scale.clone();
        let channels = scale.dims()[0];
        let weight = self.weight.val() * scale.reshape([channels, 1, 1, 1]);
        FoldedConv { weight, bias, stride: self.stride, padding: self.padding }
    }
}

fn uniform(random: &mut Random, bound: f32, dims: Vec<usize>) -> TensorData {
    let len = dims.iter().product();
    let values: Vec<f32> = (0..len).map(|_| random.uniform(-bound, bound)).collect();
    TensorData::new(values, dims)
}

#[cfg(test)]
mod tests {
    use burn::optim::GradientsParams;
    use burn::tensor::Tolerance;

    use super::*;
    use crate::engine::spec::Block;

    fn spec() -> NetworkSpec {
        let conv = |channels, kernel, stride| Block::Conv { channels, kernel, stride };
        NetworkSpec {
            height: 13,
            width: 10,
            blocks: vec![conv(4, 5, 2), conv(6, 3, 1), conv(5, 1, 1), conv(8, 3, 2)],
            dropout: 0.0,
            classes: 3,
            ..NetworkSpec::default()
        }
    }

    fn images(batch: usize, device: &Device) -> Tensor<4> {
        let mut random = Random::stream(5, Stream::Augmentation, &[]);
        Tensor::from_data(uniform(&mut random, 1.0, vec![batch, 3, 13, 10]), device)
    }

    #[test]
    fn weights_depend_on_the_seed_alone() {
        let device = Device::flex();
        let weights =
            |seed| Network::new(&spec(), seed, &device).unwrap().head.weight.val().into_data();
        assert_eq!(weights(1), weights(1));
        assert_ne!(weights(1), weights(2));
    }

    #[test]
    fn parameters_are_those_of_the_spec() {
        let model = Network::new(&spec(), 0, &Device::flex()).unwrap();
        let running: usize = model.blocks.iter().map(|b| 2 * b.norm.gamma.shape()[0]).sum();
        assert_eq!(model.num_params() - running, spec().parameters().unwrap());
    }

    /// The CPU kernels against burn's own convolution and batch normalization.
    #[test]
    fn kernels_agree_with_burn_forward_and_backward() {
        let device = Device::flex().autodiff();
        let model = Network::new(&spec(), 3, &device).unwrap();
        let upstream = Tensor::<2>::from_data(
            uniform(&mut Random::stream(6, Stream::Weights, &[]), 1.0, vec![7, 8]),
            &device,
        );
        let by_kernels = model.features(images(7, &device));
        let maps = model.blocks.iter().fold(images(7, &device), |x, block| block.forward(x));
        let by_burn: Tensor<2> = maps.mean_dims(&[2, 3]).flatten(1, 3);
        let tolerance = Tolerance::<f32>::absolute(1e-4);
        by_kernels.to_data().assert_approx_eq(&by_burn.to_data(), tolerance);

        let gradients = |features: Tensor<2>| {
            let gradients = (features * upstream.clone()).sum().backward();
            GradientsParams::from_grads(gradients, &model)
        };
        let (got, want) = (gradients(by_kernels), gradients(by_burn));
        for block in &model.blocks {
            let tolerance = Tolerance::<f32>::absolute(2e-3);
            let weight = |from: &GradientsParams| from.get::<4>(block.weight.id).unwrap().to_data();
            weight(&got).assert_approx_eq(&weight(&want), tolerance);
            for id in [block.norm.gamma.id, block.norm.beta.id] {
                let value = |from: &GradientsParams| from.get::<1>(id).unwrap().to_data();
                value(&got).assert_approx_eq(&value(&want), tolerance);
            }
        }
    }

    #[test]
    fn inference_uses_the_running_statistics_on_both_paths() {
        let device = Device::flex().autodiff();
        let model = Network::new(&spec(), 3, &device).unwrap();
        for _ in 0..3 {
            let _ = model.features(images(7, &device));
        }
        let model = model.valid();
        let device = Device::flex();
        let by_kernels = model.features(images(4, &device));
        let maps = model.blocks.iter().fold(images(4, &device), |x, block| block.forward(x));
        let by_burn: Tensor<2> = maps.mean_dims(&[2, 3]).flatten(1, 3);
        by_kernels.to_data().assert_approx_eq::<f32>(&by_burn.to_data(), Tolerance::absolute(1e-5));
        let fresh = Network::new(&spec(), 3, &device).unwrap().features(images(4, &device));
        assert_ne!(by_kernels.to_data(), fresh.to_data());
    }
}
