//! The layers of the catalogue.

use super::{Completion, CompletionKind, Documentation, parentheses};
use crate::ide::context::cursor::Cursor;
use crate::layers::{self, Fallback, Layer};

/// How far the catalogue is.
const RANK: u8 = 4;

/// Every layer, by each of its names: another name stands behind the canonical ones.
pub(super) fn all(cursor: &Cursor) -> Vec<Completion> {
    let each = layers::all().flat_map(|layer| {
        let other =
            layer.aliases.iter().map(move |alias| entry(cursor, layer, alias.name, RANK.saturating_add(1)));
        std::iter::once(entry(cursor, layer, layer.name(), RANK)).chain(other)
    });
    each.collect()
}

fn entry(cursor: &Cursor, layer: &'static Layer, name: &str, rank: u8) -> Completion {
    let arguments = layer.arguments.iter().map(|argument| match argument.fallback.value() {
        Some(value) => format!("{}={value}", argument.name),
        None => argument.name.to_owned(),
    });
    let arguments: Vec<_> = arguments.collect();
    let detail = if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(", ")) };
    let required = layer.arguments.iter().filter(|argument| argument.fallback == Fallback::Required);
    let call = parentheses(cursor, required.map(|argument| argument.name));
    let same = if name == layer.name() { String::new() } else { format!("{}: ", layer.name()) };
    Completion {
        detail,
        summary: format!("{same}{}", layer.summary),
        snippet: call.map(|call| format!("{name}{call}")),
        documentation: Documentation::Layer(layer.name()),
        ..Completion::plain(name, CompletionKind::Layer, rank)
    }
}
