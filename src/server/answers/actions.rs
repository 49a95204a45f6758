//! `textDocument/codeAction`

use std::collections::HashMap;

use lsp_types::{
    CodeAction, CodeActionKind, CodeActionOrCommand, CodeActionParams, DocumentChanges, OneOf,
    OptionalVersionedTextDocumentIdentifier, TextDocumentEdit, TextEdit, Uri, WorkspaceEdit,
};

use crate::diagnostic::Edit;
use crate::fix::{FixLevel, settled};
use crate::ide::{self, ActionKind};
use crate::server::answers::findings::shown;
use crate::server::dispatch::Answer;
use crate::server::session::Session;
use crate::server::texts::view::View;
use crate::source::{FileId, Span};

/// Every safe fix of a text, as `weft check --fix` puts them in.
pub(in crate::server) const FIX_ALL: CodeActionKind = CodeActionKind::new("source.fixAll.weft");

pub(in crate::server) fn code_actions(
    session: &mut Session,
    params: CodeActionParams,
) -> Answer<Option<Vec<CodeActionOrCommand>>> {
    let only = params.context.only;
    let is_wanted =
        |kind: &CodeActionKind| only.as_ref().is_none_or(|only| only.iter().any(|wanted| is_a(kind, wanted)));
    let view = session.view(&params.text_document.uri)?;
    let found = ide::actions(view.snapshot, view.span(params.range));
    let found = found.into_iter().filter_map(|action| {
        let kind = match action.purpose {
            ActionKind::Fix | ActionKind::Allow => CodeActionKind::QUICKFIX,
            ActionKind::Extract => CodeActionKind::new("refactor.extract.constant"),
        };
        is_wanted(&kind).then(|| CodeAction {
            title: action.title,
            kind: Some(kind),
            diagnostics: action.finding.map(|finding| vec![shown(&view, finding)]),
            is_preferred: action.preferred.then_some(true),
            edit: Some(workspace_edit(&view, &action.edits)),
            ..CodeAction::default()
        })
    });
    let all = is_wanted(&FIX_ALL).then(|| fix_all(&view)).flatten();
    Ok(Some(found.chain(all).map(CodeActionOrCommand::CodeAction).collect()))
}

/// True for a kind and for those below it: `quickfix.a` is a `quickfix`.
fn is_a(kind: &CodeActionKind, wanted: &CodeActionKind) -> bool {
    let rest = kind.as_str().strip_prefix(wanted.as_str());
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.') || wanted.as_str().is_empty())
}

/// Every safe fix, one after the other, as one change.
fn fix_all(view: &View) -> Option<CodeAction> {
    let text = &view.document.text;
    let judge = |text: &str| {
        Ok::<_, String>(view.session.snapshot_of(view.document, text.into()).0.snapshot.findings)
    };
    let settled = settled(text, view.snapshot.findings.clone(), FixLevel::Safe, judge).ok()?;
    let edit = difference(text, &settled.text)?;
    let plural = if settled.count == 1 { "fix" } else { "fixes" };
    Some(CodeAction {
        title: format!("make {} safe {plural}", settled.count),
        kind: Some(FIX_ALL),
        edit: Some(workspace_edit(view, &[edit])),
        ..CodeAction::default()
    })
}

/// The one edit that makes a text another; `None` where they are equal.
pub(in crate::server) fn difference(old: &str, new: &str) -> Option<Edit> {
    if old == new {
        return None;
    }
    let start = old.char_indices().zip(new.chars()).find(|((_, a), b)| a != b);
    let start = start.map_or(old.len().min(new.len()), |((at, _), _)| at);
    let (old_rest, new_rest) = (old.get(start..)?, new.get(start..)?);
    let common = old_rest.chars().rev().zip(new_rest.chars().rev()).take_while(|(a, b)| a == b);
    let common = common.fold(0usize, |length, (character, _)| length.saturating_add(character.len_utf8()));
    let end = old.len().saturating_sub(common);
    let text = new_rest.get(..new_rest.len().saturating_sub(common))?;
    Some(Edit::replace(Span::new(start, end).within(FileId(0)), text))
}

/// Edits of a text, and of those that it imports, as the editor takes them.
pub(in crate::server) fn workspace_edit(view: &View, edits: &[Edit]) -> WorkspaceEdit {
    let mut files: Vec<(Uri, Option<i32>, Vec<TextEdit>)> = Vec::new();
    for edit in edits {
        let Some(place) = view.place(edit.location) else { continue };
        let edit = TextEdit { range: place.range, new_text: edit.text.clone() };
        match files.iter_mut().find(|(uri, ..)| *uri == place.uri) {
            Some((.., edits)) => edits.push(edit),
            None => {
                let version = view.session.documents.get(&place.uri).map(|document| document.version);
                files.push((place.uri, version, vec![edit]));
            }
        }
    }
    as_changes(files, view.session.client.versioned_edits)
}

/// The edits of some documents, with the versions that they are made for where the editor takes those.
#[allow(clippy::mutable_key_type, reason = "the protocol's type has addresses as keys; none is changed")]
pub(in crate::server) fn as_changes(
    files: Vec<(Uri, Option<i32>, Vec<TextEdit>)>,
    versioned: bool,
) -> WorkspaceEdit {
    if !versioned {
        let changes: HashMap<_, _> = files.into_iter().map(|(uri, _, edits)| (uri, edits)).collect();
        return WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() };
    }
    let changes = files.into_iter().map(|(uri, version, edits)| TextDocumentEdit {
        text_document: OptionalVersionedTextDocumentIdentifier { uri, version },
        edits: edits.into_iter().map(OneOf::Left).collect(),
    });
    let changes = DocumentChanges::Edits(changes.collect());
    WorkspaceEdit { document_changes: Some(changes), ..WorkspaceEdit::default() }
}
