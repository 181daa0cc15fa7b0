//! Classes of few and of many colours: layer 0 of the thesis's HCNN, from measured colours.

use std::collections::BTreeMap;
use std::path::Path;

use epic_core::metadata::{COLOR_COUNT, ColorMetadata, ColorVariety, DominantColor, Value};
use serde::Serialize;

use crate::table::{TableError, read_rows, schema};

/// The colours of a class.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClassColors {
    /// The class.
    pub class: String,
    /// Pictures with measured colours.
    pub pictures: usize,
    /// Share of them that have many colours.
    pub many: f64,
}

impl ClassColors {
    /// What most of its pictures have.
    pub fn variety(&self) -> ColorVariety {
        if self.many < 0.5 { ColorVariety::Few } else { ColorVariety::Many }
    }
}

/// The classes of a table that `epic metadata` wrote, by name.
///
/// # Errors
/// [`TableError`] if the table cannot be read.
pub fn class_colors(table: &Path) -> Result<Vec<ClassColors>, TableError> {
    let position = |name: &str| schema().position(|column| column.name == name);
    let class = position("class");
    let ratios: Vec<usize> = (1..=COLOR_COUNT)
        .filter_map(|index| position(&format!("color_to_image_ratio_{index}")))
        .collect();
    let mut counts: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for row in read_rows(table)? {
        let row = row?;
        let values = row.values();
        let Some(Value::Text(class)) = class.and_then(|index| values.get(index)) else { continue };
        let share = |&index: &usize| match values.get(index) {
            // The colour itself does not matter here.
            Some(Value::Number(share)) if *share > 0.0 => {
                Some(DominantColor { rgb: [0; 3], ratio: *share as f32 })
            }
            _ => None,
        };
        let colors = ColorMetadata { dominant: ratios.iter().filter_map(share).collect() };
        if colors.dominant.is_empty() {
            continue;
        }
        let (pictures, many) = counts.entry(class.clone()).or_default();
        *pictures += 1;
        *many += usize::from(colors.variety() == ColorVariety::Many);
    }
    let colors = counts.into_iter().map(|(class, (pictures, many))| ClassColors {
        class,
        pictures,
        many: many as f64 / pictures as f64,
    });
    Ok(colors.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_is_what_most_of_its_pictures_are() {
        let folder = tempfile::tempdir().unwrap();
        let table = folder.path().join("colors.csv");
        let header: Vec<&str> = schema().map(|column| column.name).collect();
        let row = |class: &str, shares: [&str; 5]| {
            let cells = schema().map(|column| match column.name {
                "class" => class.to_owned(),
                name => match name.strip_prefix("color_to_image_ratio_") {
                    Some(index) => shares[index.parse::<usize>().unwrap() - 1].to_owned(),
                    None => String::new(),
                },
            });
            cells.collect::<Vec<_>>().join(",")
        };
        let (few, many) = (["0.9", "0.1", "0", "", ""], ["0.2", "0.2", "0.2", "0.2", "0.2"]);
        let lines = [
            header.join(","),
            row("slides", few),
            row("slides", few),
            row("slides", many),
            row("photos", many),
            // Not measured.
            row("photos", [""; 5]),
        ];
        std::fs::write(&table, lines.join("\n")).unwrap();
        let found = class_colors(&table).unwrap();
        let found: Vec<_> =
            found.iter().map(|c| (c.class.as_str(), c.pictures, c.variety())).collect();
        assert_eq!(found, [("photos", 1, ColorVariety::Many), ("slides", 3, ColorVariety::Few)]);
        assert!(class_colors(&folder.path().join("none.csv")).is_err());
    }
}
