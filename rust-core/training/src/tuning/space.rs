//! What may be varied, and within which bounds.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::TuningError;

/// A value for each field, by its path.
pub type Values = BTreeMap<String, Value>;

/// Fields that a search varies; at least one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Space {
    /// The fields, by path.
    pub fields: Vec<Field>,
}

/// One field of a recipe.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// Tables and key with points between, as `training.learning_rate`.
    pub path: String,
    /// What it may be.
    pub domain: Domain,
}

/// What a field may be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Domain {
    /// A number in `[low, high]`.
    Float {
        /// Least value.
        low: f64,
        /// Largest value.
        high: f64,
        /// Whether factors count instead of differences; then `low` is positive.
        log: bool,
    },
    /// `low`, `low + step`, … up to `high`.
    Integer {
        /// Least value.
        low: i64,
        /// Bound of the largest value.
        high: i64,
        /// Distance of neighbours.
        step: i64,
    },
    /// One of a list of at least two.
    Choices(Vec<Value>),
}

/// A range as people write it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Range {
    low: toml::Value,
    high: toml::Value,
    step: Option<i64>,
    #[serde(default)]
    log: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChoiceList {
    choices: Vec<toml::Value>,
}

impl Space {
    /// Reads a table of fields: `"training.learning_rate" = { low = 1e-4, high = 1e-2, log = true }`,
    /// `"trees.max_depth" = { low = 2, high = 8, step = 1 }`, `"training.batch_size" = { choices = [8, 16, 32] }`. Paths may be
    /// written without quotes, too.
    ///
    /// # Errors
    /// [`TuningError::Space`] names the field that is wrong.
    pub fn from_toml(table: &toml::Table) -> Result<Self, TuningError> {
        let mut fields = Vec::new();
        collect("", table, &mut fields)?;
        if fields.is_empty() {
            return Err(TuningError::space("space", "it has no field"));
        }
        fields.sort_by(|a: &Field, b| a.path.cmp(&b.path));
        match fields.windows(2).find(|pair| pair[0].path == pair[1].path) {
            Some(pair) => Err(TuningError::space(&pair[0].path, "it is there twice")),
            None => Ok(Self { fields }),
        }
    }

    /// Values for coordinates in `[0, 1)`, one per field.
    pub(super) fn values(&self, coordinates: &[f64]) -> Values {
        let value = |(field, &at): (&Field, &f64)| (field.path.clone(), field.domain.value(at));
        self.fields.iter().zip(coordinates).map(value).collect()
    }

    /// Coordinates of values: a number per field in `[0, 1]`. `None` if they are not of this space.
    pub(super) fn coordinates(&self, values: &Values) -> Option<Vec<f64>> {
        self.fields.iter().map(|field| field.domain.coordinate(values.get(&field.path)?)).collect()
    }

    /// Where coordinates lie for a model that measures distances: choices become corners of a simplex, as far from each
    /// other as the ends of a range.
    pub(super) fn embedded(&self, coordinates: &[f64]) -> Vec<f64> {
        let mut point = Vec::new();
        for (field, &at) in self.fields.iter().zip(coordinates) {
            match &field.domain {
                Domain::Choices(choices) => {
                    let chosen = index(at, choices.len());
                    let corner = |choice| if choice == chosen { 0.5f64.sqrt() } else { 0.0 };
                    point.extend((0..choices.len()).map(corner));
                }
                _ => point.push(at),
            }
        }
        point
    }

    /// Which field each entry of [`Space::embedded`] belongs to.
    pub(super) fn owners(&self) -> Vec<usize> {
        let width = |domain: &Domain| match domain {
            Domain::Choices(choices) => choices.len(),
            _ => 1,
        };
        let fields = self.fields.iter().enumerate();
        fields.flat_map(|(at, field)| std::iter::repeat_n(at, width(&field.domain))).collect()
    }
}

impl Domain {
    /// Values at the ends of a range, or all choices: if a recipe takes these, it takes the others.
    pub fn extremes(&self) -> Vec<Value> {
        match self {
            Self::Float { low, high, .. } => vec![(*low).into(), (*high).into()],
            Self::Integer { .. } => vec![self.value(0.0), self.value(1.0)],
            Self::Choices(choices) => choices.clone(),
        }
    }

    fn value(&self, at: f64) -> Value {
        match self {
            Self::Float { low, high, log: false } => (low + (high - low) * at).into(),
            Self::Float { low, high, log: true } => {
                (low * (high / low).powf(at)).clamp(*low, *high).into()
            }
            Self::Integer { low, step, .. } => (low + step * index(at, self.steps()) as i64).into(),
            Self::Choices(choices) => choices[index(at, choices.len())].clone(),
        }
    }

    fn coordinate(&self, value: &Value) -> Option<f64> {
        let at = match self {
            Self::Float { low, high, log: false } => (value.as_f64()? - low) / (high - low),
            Self::Float { low, high, log: true } => {
                (value.as_f64()? / low).ln() / (high / low).ln()
            }
            Self::Integer { low, step, .. } => {
                middle(((value.as_i64()? - low) / step) as usize, self.steps())
            }
            Self::Choices(choices) => {
                middle(choices.iter().position(|choice| choice == value)?, choices.len())
            }
        };
        (-1e-9..=1.0 + 1e-9).contains(&at).then(|| at.clamp(0.0, 1.0))
    }

    /// Number of integers.
    fn steps(&self) -> usize {
        match self {
            Self::Integer { low, high, step } => ((high - low) / step) as usize + 1,
            _ => 1,
        }
    }
}

/// The part of `[0, 1]`, cut into `parts`, that a coordinate lies in.
fn index(at: f64, parts: usize) -> usize {
    ((at * parts as f64) as usize).min(parts - 1)
}

fn middle(index: usize, parts: usize) -> f64 {
    (index as f64 + 0.5) / parts as f64
}

fn collect(prefix: &str, table: &toml::Table, fields: &mut Vec<Field>) -> Result<(), TuningError> {
    for (key, value) in table {
        let path = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        match value {
            toml::Value::Table(inner) if inner.contains_key("choices") => {
                fields.push(Field { domain: choices(&path, inner)?, path });
            }
            toml::Value::Table(inner)
                if inner.contains_key("low") || inner.contains_key("high") =>
            {
                fields.push(Field { domain: range(&path, inner)?, path });
            }
            toml::Value::Table(inner) => collect(&path, inner, fields)?,
            _ => {
                let reason = "it wants { low, high } or { choices }";
                return Err(TuningError::space(&path, reason));
            }
        }
    }
    Ok(())
}

fn choices(path: &str, table: &toml::Table) -> Result<Domain, TuningError> {
    let wrong = |reason: String| TuningError::space(path, reason);
    let list: ChoiceList =
        table.clone().try_into().map_err(|error: toml::de::Error| wrong(error.to_string()))?;
    let choices = list.choices.iter().map(serde_json::to_value).collect::<Result<Vec<_>, _>>();
    let choices = choices.map_err(|error| wrong(error.to_string()))?;
    let is_repeated = |(at, choice)| choices[..at].contains(choice);
    if choices.len() < 2 || choices.iter().enumerate().any(is_repeated) {
        return Err(wrong("choices must be at least two different values".to_owned()));
    }
    Ok(Domain::Choices(choices))
}

fn range(path: &str, table: &toml::Table) -> Result<Domain, TuningError> {
    let wrong = |reason: &str| TuningError::space(path, reason);
    let range: Range = table
        .clone()
        .try_into()
        .map_err(|error: toml::de::Error| TuningError::space(path, error.to_string()))?;
    let Range { low, high, step, log } = range;
    if let (toml::Value::Integer(low), toml::Value::Integer(high), false) = (&low, &high, log) {
        let (low, high, step) = (*low, *high, step.unwrap_or(1));
        if step < 1 {
            return Err(wrong("step must be positive"));
        }
        return match high.checked_sub(low) {
            Some(width) if width >= step => Ok(Domain::Integer { low, high, step }),
            _ => Err(wrong("high must be above low by a step at least")),
        };
    }
    if step.is_some() {
        return Err(wrong("only integers have a step, and none on a logarithmic range"));
    }
    let number = |value: &toml::Value| match value {
        toml::Value::Float(value) => Ok(*value),
        toml::Value::Integer(value) => Ok(*value as f64),
        _ => Err(wrong("low and high must be numbers")),
    };
    let (low, high) = (number(&low)?, number(&high)?);
    if !(low.is_finite() && high.is_finite() && low < high) {
        return Err(wrong("high must be above low"));
    }
    if log && low <= 0.0 {
        return Err(wrong("the low end of a logarithmic range must be positive"));
    }
    Ok(Domain::Float { low, high, log })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn space(text: &str) -> Result<Space, TuningError> {
        Space::from_toml(&toml::from_str(text).unwrap())
    }

    const THREE: &str = "\"training.learning_rate\" = { low = 1e-4, high = 1e-2, log = true }\n\
                         trees.max_depth = { low = 2, high = 9, step = 3 }\n\
                         [training]\nloss = { choices = [\"per_class\", \"log_likelihood\"] }\n";

    #[test]
    fn paths_are_read_with_quotes_and_without() {
        let space = space(THREE).unwrap();
        let paths: Vec<&str> = space.fields.iter().map(|field| field.path.as_str()).collect();
        assert_eq!(paths, ["training.learning_rate", "training.loss", "trees.max_depth"]);
        assert_eq!(space.fields[0].domain.extremes(), [1e-4, 1e-2]);
        assert_eq!(space.fields[2].domain.extremes(), [2, 8]);
        assert_eq!(space.owners(), [0, 1, 1, 2]);
    }

    #[test]
    fn values_and_coordinates_belong_together() {
        let space = space(THREE).unwrap();
        let values = space.values(&[0.5, 0.6, 0.99]);
        assert!((values["training.learning_rate"].as_f64().unwrap() - 1e-3).abs() < 1e-9);
        assert_eq!(values["training.loss"], "log_likelihood");
        assert_eq!(values["trees.max_depth"], 8);
        let coordinates = space.coordinates(&values).unwrap();
        assert_eq!(space.values(&coordinates), values);
        assert_eq!(space.embedded(&coordinates).len(), 4);
        let mut others = values.clone();
        others.insert("trees.max_depth".to_owned(), 20.into());
        assert_eq!(space.coordinates(&others), None);
        others.remove("trees.max_depth");
        assert_eq!(space.coordinates(&others), None);
    }

    #[test]
    fn wrong_ranges_are_told_by_their_field() {
        for (text, reason) in [
            ("", "no field"),
            ("a.b = 3", "low, high"),
            ("a.b = { low = 1 }", "high"),
            ("a.b = { low = 2, high = 1 }", "above low"),
            ("a.b = { low = 0.5, high = 0.5 }", "above low"),
            ("a.b = { low = 0, high = 9, step = 0 }", "positive"),
            ("a.b = { low = 0.0, high = 1.0, log = true }", "positive"),
            ("a.b = { low = 0.5, high = 1.0, step = 1 }", "integers"),
            ("a.b = { low = 0.5, high = inf }", "above low"),
            ("a.b = { low = \"x\", high = 1 }", "numbers"),
            ("a.b = { low = 1, high = 2, lgo = true }", "lgo"),
            ("a.b = { choices = [1] }", "two"),
            ("a.b = { choices = [1, 1] }", "two"),
            ("a.b = { low = 1, high = 2 }\n\"a.b\" = { low = 1, high = 2 }", "twice"),
        ] {
            let error = space(text).unwrap_err().to_string();
            assert!(error.contains(reason), "{text}: {error}");
            assert!(text.is_empty() || error.starts_with("a.b"), "{error}");
        }
    }
}
