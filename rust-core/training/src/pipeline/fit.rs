//! Fitting one network: training, and an export that is proved to compute the same.

use std::path::Path;

use super::run::{PipelineObserver, PipelineOptions, create};
use super::{PipelineError, Recipe};
use crate::engine::{
    Ended, EpochRecord, ExportMeta, Exported, ImageSet, TrainConfig, TrainOptions, TrainOutcome,
    check_export, export, train,
};

/// Pictures that an export is checked on.
pub(super) const EXPORT_SAMPLES: usize = 64;

/// Fits networks of a recipe.
pub(super) struct Fit<'a> {
    pub(super) recipe: &'a Recipe,
    pub(super) options: &'a PipelineOptions<'a>,
    pub(super) work: &'a Path,
    /// The ONNX file of the backbone, for a network on one.
    pub(super) backbone: Option<&'a [u8]>,
    /// Pictures, with pixels, that every export is checked on.
    pub(super) samples: &'a ImageSet,
}

/// A fitted and exported network.
#[derive(Clone)]
pub(super) struct Fitted {
    pub(super) onnx: Vec<u8>,
    pub(super) export_difference: f32,
    pub(super) epoch: usize,
    pub(super) history: Vec<EpochRecord>,
}

impl Fit<'_> {
    /// Trains in the subfolder `name` of the work folder; `None` when the observer stopped it. A
    /// resumed run takes up a part that was begun and starts one that was not.
    pub(super) fn fit(
        &self,
        config: &TrainConfig,
        training: &ImageSet,
        validation: &ImageSet,
        name: &str,
        observer: &mut dyn PipelineObserver,
    ) -> Result<Option<Fitted>, PipelineError> {
        let step = if name.is_empty() { "training" } else { "training on all parts" };
        observer.on_step(step, 0);
        let out = self.work.join(name);
        create(&out)?;
        let begun = out.join("checkpoints").exists();
        let options = TrainOptions {
            device: self.options.device,
            out: &out,
            resume: self.options.resume && begun,
        };
        let outcome = train(config, training, validation, &options, observer)?;
        if outcome.ended == Ended::Interrupted {
            return Ok(None);
        }
        let (onnx, export_difference) = self.export_checked(&outcome)?;
        let TrainOutcome { epoch, history, .. } = outcome;
        Ok(Some(Fitted { onnx, export_difference, epoch, history }))
    }

    fn export_checked(&self, outcome: &TrainOutcome) -> Result<(Vec<u8>, f32), PipelineError> {
        let recipe = self.recipe;
        let properties = [
            ("producer", format!("epic-training {}", env!("CARGO_PKG_VERSION"))),
            ("recipe", recipe.id.clone()),
            ("recipe_sha256", recipe.sha256.clone()),
        ];
        let properties = properties.map(|(key, value)| (key.to_owned(), value)).into();
        let TrainOutcome { model, preparation, .. } = outcome;
        let spec = &recipe.training.spec;
        let network = Exported { model, spec, preparation, backbone: self.backbone };
        let onnx = export(&network, &ExportMeta { properties })?;
        let difference = check_export(&onnx, model, self.samples, preparation)?;
        Ok((onnx, difference))
    }
}

pub(super) fn concatenated(sets: [ImageSet; 3]) -> ImageSet {
    let mut sets = sets.into_iter();
    let mut all = sets.next().unwrap_or_default();
    sets.for_each(|set| all.append(set));
    all
}
