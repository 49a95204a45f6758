//! `textDocument/completion`, `completionItem/resolve`

use lsp_types::{
    CompletionItem, CompletionItemKind as Kind, CompletionItemLabelDetails, CompletionList,
    CompletionOptions, CompletionParams, CompletionResponse, CompletionTextEdit, Documentation as Said,
    InsertTextFormat, MarkupContent, MarkupKind, Range, TextEdit,
};
use serde_json::json;

use crate::front::weft::names::SymbolKind;
use crate::ide::{self, Completion, CompletionKind, Documentation};
use crate::server::dispatch::Answer;
use crate::server::session::Session;
use crate::server::texts::view::View;

/// The characters after which something may be written that can be known.
const TRIGGERS: [&str; 7] = [".", ">", "(", "=", "\"", ":", "/"];

pub(in crate::server) fn options() -> CompletionOptions {
    CompletionOptions {
        trigger_characters: Some(TRIGGERS.map(str::to_owned).to_vec()),
        resolve_provider: Some(true),
        ..CompletionOptions::default()
    }
}

pub(in crate::server) fn complete(
    session: &mut Session,
    params: CompletionParams,
) -> Answer<Option<CompletionResponse>> {
    let asked = params.text_document_position;
    let view = session.view(&asked.text_document.uri)?;
    let offset = view.offset(asked.position)?;
    let text = view.snapshot.named();
    let found = view.session.with_workspace(|workspace| ide::complete(text, offset, workspace));
    let Some(found) = found else { return Ok(None) };
    let range = view.range(found.replace);
    let items = found.items.into_iter().enumerate().map(|(place, item)| entry(&view, range, place, item));
    let list = CompletionList { is_incomplete: false, items: items.collect() };
    Ok(Some(CompletionResponse::List(list)))
}

fn entry(view: &View, range: Range, place: usize, item: Completion) -> CompletionItem {
    let snippet = item.snippet.filter(|_| view.session.client.snippets);
    let format = snippet.as_ref().map(|_| InsertTextFormat::SNIPPET);
    let import = item.import.map(|(at, new_text)| {
        let here = view.position(at);
        vec![TextEdit { range: Range::new(here, here), new_text }]
    });
    // What stands in parentheses is read as part of the name.
    let call = Some(item.detail.clone()).filter(|detail| detail.starts_with('('));
    let detail = match &call {
        Some(call) => format!("{}{call}", item.label),
        None => item.detail,
    };
    let (documentation, data) = match item.documentation {
        Documentation::Layer(name) => (None, Some(json!({ "layer": name }))),
        Documentation::Text(text) => (Some(documentation(view.session, text)), None),
        Documentation::None => {
            (Some(item.summary.clone()).filter(|text| !text.is_empty()).map(Said::String), None)
        }
    };
    CompletionItem {
        label_details: Some(CompletionItemLabelDetails {
            detail: call,
            description: Some(item.summary).filter(|summary| !summary.is_empty()),
        }),
        kind: Some(kind(item.kind)),
        detail: Some(detail).filter(|detail| !detail.is_empty()),
        documentation,
        sort_text: Some(format!("{place:04}")),
        insert_text_format: format,
        text_edit: Some(CompletionTextEdit::Edit(TextEdit {
            range,
            new_text: snippet.unwrap_or(item.insert),
        })),
        additional_text_edits: import,
        data,
        label: item.label,
        ..CompletionItem::default()
    }
}

/// Adds a layer's documentation, which is long, to the one item that is looked at.
pub(in crate::server) fn resolve(session: &mut Session, item: CompletionItem) -> Answer<CompletionItem> {
    let layer = item.data.as_ref().and_then(|data| data.get("layer")?.as_str());
    let text = layer.and_then(ide::documentation);
    let documentation = text.map(|text| documentation(session, text)).or_else(|| item.documentation.clone());
    Ok(CompletionItem { documentation, ..item })
}

fn documentation(session: &Session, value: String) -> Said {
    // Markdown reads well enough where it is not rendered.
    let kind = if session.client.markdown { MarkupKind::Markdown } else { MarkupKind::PlainText };
    Said::MarkupContent(MarkupContent { kind, value })
}

/// The protocol's nearest word for something.
fn kind(kind: CompletionKind) -> Kind {
    match kind {
        CompletionKind::Layer => Kind::CLASS,
        CompletionKind::Function => Kind::FUNCTION,
        CompletionKind::Argument => Kind::PROPERTY,
        CompletionKind::Value => Kind::ENUM_MEMBER,
        CompletionKind::Field => Kind::FIELD,
        CompletionKind::Module => Kind::MODULE,
        CompletionKind::File => Kind::FILE,
        CompletionKind::Keyword => Kind::KEYWORD,
        CompletionKind::Symbol(kind) => match kind {
            SymbolKind::Model | SymbolKind::Variant => Kind::MODULE,
            SymbolKind::Block | SymbolKind::Layer => Kind::CLASS,
            SymbolKind::Constant | SymbolKind::Let => Kind::CONSTANT,
            SymbolKind::Function => Kind::FUNCTION,
            SymbolKind::Parameter | SymbolKind::Dimension => Kind::TYPE_PARAMETER,
            SymbolKind::Input | SymbolKind::Tensor | SymbolKind::Output | SymbolKind::Loop => Kind::VARIABLE,
            SymbolKind::Param | SymbolKind::Buffer => Kind::FIELD,
        },
    }
}
