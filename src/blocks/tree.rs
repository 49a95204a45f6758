//! A graph as a tree of blocks.
//!
//! Main type: [`Tree`]. Chains have no block of their own in it unless they repeat.

use std::collections::HashMap;
use std::ops::Range;

use super::classes::{self, Class, Classes};
use super::series::{is_chain, is_unnamed_chain, series};
use crate::ir::{Graph, NodeId, Port, Scope, ScopeId};

/// A layer or a block, as it stands in a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Item {
    /// A layer, an operator, an input, a parameter or a constant.
    Layer(NodeId),
    /// A block that is drawn as one.
    Block(ScopeId),
}

/// The blocks of a graph.
pub(crate) struct Tree<'a> {
    pub graph: &'a Graph,
    children: Vec<Vec<Item>>,
    spans: Vec<Range<u32>>,
    /// For each block, the one that is drawn around what stands in it: itself, or the one around a chain.
    shown_in: Vec<ScopeId>,
    classes: Classes,
}

impl<'a> Tree<'a> {
    pub fn of(graph: &'a Graph) -> Tree<'a> {
        let shown_in = shown_in(graph, &visible(graph));
        let (children, spans) = nested(graph, &shown_in);
        let mut tree = Tree { graph, children, spans, shown_in, classes: Classes::default() };
        tree.classes = classes::of(&tree);
        tree
    }

    /// What stands in a block, in order.
    pub fn children(&self, scope: ScopeId) -> &[Item] {
        self.children.get(scope.0 as usize).map_or(&[], Vec::as_slice)
    }

    /// What is drawn beside a part that stands in a block.
    pub fn siblings(&self, around: ScopeId) -> &[Item] {
        self.children(self.shown_in(around))
    }

    /// The block that is drawn around what stands in a block.
    pub fn shown_in(&self, scope: ScopeId) -> ScopeId {
        self.shown_in.get(scope.0 as usize).copied().unwrap_or_default()
    }

    /// The class of the blocks that hold the same layers as this one, whatever their arguments.
    pub fn structure(&self, scope: ScopeId) -> Class {
        self.classes.structure(scope)
    }

    /// The layers of a part, by their numbers.
    pub fn span(&self, item: Item) -> Range<u32> {
        match item {
            Item::Layer(id) => id.0..id.0.saturating_add(1),
            Item::Block(scope) => self.spans.get(scope.0 as usize).cloned().unwrap_or_default(),
        }
    }

    /// What a part reads from outside, in its order.
    pub fn sources(&self, item: Item) -> Vec<Port> {
        match item {
            Item::Layer(id) => self.graph.inputs_of(id).into_vec(),
            Item::Block(scope) => self.classes.sources(scope).to_vec(),
        }
    }

    /// The class of the parts that are isomorphic to this one.
    pub fn class(&self, item: Item) -> Class {
        self.classes.class(item)
    }

    /// The dotted path of a part.
    pub fn path(&self, item: Item) -> &str {
        match item {
            Item::Layer(id) => self.graph.node(id).map_or("", |node| &node.path),
            Item::Block(scope) => self.graph.scope(scope).map_or("", |scope| &scope.path),
        }
    }
}

/// For every block, whether it is a part of its own: a chain is one where it repeats.
fn visible(graph: &Graph) -> Vec<bool> {
    let mut members: HashMap<_, u32> = HashMap::new();
    let mut uses: HashMap<&str, u32> = HashMap::new();
    for (_, scope) in graph.scopes().filter(|(_, scope)| is_chain(scope)) {
        for count in [members.entry(series(scope)).or_default(), uses.entry(&scope.path).or_default()] {
            *count = count.saturating_add(1);
        }
    }
    let repeats = |scope: &Scope| {
        let is_member = members.get(&series(scope)).is_some_and(|count| *count > 1);
        uses.get(&*scope.path).is_some_and(|count| *count > 1) || (is_member && !is_unnamed_chain(scope))
    };
    graph.scopes().map(|(_, scope)| !is_chain(scope) || repeats(scope)).collect()
}

/// For every block, the one that is drawn around what stands in it.
fn shown_in(graph: &Graph, visible: &[bool]) -> Vec<ScopeId> {
    // Parents stand before their children, so what surrounds them is known.
    let mut around: Vec<ScopeId> = Vec::with_capacity(visible.len());
    for ((id, scope), visible) in graph.scopes().zip(visible) {
        let outside = scope.parent.and_then(|parent| around.get(parent.0 as usize)).copied();
        around.push(if *visible { id } else { outside.unwrap_or_default() });
    }
    around
}

/// What stands in each block, in order, and the layers of each.
fn nested(graph: &Graph, around: &[ScopeId]) -> (Vec<Vec<Item>>, Vec<Range<u32>>) {
    let outer = |scope: ScopeId| {
        let parent = graph.scope(scope)?.parent?;
        around.get(parent.0 as usize).copied()
    };
    let mut children: Vec<Vec<Item>> = vec![Vec::new(); around.len()];
    let mut spans: Vec<Range<u32>> = vec![0..0; around.len()];
    for (id, node) in graph.nodes() {
        let mut item = Item::Layer(id);
        let mut next = around.get(node.scope.0 as usize).copied();
        let mut is_new = true;
        while let Some(scope) = next {
            let (Some(inside), Some(span)) =
                (children.get_mut(scope.0 as usize), spans.get_mut(scope.0 as usize))
            else {
                break;
            };
            if is_new {
                inside.push(item);
            }
            let is_first = span.start == span.end;
            is_new = is_new && is_first;
            let start = if is_first { id.0 } else { span.start };
            *span = start..id.0.saturating_add(1);
            (item, next) = (Item::Block(scope), outer(scope));
        }
    }
    (children, spans)
}
