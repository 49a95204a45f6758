//! What stands in a declared layer, as `layer.path.weight` names it.

use crate::front::weft::names::{Symbol, SymbolKind, Target};
use crate::ide::context::cursor::Cursor;
use crate::ide::navigation::outline::{Outline, OutlineKind, outline};
use crate::ide::workspace::Text;
use crate::layers::Layer;
use crate::source::{FileId, Location, Span};
use crate::syntax::parse;

/// What a declared layer is.
#[derive(Clone, Copy, Debug)]
pub(in crate::ide) enum Held<'a> {
    Layer(&'static Layer),
    Block(&'a Symbol),
}

/// What a declared layer is; `None` for a chain that begins with neither, and where it is not known.
pub(in crate::ide) fn held<'a>(text: Text<'a>, symbol: &Symbol) -> Option<Held<'a>> {
    let names = &text.program.names;
    let (from, to) = (symbol.place().span.end, symbol.whole.span.end);
    let all = names.occurrences_in(symbol.whole.file).iter();
    let mut within = all.filter(|known| from <= known.at.span.start && known.at.span.end <= to);
    within.find_map(|known| match known.target {
        Target::Layer(layer) => Some(Held::Layer(layer)),
        Target::Symbol(id) => names.symbol(id).filter(|one| one.kind == SymbolKind::Block).map(Held::Block),
        Target::Argument(..) | Target::Function(_) => None,
    })
}

/// What has a path of its own in a block: its labelled stages, declared layers and learnable tensors. A label that
/// is computed is not among them.
pub(in crate::ide) fn paths(text: Text, block: &Symbol) -> Vec<Outline> {
    let Some(file) = text.program.sources.get(block.place().file) else { return Vec::new() };
    let parsed = parse(FileId(0), file.text());
    let items = outline(file.text(), &parsed.file);
    let item = items.into_iter().find(|item| item.selection == block.place().span);
    let mut found = Vec::new();
    item.into_iter().flat_map(|item| item.children).for_each(|child| collect(child, &mut found));
    found
}

fn collect(entry: Outline, found: &mut Vec<Outline>) {
    let path = match entry.kind {
        OutlineKind::Stage => entry.name.chars().all(|c| c.is_alphanumeric() || "_.".contains(c)),
        OutlineKind::Symbol(kind) => {
            matches!(kind, SymbolKind::Layer | SymbolKind::Param | SymbolKind::Buffer)
        }
    };
    if path {
        found.push(Outline { children: Vec::new(), ..entry });
    } else {
        entry.children.into_iter().for_each(|child| collect(child, found));
    }
}

/// The word of a path at a byte, and what it names: a label in a block, else the layer that the path begins with.
pub(in crate::ide) fn named(text: Text, offset: usize) -> Option<(Span, Location)> {
    // Where a word begins, it is the one that is meant.
    let first = text.content().get(offset..)?.chars().next().filter(|c| c.is_alphanumeric() || *c == '_');
    let cursor = Cursor::at(text.content(), offset.saturating_add(first.map_or(0, char::len_utf8)))?;
    let mut words = vec![text.content().get(cursor.word.range()).filter(|word| !word.is_empty())?];
    let mut start = cursor.word.start;
    let mut back = 0;
    let first = loop {
        let (point, before) = (cursor.back(back)?, cursor.back(back.saturating_add(1))?);
        if cursor.slice(point) != "." || point.span.end != start || before.span.end != point.span.start {
            return None;
        }
        let place = before.span.end as usize;
        if let Some(Target::Symbol(id)) = text.occurrence(place).map(|known| known.target) {
            break text.program.names.symbol(id)?;
        }
        words.push(cursor.slice(before));
        start = before.span.start;
        back = back.saturating_add(2);
    };
    if first.kind != SymbolKind::Layer {
        return None;
    }
    words.reverse();
    let path = words.join(".");
    let label = match held(text, first)? {
        Held::Layer(_) => None,
        Held::Block(block) => {
            let begins = |entry: &Outline| {
                entry.name.strip_prefix(&path).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            };
            let entry = paths(text, block).into_iter().find(begins);
            entry.map(|entry| entry.selection.within(block.place().file))
        }
    };
    Some((cursor.word, label.unwrap_or_else(|| first.place())))
}
