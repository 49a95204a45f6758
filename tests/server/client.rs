//! A small editor: it speaks the protocol's framing to a server in this process, through two pipes.

use std::fs;
use std::io::{BufRead, BufReader, PipeReader, PipeWriter, Read, Write, pipe};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};

use serde_json::{Value, json};
use weft::server::{End, run};

/// The stack that the server asks for.
const STACK: usize = 64 << 20;

pub struct Client {
    to: Option<PipeWriter>,
    from: BufReader<PipeReader>,
    server: Option<JoinHandle<End>>,
    next_id: i64,
    /// What came while something else was waited for.
    heard: Vec<Value>,
    /// How often findings were published.
    pub published_so_far: usize,
}

impl Client {
    /// A server that nothing was said to.
    pub fn silent() -> Client {
        let ((input, to), (from, mut output)) = (pipe().unwrap(), pipe().unwrap());
        let serve = move || run(BufReader::new(input), &mut output).unwrap();
        let server = thread::Builder::new().stack_size(STACK).spawn(serve).unwrap();
        Client {
            to: Some(to),
            from: BufReader::new(from),
            server: Some(server),
            next_id: 0,
            heard: Vec::new(),
            published_so_far: 0,
        }
    }

    /// A server that is ready, for an editor with no abilities of its own.
    pub fn new() -> Client {
        Client::with(json!({ "capabilities": {} }))
    }

    /// A server that is ready.
    pub fn with(initialize: Value) -> Client {
        let mut client = Client::silent();
        client.ask("initialize", initialize);
        client.tell("initialized", json!({}));
        client
    }

    /// Sends bytes as they are.
    pub fn send_raw(&mut self, bytes: &[u8]) {
        self.to.as_mut().unwrap().write_all(bytes).unwrap();
    }

    pub fn send(&mut self, message: &Value) {
        self.send_raw(&framed(message));
    }

    pub fn tell(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// The answer to a request: `result`, or the whole error.
    pub fn ask(&mut self, method: &str, params: Value) -> Value {
        self.next_id += 1;
        let id = self.next_id;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        loop {
            let message = self.receive().expect("an answer");
            if message["id"] == id && message.get("method").is_none() {
                return message.get("result").or(message.get("error")).cloned().unwrap();
            }
            self.heard.push(message);
        }
    }

    /// The next message of the server; `None` once it is gone.
    pub fn receive(&mut self) -> Option<Value> {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if self.from.read_line(&mut line).unwrap() == 0 {
                return None;
            }
            match line.trim_end().split_once(": ") {
                Some(("Content-Length", digits)) => length = digits.parse().unwrap(),
                Some(_) => {}
                None => break,
            }
        }
        let mut body = vec![0; length];
        self.from.read_exact(&mut body).unwrap();
        let message: Value = serde_json::from_slice(&body).unwrap();
        self.published_so_far += usize::from(message["method"] == "textDocument/publishDiagnostics");
        Some(message)
    }

    /// The params of the next notification of a kind, whether it came already or is still to come.
    pub fn hear(&mut self, method: &str) -> Value {
        loop {
            if let Some(at) = self.heard.iter().position(|message| message["method"] == method) {
                return self.heard.remove(at)["params"].take();
            }
            let message = self.receive().unwrap_or_else(|| panic!("no {method}"));
            self.heard.push(message);
        }
    }

    /// What is published of a document in this version or a later one.
    pub fn published(&mut self, uri: &str, version: i64) -> Vec<Value> {
        loop {
            let told = self.hear("textDocument/publishDiagnostics");
            if told["uri"] == uri && told["version"].as_i64().is_none_or(|told| told >= version) {
                return told["diagnostics"].as_array().unwrap().clone();
            }
        }
    }

    pub fn open(&mut self, uri: &str, text: &str) {
        let document = json!({ "uri": uri, "languageId": "weft", "version": 1, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": document }));
    }

    pub fn change(&mut self, uri: &str, version: i64, changes: Value) {
        let document = json!({ "uri": uri, "version": version });
        self.tell("textDocument/didChange", json!({ "textDocument": document, "contentChanges": changes }));
    }

    /// The answer to a request about a place.
    pub fn ask_at(&mut self, method: &str, uri: &str, line: u32, character: u32) -> Value {
        let params =
            json!({ "textDocument": { "uri": uri }, "position": { "line": line, "character": character } });
        self.ask(method, params)
    }

    /// The answer to a request about a document.
    pub fn ask_of(&mut self, method: &str, uri: &str) -> Value {
        self.ask(method, json!({ "textDocument": { "uri": uri } }))
    }

    /// Shuts the server down as an editor should.
    pub fn end(mut self) -> End {
        self.ask("shutdown", Value::Null);
        self.tell("exit", Value::Null);
        self.leave()
    }

    /// Closes the pipe, and waits for the server to end.
    pub fn leave(&mut self) -> End {
        self.to = None;
        self.server.take().unwrap().join().unwrap()
    }
}

/// A message as it goes over the wire.
pub fn framed(message: &Value) -> Vec<u8> {
    let body = message.to_string();
    format!("Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

/// A text with `|` where the cursor is: the text without it, the line and the column in UTF-16 units.
pub fn cursor(marked: &str) -> (String, u32, u32) {
    let at = marked.find('|').expect("a cursor");
    let before = &marked[..at];
    let line = before.matches('\n').count();
    let column = before.rsplit('\n').next().unwrap_or("").encode_utf16().count();
    (marked.replacen('|', "", 1), line as u32, column as u32)
}

/// A folder of files, for as long as a test runs.
pub struct Project(PathBuf);

impl Project {
    pub fn new(files: &[(&str, &str)]) -> Project {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("weft-server-{}-{number}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let project = Project(folder.canonicalize().unwrap());
        files.iter().for_each(|(name, text)| project.write(name, text));
        project
    }

    pub fn folder(&self) -> &Path {
        &self.0
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn text(&self, name: &str) -> String {
        fs::read_to_string(self.0.join(name)).unwrap()
    }

    pub fn uri(&self, name: &str) -> String {
        format!("file://{}", self.0.join(name).display())
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
