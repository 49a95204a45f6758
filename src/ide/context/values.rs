//! What a name stands for in the models that were built: the shape of a tensor, the extent of a size.

use crate::front::weft::names::{Symbol, SymbolKind};
use crate::ide::Snapshot;
use crate::ide::context::flow::Flow;
use crate::ir::{Graph, TensorType};
use crate::source::{FileId, Location, Span};
use crate::syntax::ast::{ExprKind, StmtKind, Targets};
use crate::syntax::visit::{Subtree, subtrees};

use crate::ide::display::hints::written;

/// The value of a name at one of its bindings, in words; `None` where no model tells.
pub(in crate::ide) fn of(snapshot: &Snapshot, symbol: &Symbol, binding: Location) -> Option<String> {
    match symbol.kind {
        SymbolKind::Dimension => dimension(snapshot, symbol),
        SymbolKind::Input | SymbolKind::Param | SymbolKind::Buffer => {
            let here = |Location { file, span }: Location| {
                let whole = symbol.whole;
                file == whole.file && whole.span.start <= span.start && span.end <= whole.span.end
            };
            let of = |graph: &Graph| {
                let mut nodes = graph.nodes().filter(|(_, node)| here(node.origin));
                nodes.find_map(|(_, node)| node.operation.outputs.first().map(shape))
            };
            in_models(snapshot, of)
        }
        SymbolKind::Tensor | SymbolKind::Output if binding.file == FileId(0) => {
            let value = bound_value(snapshot, binding.span)?;
            let flow = Flow::of(snapshot);
            let given = flow.at(value).iter().filter_map(|application| {
                let text = flow.results(*application).first().map(|kind| shape(kind));
                Some((application.model, text?))
            });
            told(snapshot, given.collect())
        }
        _ => None,
    }
}

fn shape(kind: &TensorType) -> String {
    format!("shape `{kind}`")
}

/// The place of what a statement binds a name to: the last stage of a chain, or the whole value.
fn bound_value(snapshot: &Snapshot, name: Span) -> Option<Span> {
    let mut found = None;
    let mut see = |part: Subtree| {
        let Subtree::Statement(statement) = part else { return };
        let value = match &statement.kind {
            StmtKind::Assign { targets: Targets::One(target), value } if target.span == name => Some(value),
            StmtKind::Output { name: Some(target), values } if target.span == name => values.first(),
            _ => None,
        };
        if let Some(value) = value {
            found = Some(match &value.kind {
                ExprKind::Chain(stages) => stages.last().map_or(value.span, written),
                _ => value.span,
            });
        }
    };
    subtrees(&snapshot.program.tree, &mut see);
    found
}

fn dimension(snapshot: &Snapshot, symbol: &Symbol) -> Option<String> {
    let of = |graph: &Graph| {
        let known = graph.dimensions.iter().find(|dimension| dimension.name == symbol.name)?;
        let default =
            known.default.map_or_else(|| "without a default".to_owned(), |n| format!("{n} by default"));
        Some(format!("a symbolic size, {default}, at least {}", known.least))
    };
    in_models(snapshot, of)
}

/// What the models say, each different answer with the first model that gives it.
fn in_models(snapshot: &Snapshot, of: impl Fn(&Graph) -> Option<String>) -> Option<String> {
    let models = snapshot.program.models.iter().zip(0usize..);
    told(snapshot, models.filter_map(|(graph, model)| Some((model, of(graph)?))).collect())
}

/// Answers with the models that give them, by number.
fn told(snapshot: &Snapshot, mut answers: Vec<(usize, String)>) -> Option<String> {
    let mut seen = Vec::new();
    answers.retain(|(_, text)| {
        let new = !seen.contains(text);
        seen.extend(new.then(|| text.clone()));
        new
    });
    let name = |model: usize| snapshot.program.models.get(model).map_or("", |graph| &graph.name);
    match answers.as_slice() {
        [] => None,
        [(_, only)] => Some(only.clone()),
        several => {
            let shown =
                several.iter().take(NAMED).map(|(model, text)| format!("{text} in `{}`", name(*model)));
            let mut shown: Vec<_> = shown.collect();
            let further = several.len().saturating_sub(NAMED);
            if further > 0 {
                shown.push(format!("and {further} more"));
            }
            Some(shown.join(", "))
        }
    }
}

/// So many different answers are told.
const NAMED: usize = 4;
