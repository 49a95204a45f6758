//! A graph as a tree of blocks, and which parts of it are alike.
//!
//! Main type: [`Tree`]. Two parts are alike when they have one definition, equal arguments and equal layers wired in
//! the same way. Fractions are left aside, so that blocks that differ in a rate of dropout are alike. Chains have no
//! block of their own in the tree unless they repeat.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use crate::ir::{Attribute, Graph, NodeId, Operation, Port, Scope, ScopeId, stem};

/// What a chain in parentheses is called as a block, and the beginning of the name of one without a label.
const CHAIN: (&str, &str) = ("Sequential", "sequential_");

/// A layer or a block, as it stands in a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Item {
    /// A layer, an operator, an input, a parameter or a constant.
    Layer(NodeId),
    /// A block that is drawn as one.
    Block(ScopeId),
}

/// A number that parts have in common when they are alike.
pub(super) type Likeness = u32;

/// The blocks of a graph.
pub(super) struct Tree<'a> {
    pub graph: &'a Graph,
    children: Vec<Vec<Item>>,
    spans: Vec<Range<u32>>,
    /// For each block, what it reads from outside, each once, in the order of first reading.
    sources: Vec<Vec<Port>>,
    of_blocks: Vec<Likeness>,
    of_layers: Vec<Likeness>,
    /// For each block, the one that is drawn around what stands in it: itself, or the one around a chain.
    shown_in: Vec<ScopeId>,
    /// For each block, a number that those of one structure have in common, arguments aside.
    structures: Vec<Likeness>,
}

impl<'a> Tree<'a> {
    pub fn of(graph: &'a Graph) -> Tree<'a> {
        let shown_in = shown_in(graph, &visible(graph));
        let (children, spans) = nested(graph, &shown_in);
        let count = spans.len();
        let mut tree = Tree {
            graph,
            children,
            spans,
            sources: vec![Vec::new(); count],
            of_blocks: vec![Likeness::MAX; count],
            of_layers: Vec::new(),
            shown_in,
            structures: vec![Likeness::MAX; count],
        };
        tree.liken();
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

    /// A number that blocks of one structure have in common: the same layers, wired alike, whatever their arguments.
    pub fn structure(&self, scope: ScopeId) -> Likeness {
        self.structures.get(scope.0 as usize).copied().unwrap_or(Likeness::MAX)
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
            Item::Block(scope) => self.sources.get(scope.0 as usize).cloned().unwrap_or_default(),
        }
    }

    pub fn likeness(&self, item: Item) -> Likeness {
        let known = match item {
            Item::Layer(id) => self.of_layers.get(id.0 as usize),
            Item::Block(scope) => self.of_blocks.get(scope.0 as usize),
        };
        known.copied().unwrap_or(Likeness::MAX)
    }

    /// The dotted path of a part.
    pub fn path(&self, item: Item) -> &str {
        match item {
            Item::Layer(id) => self.graph.node(id).map_or("", |node| &node.path),
            Item::Block(scope) => self.graph.scope(scope).map_or("", |scope| &scope.path),
        }
    }

    /// Finds what is alike, from the innermost blocks outwards.
    fn liken(&mut self) {
        let mut known = Known::default();
        self.of_layers = self.graph.nodes().map(|(_, node)| known.operation(&node.operation)).collect();
        let scopes: Vec<(ScopeId, &Scope)> = self.graph.scopes().collect();
        for (id, scope) in scopes.into_iter().rev() {
            let (likeness, structure, sources) = self.block(id, scope, &mut known);
            let at = id.0 as usize;
            self.of_blocks.get_mut(at).into_iter().for_each(|of| *of = likeness);
            self.structures.get_mut(at).into_iter().for_each(|of| *of = structure);
            self.sources.get_mut(at).into_iter().for_each(|of| *of = sources.clone());
        }
    }

    fn block(&self, id: ScopeId, scope: &Scope, known: &mut Known) -> (Likeness, Likeness, Vec<Port>) {
        let span = self.span(Item::Block(id));
        let mut outside: Vec<Port> = Vec::new();
        let mut slots: HashMap<(u32, u32), u32> = HashMap::new();
        let mut words = vec![Word::Block(known.named(&signature(&scope.definition, &scope.arguments)))];
        let mut bare = vec![Word::Block(known.named(&scope.definition))];
        if !self.is_whole(id) {
            words.push(Word::Unlike(id.0));
        }
        for item in self.children(id) {
            words.push(Word::Part(matches!(item, Item::Block(_)), self.likeness(*item)));
            bare.push(match item {
                Item::Layer(id) => {
                    Word::Block(known.named(self.graph.node(*id).map_or("", |node| node.kind())))
                }
                Item::Block(inner) => Word::Part(true, self.structure(*inner)),
            });
            for port in self.sources(*item) {
                words.push(if span.contains(&port.node.0) {
                    Word::Inside(port.node.0.saturating_sub(span.start), port.output)
                } else {
                    let next = u32::try_from(outside.len()).unwrap_or(u32::MAX);
                    let slot = *slots.entry((port.node.0, port.output)).or_insert(next);
                    if slot == next {
                        outside.push(port);
                    }
                    Word::Outside(slot)
                });
            }
        }
        (known.part(words), known.part(bare), outside)
    }
}

impl Tree<'_> {
    /// True where the layers of a block follow each other in the execution order, with no others between.
    fn is_whole(&self, id: ScopeId) -> bool {
        let span = self.span(Item::Block(id));
        let mut end = span.start;
        let follow = self.children(id).iter().all(|item| {
            let inner = self.span(*item);
            let follows = inner.start == end;
            end = inner.end;
            follows
        });
        follow && end == span.end
    }
}

/// For every block, whether it is drawn as one.
fn visible(graph: &Graph) -> Vec<bool> {
    let mut kin: HashMap<(Option<ScopeId>, &str), u32> = HashMap::new();
    let mut same: HashMap<&str, u32> = HashMap::new();
    let chains = || graph.scopes().filter(|(_, scope)| &*scope.definition == CHAIN.0);
    for (_, scope) in chains() {
        for count in
            [kin.entry((scope.parent, stem(&scope.path))).or_default(), same.entry(&scope.path).or_default()]
        {
            *count = count.saturating_add(1);
        }
    }
    let repeats = |scope: &Scope| {
        let automatic = scope.path.rsplit('.').next().is_some_and(|step| step.starts_with(CHAIN.1));
        let alike = kin.get(&(scope.parent, stem(&scope.path))).is_some_and(|count| *count > 1);
        same.get(&*scope.path).is_some_and(|count| *count > 1) || (alike && !automatic)
    };
    graph.scopes().map(|(_, scope)| &*scope.definition != CHAIN.0 || repeats(scope)).collect()
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

/// `Conv2d(out_channels=64, …)`, without fractions.
fn signature<N: AsRef<str>>(name: &str, arguments: &[(N, Attribute)]) -> String {
    let sizes = arguments.iter().filter(|(_, value)| !matches!(value, Attribute::Float(_)));
    sizes.fold(name.to_string(), |text, (name, value)| format!("{text}\u{0}{}={value}", name.as_ref()))
}

/// A word of a part's description.
#[derive(PartialEq, Eq, Hash)]
enum Word {
    Block(u32),
    Part(bool, Likeness),
    Inside(u32, u32),
    Outside(u32),
    /// Of a block that is like no other.
    Unlike(u32),
}

/// The descriptions met so far, each with its number.
#[derive(Default)]
struct Known {
    operations: HashMap<*const Operation, Likeness>,
    names: HashMap<String, u32>,
    parts: HashMap<Vec<Word>, Likeness>,
}

impl Known {
    fn operation(&mut self, operation: &Arc<Operation>) -> Likeness {
        if let Some(known) = self.operations.get(&Arc::as_ptr(operation)) {
            return *known;
        }
        let likeness = self.named(&signature(operation.kind, &operation.arguments));
        self.operations.insert(Arc::as_ptr(operation), likeness);
        likeness
    }

    fn named(&mut self, text: &str) -> u32 {
        let next = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        *self.names.entry(text.to_string()).or_insert(next)
    }

    fn part(&mut self, words: Vec<Word>) -> Likeness {
        let next = u32::try_from(self.parts.len()).unwrap_or(u32::MAX);
        *self.parts.entry(words).or_insert(next)
    }
}
