//! A small editor: it speaks the protocol's framing to a server in this process, through two pipes.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, PipeReader, PipeWriter, Read, Write, pipe};
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
    /// Notifications that came while something else was waited for.
    pub heard: Vec<Value>,
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
        Some(serde_json::from_slice(&body).unwrap())
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

/// The capabilities by which an editor is told apart, nested as in the protocol: `{"general.positionEncodings": …}`.
pub fn capabilities(paths: HashMap<&str, Value>) -> Value {
    let mut all = json!({});
    for (path, value) in paths {
        let place = path.split('.').fold(&mut all, |place, step| &mut place[step]);
        *place = value;
    }
    json!({ "capabilities": all })
}
