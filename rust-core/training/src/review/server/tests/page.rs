//! What the page does, request by request.

use std::io::Write as _;
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use super::client::Running;
use crate::review::Server;
use crate::review::testing::DataSet;

#[test]
fn its_files_come_with_a_strict_policy() {
    let running = Running::locked(&["a/1.jpg"]);
    for (path, kind) in [
        ("/", "text/html"),
        ("/style.css", "text/css"),
        ("/app.js", "text/javascript"),
        ("/icon.svg", "image/svg+xml"),
    ] {
        let answer = running.get(path);
        assert_eq!(answer.status, 200, "{path}");
        for header in [
            "content-security-policy: default-src 'none'; script-src 'self';",
            "x-content-type-options: nosniff",
            "cache-control: no-store",
            "referrer-policy: no-referrer",
            &format!("content-type: {kind}"),
        ] {
            assert!(answer.head.contains(header), "{path}: {}", answer.head);
        }
        assert!(!answer.head.contains("unsafe"), "{}", answer.head);
        assert!(!String::from_utf8_lossy(&answer.body).contains(running.token.as_str()));
    }
}

#[test]
fn every_script_that_is_imported_is_served() {
    let running = Running::locked(&["a/1.jpg"]);
    let mut todo = vec!["app.js".to_owned()];
    let mut seen = std::collections::BTreeSet::new();
    while let Some(name) = todo.pop() {
        if !seen.insert(name.clone()) {
            continue;
        }
        let answer = running.get(&format!("/{name}"));
        assert_eq!(answer.status, 200, "{name}");
        let text = String::from_utf8(answer.body).unwrap();
        todo.extend(
            text.split("from \"./")
                .skip(1)
                .filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())),
        );
        for outside in ["http:", "https:", "innerHTML", "eval("] {
            assert!(
                !text.replace("http://www.w3.org/2000/svg", "").contains(outside),
                "{name}: {outside}"
            );
        }
    }
    assert!(seen.len() > 10, "{seen:?}");
}

#[test]
fn marks_are_applied_and_taken_back() {
    let running = Running::new(&["a/1.jpg", "a/2.jpg", "b/3.jpg"]);
    let before = running.data.files();
    let state = running.get("/api/state").json();
    assert_eq!(state["review"]["classes"], serde_json::json!(["a", "b"]));
    let marked = running
        .post("marks", "{\"revision\": 1, \"marks\": [[0, \"trash\"], [1, {\"class\": 1}]]}");
    let version = marked.json()["version"].clone();
    let summary = running.get("/api/summary").json();
    assert_eq!((&summary["trash"], &summary["classes"]["b"]), (&1.into(), &1.into()));
    let wrong = running.post("apply", "{\"version\": 0}");
    assert_eq!((wrong.status, &*wrong.kind()), (409, "not_as_shown"));
    assert_eq!(
        running.post("apply", &serde_json::json!({"version": version}).to_string()).status,
        200
    );
    assert_eq!(running.data.files(), ["b/2.jpg", "b/3.jpg"]);
    assert_eq!(running.get("/api/thumbnails/1/0").kind(), "old_revision");
    let state = running.get("/api/state").json();
    assert_eq!((&state["review"]["revision"], &state["review"]["total"]), (&2.into(), &2.into()));
    assert_eq!(
        running.post("undo", &format!("{{\"id\": {}}}", state["review"]["last"]["id"])).status,
        200
    );
    assert_eq!(running.data.files(), before);
}

#[test]
fn a_file_that_changed_is_named_and_nothing_is_applied() {
    let running = Running::new(&["a/1.jpg", "a/2.jpg"]);
    let marked =
        running.post("marks", "{\"revision\": 1, \"marks\": [[0, \"trash\"], [1, \"trash\"]]}");
    std::fs::write(running.data.path().join("a/2.jpg"), b"changed").unwrap();
    let refused = running.post("apply", &marked.json().to_string());
    assert_eq!((refused.status, &*refused.kind()), (409, "changed"));
    assert!(refused.json()["error"].as_str().unwrap().contains("a/2.jpg"));
    assert_eq!(running.data.files().len(), 2);
}

#[test]
fn the_background_check_fills_its_columns() {
    let running = Running::new(&["a/1.jpg", "b/2.jpg"]);
    let surveyed = || {
        let state = running.get("/api/state").json();
        state["review"]["compared"] == true
    };
    let mut patience = 200;
    while !surveyed() && patience > 0 {
        std::thread::sleep(Duration::from_millis(50));
        patience -= 1;
    }
    assert!(surveyed());
    let columns = running.get("/api/state").json()["review"]["columns"].clone();
    let index = columns.as_array().unwrap().iter().position(|one| one["name"] == "width").unwrap();
    let answer = running.get(&format!("/api/columns/1/{index}"));
    assert_eq!(answer.body[..8], f64::from(crate::review::testing::SIDE).to_le_bytes());
    assert_eq!(running.get("/api/duplicates/1").json(), serde_json::json!([]));
}

/// A browser that scrolls on hangs up: what it waited for is not decoded.
#[test]
fn a_thumbnail_nobody_waits_for_any_more_is_not_made() {
    let data = DataSet::new(&["a/1.jpg", "a/2.jpg"]);
    let server = Server::bind(Arc::new(data.open()), 0).unwrap();
    let shared = Arc::clone(&server.shared);
    let (port, stop, url) = (server.port(), server.stop(), server.url());
    let all = u32::try_from(shared.pictures.available_permits()).unwrap();
    // Every place is taken, so that requests wait in line.
    let taken = server.runtime.block_on(shared.pictures.acquire_many(all)).unwrap();
    let key = shared.access.open_session(url.split_once('#').unwrap().1).unwrap().to_owned();
    let thread = std::thread::spawn(move || server.run());
    let ask = |id: usize| {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        let request = format!(
            "GET /api/thumbnails/1/{id} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nX-Epic-Session: {key}\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).unwrap();
        stream
    };
    let (gone, waiting) = (ask(0), ask(1));
    std::thread::sleep(Duration::from_millis(300));
    drop(gone);
    std::thread::sleep(Duration::from_millis(300));
    drop(taken);
    let mut begin = [0; 15];
    std::io::Read::read_exact(&mut &waiting, &mut begin).unwrap();
    assert_eq!(&begin, b"HTTP/1.1 200 OK");
    let made = std::fs::read_dir(data.path().join(".epic/review/thumbnails")).unwrap().count();
    assert_eq!(made, 1);
    stop.stop();
    thread.join().unwrap().unwrap();
}

#[test]
fn it_ends_when_it_is_asked_to() {
    let mut running = Running::new(&["a/1.jpg"]);
    let _silent = running.connect();
    assert!(running.end());
    assert!(TcpStream::connect(("127.0.0.1", running.port)).is_err());
}
