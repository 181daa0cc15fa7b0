//! A headless Chromium that turns pages into pixels, without network and without scripts.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::devtools::DevTools;
use super::error::SynthesizeError;

/// Names under which systems install it.
const NAMES: [&str; 5] =
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

const FLAGS: [&str; 18] = [
    "--headless",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-gpu",
    "--disable-extensions",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-component-update",
    "--disable-background-networking",
    "--disable-client-side-phishing-detection",
    "--disable-breakpad",
    // Whatever still asks for a host is told that there is none.
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--hide-scrollbars",
    "--mute-audio",
    "--force-color-profile=srgb",
    // Phones smooth their text in grey.
    "--disable-lcd-text",
    "--font-render-hinting=none",
];

/// What pages may load: nothing but what they contain.
const POLICY: &str = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

/// A page to render.
pub(super) struct Page<'a> {
    pub(super) language: &'a str,
    pub(super) direction: &'a str,
    /// What stands in the body, and styles.
    pub(super) html: &'a str,
    pub(super) width: u32,
    pub(super) height: u32,
    /// Pixels per CSS pixel.
    pub(super) scale: f64,
}

/// An open browser with one page.
pub(super) struct Browser {
    program: PathBuf,
    tools: DevTools,
    version: String,
    /// The page's frame, as the protocol calls it.
    frame: String,
    shots: u64,
    /// The browser's profile; gone with it.
    _folder: TempDir,
}

/// The browser's program: the one named, or the first that PATH knows.
pub(super) fn find_browser(named: Option<&Path>) -> Result<PathBuf, SynthesizeError> {
    let no_browser = |looked_for: String| SynthesizeError::NoBrowser { looked_for };
    if let Some(path) = named {
        // A bare name is looked up in PATH, as shells do.
        let found = if path.components().count() == 1 { in_path(path) } else { None };
        let found = found.or_else(|| path.is_file().then(|| path.to_owned()));
        return found.ok_or_else(|| no_browser(path.display().to_string()));
    }
    NAMES
        .iter()
        .find_map(|name| in_path(Path::new(name)))
        .ok_or_else(|| no_browser(NAMES.join(", ")))
}

fn in_path(name: &Path) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

impl Browser {
    pub(super) fn start(program: &Path) -> Result<Self, SynthesizeError> {
        let folder = tempfile::tempdir().map_err(SynthesizeError::write(&std::env::temp_dir()))?;
        let mut arguments: Vec<String> = FLAGS.map(str::to_owned).to_vec();
        arguments.push(format!("--user-data-dir={}", folder.path().join("profile").display()));
        // Chromium refuses its sandbox to root. Pages hold no scripts and come from nowhere else.
        if rustix::process::geteuid().is_root() {
            arguments.push("--no-sandbox".to_owned());
        }
        let failed = |reason| SynthesizeError::Browser { path: program.to_owned(), reason };
        let mut tools = DevTools::start(program, &arguments).map_err(failed)?;
        let mut set_up = || {
            let version = tools.call("Browser.getVersion", json!({}))?;
            tools.open_page()?;
            tools.call("Page.enable", json!({}))?;
            tools.call("Emulation.setScriptExecutionDisabled", json!({"value": true}))?;
            let tree = tools.call("Page.getFrameTree", json!({}))?;
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            Ok((text(&version["product"]), text(&tree["frameTree"]["frame"]["id"])))
        };
        let (version, frame) = set_up().map_err(failed)?;
        Ok(Self { program: program.to_owned(), tools, version, frame, shots: 0, _folder: folder })
    }

    /// Name and version, as it gives them.
    pub(super) fn version(&self) -> &str {
        &self.version
    }

    /// The PNG of the element with the attribute `data-shot`, or of the whole view.
    pub(super) fn shoot(&mut self, page: &Page<'_>) -> Result<Vec<u8>, SynthesizeError> {
        let png = self.shoot_page(page);
        png.map_err(|reason| SynthesizeError::Browser { path: self.program.clone(), reason })
    }

    fn shoot_page(&mut self, page: &Page<'_>) -> Result<Vec<u8>, String> {
        let metrics = json!({
            "width": page.width, "height": page.height,
            "deviceScaleFactor": page.scale, "mobile": false,
        });
        self.tools.call("Emulation.setDeviceMetricsOverride", metrics)?;
        // Replacing the content takes half of the time of a navigation, but policies add up in a document.
        if self.shots.is_multiple_of(SHOTS_PER_DOCUMENT) {
            self.tools.load("Page.navigate", json!({"url": "about:blank"}))?;
        }
        self.shots += 1;
        let content = json!({"frameId": self.frame, "html": document(page)});
        self.tools.load("Page.setDocumentContent", content)?;
        let clip = self.shot_box()?.unwrap_or([0.0, 0.0, page.width.into(), page.height.into()]);
        let [x, y, width, height] = clip;
        let beyond = y + height > f64::from(page.height) || x + width > f64::from(page.width);
        let options = json!({
            "format": "png",
            "optimizeForSpeed": true,
            "captureBeyondViewport": beyond,
            "clip": {"x": x, "y": y, "width": width, "height": height, "scale": 1},
        });
        let shot = self.tools.call("Page.captureScreenshot", options)?;
        let data = shot["data"].as_str().unwrap_or_default();
        BASE64_STANDARD.decode(data).map_err(|error| error.to_string())
    }

    /// Left, top, width and height of the marked element.
    fn shot_box(&mut self) -> Result<Option<[f64; 4]>, String> {
        let root = self.tools.call("DOM.getDocument", json!({"depth": 0}))?;
        let query = json!({"nodeId": root["root"]["nodeId"], "selector": "[data-shot]"});
        let node = self.tools.call("DOM.querySelector", query)?;
        if node["nodeId"] == 0 {
            return Ok(None);
        }
        let model = self.tools.call("DOM.getBoxModel", json!({"nodeId": node["nodeId"]}))?;
        let corner = |index: usize| model["model"]["border"][index].as_f64().map(f64::round);
        let corners = [corner(0), corner(1), corner(4), corner(5)];
        let [Some(left), Some(top), Some(right), Some(bottom)] = corners else { return Ok(None) };
        let (width, height) = ((right - left).max(1.0), (bottom - top).max(1.0));
        Ok(Some([left, top, width, height.min(LONGEST)]))
    }
}

const SHOTS_PER_DOCUMENT: u64 = 32;

/// CSS pixels of the longest screenshot.
const LONGEST: f64 = 4000.0;

fn document(page: &Page<'_>) -> String {
    let Page { language, direction, html, .. } = page;
    format!(
        "<!doctype html><html lang=\"{language}\" dir=\"{direction}\"><head><meta charset=\"utf-8\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\"></head>{html}</html>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_that_is_not_there_is_told_with_a_way_out() {
        let error = find_browser(Some(Path::new("/nowhere/chromium"))).unwrap_err().to_string();
        assert!(error.contains("/nowhere/chromium") && error.contains("apt-get"), "{error}");
        assert!(find_browser(Some(Path::new("no-such-browser"))).is_err());
    }

    #[test]
    fn a_program_that_is_no_browser_is_told() {
        let Err(error) = Browser::start(Path::new("/bin/true")) else { panic!("it started") };
        assert!(error.to_string().contains("it ended"), "{error}");
    }

    #[test]
    fn pages_may_load_nothing() {
        let page = Page {
            language: "ar",
            direction: "rtl",
            html: "<p>x</p>",
            width: 1,
            height: 1,
            scale: 1.0,
        };
        let document = document(&page);
        assert!(document.contains("default-src 'none'") && document.contains("dir=\"rtl\""));
    }
}
