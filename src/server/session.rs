//! One editor's session, from `initialize` to `exit`: how far it is, what is open, what is still to be said.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response};
use lsp_types::notification::{self as notifications, Notification as NotificationType};
use lsp_types::request::Request as RequestType;
use lsp_types::{InitializeParams, LogMessageParams, MessageType, ShowMessageParams};

use crate::project::Projects;
use crate::server::dispatch;
use crate::server::protocol::capabilities;
use crate::server::protocol::editor::{ClientCapabilities, ClientSettings, folders};
use crate::server::protocol::positions::Encoding;
use crate::server::texts::documents::Documents;

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
    pub client: ClientCapabilities,
    pub settings: ClientSettings,
    /// The folders that are open in the editor.
    pub folders: Vec<PathBuf>,
    /// What the projects of these files decided, as far as it was asked for.
    pub projects: Projects,
    /// Why a configuration could not be used, when that was last said.
    pub config_error: Option<String>,
    /// When a text last changed, and when the first one changed that the editor was not told of.
    changed: Option<(Instant, Instant)>,
    asked: i32,
}

/// A burst of changes is over when nothing was said for so long.
const QUIET: Duration = Duration::from_micros(500);
/// An editor that never falls silent is told after so long.
const LONGEST: Duration = Duration::from_millis(100);

impl Session {
    pub fn new() -> Session {
        Session {
            outbox: Vec::new(),
            stage: Stage::Before,
            documents: Documents::default(),
            encoding: Encoding::default(),
            client: ClientCapabilities::default(),
            settings: ClientSettings::default(),
            folders: Vec::new(),
            projects: Projects::default(),
            config_error: None,
            changed: None,
            asked: 0,
        }
    }

    /// Takes a message; tells how the session ended where it is the last.
    pub fn take(&mut self, message: Message) -> Option<End> {
        match message {
            Message::Notification(notification) if notification.method == notifications::Exit::METHOD => {
                return Some(if self.stage == Stage::Ending { End::Asked } else { End::Left });
            }
            Message::Notification(notification) if self.stage == Stage::Open => {
                dispatch::take(self, notification)
            }
            Message::Request(request) => {
                let response = self.answer(request);
                self.outbox.push(response.into());
            }
            Message::Response(Response { response_result: Ok(value), .. }) => self.receive_settings(&value),
            Message::Response(_) | Message::Notification(_) => {}
        }
        None
    }

    /// What is to be said by now.
    pub fn drain_outbox(&mut self) -> Vec<Message> {
        std::mem::take(&mut self.outbox)
    }

    /// How long to wait for the editor before it is told of what changed; `None` where there is nothing to tell.
    pub fn debounce(&self) -> Option<Duration> {
        let (last, first) = self.changed?;
        let now = Instant::now();
        let burst = QUIET.saturating_sub(now.duration_since(last));
        Some(burst.min(LONGEST.saturating_sub(now.duration_since(first))))
    }

    /// True where the editor was kept waiting for too long.
    pub fn is_overdue(&self) -> bool {
        self.changed.is_some_and(|(_, first)| first.elapsed() >= LONGEST)
    }

    /// Notes that there is something to tell.
    pub fn note_change(&mut self) {
        let now = Instant::now();
        self.changed = Some((now, self.changed.map_or(now, |(_, first)| first)));
    }

    /// Tells what is found in one text that changed.
    pub fn publish_next(&mut self) {
        let next = self
            .documents
            .all()
            .find(|document| document.is_unpublished)
            .map(|document| document.uri.clone());
        if let Some(uri) = next {
            self.publish(&uri);
        }
        if self.documents.all().all(|document| !document.is_unpublished) {
            self.changed = None;
        }
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
        let shows_texts = params.pointer("/capabilities/workspace/textDocumentContent").is_some();
        let params: InitializeParams = match serde_json::from_value(params) {
            Ok(params) => params,
            Err(error) => return Response::new_err(id, ErrorCode::InvalidParams as i32, error.to_string()),
        };
        let general = params.capabilities.general.as_ref();
        self.encoding = Encoding::agreed(general.and_then(|general| general.position_encodings.as_deref()));
        self.client = ClientCapabilities::of(&params.capabilities, shows_texts);
        self.folders = folders(&params);
        self.stage = Stage::Open;
        if let Some(settings) = &params.initialization_options {
            self.apply_settings(settings);
        }
        Response { id, response_result: Ok(capabilities::greeting(self.encoding)) }
    }

    /// Tells the editor something.
    pub fn notify<N: NotificationType>(&mut self, params: N::Params) {
        self.outbox.push(Notification::new(N::METHOD.to_owned(), params).into());
    }

    /// Asks the editor something.
    pub fn request<R: RequestType>(&mut self, params: R::Params) {
        self.asked = self.asked.wrapping_add(1);
        self.outbox.push(Request::new(RequestId::from(self.asked), R::METHOD.to_owned(), params).into());
    }

    /// Tells the editor's log what went wrong.
    pub fn log_error(&mut self, message: &str) {
        let params = LogMessageParams { typ: MessageType::ERROR, message: message.to_owned() };
        self.notify::<notifications::LogMessage>(params);
    }

    /// Tells the user what is wrong.
    pub fn show_warning(&mut self, message: String) {
        self.notify::<notifications::ShowMessage>(ShowMessageParams { typ: MessageType::WARNING, message });
    }
}
