//! A graph as a tree of blocks.
//!
//! Main type: [`Tree`]. Chains have no block of their own in it unless they repeat.

use std::collections::HashMap;
use std::ops::Range;

use super::classes::{self, Class, Classes};
use super::series::{Series, is_chain, is_unnamed_chain, series, series_of_layer};
use crate::ir::{Graph, NodeId, Port, Scope, ScopeId};

/// A layer or a block, as it stands in a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TreeItem {
    /// A layer, an operator, an input, a parameter or a constant.
    Layer(NodeId),
    /// A block that is drawn as one.
    Block(ScopeId),
}

/// The blocks of a graph.
pub(crate) struct Tree<'a> {
    pub graph: &'a Graph,
    children: Vec<Vec<TreeItem>>,
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
    pub fn children(&self, scope: ScopeId) -> &[TreeItem] {
        self.children.get(scope.0 as usize).map_or(&[], Vec::as_slice)
    }

    /// What is drawn beside a part that stands in a block.
    pub fn siblings(&self, around: ScopeId) -> &[TreeItem] {
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
    pub fn span(&self, item: TreeItem) -> Range<u32> {
        match item {
            TreeItem::Layer(id) => id.0..id.0.saturating_add(1),
            TreeItem::Block(scope) => self.spans.get(scope.0 as usize).cloned().unwrap_or_default(),
        }
    }

    /// What a part reads from outside, in its order.
    pub fn sources(&self, item: TreeItem) -> Vec<Port> {
        match item {
            TreeItem::Layer(id) => self.graph.inputs_of(id).into_vec(),
            TreeItem::Block(scope) => self.classes.sources(scope).to_vec(),
        }
    }

    /// The class of the parts that are isomorphic to this one.
    pub fn class(&self, item: TreeItem) -> Class {
        self.classes.class(item)
    }

    /// The dotted path of a part.
    pub fn path(&self, item: TreeItem) -> &str {
        match item {
            TreeItem::Layer(id) => self.graph.node(id).map_or("", |node| &node.path),
            TreeItem::Block(scope) => self.graph.scope(scope).map_or("", |scope| &scope.path),
        }
    }

    /// The series that a part is a member of.
    pub fn series(&self, item: TreeItem) -> Option<Series<'a>> {
        match item {
            TreeItem::Layer(id) => self.graph.node(id).map(|node| series_of_layer(self.graph, node)),
            TreeItem::Block(scope) => self.graph.scope(scope).map(|scope| series(self.graph, scope)),
        }
    }
}

/// For every scope, whether it is a part of its own: blocks are, chains where they repeat, rounds and experts never.
fn visible(graph: &Graph) -> Vec<bool> {
    let mut members: HashMap<_, u32> = HashMap::new();
    let mut uses: HashMap<&str, u32> = HashMap::new();
    for (_, scope) in graph.scopes().filter(|(_, scope)| is_chain(scope)) {
        let (series, path) = (series(graph, scope), &*scope.path);
        for count in [members.entry(series).or_default(), uses.entry(path).or_default()] {
            *count = count.saturating_add(1);
        }
    }
    let repeats = |scope: &Scope| {
        let is_member = members.get(&series(graph, scope)).is_some_and(|count| *count > 1);
        uses.get(&*scope.path).is_some_and(|count| *count > 1) || (is_member && !is_unnamed_chain(scope))
    };
    graph.scopes().map(|(_, scope)| scope.is_module() && (!is_chain(scope) || repeats(scope))).collect()
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
fn nested(graph: &Graph, around: &[ScopeId]) -> (Vec<Vec<TreeItem>>, Vec<Range<u32>>) {
    let outer = |scope: ScopeId| {
        let parent = graph.scope(scope)?.parent?;
        around.get(parent.0 as usize).copied()
    };
    let mut children: Vec<Vec<TreeItem>> = vec![Vec::new(); around.len()];
    let mut spans: Vec<Range<u32>> = vec![0..0; around.len()];
    for (id, node) in graph.nodes() {
        let mut item = TreeItem::Layer(id);
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
            (item, next) = (TreeItem::Block(scope), outer(scope));
        }
    }
    (children, spans)
}
