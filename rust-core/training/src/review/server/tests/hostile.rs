//! Requests that no page of ours sends.

use std::io::{Read as _, Write as _};
use std::time::Duration;

use super::client::Running;

#[test]
fn the_token_opens_one_session() {
    let running = Running::locked(&["a/1.jpg"]);
    let open =
        |token: &str| running.post("session", &serde_json::json!({"token": token}).to_string());
    for wrong in ["", "x", &running.token[1..], &format!("{}x", running.token)] {
        assert_eq!(open(wrong).kind(), "token", "{wrong}");
    }
    assert_eq!(open(&running.token).status, 200);
    assert_eq!(open(&running.token).kind(), "token");
}

#[test]
fn without_the_session_nothing_is_told() {
    let running = Running::new(&["a/1.jpg"]);
    let host = format!("Host: 127.0.0.1:{}\r\n", running.port);
    let paths = [
        "state",
        "summary",
        "listing/1?from=0",
        "columns/1/0",
        "orders/1/0/ascending",
        "faults/1",
        "suggestions/1",
        "duplicates/1",
        "marks/1",
        "details/1/0",
        "metadata/1/0",
        "thumbnails/1/0",
        "pictures/1/0?side=9",
        "none",
    ];
    for path in paths {
        for key in ["", "X-Epic-Session: x\r\n", &format!("X-Epic-Session: {}\r\n", running.token)]
        {
            let request =
                format!("GET /api/{path} HTTP/1.1\r\n{host}Connection: close\r\n{key}\r\n");
            let answer = running.send(request.as_bytes());
            assert_eq!((answer.status, &*answer.kind()), (401, "session"), "{path} {key}");
        }
    }
    for path in ["marks", "apply", "undo", "refresh", "forget"] {
        let origin = format!("Origin: http://127.0.0.1:{}\r\nContent-Length: 2\r\n", running.port);
        let request =
            format!("POST /api/{path} HTTP/1.1\r\n{host}{origin}Connection: close\r\n\r\n{{}}");
        assert_eq!(running.send(request.as_bytes()).status, 401, "{path}");
    }
}

#[test]
fn other_names_of_this_machine_are_refused() {
    let running = Running::new(&["a/1.jpg"]);
    let port = running.port;
    let right = format!("Host: 127.0.0.1:{port}\r\n");
    for host in ["evil.example", "localhost", "127.0.0.1", "0.0.0.0", "[::1]"] {
        for host in [host.to_owned(), format!("{host}:{port}x"), format!("{host}.:{port}")] {
            for path in ["/", "/app.js", "/api/state"] {
                let request =
                    running.head("GET", path, "").replace(&right, &format!("Host: {host}\r\n"));
                assert_eq!(running.send(request.as_bytes()).status, 403, "{host} {path}");
            }
        }
    }
    let twice = running.head("GET", "/", &right);
    assert_eq!(running.send(twice.as_bytes()).status, 403);
    let none = running.head("GET", "/", "").replace(&right, "");
    assert_eq!(running.send(none.as_bytes()).status, 403);
}

#[test]
fn other_origins_are_refused_with_the_key_too() {
    let running = Running::new(&["a/1.jpg"]);
    let port = running.port;
    let own = format!("http://127.0.0.1:{port}");
    for origin in [
        "null",
        "http://evil.example",
        "http://127.0.0.1",
        &format!("https://127.0.0.1:{port}"),
        &format!("{own}.evil.example"),
    ] {
        let get = running.head("GET", "/api/state", &format!("Origin: {origin}\r\n"));
        assert_eq!(running.send(get.as_bytes()).kind(), "origin", "{origin}");
        let post = running.head(
            "POST",
            "/api/refresh",
            &format!("Origin: {origin}\r\nContent-Length: 2\r\n"),
        );
        assert_eq!(running.send((post + "{}").as_bytes()).kind(), "origin", "{origin}");
    }
    let without = running.head("POST", "/api/refresh", "Content-Length: 2\r\n") + "{}";
    assert_eq!(running.send(without.as_bytes()).kind(), "origin");
    let foreign = running.head("GET", "/api/state", "").replace("same-origin", "cross-site");
    assert_eq!(running.send(foreign.as_bytes()).status, 401);
    let options = running.head("OPTIONS", "/api/state", &format!("Origin: {own}\r\n"));
    let answer = running.send(options.as_bytes());
    assert_eq!(answer.status, 405);
    assert!(!answer.head.contains("access-control"), "{}", answer.head);
}

#[test]
fn paths_are_numbers_of_the_listing_and_nothing_else() {
    let running = Running::new(&["a/1.jpg"]);
    for path in [
        "/../Cargo.toml",
        "/..%2f..%2fetc/passwd",
        "/api/../app.js",
        "/style.css/",
        "//app.js",
        "/api",
        "/api/thumbnails/1/../0",
        "/api/thumbnails/1/a%2f1.jpg",
        "/api/thumbnails/1/a/1.jpg",
        "/api/thumbnails/1/-1",
        "/api/thumbnails/1/+0",
        "/api/thumbnails/1/ 0",
        "/api/thumbnails/1/1",
        "/api/thumbnails/1/",
        "/api/thumbnails/1/99999999999999999999999",
        "/api/pictures/1/0",
        "/api/pictures/1/0?side=-1",
        "/api/pictures/1/0?side=99999999999",
        "/api/columns/1/999",
        "/api/orders/1/0/sideways",
        "/api/listing/1",
    ] {
        let answer = running.get(path);
        assert!([400, 404].contains(&answer.status), "{path}: {answer:?}");
    }
    assert_eq!(running.get("/api/thumbnails/2/0").kind(), "old_revision");
    assert_eq!(running.get("/api/thumbnails/1/0").status, 200);
}

#[test]
fn bodies_are_bounded_and_understood_or_refused() {
    let running = Running::new(&["a/1.jpg", "b/1.jpg"]);
    let origin = format!("Origin: http://127.0.0.1:{}\r\n", running.port);
    let claim =
        running.head("POST", "/api/marks", &format!("{origin}Content-Length: 999999999999\r\n"));
    assert_eq!(running.send(claim.as_bytes()).status, 413);
    let mut chunked = running
        .head("POST", "/api/marks", &format!("{origin}Transfer-Encoding: chunked\r\n"))
        .into_bytes();
    for _ in 0..5 {
        chunked.extend(b"100000\r\n");
        chunked.extend(std::iter::repeat_n(b' ', 1 << 20));
        chunked.extend(b"\r\n");
    }
    assert_eq!(running.send(&chunked).status, 413);
    let long = running.head("GET", &format!("/{}", "x".repeat(100_000)), "");
    assert!([414, 431].contains(&running.send(long.as_bytes()).status));
    for (path, body) in [
        ("marks", ""),
        ("marks", "{}"),
        ("marks", "[]"),
        ("marks", "{\"revision\": 1, \"marks\": [[0, \"unlink\"]]}"),
        ("marks", "{\"revision\": 1, \"marks\": [[\"a/1.jpg\", \"trash\"]]}"),
        ("marks", "{\"revision\": 1, \"marks\": [], \"path\": \"/etc\"}"),
        ("apply", "{}"),
        ("undo", "{\"id\": \"1\"}"),
        ("refresh", "nonsense"),
        ("session", "{\"token\": 1}"),
    ] {
        let answer = running.post(path, body);
        assert_eq!((answer.status, &*answer.kind()), (400, "malformed"), "{path} {body}");
    }
    for body in [
        "{\"revision\": 1, \"marks\": [[2, \"trash\"]]}",
        "{\"revision\": 1, \"marks\": [[0, {\"class\": 2}]]}",
    ] {
        assert_eq!(running.post("marks", body).status, 404, "{body}");
    }
    assert_eq!(running.get("/api/summary").json()["trash"], 0);
}

#[cfg(unix)]
#[test]
fn a_link_that_took_a_pictures_place_shows_nothing() {
    use std::os::unix::fs::symlink;
    let outside = tempfile::tempdir().unwrap();
    let running = Running::new(&["a/1.jpg", "b/2.jpg"]);
    let (picture, folder) = (running.data.path().join("a/1.jpg"), running.data.path().join("b"));
    let secret = outside.path().join("2.jpg");
    std::fs::rename(&picture, &secret).unwrap();
    symlink(&secret, &picture).unwrap();
    let moved = outside.path().join("moved");
    std::fs::rename(&folder, &moved).unwrap();
    symlink(&moved, &folder).unwrap();
    for id in [0, 1] {
        for path in [format!("thumbnails/1/{id}"), format!("pictures/1/{id}?side=100")] {
            let answer = running.get(&format!("/api/{path}"));
            assert_eq!((answer.status, &*answer.kind()), (409, "file_changed"), "{path}");
        }
    }
}

#[test]
fn a_client_that_sends_nothing_does_not_hold_up_others() {
    let running = Running::new(&["a/1.jpg"]);
    let silent: Vec<_> = (0..20).map(|_| running.connect()).collect();
    let mut half = running.connect();
    half.write_all(b"GET /api/state HTTP/1.1\r\nHost:").unwrap();
    assert_eq!(running.get("/api/state").status, 200);
    drop(silent);
    half.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    assert!(half.read(&mut [0; 8]).is_err());
}
