//! What follows from a graph: who shares with whom, what it costs, how much memory it takes.
//!
//! Main type: [`Analysis`]. One file a pass, each a function from a [`Graph`] to a result.

mod attention_cost;
mod data_movement;
mod defaults;
mod dense;
mod field;
mod footprint;
mod memory;
mod memory_config;
mod memory_traffic;
mod owners;
mod region;
mod sharing;
mod totals;
mod training;

#[cfg(test)]
mod tests;

pub use attention_cost::{AttentionCost, attention_cost, masked_macs};
pub use defaults::{AtDefaults, LARGE};
pub use dense::dense_equivalent;
pub use field::{Axis, Reach, ReceptiveField, receptive_fields};
pub use footprint::{Footprint, footprint};
pub use memory::{Memory, memory, memory_by, timeline};
pub use memory_config::{DATA_TYPES, DataType, MemoryConfig, OPTIMIZERS, Optimizer};
pub use memory_traffic::{intensity, moved, stored};
pub use owners::Owners;
pub use sharing::{Sharing, TensorUses, sharing};
pub use totals::{BySharing, Totals, totals, totals_of};
pub use training::{Training, training};

use std::borrow::Borrow;
use std::cell::OnceCell;

use crate::ir::Graph;

/// Every account of a graph.
#[derive(Clone, Debug, Default)]
pub struct Analysis {
    /// How each stored tensor is used, by [`WeightId`](crate::ir::WeightId).
    pub uses: Vec<TensorUses>,
    /// The model's sums.
    pub totals: Totals,
    /// The sums of each block with all inside, by [`ScopeId`](crate::ir::ScopeId); the first is the model's.
    pub scopes: Vec<Totals>,
    /// Activations.
    pub memory: Memory,
}

/// Runs every pass.
pub fn analyse(graph: &Graph) -> Analysis {
    let uses = sharing(graph);
    let scopes = totals(graph, &uses);
    Analysis { totals: scopes.first().cloned().unwrap_or_default(), scopes, memory: memory(graph), uses }
}

/// An analysis that is made when it is first asked for: most models have nothing of which a rule would ask.
#[derive(Debug)]
pub struct OnDemand<'g> {
    graph: &'g Graph,
    made: OnceCell<Analysis>,
}

impl<'g> OnDemand<'g> {
    /// The analysis of a graph, not made yet.
    pub fn of(graph: &'g Graph) -> OnDemand<'g> {
        OnDemand { graph, made: OnceCell::new() }
    }
}

impl Borrow<Analysis> for OnDemand<'_> {
    fn borrow(&self) -> &Analysis {
        self.made.get_or_init(|| analyse(self.graph))
    }
}
