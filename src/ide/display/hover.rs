//! What there is to say of the thing under the cursor, as Markdown.
//!
//! Main function: [`hover`]. A layer is explained with its numbers, then documented; a name is told with its source, its
//! value and its documentation; an argument with its meaning and its default.

use crate::explain::{Language, Topic, explain};
use crate::front::weft::names::{Occurrence, SymbolKind, Target};
use crate::front::weft::stdlib;
use crate::ide::Snapshot;
use crate::ide::context::flow::{Application, Applied, Flow};
use crate::ide::context::values;
use crate::ide::display::hints::written;
use crate::ir::{Graph, ScopeId};
use crate::layers::{Argument, Fallback, Layer};
use crate::pages::markdown::layers::section;
use crate::source::{FileId, Span};
use crate::syntax::ast::{ExprKind, Stage, StmtKind};
use crate::syntax::visit::{Subtree, subtrees};

/// What is said, and of which piece of source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hover {
    /// The piece of source.
    pub span: Span,
    /// What is said of it.
    pub markdown: String,
}

/// The width of an explanation.
const WIDTH: usize = 88;

/// What there is to say of what stands at a byte.
pub fn hover(snapshot: &Snapshot, offset: usize, language: Language) -> Option<Hover> {
    let at = u32::try_from(offset).ok()?;
    let names = &snapshot.program.names;
    let occurrence = names.at(FileId(0), at);
    if let Some(Occurrence { at: place, target: Target::Argument(layer, slot), .. }) = occurrence {
        let argument = layer.arguments.get(*slot)?;
        return Some(Hover { span: place.span, markdown: of_argument(layer, argument) });
    }
    let named = occurrence.and_then(|known| Some((known.at.span, of_name(snapshot, known)?)));
    // A label, and the name of what is applied, mean the application first.
    let stage = stage_at(snapshot, at);
    let stage = stage.as_ref().and_then(|stage| {
        let naming = stage.named.iter().find(|span| holds(**span, at))?;
        Some((*naming, stage.written))
    });
    let (span, parts) = match (stage, named) {
        (Some((span, written)), named) => {
            let documented = named.map(|(_, told)| told).or_else(|| of_applied(snapshot, written));
            (span, of_stage(snapshot, written, language).into_iter().chain(documented).collect())
        }
        (None, Some((span, told))) => (span, vec![told]),
        (None, None) => return None,
    };
    let markdown = parts.join("\n---\n\n");
    (!markdown.is_empty()).then_some(Hover { span, markdown })
}

fn holds(span: Span, at: u32) -> bool {
    span.start <= at && at <= span.end
}

/// A place where something is applied: a stage of a chain, or a statement's value.
struct HoverTarget {
    written: Span,
    /// What names it: its label, the name of what is applied, the target of a statement.
    named: Vec<Span>,
}

/// The innermost place of an application around a byte.
fn stage_at(snapshot: &Snapshot, at: u32) -> Option<HoverTarget> {
    let mut found = None;
    let mut see = |part: Subtree| match part {
        Subtree::Expression(expr) => {
            if let ExprKind::Chain(stages) = &expr.kind
                && let Some(stage) = stages.iter().find(|stage| holds(written(stage), at))
            {
                found = Some(place_of(stage));
            }
        }
        Subtree::Statement(statement) => {
            if let StmtKind::Layer { name, value, label } = &statement.kind
                && holds(statement.span, at)
            {
                let labels = label.iter().map(|label| label.span);
                let named = std::iter::once(name.span).chain(labels).chain(head(value)).collect();
                found = Some(HoverTarget { written: statement.span, named });
            }
        }
    };
    subtrees(&snapshot.program.tree, &mut see);
    found
}

fn place_of(stage: &Stage) -> HoverTarget {
    let label = stage.label.as_ref().map(|label| label.span);
    HoverTarget { written: written(stage), named: label.into_iter().chain(head(&stage.value)).collect() }
}

/// The name that an expression begins with: what is called.
fn head(expr: &crate::syntax::ast::Expr) -> Option<Span> {
    match &expr.kind {
        ExprKind::Name(_) => Some(expr.span),
        ExprKind::Postfix(first, _) | ExprKind::Infix(first, _) => head(first),
        _ => None,
    }
}

/// How the numbers of an application come about. Of several the first is explained, and the others are counted.
fn of_stage(snapshot: &Snapshot, written: Span, language: Language) -> Option<String> {
    let flow = Flow::of(snapshot);
    let (first, others) = flow.at(written).split_first()?;
    let graph = flow.graph(*first)?;
    let analysis = snapshot.analyses.get(first.model)?;
    let subject = match first.applied {
        Applied::Layer(id) => Topic::Layer(id),
        Applied::Block(id) => Topic::Block(same_path(graph, id)),
    };
    let told = explain(graph, analysis, &subject, language, Some(WIDTH));
    let mut text = format!("```text\n{}```\n", told.trim_start_matches('\n'));
    if !others.is_empty() {
        text += &format!("\n{}\n", elsewhere(snapshot, *first, others));
    }
    Some(text)
}

/// Every use of the block at one path.
fn same_path(graph: &Graph, id: ScopeId) -> Vec<ScopeId> {
    let path = graph.scope(id).map(|scope| &scope.path);
    graph.modules().skip(1).filter(|(_, scope)| Some(&scope.path) == path).map(|(id, _)| id).collect()
}

/// Where else the same source is applied.
fn elsewhere(snapshot: &Snapshot, first: Application, others: &[Application]) -> String {
    let name = |model: usize| snapshot.program.models.get(model).map_or("", |graph| &graph.name);
    let here = others.iter().filter(|other| other.model == first.model).count();
    let mut models: Vec<_> =
        others.iter().map(|other| other.model).filter(|one| *one != first.model).collect();
    models.dedup();
    let mut parts = vec![format!("the first of {} uses in `{}`", here.saturating_add(1), name(first.model))];
    if here == 0 {
        parts = vec![format!("as in `{}`", name(first.model))];
    }
    match models.split_first() {
        None => {}
        Some((one, [])) => parts.push(format!("it is also in `{}`", name(*one))),
        Some((_, rest)) => parts.push(format!("it is also in {} other models", rest.len().saturating_add(1))),
    }
    parts.join("; ")
}

/// The documentation of what is applied at a place, which a label names.
fn of_applied(snapshot: &Snapshot, written: Span) -> Option<String> {
    let within = |known: &&Occurrence| {
        let span = known.at.span;
        written.start <= span.start && span.end <= written.end && is_applicable(snapshot, known)
    };
    let known = snapshot.program.names.occurrences_in(FileId(0)).iter().find(within)?;
    of_name(snapshot, known)
}

fn is_applicable(snapshot: &Snapshot, known: &Occurrence) -> bool {
    match known.target {
        Target::Layer(_) => true,
        Target::Symbol(id) => {
            let symbol = snapshot.program.names.symbol(id);
            symbol.is_some_and(|symbol| matches!(symbol.kind, SymbolKind::Block | SymbolKind::Layer))
        }
        Target::Argument(..) | Target::Function(_) => false,
    }
}

/// What a name means: its source, its value, its documentation.
fn of_name(snapshot: &Snapshot, known: &Occurrence) -> Option<String> {
    match known.target {
        Target::Layer(layer) => Some(section(layer)),
        Target::Argument(layer, slot) => Some(of_argument(layer, layer.arguments.get(slot)?)),
        Target::Function(function) => {
            let call = format!("{}({})", function.name, function.parameters.join(", "));
            Some(format!("```weft\n{call}\n```\n\n{}\n", function.summary))
        }
        Target::Symbol(id) => {
            let symbol = snapshot.program.names.symbol(id)?;
            let sources = &snapshot.program.sources;
            let binding = symbol.binding_before(known.at);
            let line = sources.get(binding.file)?.line_span(binding.span.start).within(binding.file);
            let source = match symbol.kind {
                SymbolKind::Parameter => symbol.scope,
                SymbolKind::Dimension => line,
                kind if kind.is_item() || binding == symbol.place() => symbol.whole,
                _ => line,
            };
            let mut text = format!("```weft\n{}\n```\n", opening(sources.text(source), symbol.kind));
            if symbol.kind == SymbolKind::Parameter {
                text += &format!("\n`{}` is {}\n", symbol.name, symbol.kind.described());
            }
            if let Some(value) = values::of(snapshot, symbol, binding) {
                text += &format!("\n{value}\n");
            }
            if let Some(doc) = &symbol.doc {
                text += &format!("\n{doc}\n");
            }
            let file = sources.get(binding.file).map_or("", |file| file.name());
            if binding.file != FileId(0) {
                let from = if stdlib::text(file).is_some() { "the standard library, " } else { "" };
                text += &format!("\nfrom {from}`{file}`\n");
            }
            Some(text)
        }
    }
}

/// The source of a name, without the body of an item.
fn opening(source: &str, kind: SymbolKind) -> String {
    use SymbolKind::{Block, Loop, Model, Parameter};
    let all: Vec<_> = source.lines().map(str::trim_end).collect();
    if matches!(kind, Block | Model | Loop | Parameter) {
        let head = all.first().copied().unwrap_or("");
        return head.trim_end_matches('{').trim().to_owned();
    }
    let indent = |line: &&str| line.len().saturating_sub(line.trim_start().len());
    let least = all.iter().skip(1).filter(|line| !line.is_empty()).map(indent).min().unwrap_or(0);
    let shifted = all.iter().enumerate().map(|(at, line)| match at {
        0 => line.trim_start(),
        _ => line.get(least.min(line.len())..).unwrap_or(""),
    });
    let shown: Vec<_> = shifted.take(LINES).collect();
    let more = if all.len() > LINES { "\n…" } else { "" };
    shown.join("\n") + more
}

/// So many lines of a statement are shown.
const LINES: usize = 12;

fn of_argument(layer: &Layer, argument: &Argument) -> String {
    let fallback = match argument.fallback {
        Fallback::Required => "required".to_owned(),
        other => other.value().map_or_else(String::new, |value| format!("default `{value}`")),
    };
    let mut text = format!("`{}` of `{}`: {}, {fallback}\n", argument.name, layer.name(), argument.kind);
    if !argument.doc.is_empty() {
        text += &format!("\n{}\n", argument.doc);
    }
    if !argument.aliases.is_empty() {
        text += &format!("\nalso called `{}`\n", argument.aliases.join("`, `"));
    }
    text
}
