//! The exported file, run by tract, against the network it came from.
#![cfg(feature = "engine")]

mod engine_support;

use std::collections::BTreeMap;

use engine_support::{bars, config, spec};
use epic_training::engine::{
    DeviceKind, EngineError, ExportMeta, Exported, ImageSet, Network, NetworkSpec, Preparation,
    Silent, TrainConfig, TrainOptions, TrainOutcome, check_export, export, train,
};
use prost::Message;
use tract_onnx::pb::ModelProto;

fn trained(images: &ImageSet) -> Network {
    run(&config(3), images).model
}

fn run(config: &TrainConfig, images: &ImageSet) -> TrainOutcome {
    let out = tempfile::tempdir().unwrap();
    let options = TrainOptions { device: DeviceKind::Cpu, out: out.path(), resume: false };
    train(config, images, images, &options, &mut Silent).unwrap()
}

fn normalized() -> Preparation {
    config(1).normalization.into()
}

fn exported(model: &Network, spec: &NetworkSpec) -> Vec<u8> {
    let network = Exported { model, spec, preparation: &normalized(), backbone: None };
    export(&network, &ExportMeta::default()).unwrap()
}

#[test]
fn a_trained_network_computes_the_same_in_tract() {
    let images = bars(24, 1);
    let model = trained(&images);
    let onnx = exported(&model, &spec());
    let diff = check_export(&onnx, &model, &images, &normalized()).unwrap();
    assert!(diff < 1e-5, "{diff}");
}

#[test]
fn the_default_network_exports_at_every_supported_size() {
    for (height, width) in [(96, 96), (128, 128), (120, 160)] {
        let spec = NetworkSpec::vcnn(height, width, 12);
        let model = Network::new(&spec, 1, &DeviceKind::Cpu.device().unwrap()).unwrap();
        let onnx = exported(&model, &spec);
        assert!(onnx.len() < 6_000_000, "{}", onnx.len());
        let pixels = (0..2 * height * width * 3).map(|i| (i * 31 % 251) as u8).collect();
        let samples = ImageSet {
            height,
            width,
            pixels,
            labels: vec![0, 1],
            classes: 12,
            ..ImageSet::default()
        };
        check_export(&onnx, &model, &samples, &normalized()).unwrap();
    }
}

#[test]
fn another_networks_export_is_noticed() {
    let images = bars(24, 1);
    let other = Network::new(&spec(), 99, &DeviceKind::Cpu.device().unwrap()).unwrap();
    let onnx = exported(&other, &spec());
    let error = check_export(&onnx, &trained(&images), &images, &normalized());
    assert!(matches!(error, Err(EngineError::ExportDiffers { .. })));
    let error = check_export(&onnx[..50], &other, &images, &normalized());
    assert!(matches!(error, Err(EngineError::ExportUnusable { .. })));
}

#[test]
fn the_file_says_what_it_is() {
    let model = Network::new(&spec(), 1, &DeviceKind::Cpu.device().unwrap()).unwrap();
    let properties = BTreeMap::from([("recipe".to_owned(), "m01".to_owned())]);
    let (spec, preparation) = (spec(), normalized());
    let network =
        Exported { model: &model, spec: &spec, preparation: &preparation, backbone: None };
    let onnx = export(&network, &ExportMeta { properties }).unwrap();
    let file = ModelProto::decode(&onnx[..]).unwrap();
    assert_eq!((file.ir_version, file.opset_import[0].version), (8, 17));
    assert_eq!(
        (&*file.producer_name, &*file.producer_version),
        ("epic", env!("CARGO_PKG_VERSION"))
    );
    let property = |key: &str| {
        file.metadata_props.iter().find(|entry| entry.key == key).map(|entry| entry.value.clone())
    };
    assert_eq!(property("recipe").as_deref(), Some("m01"));
    assert_eq!(property("spec_sha256"), Some(spec.sha256()));
    let described: NetworkSpec = serde_json::from_str(&property("spec").unwrap()).unwrap();
    assert_eq!(described, spec);
    let graph = file.graph.unwrap();
    assert_eq!((&*graph.input[0].name, &*graph.output[0].name), ("image", "logits"));
    let ops: Vec<&str> = graph.node.iter().map(|node| node.op_type.as_str()).collect();
    assert_eq!(
        ops,
        ["Conv", "Relu", "Conv", "Relu", "Conv", "Relu", "GlobalAveragePool", "Flatten", "Gemm"]
    );
}
