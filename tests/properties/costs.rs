//! Accounts of random networks: what a weight's uses say of its cost, and sums that are the sums of their parts.

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use weft::analysis::analyse;
use weft::ir::{Count, Graph, Role, WeightId};

use super::elaborated;
use super::stages::{Stage, chained, local, on_maps, on_sequences};

/// Layers whose cost is that of their one matrix.
const OF_ONE_MATRIX: &[&str] =
    &["Linear", "Conv2d", "DepthwiseConv2d", "ConvTranspose2d", "LocallyConnected2d"];

/// A network of some stages on maps, a layer used twice, a block used twice, a tie, and stages on sequences.
fn network() -> impl Strategy<Value = String> {
    let maps =
        proptest::collection::vec(prop_oneof![8 => on_maps(), 1 => local("LocallyConnected2d", 2)], 1..4);
    let sequences = proptest::collection::vec(on_sequences(), 1..3);
    (maps, sequences).prop_map(|(maps, sequences)| written(&maps, &sequences))
}

fn written(maps: &[Stage], sequences: &[Stage]) -> String {
    format!(
        "block Body {{
    input x: [T, D]
    output x + (x -> up: Linear(24) -> ReLU -> down: Linear(D))
}}
model Net {{
    input image: [12, 17, 19]
    input words: int[7]
    layer twice = Conv2d(12, kernel=3, pad=1)
    layer table = Embedding(50, 24)
    maps = image -> twice -> twice -> stages: ({})
    steps = words -> table -> body: Body * 2 -> steps: ({})
    head = steps -> Linear(24) -> tied: Linear(50, bias=false, weight=table.weight)
    output maps -> GlobalAvgPool -> classes: Linear(10)
    output head
}}",
        chained(maps),
        chained(sequences)
    )
}

/// The graph, unless a window did not fit.
fn built(text: &str) -> Result<Graph, TestCaseError> {
    let mut program = elaborated(text, &[]);
    if program.errors.iter().any(|error| error.code == "empty-output") {
        return Err(TestCaseError::reject("a window does not fit"));
    }
    prop_assert_eq!(&program.errors, &[], "{}", text);
    Ok(std::sync::Arc::unwrap_or_clone(program.models.remove(0)))
}

fn readers(graph: &Graph, weight: WeightId) -> Vec<(&str, &Count)> {
    let nodes = graph.nodes().map(|(_, node)| node).filter(|node| node.weights.contains(&weight));
    nodes.map(|node| (node.kind(), &node.operation.macs)).collect()
}

fn sum(counts: impl Iterator<Item = Count>) -> Count {
    counts.sum()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_uses_of_a_matrix_that_one_layer_alone_reads_are_its_macs(text in network()) {
        let graph = built(&text)?;
        let uses = analyse(&graph).uses;
        let mut judged = 0;
        for ((id, weight), uses) in graph.weights().zip(&uses) {
            if let [(kind, macs)] = readers(&graph, id)[..] && weight.name.ends_with("weight") && OF_ONE_MATRIX.contains(&kind) {
                prop_assert_eq!(&uses.unshared, macs, "{} in\n{}", weight.name, text);
                judged += 1;
            }
        }
        prop_assert!(judged >= 6, "the linear layers of the bodies, and two heads");
    }

    #[test]
    fn a_models_totals_are_the_sums_of_its_parts(text in network()) {
        let graph = built(&text)?;
        let analysis = analyse(&graph);
        let totals = &analysis.totals;
        let parameters = || graph.weights().zip(&analysis.uses).filter(|((_, weight), _)| weight.role == Role::Parameter);
        let elements = |shared: fn(&Count) -> bool| {
            sum(parameters().filter(|(_, uses)| shared(&uses.most)).map(|((_, weight), _)| weight.shape.elements()))
        };
        prop_assert_eq!(&totals.parameters, &elements(|_| true));
        prop_assert_eq!(&totals.shared, &elements(|most| most.as_number() > Some(1)));
        prop_assert_eq!(&totals.unshared_tensors, &elements(|most| most.as_number() <= Some(1)));
        let names = |count: usize| Count::from(count as u128 + 1);
        let gross = parameters().map(|((_, weight), _)| weight.shape.elements() * names(weight.aliases.len()));
        prop_assert_eq!(&totals.parameters_gross, &sum(gross));
        prop_assert_eq!(&totals.without_sharing, &sum(parameters().map(|(_, uses)| uses.unshared.clone())));
        let buffers = graph.weights().filter(|(_, weight)| weight.role == Role::Buffer);
        prop_assert_eq!(&totals.buffers, &sum(buffers.map(|(_, weight)| weight.shape.elements())));
        prop_assert_eq!(&totals.macs, &sum(graph.nodes().map(|(_, node)| node.operation.macs.clone())));
        prop_assert_eq!(&totals.elementwise, &sum(graph.nodes().map(|(_, node)| node.operation.elementwise.clone())));
    }
}
