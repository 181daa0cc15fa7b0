//! A network for tests that have to know what it says: the mean of each channel.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;
use sha2::{Digest, Sha256};

const SIDE: u8 = 8;

/// Writes the network and its manifest into a folder; returns the network's path.
pub(crate) fn write(folder: &Path) -> PathBuf {
    let onnx = model();
    let sha256: String = Sha256::digest(&onnx).iter().map(|byte| format!("{byte:02x}")).collect();
    let input = json!({
        "name": "image", "width": SIDE, "height": SIDE, "layout": "nchw", "resize": "squash",
        "filter": "bilinear", "pad": [0, 0, 0], "mean": [0.0, 0.0, 0.0], "std": [1.0, 1.0, 1.0],
    });
    let manifest = json!({
        "schema": 1, "name": "means", "input": input, "output": "flat", "sha256": sha256,
        "license": "MIT", "source": "a test",
    });
    fs::write(folder.join("means.json"), manifest.to_string()).unwrap();
    let path = folder.join("means.onnx");
    fs::write(&path, onnx).unwrap();
    path
}

/// ONNX is protobuf: fields of a number and bytes, or of a number and a small integer.
fn model() -> Vec<u8> {
    let graph = [
        bytes(1, &node("GlobalAveragePool", "image", "means")),
        bytes(1, &node("Flatten", "means", "flat")),
        bytes(2, b"means"),
        bytes(11, &value("image", &[1, 3, SIDE, SIDE])),
        bytes(12, &value("flat", &[1, 3])),
    ];
    let opset = integer(2, 13);
    [integer(1, 8), bytes(7, &graph.concat()), bytes(8, &opset)].concat()
}

fn node(op: &str, input: &str, output: &str) -> Vec<u8> {
    let texts = [(1, input), (2, output), (3, output), (4, op)];
    texts.iter().flat_map(|(field, text)| bytes(*field, text.as_bytes())).collect()
}

fn value(name: &str, sides: &[u8]) -> Vec<u8> {
    let shape: Vec<u8> = sides.iter().flat_map(|side| bytes(1, &integer(1, *side))).collect();
    let tensor = [integer(1, 1), bytes(2, &shape)].concat();
    [bytes(1, name.as_bytes()), bytes(2, &bytes(1, &tensor))].concat()
}

fn integer(field: u8, value: u8) -> Vec<u8> {
    vec![field << 3, value]
}

fn bytes(field: u8, content: &[u8]) -> Vec<u8> {
    let mut all = vec![field << 3 | 2];
    let mut length = content.len();
    while length >= 128 {
        all.push(length as u8 | 128);
        length >>= 7;
    }
    all.push(length as u8);
    all.extend_from_slice(content);
    all
}
