//! From a picture to a vector.

use std::io::Cursor;
use std::sync::Arc;

use epic_core::network::{NetworkError, optimized};
use epic_core::picture::{self, DecodeOptions, ImageSource, Picture};
use epic_core::preprocess::{self, InputSpec, Preprocessor};
use epic_core::{ClassifyError, Pack};
use sha2::{Digest, Sha256};
use tract_onnx::pb::ModelProto;
use tract_onnx::prelude::*;

use super::backbone::Backbone;
use super::error::EmbeddingError;
use super::features::end_before_last_dense_layer;
use crate::dataset::hex;

/// Raised whenever the same network would give other vectors.
const VERSION: u32 = 1;

/// A network that gives a vector per picture. Shared by threads; each takes a worker of its own.
pub struct Embedder {
    name: String,
    id: String,
    input: InputSpec,
    dimensions: usize,
    plan: Arc<TypedRunnableModel>,
}

/// What one thread needs: a state of the network, and buffers.
pub(super) struct Worker<'a> {
    embedder: &'a Embedder,
    state: Option<TypedSimpleState>,
    preprocessor: Preprocessor,
    tensor: Vec<f32>,
}

impl Embedder {
    /// The input of the last dense layer of a pack's network: its penultimate features.
    ///
    /// # Errors
    /// [`EmbeddingError::NoDenseLayer`] if no dense layer leads to the output, [`EmbeddingError::Network`].
    pub fn of_pack(pack: &Pack) -> Result<Self, EmbeddingError> {
        let name = pack.id().to_owned();
        let mut model = parse(pack.network()).map_err(|error| load(&name, error))?;
        end_before_last_dense_layer(&mut model)
            .map_err(|reason| EmbeddingError::NoDenseLayer { name: name.clone(), reason })?;
        let input = pack.manifest().input.clone();
        Self::plan(name, pack.network(), "penultimate", &model, input)
    }

    /// The output of a backbone.
    ///
    /// # Errors
    /// [`EmbeddingError::Network`].
    pub fn of_backbone(backbone: &Backbone) -> Result<Self, EmbeddingError> {
        let Backbone { manifest, onnx } = backbone;
        let name = manifest.name.clone();
        let model = parse(onnx).map_err(|error| load(&name, error))?;
        let outputs = model.graph.iter().flat_map(|graph| &graph.output);
        let outputs: Vec<&str> = outputs.map(|output| output.name.as_str()).collect();
        if outputs != [manifest.output.as_str()] {
            let reason = format!("its outputs are {outputs:?}, not {}", manifest.output);
            return Err(mismatch(&name, reason));
        }
        Self::plan(name, onnx, &manifest.output, &model, manifest.input.clone())
    }

    fn plan(
        name: String,
        onnx: &[u8],
        output: &str,
        model: &ModelProto,
        input: InputSpec,
    ) -> Result<Self, EmbeddingError> {
        let plan = plan(model, &input).map_err(|error| load(&name, error))?;
        let (plan, dimensions) = plan.map_err(|reason| mismatch(&name, reason))?;
        let mut hasher = Sha256::new();
        hasher.update(hex::encode(&Sha256::digest(onnx)));
        let settings = serde_json::to_string(&input).unwrap_or_default();
        hasher.update(format!("\n{output}\n{settings}\n{VERSION}"));
        let id = hex::encode(&hasher.finalize());
        Ok(Self { name, id, input, dimensions, plan })
    }

    /// For reports: a pack's id, or the name of a backbone.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// 64 hexadecimal digits that differ where vectors might: they stand for the network's bytes, the layer and
    /// the preprocessing.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Numbers per picture.
    pub fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// The vector of one picture.
    ///
    /// # Errors
    /// [`EmbeddingError::Picture`].
    pub fn embed(&self, source: &ImageSource<'_>) -> Result<Vec<f32>, EmbeddingError> {
        Ok(self.worker().embed(source)?)
    }

    /// Decodes a picture at the size that the network's input asks for.
    pub(crate) fn decode(&self, source: &ImageSource<'_>) -> Result<Picture, ClassifyError> {
        let target = Some(self.input.target());
        Ok(picture::decode(source, &DecodeOptions { target, ..DecodeOptions::default() })?)
    }

    pub(super) fn worker(&self) -> Worker<'_> {
        let (preprocessor, tensor) = (Preprocessor::default(), Vec::new());
        Worker { embedder: self, state: None, preprocessor, tensor }
    }
}

impl Worker<'_> {
    pub(super) fn embed(&mut self, source: &ImageSource<'_>) -> Result<Vec<f32>, ClassifyError> {
        let picture = self.embedder.decode(source)?;
        self.embed_picture(&picture)
    }

    pub(super) fn embed_picture(&mut self, picture: &Picture) -> Result<Vec<f32>, ClassifyError> {
        let input = &self.embedder.input;
        self.tensor.clear();
        self.tensor.resize(input.len(), 0.0);
        preprocess::normalize(self.preprocessor.resize(picture, input)?, input, &mut self.tensor);
        let vector =
            self.run().map_err(|error| NetworkError::Run { reason: format!("{error:#}") })?;
        if vector.iter().all(|value| value.is_finite()) {
            Ok(vector)
        } else {
            Err(ClassifyError::InvalidScores)
        }
    }

    fn run(&mut self) -> TractResult<Vec<f32>> {
        let Embedder { input, plan, .. } = self.embedder;
        let shape = [1, 3, input.height as usize, input.width as usize];
        let tensor = Tensor::from_shape(&shape, &self.tensor)?;
        // A state that failed is dropped: it may hold a half-finished turn.
        let mut state = self.state.take().map_or_else(|| plan.spawn(), Ok)?;
        let outputs = state.run(tvec!(tensor.into()))?;
        self.state = Some(state);
        Ok(outputs[0].try_as_plain_ram()?.as_slice::<f32>()?.to_vec())
    }
}

fn parse(onnx: &[u8]) -> TractResult<ModelProto> {
    tract_onnx::onnx().proto_model_for_read(&mut Cursor::new(onnx))
}

/// The plan and the number of values of its output; why not, if the network is not as its input says.
type Planned = Result<(Arc<TypedRunnableModel>, usize), String>;

fn plan(model: &ModelProto, input: &InputSpec) -> TractResult<Planned> {
    // As for packs: exporters' value infos can contradict the concrete shape set below.
    let mut model = tract_onnx::onnx()
        .with_ignore_value_info(true)
        .with_ignore_output_shapes(true)
        .with_ignore_output_types(true)
        .model_for_proto_model(model)?;
    let names: Vec<&str> =
        model.inputs.iter().map(|outlet| model.nodes[outlet.node].name.as_str()).collect();
    if names != [input.name.as_str()] {
        return Ok(Err(format!("its inputs are {names:?}, not {}", input.name)));
    }
    let fact = f32::fact([1, 3, input.height as usize, input.width as usize]);
    model.set_input_fact(0, fact.into())?;
    let model = optimized(model.into_typed()?)?;
    let output = model.output_fact(0)?;
    let is_vector = output.datum_type == f32::datum_type();
    let Some(shape) = output.shape.as_concrete().filter(|_| is_vector) else {
        return Ok(Err(format!("its features are {output:?}")));
    };
    let dimensions = shape.iter().product();
    if dimensions == 0 {
        return Ok(Err("it has no features".to_owned()));
    }
    Ok(Ok((model.into_runnable()?, dimensions)))
}

fn load(name: &str, error: TractError) -> EmbeddingError {
    let source = NetworkError::Load { reason: format!("{error:#}") };
    EmbeddingError::Network { name: name.to_owned(), source }
}

fn mismatch(name: &str, reason: String) -> EmbeddingError {
    let source = NetworkError::Mismatch { reason };
    EmbeddingError::Network { name: name.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embedding::testing;

    #[test]
    fn features_of_a_pack_come_before_its_last_layer() {
        let pack = testing::pack();
        let embedder = Embedder::of_pack(&pack).unwrap();
        assert_eq!(embedder.dimensions(), 3);
        let picture = testing::png([255, 0, 51]);
        // The network means over each channel, doubles it, and puts a dense layer behind it.
        let features = embedder.embed(&ImageSource::Bytes(&picture)).unwrap();
        for (feature, expected) in features.iter().zip([2.0, -2.0, -1.2]) {
            assert!((feature - expected).abs() < 1e-3, "{features:?}");
        }
        let error = embedder.embed(&ImageSource::Bytes(b"no picture")).unwrap_err();
        assert!(matches!(error, EmbeddingError::Picture(_)));
    }

    #[test]
    fn the_output_of_a_backbone_is_the_vector() {
        let embedder = Embedder::of_backbone(&testing::backbone("features")).unwrap();
        assert_eq!((embedder.name(), embedder.dimensions()), ("tiny", 3));
        let error = Embedder::of_backbone(&testing::backbone("other")).err().unwrap();
        assert!(error.to_string().contains("tiny"), "{error}");
        assert!(error.to_string().contains("not other"), "{error}");
    }

    #[test]
    fn the_id_changes_with_all_that_changes_the_vectors() {
        let id = |backbone: &Backbone| Embedder::of_backbone(backbone).unwrap().id().to_owned();
        let mut backbone = testing::backbone("features");
        let first = id(&backbone);
        assert_eq!(first, id(&backbone));
        backbone.manifest.input.mean = [0.4; 3];
        assert_ne!(first, id(&backbone));
        assert_ne!(first, Embedder::of_pack(&testing::pack()).unwrap().id());
    }

    #[test]
    fn files_that_are_no_network_are_told() {
        let mut backbone = testing::backbone("features");
        backbone.onnx = b"no network".to_vec();
        let error = Embedder::of_backbone(&backbone).err().unwrap();
        assert!(error.to_string().starts_with("tiny: "), "{error}");
        let mut backbone = testing::backbone("features");
        backbone.manifest.input.name = "other".to_owned();
        assert!(Embedder::of_backbone(&backbone).err().unwrap().to_string().contains("not other"));
    }
}
