//! Which function answers which request, and which takes which notification: one line each.

use lsp_server::{ErrorCode, Notification, Request, RequestId, Response};
use lsp_types::notification::{self as notifications, Notification as NotificationType};
use lsp_types::request::{self as requests, Request as RequestType};
use serde_json::Value;

use crate::server::answers::actions;
use crate::server::answers::completion;
use crate::server::answers::folding;
use crate::server::answers::formatting;
use crate::server::answers::hints;
use crate::server::answers::hover;
use crate::server::answers::names;
use crate::server::answers::pages;
use crate::server::answers::rename;
use crate::server::answers::semantic_tokens;
use crate::server::answers::signature;
use crate::server::answers::symbols;
use crate::server::session::Session;

/// What a handler gives: the answer, or the sentence that says why there is none.
pub(super) type Answer<T> = Result<T, String>;

/// Answers a request.
pub(super) fn answer(session: &mut Session, request: Request) -> Response {
    let dispatch = RequestDispatch { session, request, response: None };
    dispatch
        .on::<requests::HoverRequest>(hover::hover)
        .on::<requests::GotoDefinition>(names::definition)
        .on::<requests::References>(names::references)
        .on::<requests::DocumentHighlightRequest>(names::highlights)
        .on::<requests::PrepareRenameRequest>(rename::prepare)
        .on::<requests::Rename>(rename::rename)
        .on::<requests::DocumentSymbolRequest>(symbols::of_document)
        .on::<requests::WorkspaceSymbolRequest>(symbols::of_workspace)
        .on::<requests::Completion>(completion::complete)
        .on::<requests::ResolveCompletionItem>(completion::resolve)
        .on::<requests::SignatureHelpRequest>(signature::help)
        .on::<requests::Formatting>(formatting::of_document)
        .on::<requests::RangeFormatting>(formatting::of_range)
        .on::<requests::FoldingRangeRequest>(folding::ranges)
        .on::<requests::SemanticTokensFullRequest>(semantic_tokens::of_document)
        .on::<requests::SemanticTokensRangeRequest>(semantic_tokens::of_range)
        .on::<requests::InlayHintRequest>(hints::inlay_hints)
        .on::<requests::CodeLensRequest>(hints::code_lenses)
        .on::<requests::CodeActionRequest>(actions::code_actions)
        .on::<pages::TextDocumentContent>(pages::content)
        .finish()
}

/// Takes a notification. One that is not known is no mistake: the protocol lets an editor tell more than is asked for.
pub(super) fn take(session: &mut Session, notification: Notification) {
    let dispatch = NotificationDispatch { session, notification };
    dispatch
        .on::<notifications::Initialized>(Session::initialized)
        .on::<notifications::DidOpenTextDocument>(Session::did_open)
        .on::<notifications::DidChangeTextDocument>(Session::did_change)
        .on::<notifications::DidCloseTextDocument>(Session::did_close)
        .on::<notifications::DidSaveTextDocument>(Session::did_save)
        .on::<notifications::DidChangeWatchedFiles>(Session::did_change_watched_files)
        .on::<notifications::DidChangeWorkspaceFolders>(Session::did_change_folders)
        .on::<notifications::DidChangeConfiguration>(Session::did_change_configuration);
}

struct RequestDispatch<'s> {
    session: &'s mut Session,
    request: Request,
    response: Option<Response>,
}

impl RequestDispatch<'_> {
    /// Lets a function answer requests of a kind.
    fn on<R: RequestType>(mut self, answer: fn(&mut Session, R::Params) -> Answer<R::Result>) -> Self {
        if self.response.is_none() && self.request.method == R::METHOD {
            let id = self.request.id.clone();
            let params = serde_json::from_value(std::mem::take(&mut self.request.params));
            self.response = Some(match params {
                Ok(params) => response(id, answer(self.session, params)),
                Err(error) => Response::new_err(id, ErrorCode::InvalidParams as i32, error.to_string()),
            });
        }
        self
    }

    fn finish(self) -> Response {
        let Request { id, method, .. } = self.request;
        let unknown = || {
            let message = format!("`{method}` is not among what this server can do");
            Response::new_err(id, ErrorCode::MethodNotFound as i32, message)
        };
        self.response.unwrap_or_else(unknown)
    }
}

fn response<T: serde::Serialize>(id: RequestId, answer: Answer<T>) -> Response {
    match answer.and_then(|answer| serde_json::to_value(answer).map_err(|error| error.to_string())) {
        Ok(value) => Response { id, response_result: Ok(value) },
        Err(why) => Response::new_err(id, ErrorCode::RequestFailed as i32, why),
    }
}

struct NotificationDispatch<'s> {
    session: &'s mut Session,
    notification: Notification,
}

impl NotificationDispatch<'_> {
    /// Lets a function take notifications of a kind.
    fn on<N: NotificationType>(mut self, take: fn(&mut Session, N::Params) -> Answer<()>) -> Self {
        if self.notification.method == N::METHOD {
            let params: Value = std::mem::take(&mut self.notification.params);
            let taken = serde_json::from_value(params).map_err(|error| error.to_string());
            if let Err(why) = taken.and_then(|params| take(self.session, params)) {
                self.session.log_error(&format!("`{}`: {why}", N::METHOD));
            }
        }
        self
    }
}
