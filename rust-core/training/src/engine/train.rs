//! The training loop. Written here, not burn's `Learner`, because a resumed run must give exactly
//! what an uninterrupted one gives.

use std::path::Path;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;
use std::time::Instant;

use burn::module::Module;
use burn::optim::{AdamWConfig, GradientsParams, ModuleOptimizer, OptimizerRecord};
use burn::store::{ModuleRecord, RecordError};
use burn::tensor::{Bytes, Device, Tensor, TensorData};

use super::checkpoint::{Checkpoint, Checkpoints, Identity, best_epoch};
use super::config::{EarlyStopping, Keep, Metric, TrainConfig};
use super::data::{AugmentationPlan, Batch, Batches, ImageSet, Preparation};
use super::device::DeviceKind;
use super::error::EngineError;
use super::loss::{Targets, cost, mean_cost};
use super::metrics::scores;
use super::network::Network;
use super::observer::{BatchEvent, EpochEvent, EpochRecord, TrainObserver};
use super::predict::predict;
use super::random::{Random, Stream};
use super::scaler::{MetadataScaling, Scaler};

/// Batches that may wait ready while one is being computed.
const PREFETCH: usize = 2;

/// Where and how a run takes place; none of it changes the settings that identify the run.
#[derive(Clone, Copy, Debug)]
pub struct TrainOptions<'a> {
    /// The device.
    pub device: DeviceKind,
    /// Checkpoints go to `out/checkpoints`.
    pub out: &'a Path,
    /// Continue the run in `out` instead of starting one.
    pub resume: bool,
}

/// Why a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// All epochs are done.
    Completed,
    /// The validation set stopped improving.
    EarlyStopping,
    /// The observer asked for it.
    Interrupted,
}

/// Result of a run.
#[derive(Clone, Debug)]
pub struct TrainOutcome {
    /// The network of [`epoch`](Self::epoch), ready to infer.
    pub model: Network,
    /// How its inputs are made: the scaler is fitted to the training set.
    pub preparation: Preparation,
    /// The epoch that [`TrainConfig::keep`] chose; 0 for untrained weights.
    pub epoch: usize,
    /// One record per finished epoch.
    pub history: Vec<EpochRecord>,
    /// Why it ended.
    pub ended: Ended,
}

/// Trains a network; the result depends on the config and the pictures only.
///
/// # Errors
/// Invalid config or pictures; [`EngineError::AlreadyTrained`] for a fresh run in a used folder;
/// [`EngineError::NoCheckpoint`], [`EngineError::CheckpointMismatch`] and
/// [`EngineError::CheckpointDamaged`] for a resume; [`EngineError::NonFiniteLoss`];
/// [`EngineError::Io`] while saving.
pub fn train(
    config: &TrainConfig,
    train: &ImageSet,
    validation: &ImageSet,
    options: &TrainOptions<'_>,
    observer: &mut dyn TrainObserver,
) -> Result<TrainOutcome, EngineError> {
    config.validate()?;
    train.validate(&config.spec)?;
    validation.validate(&config.spec)?;
    let device = options.device.device()?.autodiff();
    let identity = Identity {
        config: config.sha256(),
        train: train.sha256(),
        validation: validation.sha256(),
    };
    let checkpoints = Checkpoints::open(options.out)?;
    let preparation = preparation(config, train);
    let mut run = Run::start(config, preparation, identity, device, checkpoints, options.resume)?;
    let class_weights = config.class_weights.weights(&train.labels, config.spec.classes);
    let ended = loop {
        if run.history.len() >= config.epochs {
            break Ended::Completed;
        }
        if config.early_stopping.is_some_and(|stop| stalled(&run.history, stop)) {
            break Ended::EarlyStopping;
        }
        if !run.epoch(train, validation, &class_weights, observer)? {
            break Ended::Interrupted;
        }
    };
    run.finish(ended)
}

fn preparation(config: &TrainConfig, train: &ImageSet) -> Preparation {
    let scaler = match (config.metadata_scaling, config.spec.metadata) {
        (MetadataScaling::MinMax, Some(branch)) => {
            Some(Scaler::fit(&train.metadata, branch.features))
        }
        _ => None,
    };
    Preparation { normalization: config.normalization, scaler }
}

/// A run between two steps.
struct Run<'a> {
    config: &'a TrainConfig,
    preparation: Preparation,
    identity: Identity,
    device: Device,
    checkpoints: Checkpoints,
    model: Network,
    optimizer: ModuleOptimizer,
    history: Vec<EpochRecord>,
}

impl<'a> Run<'a> {
    fn start(
        config: &'a TrainConfig,
        preparation: Preparation,
        identity: Identity,
        device: Device,
        checkpoints: Checkpoints,
        resume: bool,
    ) -> Result<Self, EngineError> {
        let model = Network::new(&config.spec, config.seed, &device)?;
        let optimizer = AdamWConfig::new()
            .with_beta_1(config.beta_1)
            .with_beta_2(config.beta_2)
            .with_epsilon(1e-8)
            .with_weight_decay(config.weight_decay)
            .init();
        let mut run = Self {
            config,
            preparation,
            identity,
            device,
            checkpoints,
            model,
            optimizer,
            history: Vec::new(),
        };
        if resume {
            let found = run.checkpoints.latest()?;
            let path = run.checkpoints.path(found.history.len());
            run.identity.check(&found.identity, &path)?;
            run.model = run.restored(found.weights)?;
            if !found.history.is_empty() {
                let bytes = Bytes::from_bytes_vec(found.optimizer);
                let record = OptimizerRecord::from_bytes(bytes).map_err(weights_error)?;
                run.optimizer = run.optimizer.load_record(record);
            }
            run.history = found.history;
        } else if run.checkpoints.epochs()?.is_empty() {
            // With this one a run that is killed in its first epoch can be resumed too.
            run.save()?;
        } else {
            let path = run.checkpoints.folder().to_owned();
            return Err(EngineError::AlreadyTrained { path });
        }
        Ok(run)
    }

    fn restored(&self, weights: Vec<u8>) -> Result<Network, EngineError> {
        let record =
            ModuleRecord::from_bytes(Bytes::from_bytes_vec(weights)).map_err(weights_error)?;
        self.model.clone().try_load_record(record).map_err(weights_error)
    }

    fn save(&self) -> Result<(), EngineError> {
        let bytes = |bytes: Result<Bytes, RecordError>| {
            bytes.map(|bytes| bytes.to_vec()).map_err(weights_error)
        };
        self.checkpoints.save(&Checkpoint {
            identity: self.identity.clone(),
            history: self.history.clone(),
            weights: bytes(self.model.clone().into_record().into_bytes())?,
            optimizer: bytes(self.optimizer.to_record().into_bytes())?,
        })
    }

    /// One epoch; false when the observer stopped it.
    fn epoch(
        &mut self,
        train: &ImageSet,
        validation: &ImageSet,
        class_weights: &[f32],
        observer: &mut dyn TrainObserver,
    ) -> Result<bool, EngineError> {
        let config = self.config;
        let started = Instant::now();
        let epoch = self.history.len() + 1;
        let order = shuffled(train.len(), config.seed, epoch);
        let (sender, receiver) = sync_channel(PREFETCH);
        let preparation = self.preparation.clone();
        let trained = thread::scope(|scope| {
            scope.spawn(|| {
                let batches = Batches::new(train, &preparation);
                let plan = AugmentationPlan {
                    augmentation: &config.augmentation,
                    seed: config.seed,
                    epoch: epoch as u64,
                };
                for indices in order.chunks(config.batch_size) {
                    // The receiver is gone when the epoch was stopped.
                    let sender = &sender;
                    if sender.send(batches.prepare(indices, Some(&plan))).is_err() {
                        break;
                    }
                }
                drop(sender);
            });
            self.steps(receiver, epoch, train.len(), class_weights, observer)
        })?;
        let Some((train_loss, learning_rate)) = trained else { return Ok(false) };
        let logits = predict(&self.model, validation, &self.preparation, config.batch_size)?;
        let classes = config.spec.classes;
        let result = scores(&logits, classes, &validation.labels);
        let validation_loss = mean_cost(config.loss, &logits, classes, &validation.labels);
        if !validation_loss.is_finite() {
            let batch = train.len().div_ceil(config.batch_size);
            return Err(EngineError::NonFiniteLoss { epoch, batch });
        }
        let record = EpochRecord {
            epoch,
            learning_rate,
            train_loss,
            validation_loss,
            validation_accuracy: result.accuracy,
            validation_macro_f1: result.macro_f1,
            seconds: started.elapsed().as_secs_f64(),
        };
        self.history.push(record);
        self.save()?;
        let is_best = best_epoch(&self.history) == Some(epoch);
        observer.on_epoch(&EpochEvent { record, epochs: config.epochs, is_best });
        Ok(!observer.should_stop() || self.history.len() >= config.epochs)
    }

    /// The epoch's steps; its mean cost and last learning rate, or `None` when stopped.
    fn steps(
        &mut self,
        batches: Receiver<Batch>,
        epoch: usize,
        images: usize,
        class_weights: &[f32],
        observer: &mut dyn TrainObserver,
    ) -> Result<Option<(f64, f64)>, EngineError> {
        let config = self.config;
        let total = images.div_ceil(config.batch_size);
        let (mut sum, mut weight, mut images, mut learning_rate) = (0.0, 0.0, 0, 0.0);
        for (index, batch) in batches.iter().enumerate() {
            learning_rate = config.learning_rate_at((epoch - 1) * total + index, total);
            images += batch.len();
            let (loss, batch_weight) =
                self.step(batch, epoch, index, learning_rate, class_weights)?;
            sum += loss * batch_weight;
            weight += batch_weight;
            observer.on_batch(&BatchEvent {
                epoch,
                epochs: config.epochs,
                batch: index + 1,
                batches: total,
                images,
                loss,
                learning_rate,
            });
            if index + 1 < total && observer.should_stop() {
                return Ok(None);
            }
        }
        Ok(Some((sum / weight, learning_rate)))
    }

    /// One step; the batch's cost and the sum of its weights.
    fn step(
        &mut self,
        batch: Batch,
        epoch: usize,
        index: usize,
        learning_rate: f64,
        class_weights: &[f32],
    ) -> Result<(f64, f64), EngineError> {
        let config = self.config;
        let smoothing = config.label_smoothing;
        let targets = Targets::new(&batch.labels, class_weights, smoothing, &self.device);
        let mask = (config.spec.dropout > 0.0).then(|| {
            let mut random =
                Random::stream(config.seed, Stream::Dropout, &[epoch as u64, index as u64]);
            let shape = [batch.len(), config.spec.joined()];
            dropout_mask(&mut random, config.spec.dropout, shape, &self.device)
        });
        let parent_targets = config.spec.parents.as_ref().map(|parents| {
            let labels: Vec<usize> = batch.labels.iter().map(|&l| parents.of_class[l]).collect();
            let weights = batch.labels.iter().map(|&label| class_weights[label]).collect();
            Targets::weighted(&labels, parents.count, weights, smoothing, &self.device)
        });
        let output = self.model.forward(batch.into_input(&self.device), mask);
        let mut loss = cost(config.loss, output.logits, &targets);
        if let (Some(logits), Some(targets)) = (output.parents, parent_targets) {
            let share = config.level_weight(epoch) as f32;
            loss = loss.mul_scalar(1.0 - share)
                + cost(config.loss, logits, &targets).mul_scalar(share);
        }
        let value = f64::from(loss.clone().into_scalar::<f32>());
        if !value.is_finite() {
            return Err(EngineError::NonFiniteLoss { epoch, batch: index });
        }
        let gradients = GradientsParams::from_grads(loss.backward(), &self.model);
        self.model = self.optimizer.step(learning_rate, self.model.clone(), gradients);
        Ok((value, f64::from(targets.total_weight)))
    }

    fn finish(self, ended: Ended) -> Result<TrainOutcome, EngineError> {
        let last = self.history.len();
        let epoch = match self.config.keep {
            Keep::Last => last,
            Keep::Best => best_epoch(&self.history).unwrap_or(0),
        };
        let model = match epoch == last {
            true => self.model.clone(),
            false => self.restored(self.checkpoints.load(epoch)?.weights)?,
        };
        let (preparation, history) = (self.preparation, self.history);
        Ok(TrainOutcome { model: model.valid(), preparation, epoch, history, ended })
    }
}

fn weights_error(error: RecordError) -> EngineError {
    EngineError::Weights { reason: error.to_string() }
}

fn shuffled(len: usize, seed: u64, epoch: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..len).collect();
    Random::stream(seed, Stream::Shuffle, &[epoch as u64]).shuffle(&mut order);
    order
}

/// 0 with probability `dropout`, else `1 / (1 - dropout)`.
fn dropout_mask(
    random: &mut Random,
    dropout: f32,
    shape: [usize; 2],
    device: &Device,
) -> Tensor<2> {
    let kept = (1.0 - dropout).recip();
    let values: Vec<f32> = (0..shape[0] * shape[1])
        .map(|_| if random.unit() < dropout { 0.0 } else { kept })
        .collect();
    Tensor::from_data(TensorData::new(values, shape), device)
}

/// Whether the last `patience` epochs brought no improvement.
fn stalled(history: &[EpochRecord], stop: EarlyStopping) -> bool {
    let score = |record: &EpochRecord| match stop.metric {
        Metric::MacroF1 => record.validation_macro_f1,
        Metric::Loss => -record.validation_loss,
    };
    let Some(split) = history.len().checked_sub(stop.patience).filter(|&split| split > 0) else {
        return false;
    };
    let (before, recent) = history.split_at(split);
    let best = before.iter().map(score).fold(f64::NEG_INFINITY, f64::max);
    recent.iter().all(|record| score(record) <= best)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(f1: &[f64]) -> Vec<EpochRecord> {
        (f1.iter().enumerate())
            .map(|(index, &f1)| EpochRecord {
                epoch: index + 1,
                learning_rate: 1e-3,
                train_loss: 1.0,
                validation_loss: 1.0 / (index + 1) as f64,
                validation_accuracy: f1,
                validation_macro_f1: f1,
                seconds: 1.0,
            })
            .collect()
    }

    #[test]
    fn patience_counts_epochs_without_improvement() {
        let stop = EarlyStopping { patience: 2, metric: Metric::MacroF1 };
        assert!(!stalled(&history(&[]), stop));
        assert!(!stalled(&history(&[0.5, 0.4]), stop));
        assert!(stalled(&history(&[0.5, 0.4, 0.5]), stop));
        assert!(!stalled(&history(&[0.5, 0.4, 0.6]), stop));
        assert!(!stalled(&history(&[0.5, 0.6, 0.4]), stop));
        let by_loss = EarlyStopping { metric: Metric::Loss, ..stop };
        assert!(!stalled(&history(&[0.5, 0.4, 0.3]), by_loss));
    }

    #[test]
    fn dropout_keeps_the_expected_value() {
        let mut random = Random::stream(1, Stream::Dropout, &[]);
        let mask = dropout_mask(&mut random, 0.25, [100, 100], &Device::flex());
        let mean: f32 = mask.mean().into_scalar();
        assert!((mean - 1.0).abs() < 0.03, "{mean}");
    }

    #[test]
    fn the_order_changes_with_epoch_and_seed() {
        assert_eq!(shuffled(50, 1, 1), shuffled(50, 1, 1));
        assert_ne!(shuffled(50, 1, 1), shuffled(50, 1, 2));
        assert_ne!(shuffled(50, 1, 1), shuffled(50, 2, 1));
    }
}
