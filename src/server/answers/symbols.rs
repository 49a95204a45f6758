//! `textDocument/documentSymbol`, `workspace/symbol`

use lsp_types::{
    DocumentSymbol, DocumentSymbolParams, DocumentSymbolResponse, Location, OneOf, SymbolInformation,
    SymbolKind as Kind, WorkspaceSymbol, WorkspaceSymbolParams, WorkspaceSymbolResponse,
};

use crate::front::weft::names::SymbolKind;
use crate::ide::{self, Outline, OutlineKind};
use crate::server::dispatch::Answer;
use crate::server::session::Session;
use crate::server::texts::view::View;

pub(in crate::server) fn of_document(
    session: &mut Session,
    params: DocumentSymbolParams,
) -> Answer<Option<DocumentSymbolResponse>> {
    let view = session.view(&params.text_document.uri)?;
    let found = ide::outline(&view.document.text, &view.snapshot.program.tree);
    Ok(Some(if view.session.client.nested_symbols {
        DocumentSymbolResponse::Nested(found.into_iter().map(|entry| nested(&view, entry)).collect())
    } else {
        let mut flat = Vec::new();
        found.into_iter().for_each(|entry| flatten(&view, entry, None, &mut flat));
        DocumentSymbolResponse::Flat(flat)
    }))
}

#[allow(deprecated, reason = "the type has a field that nobody may fill")]
fn nested(view: &View, entry: Outline) -> DocumentSymbol {
    DocumentSymbol {
        name: entry.name,
        detail: Some(entry.detail).filter(|detail| !detail.is_empty()),
        kind: kind(entry.kind),
        tags: None,
        deprecated: None,
        range: view.range(entry.whole),
        selection_range: view.range(entry.selection),
        children: Some(entry.children.into_iter().map(|child| nested(view, child)).collect()),
    }
}

#[allow(deprecated, reason = "the type has a field that nobody may fill")]
fn flatten(view: &View, entry: Outline, within: Option<&str>, flat: &mut Vec<SymbolInformation>) {
    flat.push(SymbolInformation {
        name: entry.name.clone(),
        kind: kind(entry.kind),
        tags: None,
        deprecated: None,
        location: Location::new(view.document.uri.clone(), view.range(entry.whole)),
        container_name: within.map(str::to_owned),
    });
    entry.children.into_iter().for_each(|child| flatten(view, child, Some(&entry.name), flat));
}

pub(in crate::server) fn of_workspace(
    session: &mut Session,
    params: WorkspaceSymbolParams,
) -> Answer<Option<WorkspaceSymbolResponse>> {
    let found = session.with_workspace(|workspace| ide::workspace_outline(&params.query, workspace));
    let mut symbols = Vec::new();
    for file in found {
        let Some(located) = session.located(&file.path) else { continue };
        symbols.extend(file.items.into_iter().map(|item| WorkspaceSymbol {
            location: OneOf::Left(located.place(item.selection)),
            name: item.name,
            kind: kind(item.kind),
            tags: None,
            container_name: file.path.file_name().map(|name| name.to_string_lossy().into_owned()),
            data: None,
        }));
    }
    Ok(Some(WorkspaceSymbolResponse::Nested(symbols)))
}

/// The protocol's nearest word for something.
fn kind(kind: OutlineKind) -> Kind {
    match kind {
        OutlineKind::Stage => Kind::METHOD,
        OutlineKind::Symbol(kind) => match kind {
            SymbolKind::Model | SymbolKind::Variant => Kind::MODULE,
            SymbolKind::Block => Kind::CLASS,
            SymbolKind::Constant | SymbolKind::Let => Kind::CONSTANT,
            SymbolKind::Function => Kind::FUNCTION,
            SymbolKind::Parameter | SymbolKind::Dimension => Kind::TYPE_PARAMETER,
            SymbolKind::Input | SymbolKind::Output => Kind::INTERFACE,
            SymbolKind::Tensor | SymbolKind::Loop => Kind::VARIABLE,
            SymbolKind::Layer => Kind::OBJECT,
            SymbolKind::Param | SymbolKind::Buffer => Kind::FIELD,
        },
    }
}
