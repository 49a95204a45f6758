//! A constant for a value that is written where it is used.

use crate::diagnostic::Edit;
use crate::front::weft::names::{SymbolKind, Target};
use crate::ide::Snapshot;
use crate::ide::editing::actions::{Action, ActionKind};
use crate::layers;
use crate::source::{FileId, Span};
use crate::syntax::KEYWORDS;
use crate::syntax::ast::{Arg, Expr, ExprKind, Item, ItemKind, TrailerKind};
use crate::syntax::visit::{Subtree, subtrees};

/// A constant for the value in a part of a text: the literal around the cursor, or the expression that is selected.
pub(in crate::ide) fn extract(snapshot: &Snapshot, within: Span) -> Option<Action<'static>> {
    let (value, hint) = value_at(snapshot, within)?;
    let item = snapshot.program.tree.items.iter().find(|item| holds(item.span, value))?;
    if is_constant_itself(item, value) || !is_constant(snapshot, value) {
        return None;
    }
    let name = free_name(snapshot, &hint);
    let source = snapshot.text.get(value.range())?;
    let above = above_item(&snapshot.text, item.span.start)?;
    let at = Span { start: above, end: above };
    let line = snapshot.line_break();
    let gap = if matches!(item.kind, ItemKind::Const { .. }) { "" } else { line };
    let edits = vec![
        Edit::replace(at.within(FileId(0)), format!("const {name} = {source}{line}{gap}")),
        Edit::replace(value.within(FileId(0)), name.clone()),
    ];
    let title = format!("extract into a constant `{name}`");
    Some(Action { title, purpose: ActionKind::Extract, finding: None, preferred: false, edits })
}

fn holds(outer: Span, inner: Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

/// The value that is meant, and the argument that it is given for, if any.
fn value_at(snapshot: &Snapshot, within: Span) -> Option<(Span, String)> {
    let is_cursor = within.start == within.end;
    let is_meant = |expr: &Expr| match expr.kind {
        _ if !is_cursor => {
            expr.span == within && !matches!(expr.kind, ExprKind::Name(_) | ExprKind::Chain(_))
        }
        ExprKind::Int(_) | ExprKind::Float(_) => holds(expr.span, within),
        _ => false,
    };
    let mut found: Option<(Span, String)> = None;
    let mut see = |part: Subtree| {
        let Subtree::Expression(expr) = part else { return };
        if let ExprKind::Postfix(callee, trailers) = &expr.kind {
            let calls = trailers.iter().filter_map(|trailer| match &trailer.kind {
                TrailerKind::Call(arguments) => Some(arguments),
                _ => None,
            });
            for (argument, place) in calls.flat_map(|arguments| arguments.iter().zip(0..)) {
                if is_meant(&argument.value) {
                    found = Some((argument.value.span, name_of(callee, argument, place)));
                }
            }
        }
        if is_meant(expr) && found.as_ref().is_none_or(|(span, _)| *span != expr.span) {
            found = Some((expr.span, "value".to_owned()));
        }
    };
    subtrees(&snapshot.program.tree, &mut see);
    found
}

/// What an argument is called: by its own name, or by the layer that it is given to.
fn name_of(callee: &Expr, argument: &Arg, place: usize) -> String {
    let of_layer = || match &callee.kind {
        ExprKind::Name(name) => {
            layers::find(name).and_then(|(layer, _)| layer.arguments.get(place)).map(|known| known.name)
        }
        _ => None,
    };
    let own = argument.name.as_ref().map(|name| &*name.text);
    own.or_else(of_layer).unwrap_or("value").to_owned()
}

/// True for the whole value of a constant, which has a name.
fn is_constant_itself(item: &Item, value: Span) -> bool {
    matches!(&item.kind, ItemKind::Const { value: known, .. } if known.span == value)
}

/// True where every name in an expression is a constant's, so that it means the same at the top of the file.
fn is_constant(snapshot: &Snapshot, value: Span) -> bool {
    let names = &snapshot.program.names;
    let mut inside = names
        .occurrences_in(FileId(0))
        .iter()
        .filter(|known| holds(value, known.at.span))
        .map(|known| known.target);
    let mut words = 0usize;
    let mut count = |part: Subtree| {
        if let Subtree::Expression(expr) = part
            && matches!(expr.kind, ExprKind::Name(_))
            && holds(value, expr.span)
        {
            words = words.saturating_add(1);
        }
    };
    subtrees(&snapshot.program.tree, &mut count);
    let known = inside.by_ref().map(|target| match target {
        Target::Symbol(id) => names
            .symbol(id)
            .is_some_and(|symbol| matches!(symbol.kind, SymbolKind::Constant | SymbolKind::Function)),
        Target::Function(_) => true,
        Target::Layer(_) | Target::Argument(..) => false,
    });
    let known: Vec<bool> = known.collect();
    known.len() >= words && known.into_iter().all(|constant| constant)
}

/// A name that nothing in the file has, and that is no word of the language.
fn free_name(snapshot: &Snapshot, hint: &str) -> String {
    let taken = |name: &str| {
        KEYWORDS.contains(&name)
            || layers::find(name).is_some()
            || snapshot.program.names.symbols().any(|(_, symbol)| &*symbol.name == name)
    };
    let numbered = (2u32..).map(|number| format!("{hint}_{number}"));
    std::iter::once(hint.to_owned()).chain(numbered).find(|name| !taken(name)).unwrap_or_default()
}

/// The start of the line above which a constant stands: above the comments that belong to an item.
fn above_item(text: &str, item: u32) -> Option<u32> {
    let line_start =
        |at: usize| text.get(..at).map(|before| before.rfind('\n').map_or(0, |at| at.saturating_add(1)));
    let mut start = line_start(item as usize)?;
    while let Some(above) = start.checked_sub(1).and_then(line_start) {
        if !text.get(above..start)?.trim_start().starts_with('#') {
            break;
        }
        start = above;
    }
    u32::try_from(start).ok()
}
