//! Changes to the text of a stage: deleting it, giving it an argument, replacing its layer, adding one after it.
//!
//! Main type: [`StageEdit`]: a node's place, read again as the one call of a catalogue layer that it must be. Where it is
//! anything else (a repetition, a declared layer's name, a choice) there is no edit, and so no fix.

use super::context::LintContext;
use crate::diagnostic::Edit;
use crate::ir::Node;
use crate::layers::{self, Layer};
use crate::source::{Location, SourceFile, Sources, Span};
use crate::syntax::ast::{Arg, Expr, ExprKind, TrailerKind};
use crate::syntax::parse_expression;

/// The brackets of a call, and what stands in them.
type Brackets = (Span, Vec<Arg>);

/// A stage that applies one layer of the catalogue, as it is written.
pub(super) struct StageEdit<'m> {
    file: &'m SourceFile,
    place: Location,
    layer: &'static Layer,
    /// The name of the layer.
    name: Span,
    /// The brackets after it, and what stands in them.
    call: Option<Brackets>,
}

impl<'m> StageEdit<'m> {
    /// The stage of a node; `None` where it is not the call of the node's own layer.
    pub fn of(model: &LintContext<'m>, node: &Node) -> Option<StageEdit<'m>> {
        let place = node.origin;
        let file = model.sources.get(place.file).filter(|_| model.is_text)?;
        let expr = parse_expression(place.file, file.slice(place.span)).ok()?;
        let (name, call) = called(expr, place.span.start)?;
        let (layer, _) = layers::find(file.slice(name)).filter(|(layer, _)| layer.name() == node.kind())?;
        Some(StageEdit { file, place, layer, name, call })
    }

    /// An argument's value as written; `None` where it is left out.
    pub fn argument(&self, name: &str) -> Option<&Expr> {
        let (place, _) = self.layer.argument(name)?;
        let (_, arguments) = self.call.as_ref()?;
        let named = |argument: &&Arg| {
            let written = argument.name.as_ref().and_then(|name| self.layer.argument(&name.text));
            written.is_some_and(|(at, _)| at == place)
        };
        let positional = || arguments.get(place).filter(|argument| argument.name.is_none());
        arguments.iter().find(named).or_else(positional).map(|argument| &argument.value)
    }

    /// True where no argument is written, or only numbers are.
    pub fn has_only_literals(&self) -> bool {
        let arguments = self.call.iter().flat_map(|(_, arguments)| arguments);
        arguments.map(|argument| &argument.value).all(is_literal)
    }

    /// Gives an argument a value, in place of the one it has.
    pub fn set(&self, name: &str, value: &str) -> Edit {
        if let Some(old) = self.argument(name) {
            return Edit::replace(shifted(old.span, self.place.span.start).within(self.place.file), value);
        }
        let (at, text) = match &self.call {
            None => (self.name.end, format!("({name}={value})")),
            Some((brackets, arguments)) => match arguments.last() {
                None => (brackets.start.saturating_add(1), format!("{name}={value}")),
                Some(last) => (shifted(last.span(), self.place.span.start).end, format!(", {name}={value}")),
            },
        };
        Edit::replace(Span { start: at, end: at }.within(self.place.file), text)
    }

    /// Puts another layer in the place of this one, its arguments included; a label stays.
    pub fn replace_layer(&self, text: &str) -> Edit {
        let end = self.call.as_ref().map_or(self.name.end, |(brackets, _)| brackets.end);
        Edit::replace(Span { start: self.name.start, end }.within(self.place.file), text)
    }

    /// Takes the stage out of its chain, with the arrow before it, or the one after it; `None` where it stands alone.
    /// Comments stay, each at the end of its line.
    pub fn delete(&self) -> Option<Edit> {
        let text = self.file.text();
        let (before, after) =
            (text.get(..self.place.span.start as usize)?, text.get(self.place.span.end as usize..)?);
        let span = if let Some(kept) = before.trim_end().strip_suffix("->") {
            if last_line(kept).contains('#') {
                return None;
            }
            let end = self.place.span.end as usize;
            if last_line(kept.trim_end()).contains('#') {
                let (start, more) = alone(kept, after);
                Span::new(start, end.checked_add(more)?)
            } else {
                Span::new(kept.trim_end().len(), end)
            }
        } else {
            let rest = after.trim_start().strip_prefix("->")?.trim_start();
            Span::new(self.place.span.start as usize, text.len().checked_sub(rest.len())?)
        };
        Some(Edit::replace(span.within(self.place.file), ""))
    }
}

fn last_line(text: &str) -> &str {
    text.rsplit('\n').next().unwrap_or(text)
}

/// Where a deletion begins whose arrow stands after `before`, and how much of `after` goes with it: the whole line where
/// nothing else stands on it, else the blanks after it.
fn alone(before: &str, after: &str) -> (usize, usize) {
    let rest = after.split_inclusive('\n').next().unwrap_or("");
    if rest.trim().is_empty() && rest.ends_with('\n') {
        return (before.len().saturating_sub(last_line(before).len()), rest.len());
    }
    let blanks = after.len().saturating_sub(after.trim_start_matches([' ', '\t']).len());
    (before.len(), blanks)
}

/// A layer after the stage of a node; `None` where the stage is no lone call or name.
pub(super) fn insert_after(model: &LintContext, node: &Node, layer: &str) -> Option<Edit> {
    let place = node.origin;
    let text = model.is_text.then(|| model.sources.text(place))?;
    let expr = parse_expression(place.file, text).ok()?;
    called(expr, 0)?;
    let end = Span { start: place.span.end, end: place.span.end };
    Some(Edit::replace(end.within(place.file), format!(" -> {layer}")))
}

/// Takes a whole item or statement away: with its doc comment, and with its lines where nothing else stands on them.
pub(super) fn delete_whole(sources: &Sources, whole: Location) -> Option<Edit> {
    let text = sources.get(whole.file)?.text();
    let (before, after) = (text.get(..whole.span.start as usize)?, text.get(whole.span.end as usize..)?);
    let line = before.len().checked_sub(before.rsplit('\n').next()?.len())?;
    let rest = after.split_inclusive('\n').next().unwrap_or("");
    let alone = before.get(line..)?.trim().is_empty() && rest.trim().is_empty();
    if !alone {
        return Some(Edit::replace(whole, ""));
    }
    let docs = before.get(..line)?.split_inclusive('\n').rev().take_while(|line| is_doc(line));
    let start = line.checked_sub(docs.map(str::len).sum())?;
    let mut end = before.len().checked_add(whole.span.range().len())?.checked_add(rest.len())?;
    // Of the blank lines on both sides one set stays.
    let blank_before = before.get(..start)?.is_empty() || before.get(..start)?.ends_with("\n\n");
    let blank =
        text.get(end..)?.split_inclusive('\n').take_while(|line| blank_before && line.trim().is_empty());
    end = end.checked_add(blank.map(str::len).sum())?;
    Some(Edit::replace(Span::new(start, end).within(whole.file), ""))
}

fn is_doc(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("##") && !line.starts_with("###")
}

/// Takes a name out of a list, with one of the commas beside it; `None` where it is the only one.
pub(super) fn delete_listed(sources: &Sources, name: Location) -> Option<Edit> {
    let text = sources.get(name.file)?.text();
    let (before, after) = (text.get(..name.span.start as usize)?, text.get(name.span.end as usize..)?);
    let span = if let Some(rest) = after.trim_start().strip_prefix(',') {
        Span::new(before.len(), text.len().checked_sub(rest.trim_start_matches(' ').len())?)
    } else {
        let kept = before.trim_end().strip_suffix(',')?;
        Span::new(kept.len(), name.span.end as usize)
    };
    Some(Edit::replace(span.within(name.file), ""))
}

/// The name in `label: Name(…)` or `Name`, and its brackets; spans are shifted to the file's, those of arguments are not.
fn called(expr: Expr, start: u32) -> Option<(Span, Option<Brackets>)> {
    let expr = match expr.kind {
        ExprKind::Chain(stages) if stages.len() == 1 => stages.into_iter().next()?.value,
        _ => expr,
    };
    match expr.kind {
        ExprKind::Name(_) => Some((shifted(expr.span, start), None)),
        ExprKind::Postfix(callee, trailers) if matches!(callee.kind, ExprKind::Name(_)) => {
            let mut trailers = trailers.into_iter();
            match (trailers.next()?, trailers.next()) {
                (trailer, None) => match trailer.kind {
                    TrailerKind::Call(arguments) => {
                        let brackets = shifted(trailer.span, start);
                        Some((shifted(callee.span, start), Some((brackets, arguments))))
                    }
                    _ => None,
                },
                _ => None,
            }
        }
        _ => None,
    }
}

fn shifted(span: Span, by: u32) -> Span {
    Span { start: span.start.saturating_add(by), end: span.end.saturating_add(by) }
}

/// True for a number, or a list of numbers; perhaps negative.
pub(super) fn is_literal(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Int(_) | ExprKind::Float(_) | ExprKind::Bool(_) | ExprKind::Str(_) => true,
        ExprKind::Prefix(_, operand) => is_literal(operand),
        ExprKind::List(entries) | ExprKind::Tuple(entries) => entries.iter().all(is_literal),
        _ => false,
    }
}
