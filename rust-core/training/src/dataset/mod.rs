//! Data sets for training: a folder per class, honest splits, near-duplicates found before they leak.
//!
//! [`Dataset::open`] lists and checks the pictures, [`NearDuplicates`] groups those that show the
//! same thing, [`Split`] and [`k_fold`] divide them by source so that a score on the test part says
//! something about pictures from elsewhere. Nothing is dropped without being reported.

mod cache;
mod catalog;
pub mod check;
pub mod color_level;
mod csv;
pub mod dedupe;
mod error;
pub(crate) mod hex;
pub mod label_errors;
mod labels;
mod leak;
mod listing;
mod near_duplicates;
pub mod outliers;
mod partition;
mod perceptual;
mod pixels;
pub mod rank;
mod search;
mod source;
mod split;
#[cfg(test)]
pub(crate) mod testing;
pub mod transaction;
mod union_find;
mod variants;
pub mod version;

pub use catalog::{Dataset, OpenOptions, Rejected, Sample};
pub use error::{DatasetError, SplitError};
pub use labels::{ConflictingLabels, conflicting_labels};
pub use leak::{LeakReport, SharedReason, SharedSource};
pub use listing::Skipped;
pub use near_duplicates::{NearDuplicateRule, NearDuplicates, near_duplicate_clusters};
pub use partition::{Relaxation, Shortage};
pub use perceptual::{FINGERPRINT_MIN_SIDE, Fingerprint, PerceptualHash, Thumbnail};
pub use pixels::{PictureReader, RgbPixels};
pub use source::{UNKNOWN_SOURCE, source_of};
pub use split::{
    Folds, Fractions, Part, Split, SplitIndices, SplitOptions, k_fold, k_fold_with_train_only,
};
