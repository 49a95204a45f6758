//! `textDocument/definition`, `textDocument/references`, `textDocument/documentHighlight`

use lsp_types::{
    DocumentHighlight, DocumentHighlightKind, DocumentHighlightParams, GotoDefinitionParams,
    GotoDefinitionResponse, Location, LocationLink, ReferenceParams,
};

use crate::front::weft::names::Role;
use crate::ide::{self, FileKey};
use crate::server::dispatch::Answer;
use crate::server::session::Session;
use crate::server::texts::workspace::Located;

pub(in crate::server) fn definition(
    session: &mut Session,
    params: GotoDefinitionParams,
) -> Answer<Option<GotoDefinitionResponse>> {
    let asked = params.text_document_position_params;
    let view = session.view(&asked.text_document.uri)?;
    let offset = view.offset(asked.position)?;
    let client = &view.session.client;
    let Some(found) = ide::definition(view.snapshot.named(), offset, client.shows_texts) else {
        return Ok(None);
    };
    let (Some(name), Some(whole)) = (view.place(found.name), view.place(found.whole)) else {
        return Ok(None);
    };
    Ok(Some(match client.links {
        false => GotoDefinitionResponse::Scalar(name),
        true => GotoDefinitionResponse::Link(vec![LocationLink {
            origin_selection_range: Some(view.range(found.origin)),
            target_uri: name.uri,
            target_range: whole.range,
            target_selection_range: name.range,
        }]),
    }))
}

pub(in crate::server) fn references(
    session: &mut Session,
    params: ReferenceParams,
) -> Answer<Option<Vec<Location>>> {
    let asked = params.text_document_position;
    let view = session.view(&asked.text_document.uri)?;
    let offset = view.offset(asked.position)?;
    let text = view.snapshot.named();
    let mut found = view.session.with_workspace(|workspace| ide::references(text, offset, workspace));
    found.retain(|reference| params.context.include_declaration || reference.role != Role::Binding);
    let mut places = Vec::new();
    let mut file: Option<(FileKey, Located)> = None;
    for reference in found {
        if file.as_ref().is_none_or(|(key, _)| *key != reference.file) {
            file = view.located(&reference.file).map(|located| (reference.file.clone(), located));
        }
        places.extend(file.as_ref().map(|(_, located)| located.place(reference.span)));
    }
    Ok(Some(places))
}

pub(in crate::server) fn highlights(
    session: &mut Session,
    params: DocumentHighlightParams,
) -> Answer<Option<Vec<DocumentHighlight>>> {
    let asked = params.text_document_position_params;
    let view = session.view(&asked.text_document.uri)?;
    let offset = view.offset(asked.position)?;
    let found = ide::highlights(view.snapshot.named(), offset).into_iter().map(|(span, role)| {
        let kind = match role {
            Role::Binding => DocumentHighlightKind::WRITE,
            Role::Read => DocumentHighlightKind::READ,
            Role::Import | Role::Argument => DocumentHighlightKind::TEXT,
        };
        DocumentHighlight { range: view.range(span), kind: Some(kind) }
    });
    Ok(Some(found.collect()))
}
