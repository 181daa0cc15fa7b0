//! The operations behind the commands.

use std::collections::HashMap;
use std::error::Error;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use epic_core::network::Network;
use epic_core::picture::{self, DecodeOptions};
use epic_core::preprocess::{self, InputSpec, PreprocessError};
use epic_core::{Classifier, ImageSource, Pack, Picture, Verdict};
use image::{DynamicImage, ImageDecoder, ImageReader};
use serde_json::{Value, json};

use crate::metadata::Extractors;

type Answer = Result<Value, Box<dyn Error>>;

/// What commands have loaded so far.
#[derive(Default)]
pub(crate) struct Loaded {
    packs: Packs,
    extractors: Extractors,
}

/// A pack, opened and planned once.
struct LoadedPack {
    classifier: Classifier,
    network: Box<dyn Network>,
}

/// Packs by the path they were asked for with.
#[derive(Default)]
struct Packs(HashMap<String, LoadedPack>);

impl Packs {
    fn get(&mut self, path: &str) -> Result<&LoadedPack, Box<dyn Error>> {
        if !self.0.contains_key(path) {
            let pack = Pack::open(Path::new(path))?;
            let classifier = Classifier::new(&pack)?;
            let network = Box::new(pack.load_network()?);
            self.0.insert(path.to_owned(), LoadedPack { classifier, network });
        }
        self.0.get(path).ok_or_else(|| "the pack is gone".into())
    }
}

/// Runs one command.
pub(crate) fn answer(words: &[&str], loaded: &mut Loaded) -> Answer {
    let packs = &mut loaded.packs;
    match *words {
        ["decode", path, side] => decode(path, side, false),
        ["decode", path, side, "thumbnail"] => decode(path, side, true),
        ["image", path, side] => image(path, side),
        ["network", pack] => network(packs.get(pack)?),
        ["logits", pack, file] => logits(packs.get(pack)?, file),
        ["classify", pack, path] => classify(packs.get(pack)?, path, false),
        ["classify", pack, path, "thumbnail"] => classify(packs.get(pack)?, path, true),
        ["metadata", weights, path, ref bounds @ ..] => {
            loaded.extractors.extract(weights, path, bounds)
        }
        ["peak"] => peak(),
        _ => Err("unknown command".into()),
    }
}

pub(crate) fn timed<T>(operation: impl FnOnce() -> T) -> (f64, T) {
    let start = Instant::now();
    let result = operation();
    (start.elapsed().as_secs_f64() * 1e3, result)
}

fn options(spec: &InputSpec, exif_thumbnail: bool) -> DecodeOptions {
    DecodeOptions { target: Some(spec.target()), exif_thumbnail, ..DecodeOptions::default() }
}

fn tensor(picture: &Picture, spec: &InputSpec) -> Result<Vec<f32>, PreprocessError> {
    let pixels = preprocess::resize(picture, spec)?;
    let mut tensor = vec![0.0; spec.len()];
    preprocess::normalize(&pixels, spec, &mut tensor);
    Ok(tensor)
}

fn decode(path: &str, side: &str, exif_thumbnail: bool) -> Answer {
    let spec = InputSpec::letterbox(side.parse()?);
    let (ms, size) = timed(|| -> Result<_, Box<dyn Error>> {
        let source = ImageSource::Path(Path::new(path));
        let picture = picture::decode(&source, &options(&spec, exif_thumbnail))?;
        black_box(tensor(&picture, &spec)?);
        Ok((picture.width(), picture.height()))
    });
    Ok(json!({ "ms": ms, "decoded": size? }))
}

fn image(path: &str, side: &str) -> Answer {
    let spec = InputSpec::letterbox(side.parse()?);
    let (ms, size) = timed(|| -> Result<_, Box<dyn Error>> {
        let mut decoder = ImageReader::open(path)?.with_guessed_format()?.into_decoder()?;
        let orientation = decoder.orientation()?;
        let mut image = DynamicImage::from_decoder(decoder)?;
        image.apply_orientation(orientation);
        let rgb = image.into_rgb8();
        let size = rgb.dimensions();
        let picture = Picture::new(size.0, size.1, rgb.into_raw(), size)?;
        black_box(tensor(&picture, &spec)?);
        Ok(size)
    });
    Ok(json!({ "ms": ms, "decoded": size? }))
}

fn network(pack: &LoadedPack) -> Answer {
    let spec = &pack.classifier.manifest().input;
    let input: Vec<f32> = (0..spec.len()).map(|i| (i * 31 % 251) as f32 / 125.0 - 1.0).collect();
    let (ms, logits) = timed(|| pack.network.run(black_box(&input), &[]));
    black_box(logits?);
    Ok(json!({ "ms": ms }))
}

fn logits(pack: &LoadedPack, file: &str) -> Answer {
    let bytes = std::fs::read(file)?;
    let input: Vec<f32> =
        bytes.as_chunks().0.iter().map(|four| f32::from_le_bytes(*four)).collect();
    let (ms, logits) = timed(|| pack.network.run(&input, &[]));
    Ok(json!({ "ms": ms, "logits": logits? }))
}

fn classify(pack: &LoadedPack, path: &str, exif_thumbnail: bool) -> Answer {
    let options = DecodeOptions { exif_thumbnail, ..DecodeOptions::default() };
    let classifier = pack.classifier.clone().with_decode_options(options);
    let (ms, verdict) = timed(|| classifier.classify(&ImageSource::Path(Path::new(path))));
    let Verdict { class, group, confidence, scores, abstained, .. } = verdict?;
    let probabilities: Vec<f32> = scores.into_iter().map(|(_, score)| score).collect();
    Ok(json!({
        "ms": ms, "class": class, "group": group, "confidence": confidence,
        "abstained": abstained, "probabilities": probabilities,
    }))
}

fn peak() -> Answer {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next());
    Ok(json!({ "kb": kilobytes.ok_or("no VmHWM")?.parse::<u64>()? }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_commands_and_files_are_errors() {
        let mut loaded = Loaded::default();
        for words in [
            &["sing"][..],
            &["decode", "missing.jpg", "128"],
            &["decode", "missing.jpg", "wide"],
            &["image", "missing.jpg", "128"],
            &["network", "missing"],
            &["metadata", "missing", "missing.jpg"],
        ] {
            assert!(answer(words, &mut loaded).is_err(), "{words:?}");
        }
    }

    #[test]
    fn both_decoders_see_the_same_picture() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../gallery");
        let path = format!("{folder}/IMG_20240127_101544.jpg");
        let full = image(&path, "16").unwrap();
        let scaled = decode(&path, "16", false).unwrap();
        assert!(full["decoded"][0].as_u64() >= scaled["decoded"][0].as_u64());
        assert!(scaled["ms"].as_f64().unwrap() > 0.0);
    }
}
