//! Fitting one network: training, and an export that is proved to compute the same.

use std::collections::BTreeMap;
use std::path::Path;

use super::material::{Known, Material, create};
use super::run::{PipelineObserver, PipelineOptions};
use super::trees::{self, Grown};
use super::{PipelineError, Recipe, TreesSection};
use crate::atomic;
use crate::engine::{
    Ended, EpochRecord, ExportMeta, Exported, ImageSet, TrainConfig, TrainOptions, TrainOutcome,
    check_export, check_trees, export, export_trees, train,
};

/// Pictures that an export is checked on.
pub(super) const EXPORT_SAMPLES: usize = 64;

/// In the work folder: the ensemble of a recipe of trees.
pub(super) const TREES: &str = "trees.json";

/// Fits networks of a recipe.
pub(super) struct Fit<'a> {
    pub(super) recipe: &'a Recipe,
    pub(super) options: &'a PipelineOptions<'a>,
    pub(super) work: &'a Path,
    pub(super) material: &'a Material,
    pub(super) known: &'a Known,
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
    /// Trains, or grows trees, and exports; `None` when the observer stopped it. Trees are grown anew by a resumed run.
    pub(super) fn fit(
        &self,
        config: &TrainConfig,
        training: &ImageSet,
        validation: &ImageSet,
        name: &str,
        observer: &mut dyn PipelineObserver,
    ) -> Result<Option<Fitted>, PipelineError> {
        if let Some(section) = &self.recipe.trees {
            return self.grow(section, training, validation, observer);
        }
        let step = if name.is_empty() { "training" } else { "training on all parts" };
        observer.on_step(step, 0);
        let Some(outcome) = self.train(config, training, validation, name, observer)? else {
            return Ok(None);
        };
        let (onnx, export_difference) = self.export_checked(&outcome)?;
        let TrainOutcome { epoch, history, .. } = outcome;
        Ok(Some(Fitted { onnx, export_difference, epoch, history }))
    }

    /// Trains in the subfolder `name` of the work folder; `None` when the observer stopped it. A
    /// resumed run takes up a part that was begun and starts one that was not.
    pub(super) fn train(
        &self,
        config: &TrainConfig,
        training: &ImageSet,
        validation: &ImageSet,
        name: &str,
        observer: &mut dyn PipelineObserver,
    ) -> Result<Option<TrainOutcome>, PipelineError> {
        let out = self.work.join(name);
        create(&out)?;
        let begun = out.join("checkpoints").exists();
        let options = TrainOptions {
            device: self.options.device,
            out: &out,
            resume: self.options.resume && begun,
        };
        let outcome = train(config, training, validation, &options, observer)?;
        Ok((outcome.ended != Ended::Interrupted).then_some(outcome))
    }

    fn grow(
        &self,
        section: &TreesSection,
        training: &ImageSet,
        validation: &ImageSet,
        observer: &mut dyn PipelineObserver,
    ) -> Result<Option<Fitted>, PipelineError> {
        let grown = trees::grow(section, training, validation, "growing trees", observer)?;
        let Some(Grown { booster, history, .. }) = grown else { return Ok(None) };
        let path = self.work.join(TREES);
        let json = serde_json::to_vec(&booster).expect("plain data serializes");
        atomic::write(&path, &json).map_err(|source| PipelineError::Write { path, source })?;
        let base = self.material.frozen(self.known).unwrap_or_default();
        let onnx = export_trees(base, &booster, &self.meta())?;
        let normalization = &self.recipe.training.normalization;
        let export_difference = check_trees(&onnx, &booster, self.samples, normalization)?;
        let epoch = section.params.rounds;
        Ok(Some(Fitted { onnx, export_difference, epoch, history }))
    }

    fn export_checked(&self, outcome: &TrainOutcome) -> Result<(Vec<u8>, f32), PipelineError> {
        let TrainOutcome { model, preparation, .. } = outcome;
        let spec = &self.recipe.training.spec;
        let backbone = self.material.frozen(self.known);
        let network = Exported { model, spec, preparation, backbone };
        let onnx = export(&network, &self.meta())?;
        let difference = check_export(&onnx, model, self.samples, preparation)?;
        Ok((onnx, difference))
    }

    fn meta(&self) -> ExportMeta {
        let recipe = self.recipe;
        let mut properties = BTreeMap::from([
            ("producer".to_owned(), format!("epic-training {}", env!("CARGO_PKG_VERSION"))),
            ("recipe".to_owned(), recipe.id.clone()),
            ("recipe_sha256".to_owned(), recipe.sha256.clone()),
        ]);
        if let Some(base) = &self.material.base {
            properties.insert("base_pack".to_owned(), base.pack.id().to_owned());
        }
        if let Some(trees) = &recipe.trees {
            let params = serde_json::to_string(&trees.params).expect("plain data serializes");
            properties.insert("trees".to_owned(), params);
        }
        ExportMeta { properties }
    }
}

pub(super) fn concatenated(sets: [ImageSet; 3]) -> ImageSet {
    let mut sets = sets.into_iter();
    let mut all = sets.next().unwrap_or_default();
    sets.for_each(|set| all.append(set));
    all
}
