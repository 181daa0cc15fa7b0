//! Size and speed of a pack's network.

use std::fs;
use std::path::Path;
use std::time::Instant;

use epic_core::Pack;
use epic_core::network::Network;
use prost::Message;
use serde::{Deserialize, Serialize};
use tract_onnx::pb::{ModelProto, tensor_proto::DataType};

use super::ReproduceError;

/// Runs before the clock starts: caches fill, memory is taken.
const WARM_UP: usize = 5;
/// Runs that are timed.
const RUNS: usize = 41;

/// Size and speed of a network.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct NetworkFacts {
    /// All files of the pack.
    pub pack_bytes: u64,
    /// Numbers that were learnt: weights, biases, and thresholds and leaves of trees.
    pub parameters: u64,
    /// Median milliseconds of the network alone in tract: one picture, one thread.
    pub tract_milliseconds: f64,
    /// Runs that it is the median of.
    pub runs: usize,
}

impl NetworkFacts {
    /// Measures a pack in a folder.
    pub(super) fn measure(pack: &Pack, folder: &Path) -> Result<Self, ReproduceError> {
        Ok(Self {
            pack_bytes: files_bytes(folder)?,
            parameters: parameters(pack.network()),
            tract_milliseconds: milliseconds(pack)?,
            runs: RUNS,
        })
    }
}

/// The pack's files lie in its folder; what else was made lies below.
fn files_bytes(folder: &Path) -> Result<u64, ReproduceError> {
    let failed = |source| ReproduceError::Read { path: folder.to_owned(), source };
    let mut bytes = 0;
    for entry in fs::read_dir(folder).map_err(failed)? {
        let metadata = entry.and_then(|entry| entry.metadata()).map_err(failed)?;
        bytes += if metadata.is_file() { metadata.len() } else { 0 };
    }
    Ok(bytes)
}

/// 0 for a file that is no ONNX; a pack's network has been run before.
fn parameters(onnx: &[u8]) -> u64 {
    let graph = ModelProto::decode(onnx).ok().and_then(|model| model.graph);
    let Some(graph) = graph else { return 0 };
    let is_learnt = |kind: i32| {
        [DataType::Float, DataType::Float16, DataType::Double].iter().any(|one| *one as i32 == kind)
    };
    let tensors = graph.initializer.iter().filter(|tensor| is_learnt(tensor.data_type));
    let weights: u64 = tensors.map(|tensor| tensor.dims.iter().product::<i64>() as u64).sum();
    let trees = graph.node.iter().filter(|node| node.op_type.starts_with("TreeEnsemble"));
    let learnt = ["nodes_values", "class_weights", "target_weights"];
    let of_trees = trees
        .flat_map(|node| &node.attribute)
        .filter(|attribute| learnt.contains(&attribute.name.as_str()));
    weights + of_trees.map(|attribute| attribute.floats.len() as u64).sum::<u64>()
}

fn milliseconds(pack: &Pack) -> Result<f64, ReproduceError> {
    let network = pack.load_network()?;
    let manifest = pack.manifest();
    let image = vec![0.25; manifest.input.len()];
    let metadata = vec![0.0; manifest.metadata.as_ref().map_or(0, |spec| spec.features.len())];
    let mut times = Vec::with_capacity(RUNS);
    for run in 0..WARM_UP + RUNS {
        let start = Instant::now();
        network.run(&image, &metadata).map_err(epic_core::PackError::from)?;
        if run >= WARM_UP {
            times.push(start.elapsed().as_secs_f64() * 1e3);
        }
    }
    times.sort_by(f64::total_cmp);
    Ok(times[RUNS / 2])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_pack_is_measured() {
        let folder =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/packs/transfer-epic10");
        let pack = Pack::open(&folder).unwrap();
        let facts = NetworkFacts::measure(&pack, &folder).unwrap();
        let network = pack.network().len() as u64;
        assert!(facts.pack_bytes > network && facts.pack_bytes < network + 100_000);
        // Nearly all of the file is the backbone's weights, of two bytes each; those of its layers have four.
        let weights = facts.parameters * 2;
        assert!(weights <= network && weights > network * 8 / 10, "{weights} of {network}");
        assert!(facts.tract_milliseconds > 0.0);
    }
}
