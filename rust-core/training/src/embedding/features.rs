//! The last hidden layer of an ONNX classifier: what goes into the dense layer that makes its logits.

use std::collections::{HashMap, HashSet};

use tract_onnx::pb::{GraphProto, ModelProto, NodeProto, ValueInfoProto};

/// Layers between the last dense one and the output that only scale, shift or reshape.
const PASSED: [&str; 14] = [
    "Softmax",
    "LogSoftmax",
    "Identity",
    "Add",
    "Sub",
    "Mul",
    "Div",
    "Cast",
    "Reshape",
    "Flatten",
    "Squeeze",
    "Unsqueeze",
    "Clip",
    "Dropout",
];
const DENSE: [&str; 2] = ["Gemm", "MatMul"];

/// Makes the input of the last dense layer the graph's only output, and drops what is not needed for it; why not,
/// if there is none.
pub(crate) fn end_before_last_dense_layer(model: &mut ModelProto) -> Result<(), String> {
    let graph = model.graph.as_mut().ok_or("the file holds no graph")?;
    let name = input_of_last_dense_layer(graph)?;
    graph.output = vec![ValueInfoProto { name, ..ValueInfoProto::default() }];
    // What nothing leads to any more must not be planned.
    let needed = leading_to(graph);
    graph.node.retain(|node| node.output.iter().any(|output| needed.contains(output)));
    graph.initializer.retain(|tensor| needed.contains(&tensor.name));
    graph.input.retain(|input| needed.contains(&input.name));
    Ok(())
}

fn input_of_last_dense_layer(graph: &GraphProto) -> Result<String, String> {
    let [output] = graph.output.as_slice() else {
        return Err(format!("the network has {} outputs", graph.output.len()));
    };
    let makers = makers(graph);
    let pictures = from_the_picture(graph);
    let mut name = output.name.as_str();
    // Each step goes one node up; a circle would be no ONNX.
    for _ in 0..=graph.node.len() {
        let node = makers.get(name).ok_or_else(|| format!("nothing makes {name}"))?;
        let mut changing = node.input.iter().filter(|input| pictures.contains(input.as_str()));
        let (Some(input), None) = (changing.next(), changing.next()) else {
            return Err(format!(
                "{} {name} has not one input that depends on the picture",
                node.op_type
            ));
        };
        if DENSE.contains(&node.op_type.as_str()) {
            return Ok(input.clone());
        }
        if !PASSED.contains(&node.op_type.as_str()) {
            return Err(format!("{} {name} comes first", node.op_type));
        }
        name = input;
    }
    Err("the graph goes in circles".to_owned())
}

fn makers(graph: &GraphProto) -> HashMap<&str, &NodeProto> {
    let mut makers = HashMap::new();
    for node in &graph.node {
        makers.extend(node.output.iter().map(|output| (output.as_str(), node)));
    }
    makers
}

/// Values that depend on the network's input; the others are weights. Nodes stand in the order of the
/// computation, as ONNX demands.
fn from_the_picture(graph: &GraphProto) -> HashSet<&str> {
    let weights: HashSet<&str> = graph.initializer.iter().map(|one| one.name.as_str()).collect();
    let inputs = graph.input.iter().map(|input| input.name.as_str());
    // Older files list their weights among the inputs.
    let mut found: HashSet<&str> = inputs.filter(|name| !weights.contains(name)).collect();
    for node in &graph.node {
        if node.input.iter().any(|input| found.contains(input.as_str())) {
            found.extend(node.output.iter().map(String::as_str));
        }
    }
    found
}

fn leading_to(graph: &GraphProto) -> HashSet<String> {
    let mut needed: HashSet<String> =
        graph.output.iter().map(|output| output.name.clone()).collect();
    for node in graph.node.iter().rev() {
        if node.output.iter().any(|output| needed.contains(output)) {
            needed.extend(node.input.iter().cloned());
        }
    }
    needed
}

#[cfg(test)]
mod tests {
    use super::*;
    use tract_onnx::pb::TensorProto;

    fn node(op: &str, inputs: &[&str], output: &str) -> NodeProto {
        NodeProto {
            op_type: op.to_owned(),
            input: inputs.iter().map(|&name| name.to_owned()).collect(),
            output: vec![output.to_owned()],
            ..NodeProto::default()
        }
    }

    fn model(nodes: Vec<NodeProto>) -> ModelProto {
        let value = |name: &str| ValueInfoProto { name: name.to_owned(), ..Default::default() };
        let output = nodes.last().unwrap().output[0].clone();
        let weights =
            ["w", "b", "h"].map(|name| TensorProto { name: name.to_owned(), ..Default::default() });
        let graph = GraphProto {
            node: nodes,
            input: vec![value("image"), value("w")],
            output: vec![value(&output)],
            initializer: weights.to_vec(),
            ..GraphProto::default()
        };
        ModelProto { graph: Some(graph), ..ModelProto::default() }
    }

    fn cut(nodes: Vec<NodeProto>) -> Result<ModelProto, String> {
        let mut model = model(nodes);
        end_before_last_dense_layer(&mut model).map(|()| model)
    }

    #[test]
    fn the_network_ends_before_its_last_dense_layer() {
        let nodes = vec![
            node("Conv", &["image", "w"], "maps"),
            node("Gemm", &["maps", "w", "b"], "hidden"),
            node("Relu", &["hidden"], "features"),
            node("Gemm", &["features", "w", "b"], "logits"),
            node("Softmax", &["logits"], "scores"),
        ];
        let graph = cut(nodes).unwrap().graph.unwrap();
        assert_eq!(graph.output[0].name, "features");
        assert_eq!(graph.node.len(), 3);
        let weights: Vec<&str> = graph.initializer.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(weights, ["w", "b"]);
    }

    #[test]
    fn a_product_with_weights_in_half_precision_and_a_bias_is_a_dense_layer() {
        let nodes = vec![
            node("Cast", &["h"], "w32"),
            node("GlobalAveragePool", &["image"], "features"),
            node("MatMul", &["features", "w32"], "product"),
            node("Add", &["b", "product"], "logits"),
        ];
        assert_eq!(cut(nodes).unwrap().graph.unwrap().output[0].name, "features");
    }

    #[test]
    fn networks_without_a_last_dense_layer_are_told() {
        let cases = [
            (vec![node("Conv", &["image", "w"], "logits")], "Conv logits comes first"),
            (vec![node("MatMul", &["image", "image"], "logits")], "has not one input"),
            (vec![node("Gemm", &["w", "b"], "logits")], "has not one input"),
            (vec![node("Add", &["image", "b"], "shifted")], "nothing makes image"),
        ];
        for (nodes, reason) in cases {
            let error = cut(nodes).unwrap_err();
            assert!(error.contains(reason), "{error}");
        }
        assert!(end_before_last_dense_layer(&mut ModelProto::default()).is_err());
    }
}
