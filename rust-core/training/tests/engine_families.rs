//! Families beyond the plain network: metadata branch, coarser level, frozen backbone. Each is trained on tiny
//! data, exported, and held against tract.
#![cfg(feature = "engine")]

mod engine_support;

use engine_support::{CLASSES, SIDE, bars, config, spec};
use epic_training::engine::{
    DeviceKind, EngineError, ExportMeta, Exported, ImageSet, LevelWeight, MetadataBranch,
    MetadataScaling, Network, NetworkSpec, Parents, Preparation, Silent, TrainConfig, TrainOptions,
    TrainOutcome, check_export, export, export_trees, features_of, predict, train,
};
use epic_training::trees::{Booster, BoosterParams, TreeData};
use prost::Message;
use tract_onnx::pb::ModelProto;
use tract_onnx::prelude::*;

fn run(config: &TrainConfig, images: &ImageSet) -> TrainOutcome {
    let out = tempfile::tempdir().unwrap();
    let options = TrainOptions { device: DeviceKind::Cpu, out: out.path(), resume: false };
    train(config, images, images, &options, &mut Silent).unwrap()
}

fn file(outcome: &TrainOutcome, spec: &NetworkSpec, backbone: Option<&[u8]>) -> Vec<u8> {
    let TrainOutcome { model, preparation, .. } = outcome;
    let network = Exported { model, spec, preparation, backbone };
    export(&network, &ExportMeta::default()).unwrap()
}

/// Bars with two metadata features, the first of which tells the class on a scale of its own.
fn described(len: usize, seed: u64) -> ImageSet {
    let images = bars(len, seed);
    let metadata = images.labels.iter().enumerate();
    let metadata = metadata.flat_map(|(n, &label)| [1000.0 * label as f32, (n % 7) as f32]);
    ImageSet { metadata: metadata.collect(), ..images }
}

fn with_metadata(scaling: MetadataScaling) -> TrainConfig {
    let metadata = Some(MetadataBranch { features: 2, hidden: 6 });
    let base = config(8);
    let spec = NetworkSpec { metadata, ..base.spec };
    TrainConfig { spec, metadata_scaling: scaling, ..base }
}

fn accuracy(outcome: &TrainOutcome) -> f64 {
    outcome.history.last().unwrap().validation_accuracy
}

#[test]
fn scaled_metadata_is_learnt_and_its_scaler_is_in_the_file() {
    let images = described(48, 3);
    let config = with_metadata(MetadataScaling::MinMax);
    let outcome = run(&config, &images);
    assert!(accuracy(&outcome) > 0.9, "{}", accuracy(&outcome));
    let onnx = file(&outcome, &config.spec, None);
    let diff = check_export(&onnx, &outcome.model, &images, &outcome.preparation).unwrap();
    assert!(diff < 1e-5, "{diff}");
    // Values beyond those of the training set are clipped by both.
    let mut beyond = images;
    beyond.metadata.iter_mut().for_each(|value| *value = *value * 3.0 - 500.0);
    check_export(&onnx, &outcome.model, &beyond, &outcome.preparation).unwrap();
    // Without the scaler the file would say something else.
    let raw: Preparation = config.normalization.into();
    let other = check_export(&onnx, &outcome.model, &beyond, &raw);
    assert!(matches!(other, Err(EngineError::ExportDiffers { .. })), "{other:?}");
}

#[test]
fn raw_metadata_trains_and_exports_too() {
    let images = described(24, 3);
    let config = with_metadata(MetadataScaling::None);
    let outcome = run(&TrainConfig { epochs: 2, ..config.clone() }, &images);
    assert_eq!(outcome.preparation.scaler, None);
    let onnx = file(&outcome, &config.spec, None);
    check_export(&onnx, &outcome.model, &images, &outcome.preparation).unwrap();
}

#[test]
fn a_coarser_level_has_an_output_and_a_say() {
    let images = bars(48, 5);
    let parents = Parents { count: 2, of_class: vec![0, 0, 1] };
    let base = config(6);
    let spec = NetworkSpec { parents: Some(parents), ..base.spec };
    let level_weights = vec![
        LevelWeight { from_epoch: 1, parents: 0.8 },
        LevelWeight { from_epoch: 4, parents: 0.2 },
    ];
    let config = TrainConfig { spec, level_weights, ..base };
    let outcome = run(&config, &images);
    let onnx = file(&outcome, &config.spec, None);
    let diff = check_export(&onnx, &outcome.model, &images, &outcome.preparation).unwrap();
    assert!(diff < 1e-5, "{diff}");
    let graph = ModelProto::decode(&onnx[..]).unwrap().graph.unwrap();
    let outputs: Vec<&str> = graph.output.iter().map(|output| output.name.as_str()).collect();
    assert_eq!(outputs, ["logits", "parents"]);
    // The parents were learnt: their log-probabilities are part of the class logits.
    assert!(outcome.history.last().unwrap().train_loss < outcome.history[0].train_loss);
    let plain = run(&TrainConfig { ..engine_support::config(6) }, &images);
    assert_ne!(
        predict(&plain.model, &images, &plain.preparation, 16).unwrap(),
        predict(&outcome.model, &images, &outcome.preparation, 16).unwrap()
    );
}

/// The features of a plain network as a file of their own.
fn backbone() -> Vec<u8> {
    features_of(&plain_network()).unwrap()
}

fn plain_network() -> Vec<u8> {
    let device = DeviceKind::Cpu.device().unwrap();
    let model = Network::new(&spec(), 11, &device).unwrap();
    let preparation = config(1).normalization.into();
    let spec = spec();
    let network =
        Exported { model: &model, spec: &spec, preparation: &preparation, backbone: None };
    export(&network, &ExportMeta::default()).unwrap()
}

fn seen_by(backbone: &[u8], images: &ImageSet) -> Vec<f32> {
    let plan = tract_onnx::onnx()
        .with_ignore_output_shapes(true)
        .model_for_read(&mut &*backbone)
        .unwrap()
        .with_input_fact(0, f32::fact([1, 3, SIDE, SIDE]).into())
        .unwrap()
        .into_optimized()
        .unwrap()
        .into_runnable()
        .unwrap();
    let mut features = Vec::new();
    for index in 0..images.len() {
        let pixels = images.image(index);
        let planes: Vec<f32> = (0..3)
            .flat_map(|c| pixels.iter().skip(c).step_by(3).map(|&p| f32::from(p) / 127.5 - 1.0))
            .collect();
        let input = Tensor::from_shape(&[1, 3, SIDE, SIDE], &planes).unwrap();
        let output = plan.run(tvec!(input.into())).unwrap();
        features.extend_from_slice(output[0].try_as_plain_ram().unwrap().as_slice().unwrap());
    }
    features
}

#[test]
fn layers_on_a_frozen_backbone_are_joined_to_it_in_the_file() {
    let backbone = backbone();
    let images = described(48, 7);
    let images = ImageSet { features: seen_by(&backbone, &images), versions: 1, ..images };
    let base = config(60);
    let spec = NetworkSpec {
        height: SIDE,
        width: SIDE,
        backbone_features: 16,
        metadata: Some(MetadataBranch { features: 2, hidden: 8 }),
        hidden: 12,
        dropout: 0.1,
        classes: CLASSES,
        ..NetworkSpec::default()
    };
    let config = TrainConfig { spec, metadata_scaling: MetadataScaling::MinMax, ..base };
    let without_pixels = ImageSet { pixels: Vec::new(), ..images.clone() };
    let outcome = run(&config, &without_pixels);
    assert!(accuracy(&outcome) > 0.9, "{}", accuracy(&outcome));
    let onnx = file(&outcome, &config.spec, Some(&backbone));
    let diff = check_export(&onnx, &outcome.model, &images, &outcome.preparation).unwrap();
    assert!(diff < 1e-4, "{diff}");

    let TrainOutcome { model, preparation, .. } = &outcome;
    let network = |backbone| Exported { model, spec: &config.spec, preparation, backbone };
    for damaged in [None, Some(&backbone[..40]), Some(&onnx[..])] {
        let refused = export(&network(damaged), &ExportMeta::default());
        assert!(matches!(refused, Err(EngineError::BackboneUnusable { .. })), "{refused:?}");
    }
}

#[test]
fn trees_on_features_are_one_file_with_the_network() {
    let images = bars(60, 9);
    let network = plain_network();
    let features = seen_by(&backbone(), &images);
    let data = TreeData { features: &features, columns: 16, labels: &images.labels, weights: None };
    let params = BoosterParams { rounds: 10, max_depth: 3, ..BoosterParams::default() };
    let booster = Booster::fit(&data, CLASSES, &params, |_| true).unwrap();
    let onnx = export_trees(&network, &booster, &ExportMeta::default()).unwrap();
    let margins = seen_by(&onnx, &images);
    for (row, got) in features.chunks_exact(16).zip(margins.chunks_exact(CLASSES)) {
        for (got, want) in got.iter().zip(booster.margins(row)) {
            assert!((got - want).abs() < 1e-5, "{got} {want}");
        }
    }
    let file = ModelProto::decode(&onnx[..]).unwrap();
    assert_eq!(file.graph.unwrap().output[0].name, "logits");
    let refused = export_trees(&onnx[..30], &booster, &ExportMeta::default());
    assert!(matches!(refused, Err(EngineError::BackboneUnusable { .. })), "{refused:?}");
}
