//! The MACs of one step of training: forward, backward to the inputs, backward to the weights.
//!
//! A product costs once more for every operand that needs a gradient. What reads the model's inputs directly needs
//! none towards them; what is frozen needs none of its own, but passes on those of what lies before it.

use super::attention_cost;
use crate::ir::declaration::{Response, Weighting};
use crate::ir::{Count, Declaration, Graph, Kind, Node, NodeId, Port, Role};

/// The MACs of a training step for one sample, by the convention of costs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Training {
    /// Of the forward pass: the model's MACs.
    pub forward: Count,
    /// Of gradients towards activations.
    pub to_inputs: Count,
    /// Of gradients of weights.
    pub to_weights: Count,
}

impl Training {
    /// All of a step.
    pub fn total(&self) -> Count {
        &self.forward + &self.to_inputs + &self.to_weights
    }
}

/// The MACs of a training step, by [`NodeId`], and their sum.
pub fn training(graph: &Graph) -> (Vec<Training>, Training) {
    let mut facts: Vec<Facts> = Vec::with_capacity(graph.len());
    let mut steps = Vec::with_capacity(graph.len());
    for (id, node) in graph.nodes() {
        let inputs: Vec<Facts> = graph.inputs_of(id).iter().map(|port| known(&facts, *port)).collect();
        steps.push(step(graph, id, node, &inputs));
        facts.push(Facts {
            needs_gradient: is_trained(graph, node) || inputs.iter().any(|input| input.needs_gradient),
            is_data: node.operation.kind == Kind::Input || inputs.iter().any(|input| input.is_data),
        });
    }
    let sum = |of: fn(&Training) -> &Count| steps.iter().map(of).sum();
    let all = Training {
        forward: sum(|step| &step.forward),
        to_inputs: sum(|step| &step.to_inputs),
        to_weights: sum(|step| &step.to_weights),
    };
    (steps, all)
}

/// What is known of a result.
#[derive(Clone, Copy, Default)]
struct Facts {
    /// True where something trainable lies in it or before it.
    needs_gradient: bool,
    /// True where it depends on the sample.
    is_data: bool,
}

fn known(facts: &[Facts], port: Port) -> Facts {
    facts.get(port.node.0 as usize).copied().unwrap_or_default()
}

fn is_trained(graph: &Graph, node: &Node) -> bool {
    let weights = node.weights.iter().filter_map(|id| graph.weight(*id));
    weights.into_iter().any(|weight| weight.role == Role::Parameter && weight.trainable)
}

fn step(graph: &Graph, id: NodeId, node: &Node, inputs: &[Facts]) -> Training {
    let forward = node.operation.macs.clone();
    if forward == Count::ZERO {
        return Training::default();
    }
    let wanted =
        |of: &dyn Fn(&Facts) -> bool| Count::from(inputs.iter().filter(|input| of(input)).count() as u128);
    let layer = node.layer();
    if layer.is_some_and(Declaration::is_product) {
        let to_inputs = &forward * &wanted(&|input| input.needs_gradient && input.is_data);
        let to_weights = &forward * &wanted(&|input| input.needs_gradient && !input.is_data);
        return Training { forward, to_inputs, to_weights };
    }
    let reached = inputs.iter().any(|input| input.needs_gradient);
    let trained = is_trained(graph, node);
    let products = attention_cost(graph, id).map_or(Count::ZERO, |layer| layer.products);
    let weighted = forward.minus(&products).unwrap_or(Count::ZERO);
    let multilinear = layer.is_some_and(|layer| layer.response == [Response::Multilinear]);
    let backward = match (reached, multilinear) {
        (true, true) => &weighted * &wanted(&|input| input.needs_gradient),
        (true, false) => weighted.clone(),
        (false, _) if trained => beyond_first(node, &weighted),
        (false, _) => Count::ZERO,
    };
    let of_products = if reached || trained { products * 2 } else { Count::ZERO };
    let to_weights = if trained { weighted } else { Count::ZERO };
    Training { to_inputs: backward + of_products, to_weights, forward }
}

/// Where what a layer is sent needs no gradient: what its inner products pass back among themselves.
fn beyond_first(node: &Node, weighted: &Count) -> Count {
    let Some(Weighting::Several { first }) = node.layer().map(|layer| layer.weights) else {
        return Count::ZERO;
    };
    let reads =
        node.operation.weights.iter().filter(|weight| first.iter().any(|name| weight.name.starts_with(name)));
    let reads: Count = reads.map(|weight| weight.usage.total(&weight.shape.elements())).sum();
    weighted.minus(&reads).unwrap_or(Count::ZERO)
}

#[cfg(test)]
mod tests {
    use super::training;
    use crate::ir::test_graph::{TestGraph, layer};
    use crate::ir::{Count, Operation, TensorType};

    #[test]
    fn the_first_layer_needs_no_gradient_towards_its_input() {
        let mut test = TestGraph::new("Two");
        let x = test.input("x", [4]);
        let h = test.linear("first", x, 5);
        let y = test.linear("second", h, 3);
        test.output("y", y);
        let step = training(&test.graph).1;
        assert_eq!(
            (step.forward.clone(), step.to_inputs.clone(), step.to_weights.clone()),
            (Count::from(35), Count::from(15), Count::from(35))
        );
        assert_eq!(step.total(), Count::from(85));
    }

    #[test]
    fn a_frozen_layer_passes_gradients_on_and_needs_none() {
        let mut test = TestGraph::new("Frozen");
        let x = test.input("x", [4]);
        let h = test.linear("first", x, 5);
        let y = test.linear("second", h, 3);
        test.output("y", y);
        for id in test.graph.weights().map(|(id, _)| id).skip(2).collect::<Vec<_>>() {
            test.weight_mut(id).trainable = false;
        }
        let step = training(&test.graph).1;
        assert_eq!((step.to_inputs, step.to_weights), (Count::from(15), Count::from(20)));
    }

    #[test]
    fn a_product_with_a_parameter_is_backward_to_weights() {
        let mut test = TestGraph::new("Product");
        let x = test.input("x", [6, 4]);
        let w = test.param("w", [4, 3]);
        let operation = Operation {
            macs: Count::from(72),
            ..Operation::new(layer("MatMul"), vec![TensorType::float([6, 3])])
        };
        let y = test.node("product", operation, &[], &[x, w]);
        test.output("y", y);
        let step = training(&test.graph).1;
        assert_eq!((step.to_inputs, step.to_weights), (Count::ZERO, Count::from(72)));
    }
}
