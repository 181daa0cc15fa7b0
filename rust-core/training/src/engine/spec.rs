//! The one description of a network, read by training and by export.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::error::EngineError;

/// A classifier on RGB pictures: blocks and global average pool, or the features of a frozen backbone; what a
/// branch makes of metadata joined to them; dropout; perhaps a hidden layer; a linear layer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkSpec {
    /// Input height in pixels.
    pub height: usize,
    /// Input width in pixels.
    pub width: usize,
    /// The feature extractor, first block first. Empty where a backbone extracts the features.
    #[serde(default)]
    pub blocks: Vec<Block>,
    /// Features of the backbone that stands in place of the blocks (family `transfer`); 0 for none.
    #[serde(default, skip_serializing_if = "is_default")]
    pub backbone_features: usize,
    /// The branch for metadata (family `mcnn`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub metadata: Option<MetadataBranch>,
    /// Units of a layer with ReLU before the linear one; 0 for none.
    #[serde(default, skip_serializing_if = "is_default")]
    pub hidden: usize,
    /// A coarser level of classes with an output of its own (family `hcnn`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub parents: Option<Parents>,
    /// Probability that a pooled feature is dropped while training, in [0, 1).
    #[serde(default)]
    pub dropout: f32,
    /// Number of classes, at least 2.
    pub classes: usize,
}

/// A linear layer with ReLU on metadata features.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MetadataBranch {
    /// Metadata features.
    pub features: usize,
    /// Units.
    pub hidden: usize,
}

/// The coarser level: class logits are the class head's plus the log-probability of the class's parent, so that
/// both heads have a say in every verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parents {
    /// Number of parents, at least 2.
    pub count: usize,
    /// Parent of each class, below `count`.
    pub of_class: Vec<usize>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// One step of the feature extractor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Block {
    /// Convolution without bias (padding kernel / 2), batch normalization, ReLU.
    Conv {
        /// Output channels.
        channels: usize,
        /// Side of the kernel, odd.
        kernel: usize,
        /// Step in both directions.
        stride: usize,
    },
}

/// A convolution with all of its sizes worked out. Sizes are [height, width].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConvShape {
    /// Input channels.
    pub in_channels: usize,
    /// Output channels.
    pub out_channels: usize,
    /// Side of the kernel.
    pub kernel: usize,
    /// Step in both directions.
    pub stride: usize,
    /// Zeros around the picture on each side.
    pub padding: usize,
    /// Input size.
    pub input: [usize; 2],
    /// Output size.
    pub output: [usize; 2],
}

impl ConvShape {
    /// Output size of a convolution; `None` when the kernel does not fit.
    pub(crate) fn new(
        [in_channels, out_channels]: [usize; 2],
        kernel: usize,
        stride: usize,
        input: [usize; 2],
    ) -> Option<Self> {
        let padding = kernel / 2;
        let side = |n: usize| Some((n + 2 * padding).checked_sub(kernel)? / stride + 1);
        let output = [side(input[0])?, side(input[1])?];
        Some(Self { in_channels, out_channels, kernel, stride, padding, input, output })
    }

    /// Weights of one output channel.
    pub(crate) fn patch(&self) -> usize {
        self.in_channels * self.kernel * self.kernel
    }
}

/// Channels of the input pictures.
pub const INPUT_CHANNELS: usize = 3;

/// Pictures wider than this are refused: a typing error, not a network of this family.
const MAX_SIDE: usize = 4096;

impl NetworkSpec {
    /// The default VCNN (the thesis's plain CNN on pixels) for RGB pictures of that size.
    ///
    /// 3x3 convolutions with stride 2 in place of pooling: what tract runs best. At 128x128:
    /// 78 million multiply-adds, 1.0 million parameters.
    pub fn vcnn(height: usize, width: usize, classes: usize) -> Self {
        let conv = |channels, stride| Block::Conv { channels, kernel: 3, stride };
        Self {
            height,
            width,
            blocks: vec![
                conv(24, 2),
                conv(48, 2),
                conv(96, 2),
                conv(96, 1),
                conv(160, 2),
                conv(192, 1),
                conv(256, 2),
            ],
            dropout: 0.2,
            classes,
            ..Self::default()
        }
    }

    /// Checks that the network can be built.
    ///
    /// # Errors
    /// [`EngineError::InvalidSpec`] says what is wrong.
    pub fn validate(&self) -> Result<(), EngineError> {
        if self.classes < 2 {
            return Err(EngineError::spec("at least 2 classes are needed"));
        }
        if !(0.0..1.0).contains(&self.dropout) {
            return Err(EngineError::spec("dropout must be in [0, 1)"));
        }
        if self.blocks.is_empty() == (self.backbone_features == 0) {
            return Err(EngineError::spec(
                "either blocks or a backbone are needed, at least one block",
            ));
        }
        if self.metadata.is_some_and(|branch| branch.features == 0 || branch.hidden == 0) {
            return Err(EngineError::spec("a metadata branch needs features and units"));
        }
        if let Some(parents) = &self.parents
            && (parents.count < 2
                || parents.of_class.len() != self.classes
                || parents.of_class.iter().any(|&parent| parent >= parents.count))
        {
            return Err(EngineError::spec("every class needs one of at least 2 parents"));
        }
        if [self.height, self.width].iter().any(|side| !(1..=MAX_SIDE).contains(side)) {
            return Err(EngineError::spec(format!("sides must be in 1..={MAX_SIDE}")));
        }
        for (index, block) in self.blocks.iter().enumerate() {
            let Block::Conv { channels, kernel, stride } = *block;
            if channels == 0 || stride == 0 || kernel % 2 == 0 {
                return Err(EngineError::spec(format!(
                    "block {index}: channels and stride must be positive, kernel odd"
                )));
            }
        }
        self.convolutions().map(|_| ())
    }

    /// Every convolution in order, with its sizes.
    ///
    /// # Errors
    /// [`EngineError::InvalidSpec`] when a kernel does not fit its input.
    pub fn convolutions(&self) -> Result<Vec<ConvShape>, EngineError> {
        let mut input = [self.height, self.width];
        let mut in_channels = INPUT_CHANNELS;
        let mut shapes = Vec::with_capacity(self.blocks.len());
        for (index, block) in self.blocks.iter().enumerate() {
            let Block::Conv { channels, kernel, stride } = *block;
            let shape = ConvShape::new([in_channels, channels], kernel, stride, input)
                .ok_or_else(|| EngineError::spec(format!("block {index}: kernel does not fit")))?;
            input = shape.output;
            in_channels = channels;
            shapes.push(shape);
        }
        Ok(shapes)
    }

    /// Number of pooled or backbone features.
    pub fn features(&self) -> usize {
        self.blocks.last().map_or(self.backbone_features, |block| {
            let Block::Conv { channels, .. } = *block;
            channels
        })
    }

    /// Features joined with what the metadata branch makes.
    pub fn joined(&self) -> usize {
        self.features() + self.metadata.map_or(0, |branch| branch.hidden)
    }

    /// Inputs and outputs of the dense layers, in the order of the computation.
    fn dense(&self) -> Vec<[usize; 2]> {
        let joined = self.joined();
        let branch = self.metadata.map(|branch| [branch.features, branch.hidden]);
        let hidden = (self.hidden > 0).then_some([joined, self.hidden]);
        let last = hidden.map_or(joined, |[_, units]| units);
        let parents = self.parents.as_ref().map(|parents| [last, parents.count]);
        branch.into_iter().chain(hidden).chain([[last, self.classes]]).chain(parents).collect()
    }

    /// Inputs of the heads.
    pub(crate) fn head_inputs(&self) -> usize {
        if self.hidden > 0 { self.hidden } else { self.joined() }
    }

    /// Multiply-adds of one picture's forward pass, a backbone's not counted.
    ///
    /// # Errors
    /// As [`convolutions`](Self::convolutions).
    pub fn macs(&self) -> Result<u64, EngineError> {
        let convolutions: usize = self
            .convolutions()?
            .iter()
            .map(|c| c.patch() * c.out_channels * c.output[0] * c.output[1])
            .sum();
        let dense: usize = self.dense().iter().map(|[inputs, outputs]| inputs * outputs).sum();
        Ok((convolutions + dense) as u64)
    }

    /// Trainable parameters (running statistics and a frozen backbone not counted).
    ///
    /// # Errors
    /// As [`convolutions`](Self::convolutions).
    pub fn parameters(&self) -> Result<usize, EngineError> {
        let convolutions: usize =
            self.convolutions()?.iter().map(|c| (c.patch() + 2) * c.out_channels).sum();
        let dense: usize =
            self.dense().iter().map(|[inputs, outputs]| (inputs + 1) * outputs).sum();
        Ok(convolutions + dense)
    }

    /// SHA-256 of the description, in hexadecimal: names the architecture in exports and
    /// checkpoints.
    pub fn sha256(&self) -> String {
        let json = serde_json::to_vec(self).expect("a struct of plain fields serializes");
        hex_sha256(&[&json])
    }
}

/// SHA-256 over the parts one after the other, in hexadecimal.
pub(crate) fn hex_sha256(parts: &[&[u8]]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_follow_the_strides() {
        let spec = NetworkSpec::vcnn(128, 128, 12);
        spec.validate().unwrap();
        let sides: Vec<_> = spec.convolutions().unwrap().iter().map(|c| c.output[0]).collect();
        assert_eq!(sides, [64, 32, 16, 16, 8, 8, 4]);
        assert_eq!(spec.features(), 256);
    }

    #[test]
    fn counts_match_a_network_worked_by_hand() {
        let spec = NetworkSpec {
            height: 5,
            width: 4,
            blocks: vec![Block::Conv { channels: 2, kernel: 3, stride: 2 }],
            dropout: 0.0,
            classes: 3,
            ..NetworkSpec::default()
        };
        // Output 3 x 2; 27 weights and 2 batch-norm parameters per channel; 2 * 3 + 3 in the head.
        assert_eq!(spec.convolutions().unwrap()[0].output, [3, 2]);
        assert_eq!(spec.macs().unwrap(), 27 * 2 * 6 + 6);
        assert_eq!(spec.parameters().unwrap(), 29 * 2 + 9);
    }

    #[test]
    fn branches_and_levels_count_too() {
        let spec = NetworkSpec {
            backbone_features: 10,
            metadata: Some(MetadataBranch { features: 4, hidden: 3 }),
            hidden: 5,
            parents: Some(Parents { count: 2, of_class: vec![0, 1, 0] }),
            blocks: Vec::new(),
            ..NetworkSpec::vcnn(8, 8, 3)
        };
        spec.validate().unwrap();
        assert_eq!((spec.features(), spec.joined()), (10, 13));
        assert_eq!(spec.macs().unwrap(), 12 + 65 + 15 + 10);
        assert_eq!(spec.parameters().unwrap(), 15 + 70 + 18 + 12);
        let json = serde_json::to_string(&spec).unwrap();
        assert_eq!(serde_json::from_str::<NetworkSpec>(&json).unwrap(), spec);
        let plain = serde_json::to_string(&NetworkSpec::vcnn(8, 8, 3)).unwrap();
        assert!(!plain.contains("metadata") && !plain.contains("parents"), "{plain}");
    }

    #[test]
    fn the_default_stays_small_enough_to_ship() {
        for side in [96, 128, 160] {
            NetworkSpec::vcnn(side, side, 12).validate().unwrap();
        }
        let spec = NetworkSpec::vcnn(128, 128, 12);
        assert!((60e6..110e6).contains(&(spec.macs().unwrap() as f64)));
        assert!(spec.parameters().unwrap() * 4 < 6_000_000);
    }

    #[test]
    fn json_round_trips_and_unknown_fields_are_refused() {
        let spec = NetworkSpec::vcnn(96, 128, 5);
        let json = serde_json::to_string(&spec).unwrap();
        assert_eq!(serde_json::from_str::<NetworkSpec>(&json).unwrap(), spec);
        let wrong = json.replacen("\"height\"", "\"heigth\"", 1);
        assert!(serde_json::from_str::<NetworkSpec>(&wrong).is_err());
        assert_ne!(spec.sha256(), NetworkSpec::vcnn(128, 96, 5).sha256());
    }

    #[test]
    fn impossible_networks_are_refused() {
        let good = NetworkSpec::vcnn(32, 32, 4);
        for (what, spec) in [
            ("classes", NetworkSpec { classes: 1, ..good.clone() }),
            ("dropout", NetworkSpec { dropout: 1.0, ..good.clone() }),
            ("block", NetworkSpec { blocks: vec![], ..good.clone() }),
            ("sides", NetworkSpec { width: 0, ..good.clone() }),
            ("backbone", NetworkSpec { backbone_features: 8, ..good.clone() }),
            (
                "metadata",
                NetworkSpec {
                    metadata: Some(MetadataBranch { features: 0, hidden: 4 }),
                    ..good.clone()
                },
            ),
            (
                "parents",
                NetworkSpec {
                    parents: Some(Parents { count: 2, of_class: vec![0, 1, 2, 0] }),
                    ..good.clone()
                },
            ),
            (
                "kernel odd",
                NetworkSpec {
                    blocks: vec![Block::Conv { channels: 8, kernel: 2, stride: 1 }],
                    ..good
                },
            ),
        ] {
            let error = spec.validate().unwrap_err().to_string();
            assert!(error.contains(what), "{what}: {error}");
        }
    }
}
