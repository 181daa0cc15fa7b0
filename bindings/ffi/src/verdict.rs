//! Verdicts as records.

use epic_core::classifier;

/// What the classifier says of one picture.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Verdict {
    /// The most probable class, a name of the pack's taxonomy.
    pub class_name: String,
    /// The group to treat the picture as: the fallback group (personal) when abstained.
    pub group: String,
    /// Calibrated probability of the class, in [0, 1].
    pub confidence: f32,
    /// Calibrated probability per class, in the order of the taxonomy.
    pub scores: Vec<ClassScore>,
    /// Whether the pack's thresholds were missed: do not act on the class.
    pub abstained: bool,
    /// Upright width of the full picture in pixels.
    pub width: u32,
    /// Upright height of the full picture in pixels.
    pub height: u32,
}

/// The probability of one class.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct ClassScore {
    /// A name of the pack's taxonomy.
    pub class_name: String,
    /// In [0, 1].
    pub score: f32,
}

impl From<classifier::Verdict> for Verdict {
    fn from(verdict: classifier::Verdict) -> Self {
        let score = |(class_name, score)| ClassScore { class_name, score };
        Self {
            class_name: verdict.class,
            group: verdict.group,
            confidence: verdict.confidence,
            scores: verdict.scores.into_iter().map(score).collect(),
            abstained: verdict.abstained,
            width: verdict.width,
            height: verdict.height,
        }
    }
}
