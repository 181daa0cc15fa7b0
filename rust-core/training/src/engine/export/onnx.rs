//! A minimal ONNX writer over tract's protobuf types.

use std::collections::BTreeMap;

use burn::nn::Linear;
use prost::Message;
use tract_onnx::pb::attribute_proto::AttributeType;
use tract_onnx::pb::tensor_proto::DataType;
use tract_onnx::pb::tensor_shape_proto::{Dimension, dimension};
use tract_onnx::pb::{
    AttributeProto, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, StringStringEntryProto,
    TensorProto, TensorShapeProto, TypeProto, ValueInfoProto, type_proto,
};

use super::{INPUT, METADATA, OUTPUT, PARENTS};
use crate::engine::error::EngineError;
use crate::engine::predict::values;
use crate::engine::spec::{INPUT_CHANNELS, NetworkSpec};

const IR_VERSION: i64 = 8;
const OPSET: i64 = 17;
/// The operators that are put behind a backbone mean the same from [`OPSET`] up to here.
const LAST_OPSET: i64 = 21;

/// Nodes and weights in the order of the computation.
pub(super) struct Graph {
    nodes: Vec<NodeProto>,
    tensors: Vec<TensorProto>,
    ir_version: i64,
    opset: i64,
}

impl Default for Graph {
    fn default() -> Self {
        let (nodes, tensors) = (Vec::new(), Vec::new());
        Self { nodes, tensors, ir_version: IR_VERSION, opset: OPSET }
    }
}

impl Graph {
    /// Adds a constant; returns its name.
    pub(super) fn tensor(&mut self, name: String, dims: &[usize], values: &[f32]) -> String {
        self.tensors.push(TensorProto {
            name: name.clone(),
            dims: signed(dims),
            data_type: DataType::Float as i32,
            raw_data: values.iter().flat_map(|value| value.to_le_bytes()).collect(),
            ..Default::default()
        });
        name
    }

    /// Adds a node with one output, which also names it.
    pub(super) fn node(&mut self, op: &str, inputs: &[&str], output: &str) -> &mut NodeProto {
        let index = self.nodes.len();
        self.nodes.push(NodeProto {
            name: output.to_owned(),
            op_type: op.to_owned(),
            input: inputs.iter().map(|&name| name.to_owned()).collect(),
            output: vec![output.to_owned()],
            ..Default::default()
        });
        &mut self.nodes[index]
    }

    /// The nodes so far.
    pub(super) fn nodes(&self) -> &[NodeProto] {
        &self.nodes
    }

    /// Takes up all nodes and constants of another file; returns the name of its only output.
    pub(super) fn backbone(&mut self, onnx: &[u8]) -> Result<String, EngineError> {
        let unusable = |reason: String| EngineError::BackboneUnusable { reason };
        let file = ModelProto::decode(onnx).map_err(|error| unusable(error.to_string()))?;
        let opset = file.opset_import.iter().find(|set| set.domain.is_empty());
        let opset = opset.map_or(0, |set| set.version);
        if !(OPSET..=LAST_OPSET).contains(&opset) {
            return Err(unusable(format!("opset {opset} is not in {OPSET}..={LAST_OPSET}")));
        }
        (self.opset, self.ir_version) = (opset, self.ir_version.max(file.ir_version));
        let graph = file.graph.ok_or_else(|| unusable("it has no graph".to_owned()))?;
        let ([input], [output]) = (graph.input.as_slice(), graph.output.as_slice()) else {
            return Err(unusable("it has not one input and one output".to_owned()));
        };
        if input.name != INPUT {
            return Err(unusable(format!("its input is not called {INPUT}")));
        }
        let name = output.name.clone();
        self.nodes.extend(graph.node);
        self.tensors.extend(graph.initializer);
        Ok(name)
    }

    /// A dense layer: `x W + b`.
    pub(super) fn gemm(
        &mut self,
        layer: &Linear,
        input: &str,
        output: &str,
    ) -> Result<(), EngineError> {
        let weight = layer.weight.val();
        let dims = weight.dims();
        let bias = match &layer.bias {
            Some(bias) => values(bias.val().into_data())?,
            None => vec![0.0; dims[1]],
        };
        // The head's tensors have had this name from the first file on.
        let name = if output == OUTPUT { "head" } else { output };
        let weight = self.tensor(format!("{name}.weight"), &dims, &values(weight.into_data())?);
        let bias = self.tensor(format!("{name}.bias"), &dims[1..], &bias);
        self.node("Gemm", &[input, &weight, &bias], output);
        Ok(())
    }

    /// The file, with the batch size left open as "N".
    pub(super) fn into_bytes(
        self,
        spec: &NetworkSpec,
        properties: BTreeMap<String, String>,
    ) -> Vec<u8> {
        let metadata = spec.metadata.map(|branch| batch_of(METADATA, &[branch.features]));
        let parents = spec.parents.as_ref().map(|level| batch_of(PARENTS, &[level.count]));
        let image = batch_of(INPUT, &[INPUT_CHANNELS, spec.height, spec.width]);
        let graph = GraphProto {
            name: "epic".to_owned(),
            node: self.nodes,
            initializer: self.tensors,
            input: [image].into_iter().chain(metadata).collect(),
            output: [batch_of(OUTPUT, &[spec.classes])].into_iter().chain(parents).collect(),
            ..Default::default()
        };
        ModelProto {
            ir_version: self.ir_version,
            opset_import: vec![OperatorSetIdProto { domain: String::new(), version: self.opset }],
            producer_name: "epic".to_owned(),
            producer_version: env!("CARGO_PKG_VERSION").to_owned(),
            graph: Some(graph),
            metadata_props: self::properties(properties),
            ..Default::default()
        }
        .encode_to_vec()
    }
}

pub(super) fn ints(node: &mut NodeProto, name: &str, values: &[usize]) {
    node.attribute.push(AttributeProto {
        name: name.to_owned(),
        r#type: AttributeType::Ints as i32,
        ints: signed(values),
        ..Default::default()
    });
}

pub(super) fn int(node: &mut NodeProto, name: &str, value: i64) {
    node.attribute.push(AttributeProto {
        name: name.to_owned(),
        r#type: AttributeType::Int as i32,
        i: value,
        ..Default::default()
    });
}

fn signed(values: &[usize]) -> Vec<i64> {
    values.iter().map(|&value| value as i64).collect()
}

/// As entries of a file.
pub(super) fn properties(properties: BTreeMap<String, String>) -> Vec<StringStringEntryProto> {
    let entry = |(key, value)| StringStringEntryProto { key, value };
    properties.into_iter().map(entry).collect()
}

/// A float tensor `[N, sizes...]`.
pub(super) fn batch_of(name: &str, sizes: &[usize]) -> ValueInfoProto {
    let fixed = sizes.iter().map(|&size| dimension::Value::DimValue(size as i64));
    let dim = std::iter::once(dimension::Value::DimParam("N".to_owned()))
        .chain(fixed)
        .map(|value| Dimension { value: Some(value), ..Default::default() })
        .collect();
    let tensor = type_proto::Tensor {
        elem_type: DataType::Float as i32,
        shape: Some(TensorShapeProto { dim }),
    };
    ValueInfoProto {
        name: name.to_owned(),
        r#type: Some(TypeProto {
            value: Some(type_proto::Value::TensorType(tensor)),
            ..Default::default()
        }),
        ..Default::default()
    }
}
