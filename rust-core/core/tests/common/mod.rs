//! A pack whose network says which of red, green and blue a picture has most of,
//! so that tests know every verdict beforehand.
#![allow(dead_code, unreachable_pub, reason = "each test program uses a part of it")]

use epic_core::decision::{Calibration, Thresholds};
use epic_core::pack::{Family, FileRole, Manifest, OutputSpec, PackFile, Provenance, SCHEMA};
use epic_core::preprocess::InputSpec;
use epic_core::taxonomy::Class;
use epic_core::{Pack, Taxonomy};
use prost::Message;
use tract_onnx::pb::tensor_shape_proto::{Dimension, dimension};
use tract_onnx::pb::{
    AttributeProto, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, TensorProto,
    TensorShapeProto, TypeProto, ValueInfoProto, attribute_proto::AttributeType, type_proto,
};

pub const SIDE: i64 = 16;

pub fn color_network(input: &str, output: &str, classes: usize) -> Vec<u8> {
    let node = |op: &str, inputs: &[&str], output: &str| NodeProto {
        op_type: op.into(),
        name: output.into(),
        input: inputs.iter().map(|i| (*i).to_owned()).collect(),
        output: vec![output.into()],
        ..Default::default()
    };
    let mut flatten = node("Flatten", &["pooled"], "flat");
    flatten.attribute.push(AttributeProto {
        name: "axis".into(),
        r#type: AttributeType::Int as i32,
        i: 1,
        ..Default::default()
    });
    let weights: Vec<f32> =
        (0..3 * classes).map(|i| if i / classes == i % classes { 8.0 } else { 0.0 }).collect();
    let weight = TensorProto {
        name: "weight".into(),
        dims: vec![3, classes as i64],
        data_type: 1,
        raw_data: weights.iter().flat_map(|w| w.to_le_bytes()).collect(),
        ..Default::default()
    };
    let graph = GraphProto {
        name: "colors".into(),
        node: vec![
            node("GlobalAveragePool", &[input], "pooled"),
            flatten,
            node("MatMul", &["flat", "weight"], output),
        ],
        initializer: vec![weight],
        input: vec![value(input, &[3, SIDE, SIDE])],
        output: vec![value(output, &[classes as i64])],
        ..Default::default()
    };
    ModelProto {
        ir_version: 8,
        opset_import: vec![OperatorSetIdProto { domain: String::new(), version: 17 }],
        graph: Some(graph),
        ..Default::default()
    }
    .encode_to_vec()
}

fn value(name: &str, dims: &[i64]) -> ValueInfoProto {
    let dimension = |value| Dimension { value: Some(value), ..Default::default() };
    let batch = dimension::Value::DimParam("N".into());
    let sizes = dims.iter().map(|d| dimension::Value::DimValue(*d));
    let dim = std::iter::once(batch).chain(sizes).map(dimension).collect();
    let tensor = type_proto::Tensor { elem_type: 1, shape: Some(TensorShapeProto { dim }) };
    ValueInfoProto {
        name: name.into(),
        r#type: Some(TypeProto {
            value: Some(type_proto::Value::TensorType(tensor)),
            ..Default::default()
        }),
        ..Default::default()
    }
}

pub fn manifest() -> Manifest {
    let class = |name: &str, group: &str| Class {
        name: name.into(),
        group: group.into(),
        title: name.into(),
        title_ar: name.into(),
        description: String::new(),
    };
    Manifest {
        schema: SCHEMA,
        name: "colors".into(),
        version: "1.2.3".into(),
        family: Family::Vcnn,
        taxonomy: Taxonomy {
            name: "colors".into(),
            groups: vec!["personal".into(), "irrelevant".into()],
            fallback_group: "personal".into(),
            levels: Default::default(),
            classes: vec![
                class("red", "personal"),
                class("green", "irrelevant"),
                class("blue", "irrelevant"),
            ],
        },
        input: InputSpec::letterbox(SIDE as u32),
        output: OutputSpec { name: "logits".into() },
        metadata: None,
        calibration: Calibration::default(),
        thresholds: Thresholds { confidence: 0.0, groups: [("irrelevant".to_owned(), 0.9)].into() },
        files: Vec::new(),
        provenance: Provenance {
            data_hash: "none".into(),
            data_counts: Default::default(),
            recipe: "by hand".into(),
            recipe_sha256: String::new(),
            seed: 0,
            code_version: "0".into(),
            scores: Default::default(),
        },
    }
}

pub fn files() -> Vec<PackFile> {
    vec![
        PackFile {
            path: "model.onnx".into(),
            role: FileRole::Network,
            bytes: color_network("image", "logits", 3),
        },
        PackFile {
            path: "MODEL_CARD.md".into(),
            role: FileRole::ModelCard,
            bytes: b"# Colours".to_vec(),
        },
    ]
}

pub fn pack() -> Pack {
    Pack::assemble(manifest(), &files()).unwrap()
}

/// A PNG of one colour.
pub fn png(width: u32, height: u32, color: [u8; 3]) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_pixel(width, height, image::Rgb(color))
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}
