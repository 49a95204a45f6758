//! One editor's session, from `initialize` to `exit`: what is open, what was agreed, what is still to be told.

use std::path::PathBuf;

use lsp_server::{ErrorCode, Message, Notification, Request, Response};
use lsp_types::notification::{LogMessage, Notification as _};
use lsp_types::{
    DidChangeTextDocumentParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams, InitializeParams,
    InitializeResult, LogMessageParams, MessageType, ServerInfo, Uri,
};

use super::capabilities::capabilities;
use super::dispatch::{self, Answer};
use super::documents::{Document, Documents};
use super::positions::Encoding;
use crate::elaborate::Input;
use crate::ide::Snapshot;
use crate::lint::Settings;
use crate::source::Disk;

/// How a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The editor asked to shut down, then to exit.
    Asked,
    /// The editor left without asking.
    Left,
}

/// How far a session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Before,
    Open,
    Ending,
}

/// Everything that the server knows. Requests are answered one after the other, in the order in which they come.
#[derive(Debug)]
pub(super) struct Session {
    /// What is to be said, in order.
    outbox: Vec<Message>,
    stage: Stage,
    pub documents: Documents,
    pub encoding: Encoding,
    /// The folders that are open in the editor.
    pub folders: Vec<PathBuf>,
}

/// A document with what follows from its text.
pub(super) struct View<'s> {
    pub document: &'s Document,
    pub snapshot: &'s Snapshot,
    pub encoding: Encoding,
}

impl Session {
    pub fn new() -> Session {
        Session {
            outbox: Vec::new(),
            stage: Stage::Before,
            documents: Documents::default(),
            encoding: Encoding::default(),
            folders: Vec::new(),
        }
    }

    /// Takes a message; tells how the session ended where it is the last.
    pub fn take(&mut self, message: Message) -> Option<End> {
        match message {
            Message::Notification(told) if told.method == "exit" => {
                return Some(if self.stage == Stage::Ending { End::Asked } else { End::Left });
            }
            Message::Notification(told) if self.stage == Stage::Open => dispatch::take(self, told),
            Message::Request(request) => {
                let response = self.answer(request);
                self.outbox.push(response.into());
            }
            Message::Notification(_) | Message::Response(_) => {}
        }
        None
    }

    /// What is to be said by now.
    pub fn said(&mut self) -> Vec<Message> {
        std::mem::take(&mut self.outbox)
    }

    fn answer(&mut self, request: Request) -> Response {
        let refuse = |request: Request, code: ErrorCode, why: &str| {
            Response::new_err(request.id, code as i32, why.to_owned())
        };
        match (self.stage, request.method.as_str()) {
            (Stage::Before, "initialize") => self.initialize(request),
            (Stage::Before, _) => {
                refuse(request, ErrorCode::ServerNotInitialized, "`initialize` comes first")
            }
            (Stage::Open, "initialize") => {
                refuse(request, ErrorCode::InvalidRequest, "this session was initialized before")
            }
            (Stage::Open, "shutdown") => {
                self.stage = Stage::Ending;
                Response { id: request.id, response_result: Ok(serde_json::Value::Null) }
            }
            (Stage::Open, _) => dispatch::answer(self, request),
            (Stage::Ending, _) => {
                refuse(request, ErrorCode::InvalidRequest, "after `shutdown` only `exit` comes")
            }
        }
    }

    fn initialize(&mut self, request: Request) -> Response {
        let Request { id, params, .. } = request;
        let params: InitializeParams = match serde_json::from_value(params) {
            Ok(params) => params,
            Err(error) => return Response::new_err(id, ErrorCode::InvalidParams as i32, error.to_string()),
        };
        let general = params.capabilities.general.as_ref();
        self.encoding = Encoding::agreed(general.and_then(|general| general.position_encodings.as_deref()));
        self.stage = Stage::Open;
        let version = Some(env!("CARGO_PKG_VERSION").to_owned());
        let result = InitializeResult {
            capabilities: capabilities(self.encoding),
            server_info: Some(ServerInfo { name: "weft".to_owned(), version }),
        };
        Response::new_ok(id, result)
    }

    pub fn did_open(&mut self, told: DidOpenTextDocumentParams) -> Answer<()> {
        self.documents.open(told.text_document);
        Ok(())
    }

    pub fn did_change(&mut self, told: DidChangeTextDocumentParams) -> Answer<()> {
        let (uri, encoding) = (told.text_document.uri, self.encoding);
        let document = self.documents.get_mut(&uri).ok_or_else(|| not_open(&uri))?;
        document.change(told.content_changes, encoding)?;
        document.version = told.text_document.version;
        Ok(())
    }

    pub fn did_close(&mut self, told: DidCloseTextDocumentParams) -> Answer<()> {
        let uri = told.text_document.uri;
        self.documents.close(&uri).map(drop).ok_or_else(|| not_open(&uri))
    }

    /// An open document with what follows from its text, which is judged now where it was not before.
    pub fn view(&mut self, uri: &Uri) -> Answer<View<'_>> {
        let document = self.documents.get(uri).ok_or_else(|| not_open(uri))?;
        if document.snapshot.is_none() {
            let snapshot = judged(document);
            if let Some(document) = self.documents.get_mut(uri) {
                document.snapshot = Some(snapshot);
            }
        }
        let document = self.documents.get(uri).ok_or_else(|| not_open(uri))?;
        let snapshot = document.snapshot.as_ref().ok_or_else(|| not_open(uri))?;
        Ok(View { document, snapshot, encoding: self.encoding })
    }

    /// Tells the editor something.
    pub fn tell(&mut self, notification: Notification) {
        self.outbox.push(notification.into());
    }

    /// Tells the editor's log what went wrong.
    pub fn complain(&mut self, message: &str) {
        let params = LogMessageParams { typ: MessageType::ERROR, message: message.to_owned() };
        self.tell(Notification::new(LogMessage::METHOD.to_owned(), params));
    }
}

/// The one place where a text becomes a snapshot.
fn judged(document: &Document) -> Snapshot {
    let name = document.uri.as_str().to_owned();
    let input = Input { name, path: document.path.clone(), text: document.text.clone() };
    Snapshot::of(&Disk, input, &Settings::default())
}

fn not_open(uri: &Uri) -> String {
    format!("`{}` is not open", uri.as_str())
}
