//! Which parts of a graph are isomorphic.
//!
//! Main type: [`Classes`]. Two parts are of one class when they have one definition, equal arguments and equal layers wired
//! in the same way. Fractions are left aside, so blocks that differ in a rate of dropout are of one class.

use std::collections::HashMap;
use std::sync::Arc;

use super::tree::{Tree, TreeItem};
use crate::ir::{Attribute, Operation, Port, Scope, ScopeId};

/// A class of isomorphic parts, by number.
pub(crate) type Class = u32;

/// The classes of the parts of a graph.
#[derive(Default)]
pub(super) struct Classes {
    of_blocks: Vec<Class>,
    of_layers: Vec<Class>,
    /// For each block, the class of those that hold the same layers, arguments aside.
    structures: Vec<Class>,
    /// For each block, what it reads from outside, each once, in the order of first reading.
    sources: Vec<Vec<Port>>,
}

impl Classes {
    pub fn class(&self, item: TreeItem) -> Class {
        let known = match item {
            TreeItem::Layer(id) => self.of_layers.get(id.0 as usize),
            TreeItem::Block(scope) => self.of_blocks.get(scope.0 as usize),
        };
        known.copied().unwrap_or(Class::MAX)
    }

    pub fn structure(&self, scope: ScopeId) -> Class {
        self.structures.get(scope.0 as usize).copied().unwrap_or(Class::MAX)
    }

    pub fn sources(&self, scope: ScopeId) -> &[Port] {
        self.sources.get(scope.0 as usize).map_or(&[], Vec::as_slice)
    }
}

/// The classes of a tree's parts, found from the innermost blocks outwards.
pub(super) fn of(tree: &Tree) -> Classes {
    let mut known = KnownDescriptions::default();
    let scopes: Vec<(ScopeId, &Scope)> = tree.graph.scopes().collect();
    let unknown = || vec![Class::MAX; scopes.len()];
    let mut found = Classes {
        of_blocks: unknown(),
        of_layers: tree.graph.nodes().map(|(_, node)| known.operation(&node.operation)).collect(),
        structures: unknown(),
        sources: vec![Vec::new(); scopes.len()],
    };
    for (id, scope) in scopes.into_iter().rev() {
        let (class, structure, sources) = block(tree, &found, id, scope, &mut known);
        let at = id.0 as usize;
        found.of_blocks.get_mut(at).into_iter().for_each(|of| *of = class);
        found.structures.get_mut(at).into_iter().for_each(|of| *of = structure);
        found.sources.get_mut(at).into_iter().for_each(|of| of.clone_from(&sources));
    }
    found
}

/// What a part reads from outside, of parts whose insides are known.
fn sources(tree: &Tree, found: &Classes, item: TreeItem) -> Vec<Port> {
    match item {
        TreeItem::Layer(id) => tree.graph.inputs_of(id).into_vec(),
        TreeItem::Block(scope) => found.sources(scope).to_vec(),
    }
}

fn block(
    tree: &Tree,
    found: &Classes,
    id: ScopeId,
    scope: &Scope,
    known: &mut KnownDescriptions,
) -> (Class, Class, Vec<Port>) {
    let span = tree.span(TreeItem::Block(id));
    let mut outside: Vec<Port> = Vec::new();
    let mut slots: HashMap<(u32, u32), u32> = HashMap::new();
    let mut words = vec![Word::Block(known.named(&signature(&scope.definition, &scope.arguments)))];
    let mut bare = vec![Word::Block(known.named(&scope.definition))];
    if !is_whole(tree, id) {
        words.push(Word::Unlike(id.0));
    }
    for item in tree.children(id) {
        words.push(Word::Part(matches!(item, TreeItem::Block(_)), found.class(*item)));
        bare.push(match item {
            TreeItem::Layer(id) => {
                Word::Block(known.named(tree.graph.node(*id).map_or("", |node| node.kind())))
            }
            TreeItem::Block(inner) => Word::Part(true, found.structure(*inner)),
        });
        for port in sources(tree, found, *item) {
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

/// True where the layers of a block follow each other in the execution order, with no others between.
fn is_whole(tree: &Tree, id: ScopeId) -> bool {
    let span = tree.span(TreeItem::Block(id));
    let mut end = span.start;
    let follow = tree.children(id).iter().all(|item| {
        let inner = tree.span(*item);
        let follows = inner.start == end;
        end = inner.end;
        follows
    });
    follow && end == span.end
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
    Part(bool, Class),
    Inside(u32, u32),
    Outside(u32),
    /// Of a block that is like no other.
    Unlike(u32),
}

/// The descriptions met so far, each with its number.
#[derive(Default)]
struct KnownDescriptions {
    operations: HashMap<*const Operation, Class>,
    names: HashMap<String, u32>,
    parts: HashMap<Vec<Word>, Class>,
}

impl KnownDescriptions {
    fn operation(&mut self, operation: &Arc<Operation>) -> Class {
        if let Some(known) = self.operations.get(&Arc::as_ptr(operation)) {
            return *known;
        }
        let likeness = self.named(&signature(operation.kind.name(), &operation.arguments));
        self.operations.insert(Arc::as_ptr(operation), likeness);
        likeness
    }

    fn named(&mut self, text: &str) -> u32 {
        let next = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        *self.names.entry(text.to_string()).or_insert(next)
    }

    fn part(&mut self, words: Vec<Word>) -> Class {
        let next = u32::try_from(self.parts.len()).unwrap_or(u32::MAX);
        *self.parts.entry(words).or_insert(next)
    }
}
