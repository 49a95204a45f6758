//! Bytes that a layer moves: what it reads, the weights with it, and what it writes.
//!
//! As if every layer ran by itself and met each of its tensors once. A layer that only renames the axes moves none;
//! a look-up reads the rows that it looks up.

use super::{AtDefaults, DataType};
use crate::ir::{Count, ElementType, Graph, Kind, NodeId};

/// The bytes that a layer reads and writes for one sample.
pub fn moved(graph: &Graph, id: NodeId, dtype: &DataType) -> Count {
    let Some(node) = graph.node(id) else { return Count::ZERO };
    let runs_nothing = node.operation.kind == Kind::Input || node.operation.kind.is_stored();
    if runs_nothing || node.layer().is_some_and(|layer| layer.keeps_order()) {
        return Count::ZERO;
    }
    let outputs = || node.operation.outputs.iter().map(|kind| dtype.bytes_of(kind));
    let inputs = graph.inputs_of(id).into_iter().filter_map(|port| graph.type_of(port));
    let weights = || node.weights.iter().filter_map(|id| graph.weight(*id));
    let read: Count = if node.layer().is_some_and(|layer| layer.looks_up()) {
        outputs().sum()
    } else {
        weights().map(|weight| dtype.bytes(&weight.shape.elements(), weight.dtype)).sum()
    };
    inputs.map(|kind| dtype.bytes_of(kind)).chain(outputs()).chain([read]).sum()
}

/// MACs a byte moved, over some layers at the defaults; `None` where nothing is computed or moved.
pub fn intensity(macs: &Count, moved: &Count, defaults: AtDefaults) -> Option<f64> {
    let (macs, moved) = (defaults.count(macs)?, defaults.count(moved)?);
    (macs > 0 && moved > 0).then(|| macs as f64 / moved as f64)
}

/// The bytes of a model's stored tensors: parameters, buffers.
pub fn stored(graph: &Graph, dtype: &DataType) -> (Count, Count) {
    let of = |role| {
        let weights = graph.weights().map(|(_, weight)| weight).filter(move |weight| weight.role == role);
        weights.map(|weight| dtype.bytes(&weight.shape.elements(), weight.dtype)).sum()
    };
    (of(crate::ir::Role::Parameter), of(crate::ir::Role::Buffer))
}

/// The bytes of the parameters that are trained.
pub(super) fn trained(graph: &Graph, dtype: &DataType) -> Count {
    let weights = graph.weights().map(|(_, weight)| weight);
    let trained = weights.filter(|weight| weight.role == crate::ir::Role::Parameter && weight.trainable);
    trained.map(|weight| dtype.bytes(&weight.shape.elements(), ElementType::Float32)).sum()
}

#[cfg(test)]
mod tests {
    use super::super::{AtDefaults, MemoryConfig};
    use super::{intensity, moved};
    use crate::ir::Count;
    use crate::ir::test_graph::TestGraph;

    #[test]
    fn a_layer_moves_its_inputs_its_weights_and_its_results() {
        let mut test = TestGraph::new("Moves");
        let x = test.input("x", [7, 4]);
        let h = test.linear("fc", x, 3);
        let y = test.layer("Flatten", &[], &[h], [21]);
        test.output("y", y);
        let dtype = MemoryConfig::default().dtype;
        let bytes = moved(&test.graph, h.node, dtype);
        assert_eq!(bytes, Count::from(4 * (28 + 15 + 21)));
        assert_eq!(moved(&test.graph, y.node, dtype), Count::ZERO);
        let macs = Count::from(7 * 12);
        assert_eq!(intensity(&macs, &bytes, AtDefaults(&test.graph)), Some(84.0 / 256.0));
    }
}
