//! Memory of activations, by when each is last read.
//!
//! A tensor lives from the step that makes it to the last that reads it, an output of the model to the end. Stored
//! tensors are no activations. Which step needs most is decided at the defaults of symbolic sizes.

use std::sync::Arc;

use foldhash::HashMap;

use super::AtDefaults;
use crate::ir::{Count, Graph, NodeId, Operation, Port, TensorType};

/// What the results of the layers take: in elements, or in what [`memory_by`] was asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Memory {
    /// The most that lives at once; a tensor lives from the step that makes it to the last that reads it.
    pub peak: Count,
    /// The step at which that is.
    pub at: Option<NodeId>,
    /// The sum of all of them, as training keeps them.
    pub sum: Count,
}

/// What a tensor weighs.
struct Weighed {
    weight: Count,
    /// The same at the defaults of symbolic sizes.
    judged: u128,
}

/// A tensor, by the number of what it weighs, and the steps between which it lives.
struct Life {
    weighed: usize,
    made: u32,
    last: u32,
}

/// The tensors that the nodes make, and what they weigh: those of equal layers, which share an operation, weigh the same.
#[derive(Default)]
struct Lives {
    all: Vec<Life>,
    weights: Vec<Weighed>,
}

/// The memory of a graph in execution order, in elements.
pub fn memory(graph: &Graph) -> Memory {
    memory_by(graph, &|tensor| tensor.shape.elements())
}

/// The memory of a graph in execution order, each tensor weighed: by its bytes, its elements.
pub fn memory_by(graph: &Graph, weigh: &dyn Fn(&TensorType) -> Count) -> Memory {
    let lives = lives(graph, weigh);
    let at = busiest(&alive(&lives, graph.len()));
    let is_alive = |life: &&Life| at.is_some_and(|step| life.made <= step && step <= life.last);
    let weight = |life: &Life| lives.weights.get(life.weighed).map(|weighed| &weighed.weight);
    Memory {
        peak: lives.all.iter().filter(is_alive).filter_map(weight).sum(),
        at: at.map(NodeId),
        sum: lives.all.iter().filter_map(weight).sum(),
    }
}

/// How much lives at each step, by [`NodeId`], each tensor weighed; at the defaults of symbolic sizes.
pub fn timeline(graph: &Graph, weigh: &dyn Fn(&TensorType) -> Count) -> Vec<u128> {
    alive(&lives(graph, weigh), graph.len())
}

/// When each result lives.
fn lives(graph: &Graph, weigh: &dyn Fn(&TensorType) -> Count) -> Lives {
    let (mut lives, firsts) = made(graph, weigh);
    let mut read = |port: Port, step: u32| {
        let result =
            firsts.get(port.node.0 as usize).and_then(|first| first.checked_add(port.output as usize));
        if let Some(life) = result.and_then(|result| lives.all.get_mut(result)) {
            life.last = step;
        }
    };
    // In execution order, so that what stays is the last.
    for (id, _) in graph.nodes() {
        graph.inputs_of(id).into_iter().for_each(|port| read(port, id.0));
    }
    graph.outputs.iter().for_each(|output| read(output.source, u32::MAX));
    lives
}

/// The tensors that the nodes make, as if nobody read them, and the place of each node's first one among them.
fn made(graph: &Graph, weigh: &dyn Fn(&TensorType) -> Count) -> (Lives, Vec<usize>) {
    let judge = AtDefaults(graph);
    let mut known: HashMap<*const Operation, usize> = HashMap::default();
    let (mut lives, mut firsts) = (Lives::default(), Vec::with_capacity(graph.len()));
    for (id, node) in graph.nodes() {
        if node.operation.kind.is_stored() {
            firsts.push(usize::MAX);
            continue;
        }
        firsts.push(lives.all.len());
        let outputs = &node.operation.outputs;
        let first = *known.entry(Arc::as_ptr(&node.operation)).or_insert_with(|| {
            let first = lives.weights.len();
            lives.weights.extend(outputs.iter().map(|tensor| {
                let weight = weigh(tensor);
                Weighed { judged: judge.value_at_defaults(&weight), weight }
            }));
            first
        });
        let numbers = (first..).take(outputs.len());
        lives.all.extend(numbers.map(|weighed| Life { weighed, made: id.0, last: id.0 }));
    }
    (lives, firsts)
}

/// How much lives at each step, at the defaults.
fn alive(lives: &Lives, steps: usize) -> Vec<u128> {
    let mut freed: Vec<u128> = vec![0; steps];
    let mut made: Vec<u128> = vec![0; steps];
    for life in &lives.all {
        let judged = lives.weights.get(life.weighed).map_or(0, |weighed| weighed.judged);
        for (sums, step) in [(&mut made, life.made), (&mut freed, life.last)] {
            if let Some(sum) = sums.get_mut(step as usize) {
                *sum = sum.saturating_add(judged);
            }
        }
    }
    let mut sum = 0u128;
    for (made, freed) in made.iter_mut().zip(freed) {
        sum = sum.saturating_add(*made);
        *made = sum;
        sum = sum.saturating_sub(freed);
    }
    made
}

/// The first step at which most lives.
fn busiest(alive: &[u128]) -> Option<u32> {
    let mut most: Option<(u128, u32)> = None;
    for (alive, step) in alive.iter().zip(0u32..) {
        if most.is_none_or(|(known, _)| *alive > known) {
            most = Some((*alive, step));
        }
    }
    most.filter(|(most, _)| *most > 0).map(|(_, step)| step)
}

#[cfg(test)]
mod tests {
    use super::{memory, timeline};
    use crate::ir::Count;
    use crate::ir::test_graph::TestGraph;

    #[test]
    fn a_tensor_lives_until_it_is_last_read() {
        let mut test = TestGraph::new("Skip");
        let x = test.input("x", [10]);
        let a = test.layer("ReLU", &[], &[x], [20]);
        let b = test.layer("ReLU", &[], &[a], [5]);
        let y = test.layer("Concat", &[], &[a, b], [25]);
        test.output("y", y);
        let memory = memory(&test.graph);
        assert_eq!((memory.peak, memory.at), (Count::from(20 + 5 + 25), Some(y.node)));
        assert_eq!(memory.sum, Count::from(10 + 20 + 5 + 25));
        assert_eq!(timeline(&test.graph, &|tensor| tensor.shape.elements()), [10, 30, 25, 50]);
    }

    #[test]
    fn an_output_lives_to_the_end_and_a_parameter_is_no_activation() {
        let mut test = TestGraph::new("Early");
        let x = test.input("x", [3]);
        let early = test.layer("ReLU", &[], &[x], [100]);
        test.output("early", early);
        let p = test.param("p", [1000]);
        let a = test.layer("Mean", &[], &[p], [7]);
        let b = test.layer("ReLU", &[], &[a], [7]);
        test.output("b", b);
        let memory = memory(&test.graph);
        assert_eq!((memory.peak, memory.at), (Count::from(114), Some(b.node)));
    }

    #[test]
    fn the_parts_of_a_list_live_each_as_long_as_they_are_read() {
        let mut test = TestGraph::new("Parts");
        let x = test.input("x", [4]);
        let parts = test.parts("Split", 0, x, vec![[1].into(), [3].into()]);
        let first = parts.first().copied().expect("a part");
        let y = test.layer("ReLU", &[], &[first], [50]);
        test.output("y", y);
        let memory = memory(&test.graph);
        assert_eq!((memory.peak, memory.at), (Count::from(51), Some(y.node)));
    }

    #[test]
    fn a_model_without_layers_takes_nothing() {
        assert_eq!(memory(&TestGraph::new("Empty").graph).at, None);
    }
}
