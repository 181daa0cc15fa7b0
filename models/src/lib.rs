//! The shipped pack, metadata weights and recipes as part of a program. What is not wanted in
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
            [$(($file, include_bytes!(concat!("../packs/transfer-epic10/", $file)).as_slice())),*]
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

#[cfg(feature = "recipes")]
mod recipes {
    macro_rules! files {
        ($($file:literal),* $(,)?) => {
            [$(($file, include_str!(concat!("../", $file)))),*]
        };
    }

    /// Recipes and the taxonomies that they name, as paths below `models` and their content.
    pub const RECIPES: [(&str, &str); 18] = files!(
        "taxonomies/epic10.toml",
        "taxonomies/epic9.toml",
        "variants/m01.1.toml",
        "variants/m01.3.toml",
        "variants/m01.4.toml",
        "variants/m01.6.toml",
        "variants/m01.toml",
        "variants/m02.1.toml",
        "variants/m02.2.toml",
        "variants/m02.3.toml",
        "variants/m02.5.toml",
        "variants/m02.toml",
        "variants/m03.toml",
        "variants/m04.1.toml",
        "variants/m04.2.toml",
        "variants/m04.toml",
        "variants/transfer-epic10.toml",
        "variants/vcnn-epic10.toml",
    );

    #[cfg(test)]
    mod tests {
        use std::fs;
        use std::path::Path;

        #[test]
        fn no_recipe_and_no_taxonomy_is_forgotten() {
            let models = Path::new(env!("CARGO_MANIFEST_DIR"));
            let mut found = Vec::new();
            for folder in ["taxonomies", "variants"] {
                for entry in fs::read_dir(models.join(folder)).unwrap() {
                    let name = entry.unwrap().file_name().into_string().unwrap();
                    found.push(format!("{folder}/{name}"));
                }
            }
            found.sort();
            let built_in: Vec<&str> = super::RECIPES.iter().map(|(path, _)| *path).collect();
            assert_eq!(built_in, found);
        }
    }
}

#[cfg(feature = "pack")]
pub use pack::default_pack;
#[cfg(feature = "recipes")]
pub use recipes::RECIPES;
#[cfg(feature = "metadata")]
pub use weights::metadata_weights;
