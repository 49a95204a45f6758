//! Which function answers which request, and which takes which notification: one line each.

use lsp_server::{ErrorCode, Notification, Request, RequestId, Response};
use lsp_types::notification::{self as told, Notification as Told};
use lsp_types::request::{self as asked, Request as Asked};
use serde_json::Value;

use super::session::Session;
use super::{
    actions, completion, folding, formatting, hints, hover, names, pages, rename, semantic_tokens, signature,
    symbols,
};

/// What a handler gives: the answer, or the sentence that says why there is none.
pub(super) type Answer<T> = Result<T, String>;

/// Answers a request.
pub(super) fn answer(session: &mut Session, request: Request) -> Response {
    let asking = RequestDispatch { session, request, response: None };
    asking
        .on::<asked::HoverRequest>(hover::hover)
        .on::<asked::GotoDefinition>(names::definition)
        .on::<asked::References>(names::references)
        .on::<asked::DocumentHighlightRequest>(names::highlights)
        .on::<asked::PrepareRenameRequest>(rename::prepare)
        .on::<asked::Rename>(rename::rename)
        .on::<asked::DocumentSymbolRequest>(symbols::of_document)
        .on::<asked::WorkspaceSymbolRequest>(symbols::of_workspace)
        .on::<asked::Completion>(completion::complete)
        .on::<asked::ResolveCompletionItem>(completion::resolve)
        .on::<asked::SignatureHelpRequest>(signature::help)
        .on::<asked::Formatting>(formatting::of_document)
        .on::<asked::RangeFormatting>(formatting::of_range)
        .on::<asked::FoldingRangeRequest>(folding::ranges)
        .on::<asked::SemanticTokensFullRequest>(semantic_tokens::of_document)
        .on::<asked::SemanticTokensRangeRequest>(semantic_tokens::of_range)
        .on::<asked::InlayHintRequest>(hints::inlay_hints)
        .on::<asked::CodeLensRequest>(hints::code_lenses)
        .on::<asked::CodeActionRequest>(actions::code_actions)
        .on::<pages::TextDocumentContent>(pages::content)
        .finish()
}

/// Takes a notification. One that is not known is no mistake: the protocol lets an editor tell more than is asked for.
pub(super) fn take(session: &mut Session, notification: Notification) {
    let telling = NotificationDispatch { session, notification };
    telling
        .on::<told::Initialized>(Session::initialized)
        .on::<told::DidOpenTextDocument>(Session::did_open)
        .on::<told::DidChangeTextDocument>(Session::did_change)
        .on::<told::DidCloseTextDocument>(Session::did_close)
        .on::<told::DidSaveTextDocument>(Session::did_save)
        .on::<told::DidChangeWatchedFiles>(Session::did_change_watched_files)
        .on::<told::DidChangeWorkspaceFolders>(Session::did_change_folders)
        .on::<told::DidChangeConfiguration>(Session::did_change_configuration);
}

struct RequestDispatch<'s> {
    session: &'s mut Session,
    request: Request,
    response: Option<Response>,
}

impl RequestDispatch<'_> {
    /// Lets a function answer requests of a kind.
    fn on<R: Asked>(mut self, answer: fn(&mut Session, R::Params) -> Answer<R::Result>) -> Self {
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
    fn on<N: Told>(mut self, take: fn(&mut Session, N::Params) -> Answer<()>) -> Self {
        if self.notification.method == N::METHOD {
            let params: Value = std::mem::take(&mut self.notification.params);
            let taken = serde_json::from_value(params).map_err(|error| error.to_string());
            if let Err(why) = taken.and_then(|params| take(self.session, params)) {
                self.session.complain(&format!("`{}`: {why}", N::METHOD));
            }
        }
        self
    }
}
