//! Prints the whole metadata of pictures as JSON Lines, for evaluation:
//! `metadata_dump [--weights FOLDER] [--parts colors,faces,text] PICTURE…`.

use std::path::Path;

use epic_core::ImageSource;
use epic_core::metadata::{MetadataExtractor, MetadataOptions, Parts, Weights};
use serde_json::json;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut weights = "models/metadata".to_owned();
    let mut parts = Parts::ALL;
    let mut pictures = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--weights" => weights = arguments.next().ok_or("--weights needs a folder")?,
            "--parts" => parts = arguments.next().ok_or("--parts needs a list")?.parse()?,
            _ => pictures.push(argument),
        }
    }
    let weights = Weights::open(Path::new(&weights))?;
    let extractor = MetadataExtractor::new(weights, MetadataOptions::default());
    for path in pictures {
        let line = match extractor.extract(&ImageSource::Path(Path::new(&path)), parts) {
            Ok(metadata) => json!({ "path": path, "metadata": metadata }),
            Err(error) => json!({ "path": path, "error": error.to_string() }),
        };
        println!("{line}");
    }
    Ok(())
}
