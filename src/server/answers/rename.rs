//! `textDocument/prepareRename`, `textDocument/rename`

use lsp_types::{PrepareRenameResponse, RenameParams, TextDocumentPositionParams, TextEdit, WorkspaceEdit};

use crate::ide;
use crate::server::answers::actions::as_changes;
use crate::server::dispatch::Answer;
use crate::server::session::Session;

pub(in crate::server) fn prepare(
    session: &mut Session,
    params: TextDocumentPositionParams,
) -> Answer<Option<PrepareRenameResponse>> {
    let view = session.view(&params.text_document.uri)?;
    let found = ide::rename(view.snapshot.named(), view.offset(params.position)?)?;
    let range = view.range(found.span);
    Ok(Some(PrepareRenameResponse::RangeWithPlaceholder { range, placeholder: found.name }))
}

pub(in crate::server) fn rename(
    session: &mut Session,
    params: RenameParams,
) -> Answer<Option<WorkspaceEdit>> {
    let (asked, new) = (params.text_document_position, params.new_name);
    let view = session.view(&asked.text_document.uri)?;
    let offset = view.offset(asked.position)?;
    let text = view.snapshot.named();
    let places = view.session.with_workspace(|workspace| ide::renamed(text, offset, &new, workspace))?;
    let mut files = Vec::new();
    for (file, spans) in places {
        let located = view.located(&file).ok_or("a file of it cannot be read any more")?;
        let edit = |span| TextEdit { range: located.range(span), new_text: new.clone() };
        files.push((located.uri.clone(), located.version, spans.into_iter().map(edit).collect()));
    }
    Ok(Some(as_changes(files, view.session.client.versioned_edits)))
}
