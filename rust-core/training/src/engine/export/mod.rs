//! ONNX export of a trained network, and the proof that the file computes the same.

mod check;
mod onnx;
mod trees;

use std::collections::BTreeMap;

use burn::nn::Linear;
use tract_onnx::pb::NodeProto;

use super::data::Preparation;
use super::error::EngineError;
use super::network::{Network, spread};
use super::predict::values;
use super::scaler::Scaler;
use super::spec::NetworkSpec;

pub use check::{MAX_ABS_DIFF, TREES_MAX_ABS_DIFF, check_export, check_trees};
use onnx::Graph;
pub use trees::{export_trees, features_of};

/// Name of the graph's input, `[N, 3, height, width]`, normalized pixels.
pub const INPUT: &str = "image";
/// Name of the graph's input of metadata features, `[N, features]`, as they were measured.
pub const METADATA: &str = "metadata";
/// Name of the graph's output, `[N, classes]`, before softmax and temperature.
pub const OUTPUT: &str = "logits";
/// Name of the graph's output for the coarser level, `[N, parents]`, before softmax.
pub const PARENTS: &str = "parents";

/// What else is written into the file's `metadata_props`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExportMeta {
    /// Keys and values; "spec" and "spec_sha256" are added.
    pub properties: BTreeMap<String, String>,
}

/// A network with all that its file is made of.
#[derive(Clone, Copy, Debug)]
pub struct Exported<'a> {
    /// The trained layers.
    pub model: &'a Network,
    /// What they were built from.
    pub spec: &'a NetworkSpec,
    /// How inputs are made; a scaler becomes the first step of the metadata branch.
    pub preparation: &'a Preparation,
    /// The ONNX file of the backbone, for a network on one: opset 17 to 21, input [`INPUT`].
    pub backbone: Option<&'a [u8]>,
}

/// The network as an ONNX file (IR 8, opset 17), batch normalization folded into the convolutions.
///
/// # Errors
/// [`EngineError::Weights`] when the weights cannot be read from the device,
/// [`EngineError::BackboneUnusable`] when a backbone is missing or cannot be joined.
pub fn export(network: &Exported<'_>, meta: &ExportMeta) -> Result<Vec<u8>, EngineError> {
    let Exported { model, spec, preparation, backbone } = *network;
    let mut graph = Graph::default();
    let mut current = match backbone {
        Some(onnx) => graph.backbone(onnx)?,
        None if spec.backbone_features > 0 => {
            let reason = "it is missing".to_owned();
            return Err(EngineError::BackboneUnusable { reason });
        }
        None => convolutions(model, &mut graph)?,
    };
    let dense = model.dense();
    if let Some(branch) = dense.branch {
        let seen = metadata_branch(branch, preparation.scaler.as_ref(), &mut graph)?;
        let node = graph.node("Concat", &[&current, &seen], "joined");
        onnx::int(node, "axis", 1);
        current = output(node);
    }
    if let Some(hidden) = dense.hidden {
        graph.gemm(hidden, &current, "hidden")?;
        current = output(graph.node("Relu", &["hidden"], "hidden_relu"));
    }
    match dense.parents {
        None => graph.gemm(dense.head, &current, OUTPUT)?,
        Some((parents, of_class)) => {
            graph.gemm(dense.head, &current, "head")?;
            graph.gemm(parents, &current, PARENTS)?;
            let node = graph.node("LogSoftmax", &[PARENTS], "parent_scores");
            onnx::int(node, "axis", 1);
            let count = parents.weight.val().dims()[1];
            let spread = values(spread(of_class, count))?;
            let spread = graph.tensor("spread".to_owned(), &[count, of_class.len()], &spread);
            graph.node("MatMul", &["parent_scores", &spread], "class_parent_scores");
            graph.node("Add", &["head", "class_parent_scores"], OUTPUT);
        }
    }
    let mut properties = meta.properties.clone();
    let json = serde_json::to_string(spec).expect("a struct of plain fields serializes");
    properties.insert("spec".to_owned(), json);
    properties.insert("spec_sha256".to_owned(), spec.sha256());
    Ok(graph.into_bytes(spec, properties))
}

fn convolutions(model: &Network, graph: &mut Graph) -> Result<String, EngineError> {
    let mut current = INPUT.to_owned();
    for (index, conv) in model.folded().into_iter().enumerate() {
        let dims = conv.weight.dims();
        let weight =
            graph.tensor(format!("conv{index}.weight"), &dims, &values(conv.weight.into_data())?);
        let bias =
            graph.tensor(format!("conv{index}.bias"), &dims[..1], &values(conv.bias.into_data())?);
        let node = graph.node("Conv", &[&current, &weight, &bias], &format!("conv{index}"));
        onnx::ints(node, "kernel_shape", &dims[2..]);
        onnx::ints(node, "strides", &[conv.stride; 2]);
        onnx::ints(node, "pads", &[conv.padding; 4]);
        current = output(graph.node("Relu", &[&format!("conv{index}")], &format!("relu{index}")));
    }
    current = output(graph.node("GlobalAveragePool", &[&current], "pooled"));
    let node = graph.node("Flatten", &[&current], "features");
    onnx::int(node, "axis", 1);
    Ok(output(node))
}

fn metadata_branch(
    branch: &Linear,
    scaler: Option<&Scaler>,
    graph: &mut Graph,
) -> Result<String, EngineError> {
    let mut current = METADATA.to_owned();
    if let Some(Scaler { min, factor }) = scaler {
        let dims = [min.len()];
        let min = graph.tensor("metadata.min".to_owned(), &dims, min);
        let factor = graph.tensor("metadata.factor".to_owned(), &dims, factor);
        let zero = graph.tensor("metadata.zero".to_owned(), &[], &[0.0]);
        let one = graph.tensor("metadata.one".to_owned(), &[], &[1.0]);
        graph.node("Sub", &[&current, &min], "metadata_shifted");
        graph.node("Mul", &["metadata_shifted", &factor], "metadata_scaled");
        current = output(graph.node("Clip", &["metadata_scaled", &zero, &one], "metadata_clipped"));
    }
    graph.gemm(branch, &current, "branch")?;
    Ok(output(graph.node("Relu", &["branch"], "branch_relu")))
}

fn output(node: &NodeProto) -> String {
    node.output[0].clone()
}
