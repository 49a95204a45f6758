//! Activation memory against a direct simulation, and figures that people know.

use std::collections::HashSet;

use proptest::prelude::*;
use weft::analysis::{DataType, MemoryConfig, footprint, masked_macs, memory, training};

use super::{account, example, number};

/// A layer of a random graph: which earlier results it reads, and the width of its own.
type Step = (Vec<proptest::sample::Index>, u32);

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let read = proptest::collection::vec(any::<proptest::sample::Index>(), 1..4);
    proptest::collection::vec((read, 1..40u32), 1..14)
}

/// The program of a random graph; result 0 is the input.
fn program(steps: &[Step], kept: &[bool]) -> String {
    let mut text = "model Random { input r0: [7]\n".to_string();
    for (at, (from, width)) in steps.iter().enumerate() {
        let names: Vec<_> = from.iter().map(|index| format!("r{}", index.index(at + 1))).collect();
        let read = match names.as_slice() {
            [only] => only.clone(),
            several => format!("({}) -> Concat(axis=0)", several.join(", ")),
        };
        text += &format!("r{} = {read} -> l{at}: Linear({width})\n", at + 1);
    }
    let is_output = |at: &usize| *at == steps.len() || kept[*at % kept.len()];
    let outputs: Vec<_> = (1..=steps.len()).filter(is_output).map(|at| format!("r{at}")).collect();
    text + &format!("output {} }}", outputs.join(", "))
}

/// Runs the layers one after the other: a result is there from the step that makes it until no later step reads it.
fn simulated(graph: &weft::ir::Graph) -> (u128, u128) {
    let steps: Vec<_> = graph.nodes().map(|(id, _)| id).collect();
    let elements = |node, output| {
        let port = weft::ir::Port { node, output };
        graph.type_of(port).expect("a result").shape.elements().as_number().expect("a number")
    };
    let mut alive: HashSet<(u32, u32)> = HashSet::new();
    let (mut most, mut sum) = (0, 0);
    for (at, id) in steps.iter().enumerate() {
        let made = graph.node(*id).expect("a node").operation.outputs.len() as u32;
        for output in 0..made {
            alive.insert((id.0, output));
            sum += elements(*id, output);
        }
        most = most.max(alive.iter().map(|(node, output)| elements(weft::ir::NodeId(*node), *output)).sum());
        let still_read = |node: u32, output: u32| {
            let later = steps.iter().skip(at + 1).any(|later| {
                graph.inputs_of(*later).iter().any(|port| port.node.0 == node && port.output == output)
            });
            later || graph.outputs.iter().any(|o| o.source.node.0 == node && o.source.output == output)
        };
        alive.retain(|(node, output)| still_read(*node, *output));
    }
    (most, sum)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_peak_is_that_of_a_run(steps in steps(), kept in proptest::collection::vec(any::<bool>(), 1..5)) {
        let text = program(&steps, &kept);
        let (graph, _) = account(&text);
        let memory = memory(&graph);
        prop_assert_eq!((number(&graph, &memory.peak), number(&graph, &memory.sum)), simulated(&graph), "{}", text);
    }
}

#[test]
fn lenet_takes_36_8_kib_of_activations() {
    let (graph, _) = example("teaching/lenet5.weft", "LeNet5");
    assert_eq!(number(&graph, &footprint(&graph, MemoryConfig::default()).activations), 2 * 4704 * 4);
}

/// Twelve layers keep 1,024 keys and as many values of 768 numbers each: 36 MiB as float16.
#[test]
fn gpt2_keeps_36_mib_of_keys_and_values() {
    let (graph, _) = example("text/gpt2.weft", "GPT2Small");
    let setting = MemoryConfig { dtype: DataType::find("fp16").expect("a type"), ..MemoryConfig::default() };
    let found = footprint(&graph, setting);
    assert_eq!(number(&graph, &found.kv_cache), 36 << 20);
    assert_eq!(number(&graph, &found.parameters), 2 * 124_439_808);
}

#[test]
fn a_causal_mask_leaves_a_little_more_than_half_of_the_products() {
    let (graph, analysis) = example("text/gpt2.weft", "GPT2Small");
    let masked = masked_macs(&graph).expect("a mask");
    let full = number(&graph, &analysis.totals.macs);
    // 12 layers · 2 products · 768 · (T² − T·(T + 1)/2)
    assert_eq!(full - number(&graph, &masked), 12 * 2 * 768 * (1024 * 1024 - 1024 * 1025 / 2));
    assert_eq!(masked_macs(&example("text/bert.weft", "BertEncoder").0), None);
}

#[test]
fn a_training_step_costs_three_times_as_much_but_for_the_first_layer() {
    let (graph, analysis) = example("vision/resnet.weft", "ResNet50");
    let step = training(&graph).1;
    let macs = number(&graph, &analysis.totals.macs);
    let first = 64 * 3 * 7 * 7 * 112 * 112;
    assert_eq!(number(&graph, &step.to_weights), macs);
    assert_eq!(number(&graph, &step.to_inputs), macs - first);
}

#[test]
fn a_transformer_trains_both_operands_of_every_product() {
    let (graph, analysis) = example("text/gpt2.weft", "GPT2Small");
    let step = training(&graph).1;
    let products = 12 * 2 * 768 * 1024 * 1024_u128;
    let macs = number(&graph, &analysis.totals.macs);
    assert_eq!(number(&graph, &step.to_inputs), macs + products);
    assert_eq!(number(&graph, &step.to_weights), macs - products);
}
