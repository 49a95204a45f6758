//! What has a name in the text, or in what it imports, and can be read at the cursor.

use super::{Completion, CompletionKind, Documentation, parentheses};
use crate::front::weft::built_in::FUNCTIONS;
use crate::front::weft::names::{SymbolId, SymbolKind};
use crate::front::weft::stdlib;
use crate::ide::context::callee::Callee;
use crate::ide::context::cursor::Cursor;
use crate::ide::workspace::Text;
use crate::source::FileId;

/// How far the functions of the language are.
const FUNCTION_RANK: u8 = 4;

/// Tensors, which a statement may bind again.
pub(super) fn tensors(text: Text, cursor: &Cursor) -> Vec<Completion> {
    use SymbolKind::{Input, Output, Tensor};
    named(text, cursor, |kind| matches!(kind, Input | Tensor | Output))
}

/// What a variant can be a variant of.
pub(super) fn models(text: Text, cursor: &Cursor) -> Vec<Completion> {
    named(text, cursor, |kind| matches!(kind, SymbolKind::Model | SymbolKind::Variant))
}

/// What may be a layer: blocks, declared layers, and what may hold a recipe.
pub(super) fn layers(text: Text, cursor: &Cursor) -> Vec<Completion> {
    use SymbolKind::{Block, Constant, Layer, Let, Loop, Parameter};
    named(text, cursor, |kind| matches!(kind, Block | Constant | Layer | Let | Loop | Parameter))
}

/// What may stand in a value; a block may be the value of an argument.
pub(super) fn values(text: Text, cursor: &Cursor) -> Vec<Completion> {
    named(text, cursor, |kind| !matches!(kind, SymbolKind::Model | SymbolKind::Variant))
}

/// The functions of the language.
pub(super) fn functions(cursor: &Cursor) -> impl Iterator<Item = Completion> {
    let called = !cursor.rest().starts_with('(');
    FUNCTIONS.iter().map(move |function| Completion {
        detail: format!("({})", function.parameters.join(", ")),
        summary: function.summary.to_owned(),
        snippet: called.then(|| format!("{}($0)", function.name)),
        ..Completion::plain(function.name, CompletionKind::Function, FUNCTION_RANK)
    })
}

fn named(text: Text, cursor: &Cursor, fits: impl Fn(SymbolKind) -> bool) -> Vec<Completion> {
    let names = &text.program.names;
    let visible = names.visible(FileId(0), cursor.word.start);
    let fitting = visible.into_iter().filter(|id| names.symbol(*id).is_some_and(|symbol| fits(symbol.kind)));
    fitting.filter_map(|id| entry(text, cursor, id)).collect()
}

fn entry(text: Text, cursor: &Cursor, id: SymbolId) -> Option<Completion> {
    let symbol = text.program.names.symbol(id)?;
    let imported = symbol.place().file != FileId(0);
    let rank = if !symbol.kind.is_item() {
        0
    } else if imported {
        2
    } else {
        1
    };
    let whole = text.program.sources.text(symbol.whole);
    let callee = Callee::Symbol(id, symbol);
    let called = matches!(
        symbol.kind,
        SymbolKind::Block | SymbolKind::Model | SymbolKind::Variant | SymbolKind::Function
    );
    let parameters = if called { callee.parameters(text) } else { Vec::new() };
    let written: Vec<_> = parameters.iter().map(|known| known.written.as_str()).collect();
    let detail = match (called, written.is_empty()) {
        (true, true) => String::new(),
        (true, false) => format!("({})", written.join(", ")),
        (false, _) => String::new(),
    };
    let required = parameters.iter().filter(|known| !known.optional).map(|known| known.name);
    let call = parentheses(cursor, required);
    let doc = symbol.doc.clone().unwrap_or_default();
    let first = doc.lines().next().unwrap_or("").to_owned();
    let from = text.program.sources.get(symbol.place().file).map(|file| file.name());
    let from = from.filter(|name| stdlib::text(name).is_some());
    let summary = match (first.is_empty(), from) {
        (false, _) => first,
        (true, Some(from)) => format!("{} of {from}", symbol.kind.described()),
        (true, None) => symbol.kind.described().to_owned(),
    };
    let head = whole.split_once('{').filter(|_| called).map_or(whole, |(head, _)| head).trim_end();
    let head: String = head.lines().take(12).collect::<Vec<_>>().join("\n");
    let documentation = format!("```weft\n{head}\n```\n{doc}");
    Some(Completion {
        detail,
        summary,
        snippet: call.filter(|_| called).map(|call| format!("{}{call}", symbol.name)),
        documentation: Documentation::Text(documentation.trim_end().to_owned()),
        ..Completion::plain(&*symbol.name, CompletionKind::Symbol(symbol.kind), rank)
    })
}
