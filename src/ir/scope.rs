//! Scopes: the block structure of a model, kept as it was written.
//!
//! Main type: [`Scope`]. Scopes nest, and parents come before their children; the nodes in a scope and in the scopes inside
//! it follow each other in the execution order.

use std::ops::Range;
use std::sync::Arc;

use super::{Attribute, NodeId, Routing, Tensor};
use crate::source::Location;

/// A scope of a [`Graph`](super::Graph). [`ScopeId::ROOT`] is the model itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ScopeId(pub u32);

impl ScopeId {
    /// The model's own body.
    pub const ROOT: ScopeId = ScopeId(0);
}

/// What a scope is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ScopeKind {
    /// The model itself.
    #[default]
    Model,
    /// A use of a block: PyTorch's module.
    Block,
    /// A use of a chain that is a layer itself: PyTorch's `Sequential`.
    Chain,
    /// One round of a repetition, of `layer * n` or of a loop.
    Repeat {
        /// Which round, from 0.
        index: u32,
        /// How many rounds there are.
        of: u32,
    },
    /// The expert that stands for every expert of a mixture.
    Expert(Routing),
}

/// A tensor that enters or leaves a scope.
#[derive(Clone, Debug, PartialEq)]
pub struct ScopePort {
    /// What it is called inside; empty where it has no name.
    pub name: Arc<str>,
    /// The tensor.
    pub tensor: Tensor,
}

/// A use of a block or a chain, one round of a repetition, an expert, or the model.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// What it is.
    pub kind: ScopeKind,
    /// The dotted path under which what is inside is named; empty for the model. Rounds of a loop have that of the loop.
    pub path: Arc<str>,
    /// The name of the block or model; `Sequential` for a chain; empty for rounds and experts.
    pub definition: Arc<str>,
    /// Its arguments, as written or computed.
    pub arguments: Arc<[(Arc<str>, Attribute)]>,
    /// The scope it is in; `None` for the model.
    pub parent: Option<ScopeId>,
    /// The tensors that enter, in the order of the block's inputs. Not stated for rounds of a loop and for the model.
    pub inputs: Arc<[ScopePort]>,
    /// The tensors that leave, in order. Not stated for rounds of a loop and for the model.
    pub outputs: Arc<[ScopePort]>,
    /// The nodes inside, in this scope and in those inside it.
    pub nodes: Range<u32>,
    /// Where it is used.
    pub origin: Location,
    /// The doc comment of the block.
    pub doc: Option<Arc<str>>,
}

impl Scope {
    /// True for what a person sees as a part of the model: the model, blocks and chains; not for rounds and experts.
    pub fn is_module(&self) -> bool {
        matches!(self.kind, ScopeKind::Model | ScopeKind::Block | ScopeKind::Chain)
    }

    /// The nodes inside, in execution order.
    pub fn node_ids(&self) -> impl Iterator<Item = NodeId> + use<> {
        self.nodes.clone().map(NodeId)
    }
}
