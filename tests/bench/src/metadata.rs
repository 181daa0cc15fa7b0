//! The metadata of a picture, stage by stage.

use std::collections::HashMap;
use std::error::Error;
use std::path::Path;
use std::time::Duration;

use epic_core::metadata::{
    ImageMetadata, MetadataExtractor, MetadataOptions, Parts, TextMetadata, Weights,
};
use epic_core::{ImageSource, picture};
use serde_json::{Value, json};

use crate::operations::timed;

/// Extractors by folder and bounds: what a process that has run for a while holds.
#[derive(Default)]
pub(crate) struct Extractors(HashMap<Vec<String>, MetadataExtractor>);

impl Extractors {
    /// `bounds`: boxes of text read at most, then milliseconds for reading them. No boxes
    /// at all is detection alone.
    fn get(
        &mut self,
        weights: &str,
        bounds: &[&str],
    ) -> Result<&MetadataExtractor, Box<dyn Error>> {
        let key: Vec<String> =
            [weights].iter().chain(bounds).map(|&word| word.to_owned()).collect();
        if !self.0.contains_key(&key) {
            let mut options = MetadataOptions::default();
            if let Some(boxes) = bounds.first() {
                options.max_text_boxes = boxes.parse()?;
            }
            if let Some(ms) = bounds.get(1) {
                options.text_time = Some(Duration::from_millis(ms.parse()?));
            }
            let extractor = MetadataExtractor::new(Weights::open(Path::new(weights))?, options);
            self.0.insert(key.clone(), extractor);
        }
        self.0.get(&key).ok_or_else(|| "the extractor is gone".into())
    }

    /// Decodes once and runs one part after another on the same pixels.
    pub(crate) fn extract(
        &mut self,
        weights: &str,
        path: &str,
        bounds: &[&str],
    ) -> Result<Value, Box<dyn Error>> {
        let extractor = self.get(weights, bounds)?;
        let options = MetadataExtractor::decode_options(Parts::ALL);
        let (decode, picture) =
            timed(|| picture::decode(&ImageSource::Path(Path::new(path)), &options));
        let picture = picture?;
        let part = |parts| {
            let (ms, result) = timed(|| extractor.extract_picture(&picture, parts));
            result.map(|metadata: ImageMetadata| (ms, metadata))
        };
        let (colors, _) = part(Parts { colors: true, ..Parts::NONE })?;
        let (faces, found) = part(Parts { faces: true, ..Parts::NONE })?;
        let (text, read) = part(Parts { text: true, ..Parts::NONE })?;
        let read: TextMetadata = read.text.ok_or("no text in the record")?;
        Ok(json!({
            "ms": decode + colors + faces + text,
            "stages": { "decode": decode, "colors": colors, "faces": faces, "text": text },
            "faces": found.faces.map_or(0, |faces| faces.faces.len()),
            "boxes": read.lines.len(),
            "latin_boxes": read.english.boxes,
            "arabic_boxes": read.arabic.boxes,
            "unread_boxes": read.unread_boxes,
            "words": read.english.original.count + read.arabic.original.count,
            "partial": read.partial,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WEIGHTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../models/metadata");

    fn picture(name: &str) -> String {
        format!("{}/../gallery/{name}", env!("CARGO_MANIFEST_DIR"))
    }

    #[test]
    fn stages_add_up_and_no_boxes_is_detection_alone() {
        let mut extractors = Extractors::default();
        let path = picture("IMG_20240127_101544.jpg");
        let all = extractors.extract(WEIGHTS, &path, &[]).unwrap();
        let sum: f64 =
            all["stages"].as_object().unwrap().values().map(|ms| ms.as_f64().unwrap()).sum();
        assert!((sum - all["ms"].as_f64().unwrap()).abs() < 1e-6);
        let found = extractors.extract(WEIGHTS, &path, &["0"]).unwrap();
        assert_eq!(found["boxes"], found["unread_boxes"]);
        assert_eq!(found["boxes"], all["boxes"]);
    }

    #[test]
    fn what_is_missing_or_no_number_is_an_error() {
        let mut extractors = Extractors::default();
        let path = picture("IMG_20240127_101544.jpg");
        assert!(extractors.extract("missing", &path, &[]).is_err());
        assert!(extractors.extract(WEIGHTS, "missing.jpg", &[]).is_err());
        assert!(extractors.extract(WEIGHTS, &path, &["many"]).is_err());
        assert!(extractors.extract(WEIGHTS, &path, &["1", "soon"]).is_err());
    }
}
