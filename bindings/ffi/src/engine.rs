//! The engine: a pack and the metadata weights, ready for pictures.
#![allow(missing_docs, reason = "variants say what their fields hold")]

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use epic_core::metadata::{MetadataExtractor, MetadataOptions, Parts, Weights};
use epic_core::picture::{DecodeOptions, Limits};
use epic_core::{Classifier, ImageSource, Pack};

use crate::error::{EpicError, guard};
use crate::locked;
use crate::metadata::{ImageMetadata, MetadataParts};
use crate::picture::{PixelLayout, borrow_file};
use crate::verdict::Verdict;

/// Where the pack comes from.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum PackSource {
    /// The one inside the library.
    BuiltIn,
    /// A folder, or a zip file of it.
    Path { path: String },
    /// A zip file in memory.
    Zip { bytes: Vec<u8> },
}

/// Where the weights behind faces and text come from.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum WeightsSource {
    /// Those inside the library.
    BuiltIn,
    /// A folder.
    Path { path: String },
}

/// How an engine works. Zero limits stand for the defaults.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct EngineOptions {
    /// The classifier's pack.
    pub pack: PackSource,
    /// The weights behind faces and text; nothing of them is read before a part needs it.
    pub weights: WeightsSource,
    /// Use an EXIF thumbnail that is large enough and shows no sign of a later edit: thirty
    /// times faster on phone photos, with a small effect on scores.
    #[uniffi(default = false)]
    pub exif_thumbnail: bool,
    /// Pixels of the largest picture that is decoded.
    #[uniffi(default = None)]
    pub max_pixels: Option<u64>,
    /// Time for reading one picture's text in milliseconds; what is not read by then counts as
    /// unread and the record as partial. `None`: no bound.
    #[uniffi(default = None)]
    pub text_time_ms: Option<u64>,
}

/// What a pack says of itself.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct PackInfo {
    /// Name, version and the start of the manifest's hash.
    pub id: String,
    /// Name.
    pub name: String,
    /// Semantic version.
    pub version: String,
    /// Classes in the order of scores.
    pub classes: Vec<ClassInfo>,
    /// Groups.
    pub groups: Vec<String>,
    /// The group of what is not sure: personal.
    pub fallback_group: String,
    /// Side lengths of the network's input in pixels.
    pub input_width: u32,
    /// See `input_width`.
    pub input_height: u32,
}

/// A class and its group.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ClassInfo {
    /// Name, as in verdicts.
    pub name: String,
    /// Group that it belongs to.
    pub group: String,
}

/// Verdict and metadata from one decode.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Analysis {
    /// What the pack says.
    pub verdict: Verdict,
    /// The parts that were asked for.
    pub metadata: ImageMetadata,
}

/// A pack and the metadata weights, ready for pictures. Shared by threads.
#[derive(uniffi::Object)]
pub struct Engine {
    pub(crate) classifier: Classifier,
    extractor: Arc<MetadataExtractor>,
}

#[uniffi::export]
impl Engine {
    /// Opens the pack and builds its network.
    ///
    /// # Errors
    /// [`EpicError::Pack`] or [`EpicError::Weights`].
    #[uniffi::constructor]
    pub fn open(options: EngineOptions) -> Result<Arc<Self>, EpicError> {
        guard(|| {
            let mut limits = Limits::default();
            limits.max_pixels = options.max_pixels.unwrap_or(limits.max_pixels);
            let decode = DecodeOptions {
                limits,
                exif_thumbnail: options.exif_thumbnail,
                ..DecodeOptions::default()
            };
            let metadata = MetadataOptions {
                text_time: options.text_time_ms.map(Duration::from_millis),
                ..MetadataOptions::default()
            };
            let weights = open_weights(options.weights)?;
            let extractor = Arc::new(MetadataExtractor::new(weights, metadata));
            let classifier = Classifier::with_extractor(&open_pack(options.pack)?, &extractor)?
                .with_decode_options(decode);
            log::info!("engine ready with pack {}", classifier.pack_id());
            Ok(Arc::new(Self { classifier, extractor }))
        })
    }

    /// What the pack says of itself.
    ///
    /// # Errors
    /// [`EpicError::Internal`].
    pub fn info(&self) -> Result<PackInfo, EpicError> {
        guard(|| {
            let manifest = self.classifier.manifest();
            let taxonomy = &manifest.taxonomy;
            let class = |class: &epic_core::taxonomy::Class| ClassInfo {
                name: class.name.clone(),
                group: class.group.clone(),
            };
            Ok(PackInfo {
                id: self.classifier.pack_id().to_owned(),
                name: manifest.name.clone(),
                version: manifest.version.to_string(),
                classes: taxonomy.classes.iter().map(class).collect(),
                groups: taxonomy.groups.clone(),
                fallback_group: taxonomy.fallback_group.clone(),
                input_width: manifest.input.width,
                input_height: manifest.input.height,
            })
        })
    }

    /// Does now what the first picture would wait for: classifies a blank one, and loads the
    /// networks of `parts`.
    ///
    /// # Errors
    /// [`EpicError::Inference`] or [`EpicError::Weights`].
    pub fn warm_up(&self, parts: MetadataParts) -> Result<(), EpicError> {
        guard(|| {
            let blank = epic_core::Picture::new(1, 1, vec![255; 3], (1, 1))?;
            self.classifier.classify_picture(&blank)?;
            Ok(self.extractor.prepare(parts.into())?)
        })
    }

    /// Classifies the file at a path.
    ///
    /// # Errors
    /// By stage, see [`EpicError`]; so for all that follow.
    pub fn classify_path(&self, path: String) -> Result<Verdict, EpicError> {
        self.classify(&ImageSource::Path(Path::new(&path)))
    }

    /// Classifies an open file, from its current position to its end. The descriptor stays the
    /// caller's.
    pub fn classify_file(&self, descriptor: i32) -> Result<Verdict, EpicError> {
        self.classify(&ImageSource::File(&borrow_file(descriptor)?))
    }

    /// Classifies an encoded file in memory.
    pub fn classify_bytes(&self, bytes: &[u8]) -> Result<Verdict, EpicError> {
        self.classify(&ImageSource::Bytes(bytes))
    }

    /// Classifies pixels that the platform decoded.
    pub fn classify_pixels(&self, data: &[u8], layout: PixelLayout) -> Result<Verdict, EpicError> {
        self.classify(&layout.source(data))
    }

    /// Classifies pixels that are locked on the JVM; `ticket` is what locking returned.
    pub fn classify_locked(&self, ticket: u64, layout: PixelLayout) -> Result<Verdict, EpicError> {
        locked::with(ticket, |data| self.classify(&layout.source(data)))
    }

    /// Extracts metadata of the file at a path.
    pub fn extract_metadata_path(
        &self,
        path: String,
        parts: MetadataParts,
    ) -> Result<ImageMetadata, EpicError> {
        self.extract_metadata(&ImageSource::Path(Path::new(&path)), parts)
    }

    /// Extracts metadata of an open file; see `classify_file`.
    pub fn extract_metadata_file(
        &self,
        descriptor: i32,
        parts: MetadataParts,
    ) -> Result<ImageMetadata, EpicError> {
        self.extract_metadata(&ImageSource::File(&borrow_file(descriptor)?), parts)
    }

    /// Extracts metadata of an encoded file in memory.
    pub fn extract_metadata_bytes(
        &self,
        bytes: &[u8],
        parts: MetadataParts,
    ) -> Result<ImageMetadata, EpicError> {
        self.extract_metadata(&ImageSource::Bytes(bytes), parts)
    }

    /// Extracts metadata of pixels that the platform decoded.
    pub fn extract_metadata_pixels(
        &self,
        data: &[u8],
        layout: PixelLayout,
        parts: MetadataParts,
    ) -> Result<ImageMetadata, EpicError> {
        self.extract_metadata(&layout.source(data), parts)
    }

    /// Extracts metadata of pixels that are locked on the JVM.
    pub fn extract_metadata_locked(
        &self,
        ticket: u64,
        layout: PixelLayout,
        parts: MetadataParts,
    ) -> Result<ImageMetadata, EpicError> {
        locked::with(ticket, |data| self.extract_metadata(&layout.source(data), parts))
    }

    /// Classifies the file at a path and extracts its metadata, decoding once. Metadata needs
    /// more pixels than the network, so that scores can differ a little from `classify_path`.
    pub fn analyze_path(&self, path: String, parts: MetadataParts) -> Result<Analysis, EpicError> {
        self.analyze(&ImageSource::Path(Path::new(&path)), parts)
    }

    /// As `analyze_path`, of an open file; see `classify_file`.
    pub fn analyze_file(
        &self,
        descriptor: i32,
        parts: MetadataParts,
    ) -> Result<Analysis, EpicError> {
        self.analyze(&ImageSource::File(&borrow_file(descriptor)?), parts)
    }

    /// As `analyze_path`, of an encoded file in memory.
    pub fn analyze_bytes(&self, bytes: &[u8], parts: MetadataParts) -> Result<Analysis, EpicError> {
        self.analyze(&ImageSource::Bytes(bytes), parts)
    }

    /// As `analyze_path`, of pixels that the platform decoded.
    pub fn analyze_pixels(
        &self,
        data: &[u8],
        layout: PixelLayout,
        parts: MetadataParts,
    ) -> Result<Analysis, EpicError> {
        self.analyze(&layout.source(data), parts)
    }

    /// As `analyze_path`, of pixels that are locked on the JVM.
    pub fn analyze_locked(
        &self,
        ticket: u64,
        layout: PixelLayout,
        parts: MetadataParts,
    ) -> Result<Analysis, EpicError> {
        locked::with(ticket, |data| self.analyze(&layout.source(data), parts))
    }
}

impl Engine {
    fn classify(&self, source: &ImageSource<'_>) -> Result<Verdict, EpicError> {
        guard(|| Ok(self.classifier.classify(source)?.into()))
    }

    fn extract_metadata(
        &self,
        source: &ImageSource<'_>,
        parts: MetadataParts,
    ) -> Result<ImageMetadata, EpicError> {
        guard(|| Ok(self.extractor.extract(source, parts.into())?.into()))
    }

    fn analyze(
        &self,
        source: &ImageSource<'_>,
        parts: MetadataParts,
    ) -> Result<Analysis, EpicError> {
        let parts = Parts::from(parts);
        guard(|| {
            let analysis = epic_core::analyze(&self.classifier, &self.extractor, source, parts)?;
            Ok(Analysis { verdict: analysis.verdict.into(), metadata: analysis.metadata.into() })
        })
    }
}

fn open_pack(source: PackSource) -> Result<Pack, EpicError> {
    Ok(match source {
        #[cfg(feature = "built-in-pack")]
        PackSource::BuiltIn => epic_models::default_pack()?,
        #[cfg(not(feature = "built-in-pack"))]
        PackSource::BuiltIn => {
            return Err(EpicError::invalid_argument("no pack is built into this library"));
        }
        PackSource::Path { path } => Pack::open(Path::new(&path))?,
        PackSource::Zip { bytes } => Pack::from_zip(&bytes)?,
    })
}

fn open_weights(source: WeightsSource) -> Result<Weights, EpicError> {
    Ok(match source {
        #[cfg(feature = "built-in-weights")]
        WeightsSource::BuiltIn => epic_models::metadata_weights()?,
        #[cfg(not(feature = "built-in-weights"))]
        WeightsSource::BuiltIn => {
            return Err(EpicError::invalid_argument("no weights are built into this library"));
        }
        WeightsSource::Path { path } => Weights::open(Path::new(&path))?,
    })
}
