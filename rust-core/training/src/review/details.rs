//! Everything about one picture.

use epic_core::ImageSource;
use epic_core::metadata::{COLUMNS, ImageMetadata, Parts, Value};
use serde::Serialize;
use serde_json::json;

use super::error::ReviewError;
use super::files::read;
use super::listing::Entry;
use super::state::Review;
use crate::table::{TablePicture, TableRow};

impl Review {
    /// What is known without looking at the picture.
    pub(super) fn details(&self, revision: u64, id: usize) -> Result<impl Serialize, ReviewError> {
        let inner = self.read();
        let entry = inner.entry(revision, id)?;
        let report = inner.reports.get(id).and_then(Option::as_deref);
        let row = inner.rows.get(&entry.relative_path);
        let path = entry.relative_path.as_str();
        let numbers = inner.findings.numbers.iter();
        let numbers = numbers.filter_map(|one| Some((&one.name, json!(one.values.get(path)?))));
        let texts = inner.findings.texts.iter();
        let texts = texts.filter_map(|one| Some((&one.name, json!(one.values.get(path)?))));
        let found: Vec<(&String, serde_json::Value)> = numbers.chain(texts).collect();
        Ok(json!({
            "path": entry.relative_path,
            "bytes": entry.stamp.size,
            "modified": entry.stamp.modified / 1_000_000_000,
            "format": report.and_then(|report| report.format.as_ref()),
            "width": report.map(|report| report.width),
            "height": report.map(|report| report.height),
            "quality": report.and_then(|report| report.quality),
            "faults": report.map(|report| &report.faults),
            "columns": row.map(cells),
            "findings": found,
        }))
    }

    /// The 37 columns and the boxes, found now.
    pub(super) fn metadata(&self, revision: u64, id: usize) -> Result<impl Serialize, ReviewError> {
        let extractor = self.extractor.as_ref().ok_or(ReviewError::NoExtractor)?;
        let (entry, class) = {
            let inner = self.read();
            let entry = inner.entry(revision, id)?.clone();
            let class = inner.listing.classes.get(entry.class).cloned();
            (entry, class)
        };
        let bytes = read(&self.root, &entry.relative_path, &entry.stamp)?;
        let outcome = extractor.extract(&ImageSource::Bytes(&bytes), Parts::ALL);
        let picture = TablePicture {
            path: self.root.join(&entry.relative_path),
            relative_path: entry.relative_path,
            class,
        };
        let columns = cells(&TableRow::new(&picture, Parts::ALL, &outcome));
        let metadata = outcome.map_err(|error| ReviewError::NotShown(error.to_string()))?;
        Ok(json!({
            "columns": columns,
            "width": metadata.width,
            "height": metadata.height,
            "boxes": boxes(&metadata),
        }))
    }

    /// A picture as large as asked for, within reason.
    pub(super) fn picture(&self, entry: &Entry, side: u32) -> Result<Vec<u8>, ReviewError> {
        self.thumbnails.make(entry, side.clamp(64, MAX_SIDE))
    }
}

/// Longest side of what is sent: larger than screens, and little enough memory.
const MAX_SIDE: u32 = 4096;

fn boxes(metadata: &ImageMetadata) -> serde_json::Value {
    let faces = metadata.faces.iter().flat_map(|faces| &faces.faces).map(
        |face| json!({"kind": "face", "corners": face.rect.to_quad().corners, "score": face.score}),
    );
    let lines = metadata.text.iter().flat_map(|text| &text.lines).map(|line| {
        let corners = &line.quad.corners;
        json!({"kind": line.script, "corners": corners, "score": line.score, "text": line.text})
    });
    faces.chain(lines).collect()
}

/// Names and values of the thesis's columns.
fn cells(row: &TableRow) -> Vec<(&'static str, serde_json::Value)> {
    let value = |value: &Value| match value {
        Value::Absent => serde_json::Value::Null,
        Value::Count(count) => json!(count),
        Value::Number(number) => json!(number),
        Value::Text(text) => json!(text),
    };
    COLUMNS.into_iter().zip(row.values().iter().map(value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::review::testing::DataSet;

    #[test]
    fn a_picture_is_described_before_and_after_it_was_looked_at() {
        let data = DataSet::new(&["a/1.jpg"]);
        let review = data.open();
        let details =
            |review: &Review| serde_json::to_value(review.details(1, 0).unwrap()).unwrap();
        assert_eq!(details(&review)["path"], "a/1.jpg");
        assert!(details(&review)["faults"].is_null());
        while review.survey_step(&crate::dataset::check::Checker::default()).unwrap() {}
        assert_eq!(details(&review)["format"], "JPEG");
        assert!(matches!(review.details(1, 1).err(), Some(ReviewError::UnknownPicture(1))));
        assert!(matches!(review.metadata(1, 0).err(), Some(ReviewError::NoExtractor)));
    }
}
