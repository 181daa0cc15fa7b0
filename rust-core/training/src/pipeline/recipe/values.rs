//! A recipe with other values in some of its fields.

use super::Recipe;
use crate::pipeline::PipelineError;
use crate::tuning::{Space, Values};

/// Tables that decide a score; what else stands in a recipe is no setting.
const TABLES: [&str; 7] =
    ["training", "network", "trees", "metadata", "levels", "backbone", "input"];

impl Recipe {
    /// The recipe with these fields changed and nothing to tune. Its hash stays that of its file.
    ///
    /// # Errors
    /// [`PipelineError::Recipe`] if it takes no such value.
    pub(in crate::pipeline) fn with(&self, values: &Values) -> Result<Self, PipelineError> {
        let text = self.table_with(values).map(|table| table.to_string());
        let changed =
            Self::parse(&self.path, &text.map_err(|reason| self.wrong(reason))?, &self.changes)?;
        Ok(Self { sha256: self.sha256.clone(), ..changed })
    }

    /// As [`Recipe::with`], as a file that may lie anywhere on this machine. `note` becomes a comment.
    pub(in crate::pipeline) fn file_with(
        &self,
        values: &Values,
        note: &str,
    ) -> Result<String, PipelineError> {
        let mut table = self.table_with(values).map_err(|reason| self.wrong(reason))?;
        for key in ["taxonomy", "base"] {
            if let Some(toml::Value::String(path)) = table.get_mut(key) {
                let whole = self.path.with_file_name("").join(&*path);
                let whole = std::path::absolute(&whole)
                    .map_err(|source| PipelineError::Read { path: whole, source })?;
                *path = whole.display().to_string();
            }
        }
        Ok(format!("# {note}\n{table}"))
    }

    /// Checks that the recipe takes the ends of each field's range, and all choices.
    ///
    /// # Errors
    /// [`PipelineError::Recipe`] names the field that it has not, or not with such a value.
    pub fn check_space(&self, space: &Space) -> Result<(), PipelineError> {
        for field in &space.fields {
            for value in field.domain.extremes() {
                let values = Values::from([(field.path.clone(), value)]);
                self.with(&values)
                    .map_err(|error| self.wrong(format!("tuning of {}: {error}", field.path)))?;
            }
        }
        Ok(())
    }

    fn table_with(&self, values: &Values) -> Result<toml::Table, String> {
        let mut table: toml::Table =
            toml::from_str(&self.text).map_err(|error| error.to_string())?;
        table.remove("tuning");
        for (path, value) in values {
            let value = toml::Value::try_from(value).map_err(|error| error.to_string())?;
            set(&mut table, path, value)?;
        }
        Ok(table)
    }

    fn wrong(&self, reason: String) -> PipelineError {
        PipelineError::Recipe { path: self.path.clone(), reason }
    }
}

fn set(table: &mut toml::Table, path: &str, value: toml::Value) -> Result<(), String> {
    let (tables, key) = path.rsplit_once('.').ok_or_else(|| not_tunable(path))?;
    let mut steps = tables.split('.').peekable();
    if !steps.peek().is_some_and(|first| TABLES.contains(first)) {
        return Err(not_tunable(path));
    }
    let mut inner = table;
    for step in steps {
        let next = inner.entry(step).or_insert_with(|| toml::Table::new().into());
        inner = next.as_table_mut().ok_or_else(|| format!("{step} of {path} is no table"))?;
    }
    inner.insert(key.to_owned(), value);
    Ok(())
}

fn not_tunable(path: &str) -> String {
    format!("{path} cannot be tuned: fields of the tables {} can", TABLES.join(", "))
}
