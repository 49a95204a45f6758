//! What one fully connected layer would store in a layer's place.

use crate::ir::{Count, Graph, NodeId};

/// The parameters of one fully connected layer with a bias, from all inputs of a layer to all its results:
/// `in · out + out`. `None` where an input holds integers, which no product takes, or where there is no input.
pub fn dense_equivalent(graph: &Graph, id: NodeId) -> Option<Count> {
    let inputs = graph.inputs_of(id);
    let types: Vec<_> = inputs.iter().filter_map(|port| graph.type_of(*port)).collect();
    if types.is_empty() || types.iter().any(|kind| kind.dtype.is_integer()) {
        return None;
    }
    let entering: Count = types.iter().map(|kind| kind.shape.elements()).sum();
    let leaving: Count = graph.node(id)?.operation.outputs.iter().map(|kind| kind.shape.elements()).sum();
    Some(&entering * &leaving + leaving)
}

#[cfg(test)]
mod tests {
    use super::dense_equivalent;
    use crate::ir::Count;
    use crate::ir::test_graph::TestGraph;

    #[test]
    fn every_input_is_connected_to_every_output() {
        let mut test = TestGraph::new("Dense");
        let image = test.input("image", [3, 32, 32]);
        let conv = test.layer("Conv2d", &[], &[image], [1, 30, 30]);
        let sum = test.layer("Add", &[], &[conv, conv], [1, 30, 30]);
        assert_eq!(dense_equivalent(&test.graph, conv.node), Some(Count::from(2_765_700)));
        assert_eq!(dense_equivalent(&test.graph, sum.node), Some(Count::from(1800 * 900 + 900)));
    }

    #[test]
    fn tokens_and_inputs_have_none() {
        let mut test = TestGraph::new("Tokens");
        let tokens = test.tokens("tokens", [7]);
        let words = test.layer("Embedding", &[], &[tokens], [7, 4]);
        assert_eq!(dense_equivalent(&test.graph, words.node), None);
        assert_eq!(dense_equivalent(&test.graph, tokens.node), None);
    }
}
