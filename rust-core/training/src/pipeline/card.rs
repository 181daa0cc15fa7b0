//! The model card (Mitchell et al., "Model cards for model reporting", 2019).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use epic_core::pack::Manifest;

use super::{Recipe, Tuned};
use crate::dataset::{Dataset, Split};
use crate::evaluation::{Evaluation, report};
use crate::tuning::value_text;

/// What the card is written from.
pub(super) struct Facts<'a> {
    pub(super) recipe: &'a Recipe,
    pub(super) dataset: &'a Dataset,
    pub(super) version: Option<&'a str>,
    pub(super) split: &'a Split,
    pub(super) tuned: Option<&'a Tuned>,
    pub(super) manifest: &'a Manifest,
    pub(super) evaluation: &'a Evaluation,
    pub(super) epoch: usize,
}

/// Headline scores for the manifest.
pub(super) fn scores(evaluation: &Evaluation) -> BTreeMap<String, f64> {
    let group = &evaluation.group;
    let mut scores = BTreeMap::from([
        ("test_n".to_owned(), evaluation.n as f64),
        ("test_accuracy".to_owned(), evaluation.accuracy),
        ("test_macro_f1".to_owned(), evaluation.macro_f1),
    ]);
    let optional = [
        ("test_false_irrelevant_rate", group.false_irrelevant_rate),
        ("test_irrelevant_recall", group.irrelevant_recall),
    ];
    for (name, value) in optional {
        if let Some(value) = value {
            scores.insert(name.to_owned(), value);
        }
    }
    scores
}

pub(super) fn render(facts: &Facts<'_>) -> String {
    let Facts { recipe, dataset, version, split, tuned, manifest, evaluation, epoch } = facts;
    let trained = match &recipe.trees {
        None => format!("weights of epoch {epoch} of {}", recipe.training.epochs),
        Some(trees) => format!("{epoch} rounds of trees on the features of `{}`", trees.base.id),
    };
    let mut card = format!(
        "# {} {}\n\n{}\n\nFamily: {:?}. Recipe: `{}` (seed {}), {trained}. \
         Input: {}×{} RGB, {:?}.\n\n",
        manifest.name,
        manifest.version,
        recipe.description,
        manifest.family,
        recipe.id,
        recipe.seed(),
        manifest.input.width,
        manifest.input.height,
        manifest.input.resize,
    );
    card.push_str(
        "## What it is for\n\nSorting the pictures of a phone gallery. A verdict is a suggestion: an \
         app must ask before it removes anything. Below its threshold the pack abstains, and the \
         picture is to be treated as personal.\n\n## Data\n\n",
    );
    if let Some(version) = version {
        let _ = writeln!(card, "Version {version} of the data set.\n");
    }
    data(&mut card, dataset, split);
    if let Some(tuned) = tuned {
        tuning(&mut card, tuned);
    }
    let _ = write!(
        card,
        "\n## Scores\n\nOn the {} pictures of the test part. Nothing was chosen on them: the \
         temperature ({:.3}) and the threshold come from {}.\n\n{}\n",
        evaluation.n,
        manifest.calibration.temperature,
        judged(recipe),
        report::render_markdown_table(evaluation),
    );
    if recipe.refit {
        card.push_str(
            "The shipped weights were then trained once more on all three parts with the same \
             settings; temperature and threshold are those of the measured network.\n\n",
        );
    }
    limits(&mut card, facts);
    card
}

/// The pictures that temperature and threshold were chosen on.
fn judged(recipe: &Recipe) -> String {
    match recipe.decision.folds {
        None => "the validation part".to_owned(),
        Some(folds) => format!(
            "the train and validation parts, each picture as a network saw it that was trained \
             without its fold ({folds} folds, divided by source)"
        ),
    }
}

fn data(card: &mut String, dataset: &Dataset, split: &Split) {
    let sources: BTreeSet<_> = dataset.samples.iter().map(|sample| &sample.source).collect();
    let _ = writeln!(
        card,
        "{} pictures of {} sources (data hash `{}`), divided by source and near-duplicate cluster \
         (seed {}).\n\n| class | sources | train | validation | test |\n|---|--:|--:|--:|--:|",
        dataset.samples.len(),
        sources.len(),
        split.data_hash.get(..12).unwrap_or(&split.data_hash),
        split.seed,
    );
    for (index, class) in dataset.classes.iter().enumerate() {
        let of_class = dataset.samples.iter().filter(|sample| sample.class == index);
        let sources: BTreeSet<_> = of_class.map(|sample| &sample.source).collect();
        let count = |part: &crate::dataset::Part| part.per_class.get(class).copied().unwrap_or(0);
        let _ = writeln!(
            card,
            "| {class} | {} | {} | {} | {} |",
            sources.len(),
            count(&split.train),
            count(&split.validation),
            count(&split.test)
        );
    }
    if !split.train_only.is_empty() {
        let of_them = dataset.samples.iter().filter(|sample| split.is_train_only(sample)).count();
        let _ = writeln!(
            card,
            "\n{of_them} pictures are trained on only (sources that begin with {}); no score is about them.",
            split.train_only.join(", ")
        );
    }
    if !split.not_source_disjoint.is_empty() {
        let _ = writeln!(
            card,
            "\nToo few sources to keep them apart: {}. These classes are divided by near-duplicate \
             cluster only, and their scores are too good.",
            split.not_source_disjoint.join(", ")
        );
    }
}

fn tuning(card: &mut String, tuned: &Tuned) {
    let Tuned { best, trials, metric, folds, .. } = tuned;
    let _ = writeln!(
        card,
        "\n## Tuning\n\nSettings of trial {} of {}, the best {} ({:.4}) of a Bayesian optimisation by \
         {folds}-fold cross-validation on the train part.\n\n| setting | value |\n|---|--:|",
        best.trial,
        trials.len(),
        metric.name(),
        best.score(*metric).unwrap_or_default(),
    );
    for (path, value) in &best.values {
        let _ = writeln!(card, "| `{path}` | {} |", value_text(value));
    }
}

fn limits(card: &mut String, facts: &Facts<'_>) {
    let target = facts.recipe.decision.max_false_irrelevant_rate;
    let _ = write!(
        card,
        "## Limits\n\n- The threshold was set so that at most {:.1} % of the personal pictures it was \
         chosen on are called irrelevant; other galleries will differ.\n- The sources are few, \
         and a source has a look of its own: on pictures from elsewhere expect lower scores than \
         these.\n- The network sees {}×{} pixels: small text is out of its reach, so Arabic and \
         other scripts are told apart by their look only.\n",
        target * 100.0,
        facts.manifest.input.width,
        facts.manifest.input.height,
    );
}
