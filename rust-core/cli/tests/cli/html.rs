//! The contact sheet of `epic scan --html`.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use crate::pictures::{png, write_sound};
use crate::support::{Run, run};

fn scan_html(folder: &Path, page: &Path) -> Run {
    run(["scan".as_ref(), "--html".as_ref(), page.as_os_str(), folder.as_os_str()] as [&OsStr; 4])
}

#[test]
fn the_page_is_whole_and_loads_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (pictures, out) = (folder.path().join("in"), folder.path().join("out"));
    fs::create_dir(&pictures).unwrap();
    fs::create_dir(&out).unwrap();
    write_sound(&pictures, 4);
    fs::write(pictures.join("empty.jpg"), []).unwrap();
    fs::write(pictures.join("<img src=x onerror='alert(1)'>&\".png"), png(7)).unwrap();
    let page = out.join("sheet.html");
    fs::write(&page, "an older page").unwrap();
    let run = scan_html(&pictures, &page);
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains(page.to_str().unwrap()), "{}", run.stderr);
    let html = fs::read_to_string(&page).unwrap();
    assert!(html.starts_with("<!doctype html>") && html.ends_with("</html>\n"));
    for foreign in ["http://", "https://", "<script", "<link", "url(", "<img src=x", "onerror='"] {
        assert!(!html.contains(foreign), "{foreign}");
    }
    assert_eq!(html.matches("<img src=\"data:image/").count(), 5);
    assert!(html.contains("&lt;img src=x onerror=&#39;alert(1)&#39;&gt;&amp;&quot;.png"));
    assert!(html.contains("empty.jpg") && html.contains("the file is empty"));
    // Written under another name and renamed: nothing else may be left behind.
    let left: Vec<_> =
        fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["sheet.html"]);
}

#[test]
fn a_page_that_cannot_be_written_is_exit_code_2() {
    let folder = tempfile::tempdir().unwrap();
    write_sound(folder.path(), 1);
    let page = folder.path().join("no such folder/sheet.html");
    let run = scan_html(folder.path(), &page);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains(page.to_str().unwrap()), "{}", run.stderr);
}
