//! Trees on the features of an exported network, as one file.

use prost::Message;
use tract_onnx::pb::attribute_proto::AttributeType;
use tract_onnx::pb::{AttributeProto, ModelProto, NodeProto, OperatorSetIdProto};

use super::onnx::Graph;
use super::{ExportMeta, OUTPUT, onnx};
use crate::embedding::end_before_last_dense_layer;
use crate::engine::error::EngineError;
use crate::trees::{Booster, Node};

/// Domain and version of the operator for trees.
const ML_DOMAIN: &str = "ai.onnx.ml";
const ML_VERSION: i64 = 3;

/// The exported network up to what goes into its last dense layer: a file with these features as output.
///
/// # Errors
/// [`EngineError::BackboneUnusable`] if it has no such layer.
pub fn features_of(onnx: &[u8]) -> Result<Vec<u8>, EngineError> {
    Ok(cut(onnx)?.encode_to_vec())
}

fn cut(onnx: &[u8]) -> Result<ModelProto, EngineError> {
    let unusable = |reason: String| EngineError::BackboneUnusable { reason };
    let mut file = ModelProto::decode(onnx).map_err(|error| unusable(error.to_string()))?;
    end_before_last_dense_layer(&mut file).map_err(unusable)?;
    Ok(file)
}

/// A network's features and the trees on them as one ONNX file; the output holds margins, whose softmax are the
/// probabilities.
///
/// # Errors
/// [`EngineError::BackboneUnusable`] if the network has no features to grow trees on.
pub fn export_trees(
    network: &[u8],
    booster: &Booster,
    meta: &ExportMeta,
) -> Result<Vec<u8>, EngineError> {
    let mut file = cut(network)?;
    let graph = file.graph.get_or_insert_default();
    let features = graph.output.first().map_or("", |output| output.name.as_str());
    let mut trees = Graph::default();
    let node = trees.node("TreeEnsembleClassifier", &[features], OUTPUT);
    node.domain = ML_DOMAIN.to_owned();
    node.output = vec!["label".to_owned(), OUTPUT.to_owned()];
    fill(node, booster);
    graph.node.extend_from_slice(trees.nodes());
    graph.output = vec![onnx::batch_of(OUTPUT, &[booster.classes])];
    let domain = ML_DOMAIN.to_owned();
    file.opset_import.push(OperatorSetIdProto { domain, version: ML_VERSION });
    file.metadata_props = onnx::properties(meta.properties.clone());
    Ok(file.encode_to_vec())
}

/// The operator's attributes: one entry per node, and one per leaf.
#[derive(Default)]
struct Columns {
    tree: Vec<i64>,
    node: Vec<i64>,
    feature: Vec<i64>,
    value: Vec<f32>,
    mode: Vec<Vec<u8>>,
    on_true: Vec<i64>,
    on_false: Vec<i64>,
    leaf_tree: Vec<i64>,
    leaf_node: Vec<i64>,
    leaf_class: Vec<i64>,
    leaf_weight: Vec<f32>,
}

fn fill(node: &mut NodeProto, booster: &Booster) {
    let mut columns = Columns::default();
    for (tree, nodes) in booster.trees.iter().enumerate() {
        for (index, entry) in nodes.nodes.iter().enumerate() {
            columns.tree.push(tree as i64);
            columns.node.push(index as i64);
            let (feature, value, mode, on_true, on_false) = match *entry {
                Node::Split { column, threshold, left, right } => {
                    (column as i64, threshold, "BRANCH_LT", left as i64, right as i64)
                }
                Node::Leaf { value } => {
                    columns.leaf_tree.push(tree as i64);
                    columns.leaf_node.push(index as i64);
                    columns.leaf_class.push((tree % booster.classes) as i64);
                    columns.leaf_weight.push(value);
                    (0, 0.0, "LEAF", 0, 0)
                }
            };
            columns.feature.push(feature);
            columns.value.push(value);
            columns.mode.push(mode.as_bytes().to_vec());
            columns.on_true.push(on_true);
            columns.on_false.push(on_false);
        }
    }
    let missing = vec![0; columns.node.len()];
    for (name, values) in [
        ("nodes_treeids", columns.tree),
        ("nodes_nodeids", columns.node),
        ("nodes_featureids", columns.feature),
        ("nodes_truenodeids", columns.on_true),
        ("nodes_falsenodeids", columns.on_false),
        ("nodes_missing_value_tracks_true", missing),
        ("class_treeids", columns.leaf_tree),
        ("class_nodeids", columns.leaf_node),
        ("class_ids", columns.leaf_class),
        ("classlabels_int64s", (0..booster.classes as i64).collect()),
    ] {
        attribute(node, name, AttributeType::Ints).ints = values;
    }
    attribute(node, "nodes_values", AttributeType::Floats).floats = columns.value;
    attribute(node, "class_weights", AttributeType::Floats).floats = columns.leaf_weight;
    attribute(node, "nodes_modes", AttributeType::Strings).strings = columns.mode;
    attribute(node, "post_transform", AttributeType::String).s = b"NONE".to_vec();
}

fn attribute<'a>(
    node: &'a mut NodeProto,
    name: &str,
    kind: AttributeType,
) -> &'a mut AttributeProto {
    let index = node.attribute.len();
    node.attribute.push(AttributeProto {
        name: name.to_owned(),
        r#type: kind as i32,
        ..Default::default()
    });
    &mut node.attribute[index]
}
