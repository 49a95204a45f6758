//! Which lines a report has: layers one by one, blocks opened or closed, consecutive calls of one block folded.
//!
//! Main function: [`entries`], in one pass over the layers in execution order. Chains are always opened, blocks down
//! to the depth that is asked for.

use std::collections::HashMap;

use crate::blocks::{is_chain, series};
use crate::ir::{Graph, NodeId, ScopeId};

/// Nodes that have no line: they store no parameter and compute nothing.
const SILENT: &[&str] = &["Input", "Buffer", "Arange", "Zeros", "Randn"];

/// A line of the report, before its numbers.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct LinePlan {
    /// How many opened blocks it stands in.
    pub level: usize,
    /// The opened block it stands in.
    pub inside: ScopeId,
    /// What it shows.
    pub shows: Shows,
}

/// What a line shows.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shows {
    /// A layer.
    Layer(NodeId),
    /// An opened block, whose layers follow.
    Opened(ScopeId),
    /// Consecutive calls of one block, with all their layers.
    Folded(Vec<ScopeId>, Vec<NodeId>),
}

/// How a block's use is shown.
#[derive(Clone, Copy, Debug, Default)]
struct ScopePlan {
    /// The outermost closed block it stands in, or itself.
    closed: Option<ScopeId>,
    /// How many opened blocks there are around its layers.
    level: usize,
    /// The nearest opened block.
    opened: ScopeId,
}

/// The lines of a model.
pub(super) fn entries(graph: &Graph, depth: usize) -> Vec<LinePlan> {
    let plans = plans(graph, depth);
    let plan = |scope: ScopeId| plans.get(scope.0 as usize).copied().unwrap_or_default();
    let mut entries: Vec<LinePlan> = Vec::new();
    let mut announced = vec![false; plans.len()];
    for (id, node) in graph.nodes() {
        let of = plan(node.scope);
        let around = of.closed.and_then(|closed| graph.scope(closed)?.parent).unwrap_or(of.opened);
        announce(&mut entries, &mut announced, graph, &plans, plan(around).opened);
        let (level, inside) = (plan(around).level, plan(around).opened);
        match (of.closed, entries.last_mut()) {
            (None, _) if SILENT.contains(&node.kind()) => {}
            (None, _) => entries.push(LinePlan { level, inside, shows: Shows::Layer(id) }),
            (Some(closed), Some(LinePlan { shows: Shows::Folded(scopes, nodes), .. }))
                if belongs(graph, scopes, closed) =>
            {
                if scopes.last() != Some(&closed) {
                    scopes.push(closed);
                }
                nodes.push(id);
            }
            (Some(closed), _) => {
                entries.push(LinePlan { level, inside, shows: Shows::Folded(vec![closed], vec![id]) })
            }
        }
    }
    entries
}

/// Adds the lines of the opened blocks around a layer, each before the first of its layers.
fn announce(
    entries: &mut Vec<LinePlan>,
    announced: &mut [bool],
    graph: &Graph,
    plans: &[ScopePlan],
    opened: ScopeId,
) {
    let plan = |scope: ScopeId| plans.get(scope.0 as usize).copied().unwrap_or_default();
    let mut waiting = Vec::new();
    let mut next = opened;
    while next != ScopeId::ROOT && announced.get(next.0 as usize) == Some(&false) {
        waiting.push(next);
        if let Some(done) = announced.get_mut(next.0 as usize) {
            *done = true;
        }
        let parent = graph.scope(next).and_then(|scope| scope.parent).unwrap_or_default();
        next = plan(parent).opened;
    }
    entries.extend(waiting.into_iter().rev().map(|scope| {
        let parent = graph.scope(scope).and_then(|scope| scope.parent).unwrap_or_default();
        LinePlan { level: plan(parent).level, inside: plan(parent).opened, shows: Shows::Opened(scope) }
    }));
}

/// For every use of a block, how it is shown.
fn plans(graph: &Graph, depth: usize) -> Vec<ScopePlan> {
    let mut members: HashMap<_, usize> = HashMap::new();
    for (_, scope) in graph.modules() {
        let known = members.entry(series(graph, scope)).or_default();
        *known = known.saturating_add(1);
    }
    let mut plans: Vec<ScopePlan> = Vec::new();
    // Parents stand before their children.
    for (id, scope) in graph.scopes() {
        let outside = scope.parent.and_then(|parent| plans.get(parent.0 as usize)).copied();
        let plan = match outside {
            None => ScopePlan::default(),
            Some(outside) if outside.closed.is_some() || !scope.is_module() => outside,
            Some(outside) if is_chain(scope) && members.get(&series(graph, scope)) == Some(&1) => outside,
            Some(outside) if outside.level < depth => {
                ScopePlan { closed: None, level: outside.level.saturating_add(1), opened: id }
            }
            Some(outside) => ScopePlan { closed: Some(id), ..outside },
        };
        plans.push(plan);
    }
    plans
}

/// True where a use goes on with the series of others.
fn belongs(graph: &Graph, scopes: &[ScopeId], scope: ScopeId) -> bool {
    let series = |scope: &ScopeId| graph.scope(*scope).map(|scope| series(graph, scope));
    let known = scopes.first().and_then(series);
    known.is_some() && known == series(&scope)
}
