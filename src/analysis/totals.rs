//! Sums over a model and over each of its blocks.

use super::TensorUses;
use crate::graph::{Count, Graph, Role};

/// The sums of a model or a block.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Totals {
    /// Elements of learned tensors, each once.
    pub parameters: Count,
    /// The same, a tensor counted once for every name.
    pub parameters_gross: Count,
    /// Of `parameters`, those that are not frozen.
    pub trainable: Count,
    /// Of `parameters`, those that one position meets: of experts, `top_k`.
    pub active: Count,
    /// Of `parameters`, those of tensors used more than once.
    pub shared: Count,
    /// Of `parameters`, those of tensors used at most once.
    pub unshared_tensors: Count,
    /// What would be stored if every use had weights of its own.
    pub without_sharing: Count,
    /// Elements of stored tensors that are not learned.
    pub buffers: Count,
    /// Multiply-accumulates.
    pub macs: Count,
    /// Element operations.
    pub elementwise: Count,
}

/// The sums of every block with all inside, by [`ScopeId`](crate::graph::ScopeId); the first is the model's.
pub fn totals(graph: &Graph, uses: &[TensorUses]) -> Vec<Totals> {
    let parameters = graph
        .weights()
        .zip(uses)
        .filter(|((_, w), _)| w.role == Role::Parameter)
        .map(|(_, u)| &u.elements)
        .sum();
    vec![Totals { parameters, ..Totals::default() }]
}
