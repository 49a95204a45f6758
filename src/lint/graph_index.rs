//! What nearly every rule asks of a graph beside its wires, which petgraph keeps: nodes by kind, by what they do and by
//! where they are written, computed once a model.

use std::cell::OnceCell;
use std::sync::Arc;

use foldhash::{HashMap, HashMapExt};
use smallvec::SmallVec;

use super::context::Slide;
use crate::ir::{Family, Graph, Kind, NodeId, Operation};
use crate::source::Location;

/// The nodes of one kind.
#[derive(Clone, Debug)]
pub struct NodeClass {
    /// What they are.
    pub kind: Kind,
    /// True where one of them slides a window.
    pub has_window: bool,
}

impl NodeClass {
    /// The layer's canonical name.
    pub fn name(&self) -> &str {
        self.kind.name()
    }

    /// The layer's family; `None` for inputs, stored tensors and constants.
    pub fn family(&self) -> Option<Family> {
        self.kind.layer().map(|layer| layer.family)
    }
}

/// Nodes by kind, by what they do and by where they are written, and what follows from the wires alone.
#[derive(Debug, Default)]
pub struct GraphIndex {
    kinds: Vec<NodeClass>,
    /// The number of each node's kind.
    kind_of: Vec<usize>,
    /// The number of what each node does: nodes that do the same share it.
    operation_of: Vec<usize>,
    /// By that number, the window in numbers, once it is asked for.
    slides: Vec<OnceCell<Option<Vec<Slide>>>>,
    gives_output: Vec<bool>,
    reaches_output: OnceCell<Vec<bool>>,
    of_data: OnceCell<Vec<bool>>,
    sites: OnceCell<HashMap<Location, usize>>,
}

impl GraphIndex {
    /// The index of a graph.
    pub fn of(graph: &Graph) -> GraphIndex {
        let (operations, operation_of) = operations(graph);
        let (kinds, kind_of) = kinds(&operations, &operation_of);
        let mut gives_output = vec![false; graph.len()];
        for output in &graph.outputs {
            if let Some(gives) = gives_output.get_mut(index(output.source.node)) {
                *gives = true;
            }
        }
        GraphIndex {
            kinds,
            kind_of,
            operation_of,
            slides: vec![OnceCell::new(); operations.len()],
            gives_output,
            reaches_output: OnceCell::new(),
            of_data: OnceCell::new(),
            sites: OnceCell::new(),
        }
    }

    /// The family of a node's layer; `None` for inputs, stored tensors and constants.
    pub fn family(&self, id: NodeId) -> Option<Family> {
        self.kind_of.get(index(id)).and_then(|number| self.kinds.get(*number)?.family())
    }

    /// True where the graph has a node of a kind that is meant.
    pub fn has(&self, is_meant: impl Fn(&NodeClass) -> bool) -> bool {
        self.kinds.iter().any(is_meant)
    }

    /// The nodes of the kinds that are meant, in execution order. What a graph has nothing of costs nothing.
    pub fn of_kinds(&self, is_meant: impl Fn(&NodeClass) -> bool) -> impl Iterator<Item = NodeId> {
        let meant: SmallVec<[bool; 32]> = self.kinds.iter().map(is_meant).collect();
        let looked_at = if meant.contains(&true) { self.kind_of.as_slice() } else { &[] };
        let is_meant = move |(number, _): &(&usize, u32)| meant.get(**number) == Some(&true);
        looked_at.iter().zip(0u32..).filter(is_meant).map(|(_, node)| NodeId(node))
    }

    /// A node's window in numbers: found once for all nodes that do the same, since they read inputs of equal types.
    pub fn slides(&self, id: NodeId, slides: impl FnOnce() -> Option<Vec<Slide>>) -> Option<&[Slide]> {
        let known = self.operation_of.get(index(id)).and_then(|number| self.slides.get(*number))?;
        known.get_or_init(slides).as_deref()
    }

    /// True where a result of the node is one of the model's.
    pub fn gives_output(&self, id: NodeId) -> bool {
        self.gives_output.get(index(id)).copied().unwrap_or(false)
    }

    /// True where a node's result depends on an input of the model.
    pub fn is_of_data(&self, graph: &Graph, id: NodeId) -> bool {
        let all = self.of_data.get_or_init(|| {
            let mut of_data: Vec<bool> = Vec::with_capacity(graph.len());
            for (id, node) in graph.nodes() {
                let mut inputs = graph.inputs_of(id).into_iter();
                let fed = inputs.any(|port| of_data.get(index(port.node)).copied().unwrap_or(false));
                of_data.push(fed || node.operation.kind == Kind::Input);
            }
            of_data
        });
        all.get(index(id)).copied().unwrap_or(false)
    }

    /// For every node, whether an output of the model depends on it.
    pub fn reaches_output(&self, graph: &Graph) -> &[bool] {
        self.reaches_output.get_or_init(|| graph.reaches_output())
    }

    /// How many nodes are written at a place.
    pub fn written_at(&self, graph: &Graph, origin: Location) -> usize {
        let sites = self.sites.get_or_init(|| {
            let mut sites = HashMap::new();
            for (_, node) in graph.nodes() {
                let count: &mut usize = sites.entry(node.origin).or_default();
                *count = count.saturating_add(1);
            }
            sites
        });
        sites.get(&origin).copied().unwrap_or(0)
    }
}

/// What nodes do, each once, and the number of what each node does.
fn operations(graph: &Graph) -> (Vec<&Operation>, Vec<usize>) {
    let mut operations: Vec<&Operation> = Vec::new();
    let mut known: HashMap<*const Operation, usize> = HashMap::new();
    let mut operation_of = Vec::with_capacity(graph.len());
    for (_, node) in graph.nodes() {
        operation_of.push(*known.entry(Arc::as_ptr(&node.operation)).or_insert_with(|| {
            operations.push(&node.operation);
            operations.len().saturating_sub(1)
        }));
    }
    (operations, operation_of)
}

/// The kinds of nodes, and the number of each node's.
fn kinds(operations: &[&Operation], operation_of: &[usize]) -> (Vec<NodeClass>, Vec<usize>) {
    let mut kinds: Vec<NodeClass> = Vec::new();
    let mut number = |operation: &Operation| {
        let known = kinds.iter().position(|kind| kind.kind == operation.kind);
        let number = known.unwrap_or(kinds.len());
        if known.is_none() {
            kinds.push(NodeClass { kind: operation.kind.clone(), has_window: false });
        }
        if let Some(kind) = kinds.get_mut(number) {
            kind.has_window |= operation.window.is_some();
        }
        number
    };
    let numbers: Vec<usize> = operations.iter().map(|operation| number(operation)).collect();
    let kind_of = operation_of.iter().filter_map(|operation| numbers.get(*operation).copied()).collect();
    (kinds, kind_of)
}

/// A node's place in a table of all nodes.
pub fn index(id: NodeId) -> usize {
    id.0 as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::front::weft::{Input, Options, elaborate};
    use crate::source::Memory;

    const BRANCHED: &str = "\
model Net {
    input x: [8]
    input spare: [8]
    (a, b) = x -> Linear(16) -> Chunk(2, axis=0)
    dead = spare + a -> ReLU
    output y = (b, a, b) -> Concat(axis=0) -> ReLU
}
";

    #[test]
    fn nodes_are_found_by_their_kinds() {
        let input = Input { name: "net.weft".into(), path: None, text: BRANCHED.into() };
        let program = elaborate(&Memory::default(), input, &Options::default());
        let graph = &program.models[0];
        let found = GraphIndex::of(graph);
        for (id, node) in graph.nodes() {
            assert_eq!(found.family(id), node.family());
        }
        let of_kind = |name| found.of_kinds(|kind| kind.name() == name).collect::<Vec<_>>();
        assert_eq!(of_kind("ReLU").len(), 2);
        assert_eq!(of_kind("Conv2d"), []);
        assert!(!found.has(|kind| kind.has_window));
    }
}
