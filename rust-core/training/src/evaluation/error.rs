/// Why a set of predictions cannot be evaluated, or a setting cannot be fitted to it.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EvaluationError {
    /// No prediction, no logits or no scores were given.
    #[error("there is nothing to evaluate")]
    EmptySet,
    /// The label set contradicts itself.
    #[error("the labels are invalid: {reason}")]
    InvalidLabels {
        /// What is wrong with them.
        reason: String,
    },
    /// A true or predicted class is not in the label set.
    #[error("{id}: class {class} is not among the {classes} classes")]
    ClassOutOfRange {
        /// The prediction's id.
        id: String,
        /// The offending index.
        class: usize,
        /// How many classes there are.
        classes: usize,
    },
    /// The effective group is not in the label set.
    #[error("{id}: group {group} is not among the {groups} groups")]
    GroupOutOfRange {
        /// The prediction's id.
        id: String,
        /// The offending index.
        group: usize,
        /// How many groups there are.
        groups: usize,
    },
    /// There must be one probability for each class.
    #[error("{id}: expected {expected} probabilities, found {actual}")]
    ProbabilityCount {
        /// The prediction's id.
        id: String,
        /// How many classes there are.
        expected: usize,
        /// How many probabilities there are.
        actual: usize,
    },
    /// A probability is not a number in [0, 1].
    #[error("{id}: the probability of {class} is {value}, not a number from 0 to 1")]
    ProbabilityOutOfRange {
        /// The prediction's id.
        id: String,
        /// The class's name.
        class: String,
        /// The offending value, perhaps not a number.
        value: f32,
    },
    /// The probabilities do not sum to 1.
    #[error("{id}: the probabilities sum to {sum}, not to 1")]
    ProbabilitySum {
        /// The prediction's id.
        id: String,
        /// Their sum.
        sum: f64,
    },
    /// Another class is more probable than the predicted one.
    #[error("{id}: the predicted class is not the most probable one")]
    PredictedIsNotArgmax {
        /// The prediction's id.
        id: String,
    },
    /// An abstained picture must be treated as the fallback group.
    #[error("{id}: abstained, but its group is not the fallback group")]
    AbstainedOutsideFallback {
        /// The prediction's id.
        id: String,
    },
    /// Two things that go together row by row differ in length.
    #[error("expected {expected} {what}, found {actual}")]
    LengthMismatch {
        /// What is counted.
        what: &'static str,
        /// How many there must be.
        expected: usize,
        /// How many there are.
        actual: usize,
    },
    /// Two classifiers are compared on other pictures, or with other truths.
    #[error("{id}: the two classifiers' predictions are not of the same pictures")]
    NotPaired {
        /// The first prediction's id.
        id: String,
    },
    /// A line of saved predictions cannot be understood.
    #[error("line {line} is no prediction: {reason}")]
    Line {
        /// Its number, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// An option is outside its range.
    #[error("option {option} is {value}; it must be {expected}")]
    InvalidOption {
        /// The option's name.
        option: &'static str,
        /// The value given.
        value: String,
        /// The range that is allowed.
        expected: &'static str,
    },
    /// A threshold that spares the fallback group cannot be chosen without pictures of it.
    #[error("no picture of the fallback group to choose a threshold on")]
    NoFallbackPictures,
    /// A logit or a score is not a finite number.
    #[error("row {row} holds a value that is not a finite number")]
    NotFinite {
        /// The row's index.
        row: usize,
    },
    /// A row's label is not one of its logits.
    #[error("row {row}: label {label} is not among the {classes} logits")]
    LabelOutOfRange {
        /// The row's index.
        row: usize,
        /// The offending label.
        label: usize,
        /// How many logits there are.
        classes: usize,
    },
}
