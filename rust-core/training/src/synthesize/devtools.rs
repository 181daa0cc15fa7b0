//! Chromium's DevTools protocol over a pipe: JSON messages that end with a zero byte, no socket.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// How long one answer may take; a page is rendered in a fraction of a second.
const PATIENCE: Duration = Duration::from_secs(60);
/// A screenshot of the largest page is far smaller.
const LARGEST_MESSAGE: u64 = 256 << 20;

/// A running browser. It ends with this value.
pub(super) struct DevTools {
    child: Child,
    input: ChildStdin,
    messages: Receiver<Value>,
    /// The page that commands go to, once there is one.
    session: Option<String>,
    next_id: u64,
}

impl DevTools {
    /// Starts the program of `command`, whose arguments must contain `--remote-debugging-pipe`.
    ///
    /// Chromium talks on the descriptors 3 and 4. A shell puts them there, as a program without unsafe
    /// code cannot.
    pub(super) fn start(program: &std::path::Path, arguments: &[String]) -> Result<Self, String> {
        let mut child = Command::new("sh")
            .args(["-c", r#"exec "$0" "$@" 3<&0 4>&1 0</dev/null 1>/dev/null 2>&1"#])
            .arg(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| error.to_string())?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("it has no pipes".to_owned());
        };
        let (sender, messages) = mpsc::channel();
        std::thread::spawn(move || {
            let mut output = BufReader::with_capacity(1 << 16, output);
            let mut message = Vec::new();
            loop {
                message.clear();
                let read = output.by_ref().take(LARGEST_MESSAGE).read_until(0, &mut message);
                if !matches!(read, Ok(1..)) || message.pop() != Some(0) {
                    return;
                }
                let Ok(value) = serde_json::from_slice(&message) else { return };
                if sender.send(value).is_err() {
                    return;
                }
            }
        });
        Ok(Self { child, input, messages, session: None, next_id: 1 })
    }

    /// Opens an empty page; later calls are meant for it.
    pub(super) fn open_page(&mut self) -> Result<(), String> {
        let target = self.call("Target.createTarget", json!({"url": "about:blank"}))?;
        let attach = json!({"targetId": target["targetId"], "flatten": true});
        let session = self.call("Target.attachToTarget", attach)?;
        self.session = session["sessionId"].as_str().map(str::to_owned);
        Ok(())
    }

    /// The result of a command.
    pub(super) fn call(&mut self, method: &str, parameters: Value) -> Result<Value, String> {
        let id = self.send(method, parameters)?;
        let mut answer = self.wait(|message| message["id"] == id)?;
        match answer["error"]["message"].as_str() {
            Some(error) => Err(format!("{method}: {error}")),
            None => Ok(answer["result"].take()),
        }
    }

    /// Sends a command that makes the page load, and returns once it has.
    pub(super) fn load(&mut self, method: &str, parameters: Value) -> Result<(), String> {
        let id = self.send(method, parameters)?;
        let failed = |message: &Value| {
            let error = &message["error"]["message"];
            let failure = error.as_str().or(message["result"]["errorText"].as_str());
            failure.filter(|_| message["id"] == id).map(str::to_owned)
        };
        let end = self.wait(|message| {
            message["method"] == "Page.loadEventFired" || failed(message).is_some()
        })?;
        failed(&end).map_or(Ok(()), Err)
    }

    fn send(&mut self, method: &str, parameters: Value) -> Result<u64, String> {
        let id = self.next_id;
        self.next_id += 1;
        let mut message = json!({"id": id, "method": method, "params": parameters});
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        self.input.write_all(&bytes).map_err(|_| GONE.to_owned())?;
        Ok(id)
    }

    /// The first message of that kind; those before it are of no interest.
    fn wait(&mut self, is_wanted: impl Fn(&Value) -> bool) -> Result<Value, String> {
        let until = Instant::now() + PATIENCE;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            match self.messages.recv_timeout(left) {
                Ok(message) if is_wanted(&message) => return Ok(message),
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout) => {
                    return Err(format!("it gave no answer in {} s", PATIENCE.as_secs()));
                }
                Err(RecvTimeoutError::Disconnected) => return Err(GONE.to_owned()),
            }
        }
    }
}

const GONE: &str = "it ended";

impl Drop for DevTools {
    fn drop(&mut self) {
        self.session = None;
        let _ = self.send("Browser.close", json!({}));
        let until = Instant::now() + Duration::from_secs(3);
        while Instant::now() < until {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A program that says these messages on descriptor 4 and ends.
    fn speaker(messages: &str) -> DevTools {
        let script = format!("printf '{messages}' >&4; sleep 0.3");
        let shell = std::path::Path::new("/bin/sh");
        DevTools::start(shell, &["-c".to_owned(), script]).unwrap()
    }

    #[test]
    fn answers_are_told_from_events_and_errors() {
        let mut tools = speaker(
            r#"{"method":"Other.event"}\0{"id":1,"result":{"a":7}}\0{"id":2,"error":{"message":"no"}}\0"#,
        );
        assert_eq!(tools.call("One", json!({})).unwrap(), json!({"a": 7}));
        assert_eq!(tools.call("Two", json!({})).unwrap_err(), "Two: no");
        assert_eq!(tools.call("Three", json!({})).unwrap_err(), GONE);
    }

    #[test]
    fn a_page_has_loaded_once_it_says_so_or_fails() {
        let mut tools = speaker(
            r#"{"id":1,"result":{}}\0{"method":"Page.loadEventFired"}\0{"id":2,"result":{"errorText":"net::ERR"}}\0"#,
        );
        tools.load("Page.navigate", json!({})).unwrap();
        assert_eq!(tools.load("Page.navigate", json!({})).unwrap_err(), "net::ERR");
    }

    #[test]
    fn what_is_no_message_ends_the_talk() {
        let mut tools = speaker(r"no json\0");
        assert_eq!(tools.call("One", json!({})).unwrap_err(), GONE);
        let mut tools = speaker(r#"{"id":1"#);
        assert_eq!(tools.call("One", json!({})).unwrap_err(), GONE);
    }
}
