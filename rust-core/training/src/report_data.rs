//! What the HTML report shows beside the metrics: facts of the pack and the worst mistakes.

use epic_core::Classifier;

use crate::dataset::Dataset;
use crate::evaluation::report::Report;
use crate::evaluation::{Evaluation, EvaluationError, Prediction, worst_mistakes};
use crate::measure::label_set;
use crate::thumbnail;

const MISTAKES: usize = 40;
const THUMBNAIL_SIDE: u32 = 180;

/// A report without learning curves; add them to `history` where there are some.
///
/// # Errors
/// Those of [`worst_mistakes`].
pub fn report(
    classifier: &Classifier,
    dataset: &Dataset,
    predictions: &[Prediction],
    evaluation: Evaluation,
) -> Result<Report, EvaluationError> {
    let manifest = classifier.manifest();
    let mut mistakes = worst_mistakes(&label_set(&manifest.taxonomy), predictions, MISTAKES)?;
    for mistake in &mut mistakes {
        mistake.thumbnail = thumbnail::data_uri(&dataset.root.join(&mistake.id), THUMBNAIL_SIDE);
    }
    let facts = [
        ("Pack", classifier.pack_id().to_owned()),
        ("Taxonomy", manifest.taxonomy.name.clone()),
        ("Input", format!("{}×{} px", manifest.input.width, manifest.input.height)),
        ("Temperature", format!("{:.3}", manifest.calibration.temperature)),
        ("Recipe", manifest.provenance.recipe.clone()),
    ];
    Ok(Report {
        model_name: format!("{} {}", manifest.name, manifest.version),
        data_description: format!("{} pictures, a folder per class", evaluation.n),
        facts: facts.map(|(name, value)| (name.to_owned(), value)).to_vec(),
        evaluation,
        history: Vec::new(),
        history_step: "epoch",
        mistakes,
    })
}
