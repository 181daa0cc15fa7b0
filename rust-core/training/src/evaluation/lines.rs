//! Predictions as JSON Lines: what `epic evaluate --predictions` writes.

use serde::{Deserialize, Serialize};

use super::{EvaluationError, LabelSet, Prediction};

/// One picture. Labels are names, so that a file can be read without its pack.
#[derive(Serialize, Deserialize)]
struct Line {
    path: String,
    truth: String,
    predicted: String,
    group: String,
    probabilities: Vec<f32>,
    abstained: bool,
}

/// A line for each prediction, in their order. Predictions whose labels are unknown are left out; there are none
/// among those that [`LabelSet::check`] accepts.
#[must_use]
pub fn prediction_lines(labels: &LabelSet, predictions: &[Prediction]) -> String {
    let mut text = String::new();
    for prediction in predictions {
        let class = |index: usize| labels.classes.get(index).cloned();
        let line = (|| {
            Some(Line {
                path: prediction.id.clone(),
                truth: class(prediction.truth)?,
                predicted: class(prediction.predicted)?,
                group: labels.groups.get(prediction.group)?.clone(),
                probabilities: prediction.probabilities.clone(),
                abstained: prediction.abstained,
            })
        })();
        // Strings and finite numbers serialize.
        if let Some(line) = line.and_then(|line| serde_json::to_string(&line).ok()) {
            text += &line;
            text.push('\n');
        }
    }
    text
}

/// Reads what [`prediction_lines`] wrote with the same labels.
///
/// # Errors
/// [`EvaluationError::Line`] for a line that is torn, of other labels, or something else.
pub fn parse_prediction_lines(
    labels: &LabelSet,
    text: &str,
) -> Result<Vec<Prediction>, EvaluationError> {
    let parse = |text: &str| -> Result<Prediction, String> {
        let line: Line = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let index = |names: &[String], name: &str| {
            names.iter().position(|one| one == name).ok_or_else(|| format!("{name} is no label"))
        };
        Ok(Prediction {
            truth: index(&labels.classes, &line.truth)?,
            predicted: index(&labels.classes, &line.predicted)?,
            group: index(&labels.groups, &line.group)?,
            id: line.path,
            probabilities: line.probabilities,
            abstained: line.abstained,
        })
    };
    text.lines()
        .enumerate()
        .map(|(at, text)| {
            parse(text).map_err(|reason| EvaluationError::Line { line: at + 1, reason })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{labels, predictions};
    use super::*;

    #[test]
    fn what_was_written_is_read() {
        let text = prediction_lines(&labels(), &predictions());
        assert_eq!(text.lines().count(), 12);
        assert!(text.starts_with(r#"{"path":"p00.jpg","truth":"selfies","predicted":"selfies""#));
        assert_eq!(parse_prediction_lines(&labels(), &text), Ok(predictions()));
    }

    #[test]
    fn torn_and_foreign_lines_are_named() {
        let text = prediction_lines(&labels(), &predictions()[..2]);
        let torn = &text[..text.len() - 9];
        let error = parse_prediction_lines(&labels(), torn).unwrap_err();
        assert!(matches!(error, EvaluationError::Line { line: 2, .. }), "{error}");
        let foreign = text.replacen("selfies", "cats", 1);
        let error = parse_prediction_lines(&labels(), &foreign).unwrap_err();
        assert_eq!(error.to_string(), "line 1 is no prediction: cats is no label");
    }
}
