//! A node: one application of a layer, and what feeds it.

use std::sync::Arc;

use smallvec::SmallVec;

use super::{Declaration, Family, Operation, Routing, ScopeId, WeightId};
use crate::source::Location;

/// A node of a [`Graph`](super::Graph), by its position in the execution order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub u32);

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

/// One application of a layer, an operator, an input, a parameter that is read, or a constant.
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
    pub origin: Location,
    /// The innermost scope that it is in.
    pub scope: ScopeId,
    /// The node of the first use, where a shared layer is used again.
    pub first_use: Option<NodeId>,
    /// Where it is part of an expert: how many there are, and how many a token meets.
    pub routing: Option<Routing>,
    /// The doc comment of its statement.
    pub doc: Option<Arc<str>>,
}

impl Node {
    /// The name of what it is: the layer's canonical name, `Input`, `Param` …
    pub fn kind(&self) -> &str {
        self.operation.kind.name()
    }

    /// What its layer declares, if it is one of the catalogue.
    pub fn layer(&self) -> Option<&'static Declaration> {
        self.operation.layer()
    }

    /// The layer's family, if it is one of the catalogue.
    pub fn family(&self) -> Option<Family> {
        self.layer().map(|layer| layer.family)
    }
}
