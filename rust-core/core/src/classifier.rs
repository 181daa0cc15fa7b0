//! Picture in, verdict out.

use std::sync::Arc;

use crate::decision::{self, Decision};
use crate::metadata::{
    Features, ImageMetadata, MetadataError, MetadataExtractor, MetadataOptions, Parts,
    UnknownFeature, Weights,
};
use crate::network::{Network, NetworkError};
use crate::pack::{Manifest, Pack, PackError};
use crate::picture::{self, DecodeOptions, ImageSource, Limits, Picture, PictureError};
use crate::pool::Pool;
use crate::preprocess::{self, PreprocessError, Preprocessor};

/// What the classifier says of one picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// The most probable class, a name of the pack's taxonomy.
    pub class: String,
    /// The group to treat the picture as: the fallback group when abstained.
    pub group: String,
    /// Calibrated probability of the class, in [0, 1].
    pub confidence: f32,
    /// Calibrated probability per class, in the order of the taxonomy.
    pub scores: Vec<(String, f32)>,
    /// Whether the pack's thresholds were missed: do not act on the class.
    pub abstained: bool,
    /// Upright width of the full picture in pixels.
    pub width: u32,
    /// Upright height of the full picture in pixels.
    pub height: u32,
}

/// Why a picture has no verdict.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClassifyError {
    /// The picture cannot be decoded.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// The picture cannot be resampled.
    #[error(transparent)]
    Preprocess(#[from] PreprocessError),
    /// The network failed.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// The metadata that the network takes cannot be extracted.
    #[error(transparent)]
    Metadata(#[from] MetadataError),
    /// The network gave no finite scores.
    #[error("the network gave no finite scores")]
    InvalidScores,
    /// A bug: a panic was caught, the picture is skipped.
    #[error("internal error while classifying")]
    Internal,
}

impl ClassifyError {
    /// A stable lower-case word for scripts and bindings.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Picture(error) => error.kind(),
            Self::Preprocess(_) => "preprocess",
            Self::Network(_) => "network",
            Self::Metadata(error) => error.kind(),
            Self::InvalidScores => "invalid_scores",
            Self::Internal => "internal",
        }
    }
}

/// A pack ready to classify. Cheap to clone, shared by threads.
#[derive(Clone)]
pub struct Classifier {
    manifest: Arc<Manifest>,
    pack_id: Arc<str>,
    network: Arc<dyn Network>,
    metadata: Option<Arc<MetadataInput>>,
    buffers: Arc<Pool<Buffers>>,
    decode: DecodeOptions,
}

/// What a network takes beside the picture, and who measures it.
struct MetadataInput {
    features: Features,
    extractor: Arc<MetadataExtractor>,
}

/// What one thread needs for one picture.
#[derive(Default)]
struct Buffers {
    preprocessor: Preprocessor,
    tensor: Vec<f32>,
}

impl Classifier {
    /// Builds the pack's network once.
    ///
    /// # Errors
    /// [`PackError::Network`] if it cannot be loaded or does not match its manifest,
    /// [`PackError::NeedsWeights`] if it takes metadata that is found by other networks: see
    /// [`Classifier::with_extractor`].
    pub fn new(pack: &Pack) -> Result<Self, PackError> {
        let options = MetadataOptions::default();
        Self::build(pack, || MetadataExtractor::new(Weights::none(), options).into())
    }

    /// As [`Classifier::new`], for packs of every kind: `extractor` finds the metadata that the network takes.
    ///
    /// # Errors
    /// [`PackError::Network`]; [`PackError::NeedsWeights`] if the extractor's weights cannot be used.
    pub fn with_extractor(
        pack: &Pack,
        extractor: &Arc<MetadataExtractor>,
    ) -> Result<Self, PackError> {
        Self::build(pack, || Arc::clone(extractor))
    }

    fn build(
        pack: &Pack,
        extractor: impl FnOnce() -> Arc<MetadataExtractor>,
    ) -> Result<Self, PackError> {
        let network = Arc::new(pack.load_network()?);
        let manifest = Arc::new(pack.manifest().clone());
        let metadata = match &manifest.metadata {
            None => None,
            Some(spec) => {
                let invalid = |error: UnknownFeature| PackError::InvalidManifest {
                    reason: error.to_string(),
                };
                let features = Features::new(&spec.features).map_err(invalid)?;
                let extractor = extractor();
                extractor.prepare(features.parts()).map_err(PackError::NeedsWeights)?;
                Some(Arc::new(MetadataInput { features, extractor }))
            }
        };
        let target = match &metadata {
            None => manifest.input.target(),
            // Text and faces are found in more pixels than the network takes.
            Some(input) => MetadataExtractor::target(input.features.parts()),
        };
        Ok(Self {
            manifest,
            pack_id: pack.id().into(),
            network,
            metadata,
            buffers: Arc::new(Pool::new()),
            decode: DecodeOptions { target: Some(target), ..DecodeOptions::default() },
        })
    }

    /// How large a picture has to be decoded: what [`Classifier::classify_picture`] wants.
    pub fn decode_options(&self) -> &DecodeOptions {
        &self.decode
    }

    /// The same classifier with other limits or thumbnail use; the target size
    /// stays the pack's, and no metadata is taken from a thumbnail.
    pub fn with_decode_options(mut self, options: DecodeOptions) -> Self {
        let exif_thumbnail = options.exif_thumbnail && self.metadata.is_none();
        self.decode = DecodeOptions { target: self.decode.target, exif_thumbnail, ..options };
        self
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.decode.limits
    }

    /// The metadata that the network takes.
    pub(crate) fn metadata_parts(&self) -> Parts {
        self.metadata.as_ref().map_or(Parts::NONE, |input| input.features.parts())
    }

    /// The pack's manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// See [`Pack::id`].
    pub fn pack_id(&self) -> &str {
        &self.pack_id
    }

    /// Decodes and classifies one picture.
    ///
    /// # Errors
    /// See [`ClassifyError`].
    pub fn classify(&self, source: &ImageSource<'_>) -> Result<Verdict, ClassifyError> {
        let picture = picture::decode(source, &self.decode)?;
        self.classify_picture(&picture)
    }

    /// Classifies a decoded picture.
    ///
    /// # Errors
    /// As [`Classifier::classify`], but for decoding.
    pub fn classify_picture(&self, picture: &Picture) -> Result<Verdict, ClassifyError> {
        self.verdict_of(&self.logits(picture)?, picture)
    }

    /// As [`Classifier::classify_picture`], with [`Self::metadata_parts`] extracted already.
    pub(crate) fn classify_measured(
        &self,
        picture: &Picture,
        metadata: &ImageMetadata,
    ) -> Result<Verdict, ClassifyError> {
        let features = self.metadata.as_ref().map(|input| input.features.of(metadata));
        self.verdict_of(&self.run(picture, &features.unwrap_or_default())?, picture)
    }

    /// Classifies several decoded pictures in their order; a failing one does not
    /// stop the rest. One after the other: tract gains nothing from batches.
    pub fn classify_batch(&self, pictures: &[Picture]) -> Vec<Result<Verdict, ClassifyError>> {
        pictures.iter().map(|picture| self.classify_picture(picture)).collect()
    }

    /// The network's raw outputs for a decoded picture, one per class.
    ///
    /// # Errors
    /// [`ClassifyError::Preprocess`], [`ClassifyError::Network`] or [`ClassifyError::Metadata`].
    pub fn logits(&self, picture: &Picture) -> Result<Vec<f32>, ClassifyError> {
        let Some(input) = &self.metadata else { return self.run(picture, &[]) };
        let metadata = input.extractor.extract_picture(picture, input.features.parts())?;
        self.run(picture, &input.features.of(&metadata))
    }

    /// As [`Classifier::logits`], with the metadata features measured before: as many as the manifest names,
    /// none for a pack that takes none.
    ///
    /// # Errors
    /// [`ClassifyError::Preprocess`] or [`ClassifyError::Network`].
    pub fn logits_with(
        &self,
        picture: &Picture,
        features: &[f32],
    ) -> Result<Vec<f32>, ClassifyError> {
        self.run(picture, features)
    }

    fn run(&self, picture: &Picture, metadata: &[f32]) -> Result<Vec<f32>, ClassifyError> {
        let spec = &self.manifest.input;
        let mut buffers = self.buffers.take().unwrap_or_default();
        let pixels = buffers.preprocessor.resize(picture, spec)?;
        buffers.tensor.resize(spec.len(), 0.0);
        preprocess::normalize(pixels, spec, &mut buffers.tensor);
        let logits = self.network.run(&buffers.tensor, metadata)?;
        self.buffers.put(buffers);
        Ok(logits)
    }

    /// Calibrates logits and applies the thresholds.
    ///
    /// # Errors
    /// [`ClassifyError::InvalidScores`] if they are not one finite number per class.
    pub fn decide(&self, logits: &[f32]) -> Result<Decision, ClassifyError> {
        let manifest = &self.manifest;
        decision::decide(logits, &manifest.taxonomy, manifest.calibration, &manifest.thresholds)
            .ok_or(ClassifyError::InvalidScores)
    }

    fn verdict_of(&self, logits: &[f32], picture: &Picture) -> Result<Verdict, ClassifyError> {
        let (width, height) = picture.source_size();
        Ok(self.verdict(self.decide(logits)?, width, height))
    }

    fn verdict(&self, decision: Decision, width: u32, height: u32) -> Verdict {
        let taxonomy = &self.manifest.taxonomy;
        let class = taxonomy.classes.get(decision.class);
        let group = taxonomy.groups.get(decision.group);
        let names = taxonomy.classes.iter().map(|class| class.name.clone());
        Verdict {
            class: class.map(|class| class.name.clone()).unwrap_or_default(),
            group: group.cloned().unwrap_or_default(),
            confidence: decision.confidence,
            scores: names.zip(decision.probabilities).collect(),
            abstained: decision.abstained,
            width,
            height,
        }
    }
}
