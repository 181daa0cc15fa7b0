//! A running server and a client that sends what it is told.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::Value;

use crate::review::testing::DataSet;
use crate::review::{Options, Review, ReviewError, Server, Stop};

/// A server that ends when this is dropped.
pub(super) struct Running {
    pub(super) data: DataSet,
    pub(super) port: u16,
    pub(super) token: String,
    pub(super) key: String,
    stop: Stop,
    ended: Option<JoinHandle<Result<(), ReviewError>>>,
}

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: Vec<u8>,
}

impl Answer {
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(super) fn kind(&self) -> String {
        self.json()["kind"].as_str().unwrap_or_default().to_owned()
    }
}

impl Running {
    /// Serves pictures at these paths, with an open session.
    pub(super) fn new(paths: &[&str]) -> Self {
        let mut running = Self::locked(paths);
        let body = serde_json::json!({"token": running.token}).to_string();
        let answer = running.post_as("", "session", &body);
        assert_eq!(answer.status, 200, "{answer:?}");
        running.key = answer.json()["session"].as_str().unwrap().to_owned();
        running
    }

    /// … without a session.
    pub(super) fn locked(paths: &[&str]) -> Self {
        let data = DataSet::new(paths);
        let review = Arc::new(Review::open(data.path(), Options::default()).unwrap());
        let server = Server::bind(review, 0).unwrap();
        let (port, stop, url) = (server.port(), server.stop(), server.url());
        let token = url.split_once('#').unwrap().1.to_owned();
        let ended = Some(std::thread::spawn(move || server.run()));
        Self { data, port, token, key: String::new(), stop, ended }
    }

    /// The head that the page's browser sends.
    pub(super) fn head(&self, method: &str, path: &str, more: &str) -> String {
        let (port, key) = (self.port, &self.key);
        format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\
             X-Epic-Session: {key}\r\nSec-Fetch-Site: same-origin\r\n{more}\r\n"
        )
    }

    pub(super) fn get(&self, path: &str) -> Answer {
        self.send(self.head("GET", path, "").as_bytes())
    }

    pub(super) fn post(&self, path: &str, body: &str) -> Answer {
        self.post_as(&self.key, path, body)
    }

    fn post_as(&self, key: &str, path: &str, body: &str) -> Answer {
        let (port, length) = (self.port, body.len());
        let origin = format!("Origin: http://127.0.0.1:{port}\r\nContent-Length: {length}\r\n");
        let head = self.head("POST", &format!("/api/{path}"), &origin);
        let head = if key.is_empty() { head.replace("X-Epic-Session: \r\n", "") } else { head };
        self.send((head + body).as_bytes())
    }

    pub(super) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream
    }

    pub(super) fn send(&self, request: &[u8]) -> Answer {
        let mut stream = self.connect();
        // A server that refuses early may have hung up before all is written.
        let _ = stream.write_all(request);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap_or(answer.len());
        let head = String::from_utf8_lossy(&answer[..end]).to_lowercase();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        let body = answer.get(end + 4..).unwrap_or_default().to_vec();
        Answer { status: status.unwrap_or_default(), head, body }
    }

    /// Ends the server; whether it ended well.
    pub(super) fn end(&mut self) -> bool {
        self.stop.stop();
        self.ended.take().is_none_or(|thread| thread.join().unwrap().is_ok())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}
