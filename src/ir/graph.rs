//! The graph itself: nodes and the wires between them, stored tensors, scopes.
//!
//! Main type: [`Graph`]. petgraph holds the wiring. Wires lead forward: a node comes after all that feed it.

use std::sync::Arc;

use petgraph::Direction;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::{Dfs, EdgeRef, Reversed, VisitMap, Visitable};

use super::{
    Assertion, Dimension, Inputs, Kind, Node, NodeId, Output, Port, Scope, ScopeId, TensorType, Weight,
    WeightId,
};
use crate::source::Location;

/// A wire: from which result to which input.
#[derive(Clone, Copy, Debug)]
struct Wire {
    output: u32,
    slot: u32,
}

/// The nodes, wires and tensors that a model has room for at first: nearly all have more than a few.
const ROOM: usize = 24;

/// A model: a directed graph without cycles, its nodes in execution order.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    /// The model's name.
    pub name: Arc<str>,
    /// Its doc comment.
    pub doc: Option<Arc<str>>,
    /// Where the model is declared.
    pub origin: Location,
    /// Its symbolic sizes, in order of appearance.
    pub dimensions: Vec<Dimension>,
    /// Its results, in order.
    pub outputs: Vec<Output>,
    /// Its assertions.
    pub assertions: Vec<Assertion>,
    net: DiGraph<Node, Wire, u32>,
    inputs: Vec<NodeId>,
    weights: Vec<Weight>,
    scopes: Vec<Scope>,
}

impl Graph {
    /// An empty model, with a root scope of its name.
    pub(super) fn new(name: Arc<str>, origin: Location) -> Graph {
        let root = Scope { definition: name.clone(), origin, ..Scope::default() };
        let net = DiGraph::with_capacity(ROOM, ROOM);
        Graph { name, origin, scopes: vec![root], net, weights: Vec::with_capacity(ROOM), ..Graph::default() }
    }

    /// Adds a node after all others; its inputs must be in the graph already.
    pub(super) fn add(&mut self, node: Node, inputs: &[Port]) -> NodeId {
        let is_input = node.operation.kind == Kind::Input;
        let index = self.net.add_node(node);
        // petgraph goes through the wires of a node from the last that was added to the first.
        for (slot, port) in inputs.iter().enumerate().rev() {
            self.net.add_edge(
                NodeIndex::from(port.node.0),
                index,
                Wire { output: port.output, slot: number(slot) },
            );
        }
        let id = node_id(index);
        if is_input {
            self.inputs.push(id);
        }
        id
    }

    /// Adds a stored tensor.
    pub(super) fn add_weight(&mut self, weight: Weight) -> WeightId {
        let id = WeightId(number(self.weights.len()));
        self.weights.push(weight);
        id
    }

    /// Adds a scope, in which the nodes from here on are until it is closed.
    pub(super) fn add_scope(&mut self, scope: Scope) -> ScopeId {
        let id = ScopeId(number(self.scopes.len()));
        self.scopes.push(scope);
        id
    }

    /// Closes a scope behind the last node.
    pub(super) fn close_scope(&mut self, id: ScopeId) {
        let end = number(self.len());
        if let Some(scope) = self.scopes.get_mut(id.0 as usize) {
            scope.nodes.end = end;
        }
    }

    /// Removes the last scope.
    pub(super) fn remove_last_scope(&mut self) {
        self.scopes.pop();
    }

    pub(super) fn scope_mut(&mut self, id: ScopeId) -> Option<&mut Scope> {
        self.scopes.get_mut(id.0 as usize)
    }

    pub(super) fn weight_mut(&mut self, id: WeightId) -> Option<&mut Weight> {
        self.weights.get_mut(id.0 as usize)
    }

    /// Moves everything to where it is written now.
    pub fn map_origins(&mut self, moved: &impl Fn(Location) -> Location) {
        let nodes = self.net.node_weights_mut().map(|node| &mut node.origin);
        let weights = self.weights.iter_mut().map(|weight| &mut weight.origin);
        let scopes = self.scopes.iter_mut().map(|scope| &mut scope.origin);
        let outputs = self.outputs.iter_mut().map(|output| &mut output.origin);
        let assertions = self.assertions.iter_mut().map(|assertion| &mut assertion.origin);
        let parts = nodes.chain(weights).chain(scopes).chain(outputs).chain(assertions);
        parts.chain([&mut self.origin]).for_each(|origin| *origin = moved(*origin));
    }

    /// Every node, in execution order.
    pub fn nodes(&self) -> impl Iterator<Item = (NodeId, &Node)> {
        self.net.node_indices().zip(self.net.node_weights()).map(|(index, node)| (node_id(index), node))
    }

    /// The number of nodes.
    pub fn len(&self) -> usize {
        self.net.node_count()
    }

    /// True without nodes.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The node of a number; `None` if it is not one of this graph.
    pub fn node(&self, id: NodeId) -> Option<&Node> {
        self.net.node_weight(NodeIndex::from(id.0))
    }

    /// What feeds a node, in the order of its inputs.
    pub fn inputs_of(&self, id: NodeId) -> Inputs {
        let wires = self.net.edges_directed(NodeIndex::from(id.0), Direction::Incoming);
        wires.map(|wire| Port { node: node_id(wire.source()), output: wire.weight().output }).collect()
    }

    /// Who reads a node: the reader, which of its inputs, and which result of this node; in no order.
    pub fn readers_of(&self, id: NodeId) -> impl Iterator<Item = (NodeId, u32, u32)> {
        self.net
            .edges_directed(NodeIndex::from(id.0), Direction::Outgoing)
            .map(|edge| (node_id(edge.target()), edge.weight().slot, edge.weight().output))
    }

    /// The type of a node's result.
    pub fn type_of(&self, port: Port) -> Option<&TensorType> {
        self.node(port.node)?.operation.outputs.get(port.output as usize)
    }

    /// For every node, whether an output of the model depends on it.
    pub fn reaches_output(&self) -> Vec<bool> {
        let sources = self.outputs.iter().map(|output| NodeIndex::from(output.source.node.0));
        let mut search = Dfs::from_parts(sources.collect(), self.net.visit_map());
        while search.next(Reversed(&self.net)).is_some() {}
        self.net.node_indices().map(|index| search.discovered.is_visited(&index)).collect()
    }

    /// The model's inputs, in order.
    pub fn inputs(&self) -> &[NodeId] {
        &self.inputs
    }

    /// Every stored tensor, in order of declaration.
    pub fn weights(&self) -> impl Iterator<Item = (WeightId, &Weight)> {
        (0u32..).map(WeightId).zip(&self.weights)
    }

    /// The number of stored tensors.
    pub fn weight_count(&self) -> usize {
        self.weights.len()
    }

    /// The number of scopes, the model included.
    pub fn scope_count(&self) -> usize {
        self.scopes.len()
    }

    /// The stored tensor of a number.
    pub fn weight(&self, id: WeightId) -> Option<&Weight> {
        self.weights.get(id.0 as usize)
    }

    /// Every scope, the model first, parents before what is inside them.
    pub fn scopes(&self) -> impl DoubleEndedIterator<Item = (ScopeId, &Scope)> + ExactSizeIterator {
        self.scopes.iter().enumerate().map(|(at, scope)| (ScopeId(number(at)), scope))
    }

    /// The scopes that a person sees as parts of the model: itself, blocks, chains.
    pub fn modules(&self) -> impl DoubleEndedIterator<Item = (ScopeId, &Scope)> {
        self.scopes().filter(|(_, scope)| scope.is_module())
    }

    /// A scope.
    pub fn scope(&self, id: ScopeId) -> Option<&Scope> {
        self.scopes.get(id.0 as usize)
    }

    /// The scope and those around it, the innermost first, the model last.
    pub fn around(&self, id: ScopeId) -> impl Iterator<Item = (ScopeId, &Scope)> {
        let mut next = Some(id);
        std::iter::from_fn(move || {
            let id = next?;
            let scope = self.scope(id)?;
            next = scope.parent;
            Some((id, scope))
        })
    }

    /// The first use of the module that a scope is a further use of; `None` where it is none.
    pub fn first_use_of(&self, id: ScopeId) -> Option<ScopeId> {
        let scope = self.scope(id)?;
        let first = self.node(NodeId(scope.nodes.start))?.first_use?;
        let is_same = |other: &Scope| other.path == scope.path && other.definition == scope.definition;
        self.around(self.node(first)?.scope).find(|(_, other)| is_same(other)).map(|(id, _)| id)
    }

    /// The innermost block, chain or model that a scope is in; itself if it is one.
    pub fn module_of(&self, id: ScopeId) -> ScopeId {
        self.around(id).find(|(_, scope)| scope.is_module()).map_or(ScopeId::ROOT, |(id, _)| id)
    }

    /// The module around a module; `None` for the model.
    pub fn outer_module(&self, id: ScopeId) -> Option<ScopeId> {
        self.scope(id)?.parent.map(|parent| self.module_of(parent))
    }

    /// The symbolic sizes' defaults, for evaluation.
    pub fn default_of(&self, symbol: &str) -> Option<i128> {
        self.dimensions.iter().find(|dimension| &*dimension.name == symbol)?.default
    }
}

fn node_id(index: NodeIndex) -> NodeId {
    NodeId(number(index.index()))
}

fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
