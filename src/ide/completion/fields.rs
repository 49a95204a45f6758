//! What can be read of a tensor or a declared layer after a point.

use super::{Completion, CompletionKind};
use crate::elaborate::names::{Occurrence, Symbol, SymbolKind, Target};
use crate::ide::outline::{Outline, OutlineKind, outline};
use crate::ide::workspace::Text;
use crate::source::FileId;
use crate::syntax::parse;

/// The fields of a tensor.
static TENSOR: &[(&str, &str)] = &[
    ("shape", "its extents, a list"),
    ("rank", "how many axes it has"),
    ("channels", "the first axis of a tensor of rank 3"),
    ("height", "the second axis of a tensor of rank 3"),
    ("width", "the third axis of a tensor of rank 3"),
];

/// The fields of what ends at a byte.
pub(super) fn of(text: Text, operand: usize) -> Vec<Completion> {
    let ends = |known: &&Occurrence| known.at.span.end as usize == operand;
    let known = text.occurrence(operand).filter(ends).map(|known| known.target);
    let symbol = match known {
        Some(Target::Symbol(id)) => text.program.names.symbol(id),
        Some(_) => return Vec::new(),
        // What stands before the point may not be known, because its line is not finished.
        None => named(text, operand),
    };
    match symbol.map(|symbol| (symbol, symbol.kind)) {
        Some((symbol, SymbolKind::Layer)) => inside(text, symbol),
        Some((_, kind)) if kind.is_item() => Vec::new(),
        _ => TENSOR.iter().map(|(name, summary)| field(name, "", summary)).collect(),
    }
}

/// The symbol of the word that ends at a byte.
fn named<'a>(text: Text<'a>, operand: usize) -> Option<&'a Symbol> {
    let before = text.content().get(..operand)?;
    let start = before.rfind(|character: char| !character.is_alphanumeric() && character != '_');
    let word = before.get(start.map_or(0, |at| at.saturating_add(1))..)?;
    text.program.names.symbol(text.find(operand, word)?)
}

/// The tensors of a declared layer, or what stands in the block that it is.
fn inside(text: Text, symbol: &Symbol) -> Vec<Completion> {
    let names = &text.program.names;
    let inside = names.occurrences_in(symbol.whole.file).iter();
    let from = symbol.place().span.end;
    let mut inside =
        inside.filter(|known| from <= known.at.span.start && known.at.span.end <= symbol.whole.span.end);
    match inside.next().map(|known| known.target) {
        Some(Target::Layer(layer)) => {
            let weights = layer.weights.iter().filter(|weight| !weight.name.contains('{'));
            weights.map(|weight| field(weight.name, weight.shape, weight.note)).collect()
        }
        Some(Target::Symbol(id)) => names.symbol(id).map_or_else(Vec::new, |block| labels(text, block)),
        _ => Vec::new(),
    }
}

/// What has a path of its own in a block: its labelled stages, declared layers and learnable tensors.
fn labels(text: Text, block: &Symbol) -> Vec<Completion> {
    let Some(file) = text.program.sources.get(block.place().file) else { return Vec::new() };
    let parsed = parse(FileId(0), file.text());
    let items = outline(file.text(), &parsed.file);
    let item = items.into_iter().find(|item| item.selection == block.place().span);
    let mut found = Vec::new();
    item.iter().flat_map(|item| &item.children).for_each(|child| collect(child, &mut found));
    found
}

fn collect(entry: &Outline, found: &mut Vec<Completion>) {
    let path = match entry.kind {
        OutlineKind::Stage => entry.name.chars().all(|c| c.is_alphanumeric() || "_.".contains(c)),
        OutlineKind::Symbol(kind) => {
            matches!(kind, SymbolKind::Layer | SymbolKind::Param | SymbolKind::Buffer)
        }
    };
    if path {
        found.push(field(&entry.name, "", &entry.detail));
    } else {
        entry.children.iter().for_each(|child| collect(child, found));
    }
}

fn field(name: &str, detail: &str, summary: &str) -> Completion {
    Completion {
        detail: detail.to_owned(),
        summary: summary.to_owned(),
        ..Completion::plain(name, CompletionKind::Field, 0)
    }
}
