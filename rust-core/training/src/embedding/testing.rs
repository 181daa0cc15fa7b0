//! Small networks and pictures for the tests of this module.

use std::collections::BTreeMap;
use std::io::Cursor;

use epic_core::Pack;
use epic_core::decision::{Calibration, Thresholds};
use epic_core::pack::{Family, FileRole, Manifest, OutputSpec, PackFile, Provenance, SCHEMA};
use epic_core::preprocess::InputSpec;
use image::{ImageFormat, Rgb, RgbImage};
use sha2::{Digest, Sha256};
use tract_onnx::pb::tensor_proto::DataType;
use tract_onnx::pb::tensor_shape_proto::{Dimension, dimension};
use tract_onnx::pb::{
    GraphProto, ModelProto, NodeProto, OperatorSetIdProto, TensorProto, TensorShapeProto,
    TypeProto, ValueInfoProto, type_proto,
};

use super::backbone::{Backbone, BackboneManifest};
use crate::dataset::hex;

const SIDE: u32 = 8;

/// Mean over each channel, times two; with a dense layer of two classes behind it, or without.
fn network(with_classes: bool) -> Vec<u8> {
    let node = |op: &str, inputs: &[&str], output: &str| NodeProto {
        name: output.to_owned(),
        op_type: op.to_owned(),
        input: inputs.iter().map(|&name| name.to_owned()).collect(),
        output: vec![output.to_owned()],
        ..NodeProto::default()
    };
    let tensor = |name: &str, dims: &[i64], values: &[f32]| TensorProto {
        name: name.to_owned(),
        dims: dims.to_vec(),
        data_type: DataType::Float as i32,
        raw_data: values.iter().flat_map(|value| value.to_le_bytes()).collect(),
        ..TensorProto::default()
    };
    let mut nodes = vec![
        node("GlobalAveragePool", &["image"], "means"),
        node("Flatten", &["means"], "flat"),
        node("Mul", &["flat", "two"], "features"),
    ];
    let mut output = ("features", 3);
    if with_classes {
        nodes.push(node("Gemm", &["features", "weight", "bias"], "logits"));
        output = ("logits", 2);
    }
    let graph = GraphProto {
        name: "tiny".to_owned(),
        node: nodes,
        initializer: vec![
            tensor("two", &[1], &[2.0]),
            tensor("weight", &[3, 2], &[1.0, 0.0, 0.0, 1.0, 0.5, 0.5]),
            tensor("bias", &[2], &[0.0, 0.0]),
        ],
        input: vec![value("image", &[1, 3, SIDE.into(), SIDE.into()])],
        output: vec![value(output.0, &[1, output.1])],
        ..GraphProto::default()
    };
    let opset = OperatorSetIdProto { domain: String::new(), version: 13 };
    let model = ModelProto {
        ir_version: 8,
        opset_import: vec![opset],
        graph: Some(graph),
        ..ModelProto::default()
    };
    prost::Message::encode_to_vec(&model)
}

fn value(name: &str, dims: &[i64]) -> ValueInfoProto {
    let dim = |&length: &i64| Dimension {
        value: Some(dimension::Value::DimValue(length)),
        ..Dimension::default()
    };
    let shape = TensorShapeProto { dim: dims.iter().map(dim).collect() };
    let kind = type_proto::Tensor { elem_type: DataType::Float as i32, shape: Some(shape) };
    ValueInfoProto {
        name: name.to_owned(),
        r#type: Some(TypeProto {
            value: Some(type_proto::Value::TensorType(kind)),
            ..TypeProto::default()
        }),
        ..ValueInfoProto::default()
    }
}

pub(super) fn backbone(output: &str) -> Backbone {
    let onnx = network(false);
    let manifest = BackboneManifest {
        schema: 1,
        name: "tiny".to_owned(),
        input: InputSpec::letterbox(SIDE),
        output: output.to_owned(),
        sha256: hex::encode(&Sha256::digest(&onnx)),
        license: "MIT".to_owned(),
        source: "a test".to_owned(),
    };
    Backbone { manifest, onnx }
}

pub(super) fn pack() -> Pack {
    let class = |name: &str, group: &str| serde_json::json!({"name": name, "group": group, "title": "", "title_ar": "", "description": ""});
    let taxonomy = serde_json::json!({
        "name": "two", "groups": ["personal", "irrelevant"], "fallback_group": "personal",
        "classes": [class("a", "personal"), class("b", "irrelevant")],
    });
    let manifest = Manifest {
        schema: SCHEMA,
        name: "tiny".to_owned(),
        version: "1.0.0".to_owned(),
        family: Family::Vcnn,
        taxonomy: serde_json::from_value(taxonomy).unwrap(),
        input: InputSpec::letterbox(SIDE),
        output: OutputSpec { name: "logits".to_owned() },
        metadata: None,
        calibration: Calibration::default(),
        thresholds: Thresholds::default(),
        files: Vec::new(),
        provenance: Provenance {
            data_hash: String::new(),
            data_counts: BTreeMap::new(),
            recipe: String::new(),
            recipe_sha256: String::new(),
            seed: 0,
            code_version: String::new(),
            scores: BTreeMap::new(),
        },
    };
    let file =
        PackFile { path: "model.onnx".to_owned(), role: FileRole::Network, bytes: network(true) };
    Pack::assemble(manifest, &[file]).unwrap()
}

/// A picture of one colour.
pub(super) fn png(color: [u8; 3]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let picture = RgbImage::from_pixel(SIDE, SIDE, Rgb(color));
    picture.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
    bytes
}
