//! The answers that are about all pictures: the state, the listing, columns and orders.

use std::sync::atomic::Ordering;

use serde::Serialize;
use serde_json::json;

use super::column::ordered;
use super::error::ReviewError;
use super::marks::Target;
use super::state::Review;
use crate::dataset::rank::Order;

/// Pictures in one answer: little enough to be read between two frames of the screen.
const PAGE: usize = 10_000;

impl Review {
    /// What the page asks for again and again.
    pub(super) fn state(&self) -> impl Serialize {
        let inner = self.read();
        let name = self.root.canonicalize().ok();
        let name = name.as_deref().unwrap_or(&self.root).file_name();
        let last = inner.last.as_ref().map(|one| {
            json!({"id": one.id, "title": one.title, "files": one.moves.len(), "created": one.created})
        });
        let total = inner.listing.entries.len();
        json!({
            "folder": name.map(|name| name.to_string_lossy()),
            "revision": inner.revision,
            "total": total,
            "classes": inner.listing.classes,
            "columns": self.columns,
            "surveyed": self.surveyed.load(Ordering::Relaxed).min(total),
            "compared": inner.duplicates.is_some(),
            "marks": {"version": inner.marks.version(), "count": inner.marks.iter().len()},
            "last": last,
            "has_table": self.has_table,
            "has_extractor": self.extractor.is_some(),
        })
    }

    /// Names below their class folders and classes by index, some thousand pictures at a time.
    pub(super) fn page(&self, revision: u64, from: usize) -> Result<impl Serialize, ReviewError> {
        let inner = self.read();
        inner.check(revision)?;
        let entries = inner.listing.entries.iter().skip(from).take(PAGE);
        let (names, classes): (Vec<&str>, Vec<usize>) = entries
            .map(|entry| {
                let path = entry.relative_path.as_str();
                (path.split_once('/').map_or(path, |(_, inside)| inside), entry.class)
            })
            .unzip();
        Ok(json!({"names": names, "classes": classes}))
    }

    /// The numbers of a column: 64-bit floats, little-endian; not a number where there is none.
    pub(super) fn column(&self, revision: u64, index: usize) -> Result<Vec<u8>, ReviewError> {
        let values = self.values(revision, index)?;
        Ok(values.iter().flat_map(|value| value.unwrap_or(f64::NAN).to_le_bytes()).collect())
    }

    /// All indices in the order of a column: 32-bit numbers, little-endian.
    pub(super) fn order(
        &self,
        revision: u64,
        index: usize,
        order: Order,
    ) -> Result<Vec<u8>, ReviewError> {
        let ids = ordered(&self.values(revision, index)?, order);
        Ok(ids.into_iter().flat_map(u32::to_le_bytes).collect())
    }

    fn values(&self, revision: u64, index: usize) -> Result<Vec<Option<f64>>, ReviewError> {
        let inner = self.read();
        inner.check(revision)?;
        let column = self.columns.get(index).ok_or(ReviewError::UnknownColumn(index))?;
        Ok(column.values(&inner))
    }

    /// Faults by name, and the pictures that have them.
    pub(super) fn faults(&self, revision: u64) -> Result<impl Serialize, ReviewError> {
        let inner = self.read();
        inner.check(revision)?;
        let mut faults = std::collections::BTreeMap::<&str, Vec<usize>>::new();
        for (id, report) in inner.reports.iter().enumerate() {
            for fault in report.iter().flat_map(|report| &report.faults) {
                faults.entry(fault.kind()).or_default().push(id);
            }
        }
        Ok(json!(faults))
    }

    /// The classes that a tool suggests instead of the pictures' own: indices of both.
    pub(super) fn suggestions(&self, revision: u64) -> Result<impl Serialize, ReviewError> {
        let inner = self.read();
        inner.check(revision)?;
        let suggested = inner.findings.texts.iter().find(|column| column.name == SUGGESTED);
        let pairs: Vec<(usize, usize)> = suggested
            .iter()
            .flat_map(|column| &column.values)
            .filter_map(|(path, name)| {
                let id = inner.listing.find(path)?;
                let class = inner.listing.classes.iter().position(|class| class == name)?;
                (inner.listing.entries.get(id)?.class != class).then_some((id, class))
            })
            .collect();
        Ok(json!(pairs))
    }

    /// The marks of listed pictures, and how many there are of others.
    pub(super) fn marked(&self, revision: u64) -> Result<impl Serialize, ReviewError> {
        let inner = self.read();
        inner.check(revision)?;
        let classes = &inner.listing.classes;
        let (mut trash, mut relabelled, mut others) = (Vec::new(), Vec::new(), Vec::new());
        for (path, mark) in inner.marks.iter() {
            let found = inner.listing.find(path);
            let class = match &mark.target {
                Target::Trash => None,
                Target::Class(class) => Some(classes.iter().position(|name| name == class)),
            };
            match (found, class) {
                (Some(id), None) => trash.push(id),
                (Some(id), Some(Some(class))) => relabelled.push((id, class)),
                _ => others.push(path),
            }
        }
        let version = inner.marks.version();
        Ok(json!({
            "version": version, "trash": trash, "classes": relabelled, "others": others,
        }))
    }
}

/// The column of findings that names the class a picture may belong to.
const SUGGESTED: &str = "suggested_label";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::review::state::Options;
    use crate::review::testing::DataSet;

    #[test]
    fn the_listing_and_its_columns_fit_together() {
        let data = DataSet::new(&["a/1.jpg", "a/deep/2.jpg", "ب/3.jpg"]);
        let review = data.open();
        let page = serde_json::to_value(review.page(1, 0).unwrap()).unwrap();
        assert_eq!(page, json!({"names": ["1.jpg", "deep/2.jpg", "3.jpg"], "classes": [0, 0, 1]}));
        let rest = serde_json::to_value(review.page(1, 2).unwrap()).unwrap();
        assert_eq!(rest, json!({"names": ["3.jpg"], "classes": [1]}));
        let bytes = review.column(1, 0).unwrap();
        let first = f64::from_le_bytes(bytes[..8].try_into().unwrap());
        let size = std::fs::metadata(data.path().join("a/1.jpg")).unwrap().len();
        assert_eq!((bytes.len(), first), (24, size as f64));
        assert_eq!(review.order(1, 0, Order::Ascending).unwrap().len(), 12);
        // Not looked at yet: no number.
        assert!(f64::from_le_bytes(review.column(1, 2).unwrap()[..8].try_into().unwrap()).is_nan());
        assert_eq!(review.column(1, 999).unwrap_err().kind(), "unknown");
        assert_eq!(review.page(2, 0).err().unwrap().kind(), "old_revision");
    }
    #[test]
    fn suggestions_are_of_other_classes_that_are_there() {
        let data = DataSet::new(&["a/1.jpg", "a/2.jpg", "b/3.jpg"]);
        let file = data.path().join("found.jsonl");
        let line = |path: &str, class: &str| {
            json!({"relative_path": path, "column": SUGGESTED, "value": class}).to_string() + "\n"
        };
        let lines = [("a/1.jpg", "b"), ("a/2.jpg", "a"), ("b/3.jpg", "none"), ("gone", "a")];
        let text: String = lines.iter().map(|(path, class)| line(path, class)).collect();
        std::fs::write(&file, text).unwrap();
        let options = Options { findings: vec![file], ..Options::default() };
        let review = Review::open(data.path(), options).unwrap();
        let suggestions = serde_json::to_value(review.suggestions(1).unwrap()).unwrap();
        assert_eq!(suggestions, json!([[0, 1]]));
    }
}
