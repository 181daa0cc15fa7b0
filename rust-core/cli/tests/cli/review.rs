//! `epic dataset review`: that it starts, answers, keeps to itself and ends.
#![cfg(unix)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::pictures::write_sound;
use crate::support::{epic, run};

fn data_set() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let class = folder.path().join("memes");
    std::fs::create_dir(&class).unwrap();
    write_sound(&class, 3);
    folder
}

fn start(folder: &Path, options: &[&str]) -> (Child, Value) {
    let mut child = epic()
        .args(["dataset", "review", "--json"])
        .args(options)
        .arg(folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    (child, serde_json::from_str(&line).unwrap())
}

#[test]
fn it_serves_loopback_until_ctrl_c() {
    let folder = data_set();
    let (child, told) = start(folder.path(), &[]);
    let port = u16::try_from(told["port"].as_u64().unwrap()).unwrap();
    let url = told["url"].as_str().unwrap();
    let token = url.strip_prefix(&format!("http://127.0.0.1:{port}/#")).unwrap();
    assert_eq!(token.len(), 43);
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    write!(stream, "GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n")
        .unwrap();
    let mut page = String::new();
    stream.read_to_string(&mut page).unwrap();
    assert!(page.starts_with("HTTP/1.1 200 OK"), "{page}");
    assert!(page.contains("<title>EPIC review</title>"), "{page}");
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), &*stderr), (Some(0), ""));
    let class = folder.path().join("memes");
    assert_eq!(std::fs::read_dir(class).unwrap().count(), 3);
}

#[test]
fn what_cannot_be_is_told() {
    let folder = data_set();
    let path = folder.path().to_str().unwrap();
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let findings = folder.path().join("found.jsonl");
    std::fs::write(&findings, "\n{\"relative_path\": 1}\n").unwrap();
    let findings = findings.to_str().unwrap();
    for (arguments, words) in [
        (vec![path, "--port", &port], &*port),
        (vec![path, "--findings", findings], "found.jsonl, line 2"),
        (vec![path, "--metadata", "none.csv"], "none.csv"),
        (vec!["no/such/folder"], "no/such/folder"),
    ] {
        let refused = run(["dataset", "review"].iter().copied().chain(arguments));
        assert_eq!(refused.code, Some(2), "{words}");
        assert!(refused.stderr.contains(words), "{}", refused.stderr);
    }
    let empty = tempfile::tempdir().unwrap();
    let refused = run(["dataset", "review", empty.path().to_str().unwrap()]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.stderr.contains("no pictures"), "{}", refused.stderr);
}
