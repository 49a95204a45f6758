//! The graph itself: nodes, the wires between them, stored tensors, blocks.

use std::sync::Arc;

use petgraph::Direction;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;
use smallvec::SmallVec;

use super::{Attribute, Dtype, Operation, Role, Shape, TensorType};

/// A node of a [`Graph`], by its place in the execution order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub u32);

/// A stored tensor of a [`Graph`], by its place in the order of declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WeightId(pub u32);

/// A block's use in a [`Graph`]. [`ScopeId::ROOT`] is the model itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ScopeId(pub u32);

impl ScopeId {
    /// The model's own body.
    pub const ROOT: ScopeId = ScopeId(0);
}

/// One result of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Port {
    /// The node.
    pub node: NodeId,
    /// Which of its results.
    pub output: u32,
}

/// What feeds a node; most have no more than a few inputs.
pub type Inputs = SmallVec<[Port; 4]>;

/// The stored tensors that a node reads; most read no more than a few.
pub type Weights = SmallVec<[WeightId; 4]>;

/// Where something comes from: a range of bytes of a file that only the maker of the graph can read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Origin {
    /// The file's number.
    pub file: u32,
    /// The first byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// A layer's use, an operator, an input, a bare parameter or a constant.
#[derive(Clone, Debug)]
pub struct Node {
    /// Unique in the graph: the path, with `@2` for the second use of a shared layer.
    pub id: Arc<str>,
    /// The dotted path; the same for every use of a shared layer.
    pub path: Arc<str>,
    /// What it does.
    pub operation: Arc<Operation>,
    /// The stored tensors it reads, in the order of the operation's weights.
    pub weights: Weights,
    /// Where it is written.
    pub origin: Origin,
    /// The block it stands in.
    pub scope: ScopeId,
    /// The node of the first use, where a shared layer is used again.
    pub first_use: Option<NodeId>,
    /// Where it is part of an expert: how many there are, and how many a token meets.
    pub routing: Option<Routing>,
    /// The doc comment of its statement.
    pub doc: Option<Arc<str>>,
}

impl Node {
    /// The layer's canonical name.
    pub fn kind(&self) -> &'static str {
        self.operation.kind
    }
}

/// How a mixture of experts routes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Routing {
    /// The number of experts; the node stands for all of them, its weights are one expert's or stacked.
    pub experts: u32,
    /// How many of them a position meets.
    pub top_k: u32,
}

/// A stored tensor.
#[derive(Clone, Debug)]
pub struct Weight {
    /// Its full name: path, point, the layer's name for it.
    pub name: Arc<str>,
    /// Further names, by ties.
    pub aliases: Vec<Arc<str>>,
    /// Its shape; always numbers.
    pub shape: Shape,
    /// What its elements are.
    pub dtype: Dtype,
    /// Whether it is learned.
    pub role: Role,
    /// False where frozen.
    pub trainable: bool,
    /// Where it is declared.
    pub origin: Origin,
    /// Where it belongs to an expert: how many alternatives there are and how many a position meets.
    pub routing: Option<Routing>,
}

/// A symbolic size of a model.
#[derive(Clone, Debug)]
pub struct Dimension {
    /// Its name.
    pub name: Arc<str>,
    /// What it is unless said otherwise.
    pub default: Option<i128>,
    /// The least value for which every extent is at least 1.
    pub least: i128,
}

/// A result of a model.
#[derive(Clone, Debug)]
pub struct Output {
    /// Its name.
    pub name: Arc<str>,
    /// What gives it.
    pub source: Port,
    /// Where it is declared.
    pub origin: Origin,
}

/// A use of a block.
#[derive(Clone, Debug)]
pub struct Scope {
    /// The dotted path of what is inside; empty for the model.
    pub path: Arc<str>,
    /// The block's name; the model's name for the model.
    pub definition: Arc<str>,
    /// Its arguments, as written or computed.
    pub arguments: Arc<[(Arc<str>, Attribute)]>,
    /// The block it stands in; `None` for the model.
    pub parent: Option<ScopeId>,
    /// Where it is used.
    pub origin: Origin,
}

/// What a budget bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Parameters.
    Parameters,
    /// Multiply-accumulates.
    Macs,
}

/// The two sides of an assertion that bounds parameters or cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// What is bounded.
    pub measure: Measure,
    /// What it is.
    pub actual: u128,
    /// What was asked for.
    pub bound: i128,
}

/// An `assert`, decided at the defaults of the symbolic sizes.
#[derive(Clone, Debug)]
pub struct Assertion {
    /// Whether it holds.
    pub holds: bool,
    /// True where a symbol's default was needed to decide it.
    pub at_defaults: bool,
    /// What to say where it does not.
    pub message: Option<Arc<str>>,
    /// The two sides of its comparison, as text; or nothing.
    pub sides: Option<(String, String)>,
    /// Where it bounds `params` or `macs`.
    pub budget: Option<Budget>,
    /// The block it stands in.
    pub scope: ScopeId,
    /// Where it is written.
    pub origin: Origin,
}

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
    pub origin: Origin,
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
    pub fn new(name: Arc<str>, origin: Origin) -> Graph {
        let root = Scope {
            path: "".into(),
            definition: name.clone(),
            arguments: Arc::default(),
            parent: None,
            origin,
        };
        let net = DiGraph::with_capacity(ROOM, ROOM);
        Graph { name, origin, scopes: vec![root], net, weights: Vec::with_capacity(ROOM), ..Graph::default() }
    }

    /// Adds a node after all others; its inputs must be in the graph already.
    pub fn add(&mut self, node: Node, inputs: &[Port]) -> NodeId {
        let is_input = node.kind() == "Input";
        let index = self.net.add_node(node);
        for (port, slot) in inputs.iter().zip(0u32..) {
            self.net.add_edge(NodeIndex::from(port.node.0), index, Wire { output: port.output, slot });
        }
        let id = node_id(index);
        if is_input {
            self.inputs.push(id);
        }
        id
    }

    /// Adds a stored tensor.
    pub fn add_weight(&mut self, weight: Weight) -> WeightId {
        let id = WeightId(u32::try_from(self.weights.len()).unwrap_or(u32::MAX));
        self.weights.push(weight);
        id
    }

    /// Adds a block's use.
    pub fn add_scope(&mut self, scope: Scope) -> ScopeId {
        let id = ScopeId(u32::try_from(self.scopes.len()).unwrap_or(u32::MAX));
        self.scopes.push(scope);
        id
    }

    /// Moves everything to where it is written now.
    pub fn map_origins(&mut self, moved: &impl Fn(Origin) -> Origin) {
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
        let mut inputs: Inputs =
            wires.map(|wire| Port { node: node_id(wire.source()), output: wire.weight().output }).collect();
        // Wires are added in the order of the inputs, and the last one comes first.
        inputs.reverse();
        inputs
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
        let mut reached = vec![false; self.len()];
        let mut waiting: Vec<NodeIndex> =
            self.outputs.iter().map(|o| NodeIndex::from(o.source.node.0)).collect();
        while let Some(index) = waiting.pop() {
            match reached.get_mut(index.index()) {
                Some(seen) if !*seen => *seen = true,
                _ => continue,
            }
            waiting.extend(self.net.neighbors_directed(index, Direction::Incoming));
        }
        reached
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

    /// The number of uses of blocks, the model included.
    pub fn scope_count(&self) -> usize {
        self.scopes.len()
    }

    /// The stored tensor of a number.
    pub fn weight(&self, id: WeightId) -> Option<&Weight> {
        self.weights.get(id.0 as usize)
    }

    /// The stored tensor of a number, to give it a further name.
    pub fn weight_mut(&mut self, id: WeightId) -> Option<&mut Weight> {
        self.weights.get_mut(id.0 as usize)
    }

    /// Every use of a block, the model first, parents before children.
    pub fn scopes(&self) -> impl Iterator<Item = (ScopeId, &Scope)> {
        (0u32..).map(ScopeId).zip(&self.scopes)
    }

    /// The use of a block.
    pub fn scope(&self, id: ScopeId) -> Option<&Scope> {
        self.scopes.get(id.0 as usize)
    }

    /// The symbolic sizes' defaults, for evaluation.
    pub fn default_of(&self, symbol: &str) -> Option<i128> {
        self.dimensions.iter().find(|dimension| &*dimension.name == symbol)?.default
    }
}

fn node_id(index: NodeIndex) -> NodeId {
    NodeId(u32::try_from(index.index()).unwrap_or(u32::MAX))
}
