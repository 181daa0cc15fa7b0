//! Whether this computer can write the languages at all.

use std::process::Command;

/// Those of the languages that no installed font covers, as fontconfig's `fc-list` tells; none where that
/// program is missing.
pub(super) fn missing_scripts<'a>(languages: &[&'a str]) -> Vec<&'a str> {
    let has_font = |language: &str| {
        let listed =
            Command::new("fc-list").arg(format!(":lang={language}")).arg("family").output();
        listed.map_or(true, |output| !output.stdout.trim_ascii().is_empty())
    };
    languages.iter().copied().filter(|language| !has_font(language)).collect()
}
