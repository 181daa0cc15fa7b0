//! ONNX export of a trained network, and the proof that the file computes the same.

mod check;
mod onnx;

use std::collections::BTreeMap;

use tract_onnx::pb::NodeProto;

use super::error::EngineError;
use super::predict::values;
use super::spec::NetworkSpec;
use super::vcnn::Vcnn;

pub use check::{MAX_ABS_DIFF, check_export};
use onnx::Graph;

/// Name of the graph's input, `[N, 3, height, width]`, normalized pixels.
pub const INPUT: &str = "image";
/// Name of the graph's output, `[N, classes]`, before softmax and temperature.
pub const OUTPUT: &str = "logits";

/// What else is written into the file's `metadata_props`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExportMeta {
    /// Keys and values; "spec" and "spec_sha256" are added.
    pub properties: BTreeMap<String, String>,
}

/// The network as an ONNX file (IR 8, opset 17), batch normalization folded into the convolutions.
///
/// # Errors
/// [`EngineError::Weights`] when the weights cannot be read from the device.
pub fn export(model: &Vcnn, spec: &NetworkSpec, meta: &ExportMeta) -> Result<Vec<u8>, EngineError> {
    let mut graph = Graph::default();
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
    current = output(node);
    let weight = model.head().weight.val();
    let dims = weight.dims();
    let weight = graph.tensor("head.weight".to_owned(), &dims, &values(weight.into_data())?);
    let bias = match &model.head().bias {
        Some(bias) => values(bias.val().into_data())?,
        None => vec![0.0; dims[1]],
    };
    let bias = graph.tensor("head.bias".to_owned(), &dims[1..], &bias);
    graph.node("Gemm", &[&current, &weight, &bias], OUTPUT);

    let mut properties = meta.properties.clone();
    let json = serde_json::to_string(spec).expect("a struct of plain fields serializes");
    properties.insert("spec".to_owned(), json);
    properties.insert("spec_sha256".to_owned(), spec.sha256());
    Ok(graph.into_bytes([spec.height, spec.width], spec.classes, properties))
}

fn output(node: &NodeProto) -> String {
    node.output[0].clone()
}
