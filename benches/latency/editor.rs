//! An editor that sends a change and waits for what is found.

use std::io::{BufRead, BufReader, PipeReader, PipeWriter, Read, Write, pipe};
use std::ops::Range;

use serde_json::{Value, json};

const URI: &str = "untitled:net";

pub struct Editor {
    to: PipeWriter,
    from: BufReader<PipeReader>,
    version: usize,
}

impl Editor {
    /// A server in a thread of its own, with a text open.
    pub fn new(text: &str) -> Editor {
        let ((input, to), (from, mut output)) = (pipe().expect("a pipe"), pipe().expect("a pipe"));
        let serve = move || weft::server::run(BufReader::new(input), &mut output);
        std::thread::Builder::new().stack_size(weft::cli::STACK).spawn(serve).expect("a thread");
        let mut editor = Editor { to, from: BufReader::new(from), version: 1 };
        editor.send(
            &json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": { "capabilities": {} } }),
        );
        let document = json!({ "uri": URI, "languageId": "weft", "version": 1, "text": text });
        editor.tell("textDocument/didOpen", &json!({ "textDocument": document }));
        editor.wait();
        editor
    }

    /// Replaces a part of a line, and waits until the findings of that version are told.
    pub fn edit(&mut self, line: usize, columns: Range<usize>, text: &str) {
        self.version += 1;
        let position = |character| json!({ "line": line, "character": character });
        let range = json!({ "start": position(columns.start), "end": position(columns.end) });
        let document = json!({ "uri": URI, "version": self.version });
        let changes = json!([{ "range": range, "text": text }]);
        self.tell("textDocument/didChange", &json!({ "textDocument": document, "contentChanges": changes }));
        self.wait();
    }

    fn tell(&mut self, method: &str, params: &Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    fn send(&mut self, message: &Value) {
        let body = message.to_string();
        write!(self.to, "Content-Length: {}\r\n\r\n{body}", body.len()).expect("a server that reads");
    }

    fn wait(&mut self) {
        loop {
            let mut length = 0;
            loop {
                let mut line = String::new();
                self.from.read_line(&mut line).expect("a server that writes");
                match line.trim_end().strip_prefix("Content-Length: ") {
                    Some(digits) => length = digits.parse().expect("a number"),
                    None if line.trim_end().is_empty() => break,
                    None => {}
                }
            }
            let mut body = vec![0; length];
            self.from.read_exact(&mut body).expect("a message");
            let message: Value = serde_json::from_slice(&body).expect("JSON");
            if message["params"]["version"] == self.version {
                return;
            }
        }
    }
}
