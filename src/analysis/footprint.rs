//! The memory that a model takes, in bytes, for a type of numbers, a batch and an optimiser.
//!
//! Main type: [`Footprint`].

use super::memory::memory_by;
use super::memory_traffic::{stored, trained};
use super::{MemoryConfig, attention_cost};
use crate::ir::{Count, Graph, NodeId};

/// What a model takes, in bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct Footprint {
    /// What it was counted for.
    pub setting: MemoryConfig,
    /// Learned tensors, each once.
    pub parameters: Count,
    /// Stored tensors that are not learned.
    pub buffers: Count,
    /// The most activations that live at once, for the whole batch; see [`Memory`](super::Memory).
    pub activations: Count,
    /// The step at which that is.
    pub at: Option<NodeId>,
    /// All activations of the batch, as training keeps them.
    pub activations_kept: Count,
    /// A gradient for every trainable parameter.
    pub gradients: Count,
    /// What the optimiser keeps; zero without one.
    pub optimizer_states: Count,
    /// Keys and values that decoding keeps, for the whole batch; zero for a model that does not decode.
    pub kv_cache: Count,
}

impl Footprint {
    /// What inference takes: everything stored, and activations at their most.
    pub fn inference(&self) -> Count {
        &self.parameters + &self.buffers + &self.activations
    }

    /// What a step of training takes: everything stored, gradients, states, and all activations.
    pub fn training(&self) -> Count {
        self.parameters.clone()
            + &self.buffers
            + &self.gradients
            + &self.optimizer_states
            + &self.activations_kept
    }
}

/// The memory of a graph in a setting.
pub fn footprint(graph: &Graph, setting: MemoryConfig) -> Footprint {
    let dtype = setting.dtype;
    let batch = Count::from(u128::from(setting.batch));
    let memory = memory_by(graph, &|tensor| dtype.bytes_of(tensor));
    let (parameters, buffers) = stored(graph, dtype);
    let gradients = trained(graph, dtype);
    let states = setting.optimizer.map_or(0, |optimizer| optimizer.states);
    let cached = dtype.bytes(&attention_cost::cached(graph), crate::ir::ElementType::Float32);
    Footprint {
        setting,
        parameters,
        buffers,
        activations: &memory.peak * &batch,
        at: memory.at,
        activations_kept: &memory.sum * &batch,
        optimizer_states: &gradients * &Count::from(u128::from(states)),
        gradients,
        kv_cache: &cached * &batch,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{DataType, MemoryConfig, Optimizer};
    use super::footprint;
    use crate::ir::Count;
    use crate::ir::test_graph::TestGraph;

    #[test]
    fn an_optimiser_keeps_its_states_for_what_is_trained() {
        let mut test = TestGraph::new("Trained");
        let x = test.input("x", [4]);
        let h = test.linear("frozen", x, 4);
        let y = test.linear("fc", h, 3);
        test.output("y", y);
        for id in test.graph.weights().map(|(id, _)| id).take(2).collect::<Vec<_>>() {
            test.weight_mut(id).trainable = false;
        }
        let setting = MemoryConfig {
            dtype: DataType::find("float16").expect("a type"),
            batch: 10,
            optimizer: Optimizer::find("adam"),
        };
        let found = footprint(&test.graph, setting);
        assert_eq!(found.parameters, Count::from(2 * 35));
        assert_eq!(
            (found.gradients.clone(), found.optimizer_states.clone()),
            (Count::from(30), Count::from(60))
        );
        assert_eq!(found.activations, Count::from(2 * 10 * 8));
        assert_eq!(found.activations_kept, Count::from(2 * 10 * 11));
        assert_eq!(found.training(), Count::from(70 + 30 + 60 + 220));
        assert_eq!(found.kv_cache, Count::ZERO);
    }

    #[test]
    fn tokens_stay_eight_bytes_wide() {
        let mut test = TestGraph::new("Tokens");
        let tokens = test.tokens("tokens", [100]);
        let y = test.layer("Embedding", &[], &[tokens], [100, 1]);
        test.output("y", y);
        let setting =
            MemoryConfig { dtype: DataType::find("float16").expect("a type"), ..MemoryConfig::default() };
        assert_eq!(footprint(&test.graph, setting).activations, Count::from(800 + 200));
    }
}
