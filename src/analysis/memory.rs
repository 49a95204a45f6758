//! Memory of activations, by when each is last read.
//!
//! A tensor lives from the step that makes it to the last that reads it, an output of the model to the end. Stored
//! tensors are no activations. Which step needs most is decided at the defaults of symbolic sizes.

use std::sync::Arc;

use foldhash::HashMap;

use super::AtDefaults;
use crate::graph::{Count, Graph, NodeId, Operation, Port, TensorType};

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

/// A tensor and the steps between which it lives.
struct Life<'a> {
    elements: &'a Count,
    made: u32,
    last: u32,
}

/// The memory of a graph in execution order, in elements.
pub fn memory(graph: &Graph) -> Memory {
    memory_by(graph, &|tensor| tensor.shape.elements())
}

/// The memory of a graph in execution order, each tensor weighed: by its bytes, its elements.
pub fn memory_by(graph: &Graph, weigh: &dyn Fn(&TensorType) -> Count) -> Memory {
    let sizes = results(graph, weigh);
    let lives = lives(graph, &sizes);
    let at = busiest(&alive(&lives, graph.len(), AtDefaults(graph)));
    let alive = |life: &&Life| at.is_some_and(|step| life.made <= step && step <= life.last);
    Memory {
        peak: lives.iter().filter(alive).map(|life| life.elements).sum(),
        at: at.map(NodeId),
        sum: lives.iter().map(|life| life.elements).sum(),
    }
}

/// How much lives at each step, by [`NodeId`], each tensor weighed; at the defaults of symbolic sizes.
pub fn timeline(graph: &Graph, weigh: &dyn Fn(&TensorType) -> Count) -> Vec<u128> {
    let sizes = results(graph, weigh);
    alive(&lives(graph, &sizes), graph.len(), AtDefaults(graph))
}

/// When each result lives.
fn lives<'s>(graph: &Graph, sizes: &'s [(Port, Count)]) -> Vec<Life<'s>> {
    let last = last_reads(graph);
    let life = |(port, elements): &'s (Port, Count)| {
        let key = (port.node.0, port.output);
        let read = last.binary_search_by_key(&key, |(port, _)| *port).ok().and_then(|at| last.get(at));
        Life { elements, made: port.node.0, last: read.map_or(port.node.0, |(_, step)| *step) }
    };
    sizes.iter().map(life).collect()
}

/// The tensors that the nodes make, weighed; those of equal layers, which share an operation, once.
fn results(graph: &Graph, weigh: &dyn Fn(&TensorType) -> Count) -> Vec<(Port, Count)> {
    let mut known: HashMap<*const Operation, Vec<Count>> = HashMap::default();
    let mut results = Vec::with_capacity(graph.len());
    for (id, node) in graph.nodes().filter(|(_, node)| !matches!(node.kind(), "Param" | "Buffer")) {
        let weighed = known
            .entry(Arc::as_ptr(&node.operation))
            .or_insert_with(|| node.operation.outputs.iter().map(weigh).collect());
        let ports = (0u32..).map(|output| Port { node: id, output });
        results.extend(ports.zip(weighed.iter().cloned()));
    }
    results
}

/// For every result that is read, the last step that reads it; sorted.
fn last_reads(graph: &Graph) -> Vec<((u32, u32), u32)> {
    let reads = graph.nodes().flat_map(|(id, _)| {
        graph.readers_of(id).map(move |(reader, _, output)| ((id.0, output), reader.0)).collect::<Vec<_>>()
    });
    let kept = graph.outputs.iter().map(|output| ((output.source.node.0, output.source.output), u32::MAX));
    let mut reads: Vec<_> = reads.chain(kept).collect();
    // The last of a tensor's reads first, so that it is the one that stays.
    reads.sort_unstable_by_key(|(port, step)| (*port, std::cmp::Reverse(*step)));
    reads.dedup_by_key(|(port, _)| *port);
    reads
}

/// How much lives at each step, at the defaults.
fn alive(lives: &[Life], steps: usize, judge: AtDefaults) -> Vec<u128> {
    let mut freed: Vec<u128> = vec![0; steps];
    let mut made: Vec<u128> = vec![0; steps];
    for life in lives {
        let elements = judge.judge(life.elements);
        for (sums, step) in [(&mut made, life.made), (&mut freed, life.last)] {
            if let Some(sum) = sums.get_mut(step as usize) {
                *sum = sum.saturating_add(elements);
            }
        }
    }
    let mut sum = 0u128;
    let mut alive = Vec::with_capacity(steps);
    for (made, freed) in made.into_iter().zip(freed) {
        sum = sum.saturating_add(made);
        alive.push(sum);
        sum = sum.saturating_sub(freed);
    }
    alive
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
    use super::super::trial::Trial;
    use super::{memory, timeline};
    use crate::graph::Count;

    #[test]
    fn a_tensor_lives_until_it_is_last_read() {
        let mut trial = Trial::new("Skip");
        let x = trial.input("x", [10]);
        let a = trial.layer("ReLU", &[], &[x], [20]);
        let b = trial.layer("ReLU", &[], &[a], [5]);
        let y = trial.layer("Concat", &[], &[a, b], [25]);
        trial.output("y", y);
        let memory = memory(&trial.graph);
        assert_eq!((memory.peak, memory.at), (Count::from(20 + 5 + 25), Some(y.node)));
        assert_eq!(memory.sum, Count::from(10 + 20 + 5 + 25));
        assert_eq!(timeline(&trial.graph, &|tensor| tensor.shape.elements()), [10, 30, 25, 50]);
    }

    #[test]
    fn an_output_lives_to_the_end_and_a_parameter_is_no_activation() {
        let mut trial = Trial::new("Early");
        let x = trial.input("x", [3]);
        let early = trial.layer("ReLU", &[], &[x], [100]);
        trial.output("early", early);
        let p = trial.param("p", [1000]);
        let a = trial.layer("Mean", &[], &[p], [7]);
        let b = trial.layer("ReLU", &[], &[a], [7]);
        trial.output("b", b);
        let memory = memory(&trial.graph);
        assert_eq!((memory.peak, memory.at), (Count::from(114), Some(b.node)));
    }

    #[test]
    fn the_parts_of_a_list_live_each_as_long_as_they_are_read() {
        let mut trial = Trial::new("Parts");
        let x = trial.input("x", [4]);
        let parts = trial.parts("Split", 0, x, vec![[1].into(), [3].into()]);
        let first = parts.first().copied().expect("a part");
        let y = trial.layer("ReLU", &[], &[first], [50]);
        trial.output("y", y);
        let memory = memory(&trial.graph);
        assert_eq!((memory.peak, memory.at), (Count::from(51), Some(y.node)));
    }

    #[test]
    fn a_model_without_layers_takes_nothing() {
        assert_eq!(memory(&Trial::new("Empty").graph).at, None);
    }
}
