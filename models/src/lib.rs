//! The shipped pack and metadata weights as part of a program. What is not wanted in
//! it is left out by a feature and opened from a folder instead.

#[cfg(feature = "metadata")]
mod weights {
    use epic_core::metadata::{Weights, WeightsError};

    macro_rules! files {
        ($($file:literal),* $(,)?) => {
            [$(($file, include_bytes!(concat!("../metadata/", $file)).as_slice())),*]
        };
    }

    const FILES: [(&str, &[u8]); 9] = files!(
        "manifest.json",
        "faces_detect.onnx",
        "faces_verify.onnx",
        "text_arabic.onnx",
        "text_arabic.txt",
        "text_detect.onnx",
        "text_latin.onnx",
        "text_latin.txt",
        "words_english.tsv.z",
    );

    /// The weights of the folder `models/metadata`.
    ///
    /// # Errors
    /// [`WeightsError`] only if the program itself is damaged.
    pub fn metadata_weights() -> Result<Weights, WeightsError> {
        Weights::embedded(FILES)
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn all_weights_are_built_in_and_whole() {
            let weights = metadata_weights().unwrap();
            for name in weights.manifest().files.keys() {
                weights.read(name).unwrap();
            }
            assert_eq!(weights.manifest().files.len() + 1, FILES.len());
        }
    }
}

#[cfg(feature = "pack")]
mod pack {
    use epic_core::pack::PackFiles;
    use epic_core::{Pack, PackError};

    macro_rules! files {
        ($($file:literal),* $(,)?) => {
            [$(($file, include_bytes!(concat!("../packs/vcnn-epic10/", $file)).as_slice())),*]
        };
    }

    /// The shipped pack.
    ///
    /// # Errors
    /// [`PackError`] only if the program itself is damaged.
    pub fn default_pack() -> Result<Pack, PackError> {
        let files = files!("manifest.json", "manifest.sha256", "model.onnx", "MODEL_CARD.md");
        Pack::from_files(&PackFiles::new(files))
    }

    #[cfg(test)]
    mod tests {
        #[test]
        fn the_pack_is_whole_and_its_network_loads() {
            super::default_pack().unwrap().load_network().unwrap();
        }
    }
}

#[cfg(feature = "pack")]
pub use pack::default_pack;
#[cfg(feature = "metadata")]
pub use weights::metadata_weights;
