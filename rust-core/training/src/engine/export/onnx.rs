//! A minimal ONNX writer over tract's protobuf types.

use std::collections::BTreeMap;

use prost::Message;
use tract_onnx::pb::attribute_proto::AttributeType;
use tract_onnx::pb::tensor_proto::DataType;
use tract_onnx::pb::tensor_shape_proto::{Dimension, dimension};
use tract_onnx::pb::{
    AttributeProto, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, StringStringEntryProto,
    TensorProto, TensorShapeProto, TypeProto, ValueInfoProto, type_proto,
};

use super::{INPUT, OUTPUT};
use crate::engine::spec::INPUT_CHANNELS;

const IR_VERSION: i64 = 8;
const OPSET: i64 = 17;

/// Nodes and weights in the order of the computation.
#[derive(Default)]
pub(super) struct Graph {
    nodes: Vec<NodeProto>,
    tensors: Vec<TensorProto>,
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

    /// The file, with the batch size left open as "N".
    pub(super) fn into_bytes(
        self,
        [height, width]: [usize; 2],
        classes: usize,
        properties: BTreeMap<String, String>,
    ) -> Vec<u8> {
        let graph = GraphProto {
            name: "epic".to_owned(),
            node: self.nodes,
            initializer: self.tensors,
            input: vec![batch_of(INPUT, &[INPUT_CHANNELS, height, width])],
            output: vec![batch_of(OUTPUT, &[classes])],
            ..Default::default()
        };
        ModelProto {
            ir_version: IR_VERSION,
            opset_import: vec![OperatorSetIdProto { domain: String::new(), version: OPSET }],
            producer_name: "epic".to_owned(),
            producer_version: env!("CARGO_PKG_VERSION").to_owned(),
            graph: Some(graph),
            metadata_props: properties
                .into_iter()
                .map(|(key, value)| StringStringEntryProto { key, value })
                .collect(),
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

/// A float tensor `[N, sizes...]`.
fn batch_of(name: &str, sizes: &[usize]) -> ValueInfoProto {
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
