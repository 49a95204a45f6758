//! What can be read of a tensor or a declared layer after a point.

use super::{Completion, CompletionKind};
use crate::front::weft::names::{Occurrence, Symbol, SymbolKind, Target};
use crate::ide::context::inside::{Held, held, paths};
use crate::ide::workspace::Text;

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
    match held(text, symbol) {
        Some(Held::Layer(layer)) => {
            let weights = layer.weights.iter().filter(|weight| !weight.name.contains('{'));
            weights.map(|weight| field(weight.name, weight.shape, weight.note)).collect()
        }
        Some(Held::Block(block)) => {
            paths(text, block).iter().map(|entry| field(&entry.name, "", &entry.detail)).collect()
        }
        None => Vec::new(),
    }
}

fn field(name: &str, detail: &str, summary: &str) -> Completion {
    Completion {
        detail: detail.to_owned(),
        summary: summary.to_owned(),
        ..Completion::plain(name, CompletionKind::Field, 0)
    }
}
