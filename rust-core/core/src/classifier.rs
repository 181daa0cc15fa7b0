//! Picture in, verdict out.

use std::sync::Arc;

use crate::decision::{self, Decision};
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
    buffers: Arc<Pool<Buffers>>,
    decode: DecodeOptions,
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
    /// [`PackError::Network`] if it cannot be loaded or does not match its manifest.
    pub fn new(pack: &Pack) -> Result<Self, PackError> {
        let network = Arc::new(pack.load_network()?);
        Ok(Self::with_network(pack, network))
    }

    fn with_network(pack: &Pack, network: Arc<dyn Network>) -> Self {
        let manifest = Arc::new(pack.manifest().clone());
        let decode =
            DecodeOptions { target: Some(manifest.input.target()), ..DecodeOptions::default() };
        Self {
            manifest,
            pack_id: pack.id().into(),
            network,
            buffers: Arc::new(Pool::new()),
            decode,
        }
    }

    /// The same classifier with other limits or thumbnail use; the target size
    /// stays the pack's.
    pub fn with_decode_options(mut self, options: DecodeOptions) -> Self {
        self.decode = DecodeOptions { target: self.decode.target, ..options };
        self
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.decode.limits
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
        let logits = self.logits(picture)?;
        let decision = self.decide(&logits)?;
        let (width, height) = picture.source_size();
        Ok(self.verdict(decision, width, height))
    }

    /// Classifies several decoded pictures in their order; a failing one does not
    /// stop the rest. One after the other: tract gains nothing from batches.
    pub fn classify_batch(&self, pictures: &[Picture]) -> Vec<Result<Verdict, ClassifyError>> {
        pictures.iter().map(|picture| self.classify_picture(picture)).collect()
    }

    /// The network's raw outputs for a decoded picture, one per class.
    ///
    /// # Errors
    /// [`ClassifyError::Preprocess`] or [`ClassifyError::Network`].
    pub fn logits(&self, picture: &Picture) -> Result<Vec<f32>, ClassifyError> {
        let spec = &self.manifest.input;
        let mut buffers = self.buffers.take().unwrap_or_default();
        let pixels = buffers.preprocessor.resize(picture, spec)?;
        buffers.tensor.resize(spec.len(), 0.0);
        preprocess::normalize(pixels, spec, &mut buffers.tensor);
        let logits = self.network.run(&buffers.tensor)?;
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
