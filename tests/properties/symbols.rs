//! Formulas in symbolic sizes, taken at random values, are what the run with those numbers gives.

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use weft::analysis::analyse;
use weft::front::weft::Program;
use weft::ir::{Count, Graph, Shape};

use super::elaborated;
use super::stages::{chained, on_maps, on_sequences};

/// What of a graph is compared: shapes, costs, uses.
#[derive(Debug, PartialEq)]
struct Figures {
    shapes: Vec<Vec<Option<i128>>>,
    costs: Vec<Option<u128>>,
    uses: Vec<Option<u128>>,
}

impl Figures {
    fn of(graph: &Graph, values: &[(&str, i128)]) -> Figures {
        let value = |symbol: &str| values.iter().find(|(name, _)| *name == symbol).map(|(_, n)| *n);
        let shape = |shape: &Shape| shape.dims().iter().map(|extent| extent.at(&value)).collect();
        let count = |count: &Count| count.at(&value);
        let outputs = graph.nodes().flat_map(|(_, node)| &node.operation.outputs);
        let totals = analyse(graph).totals;
        let costs = graph.nodes().flat_map(|(_, node)| [&node.operation.macs, &node.operation.elementwise]);
        let totals = [&totals.parameters, &totals.without_sharing, &totals.macs, &totals.elementwise];
        Figures {
            shapes: outputs.map(|output| shape(&output.shape)).collect(),
            costs: costs.chain(totals).map(count).collect(),
            uses: analyse(graph)
                .uses
                .iter()
                .flat_map(|uses| [count(&uses.most), count(&uses.unshared)])
                .collect(),
        }
    }
}

/// Compares a text's formulas at some values with the run at these values.
fn agree(text: &str, values: &[(&str, i128)]) -> Result<(), TestCaseError> {
    let fits = |program: &Program| !program.errors.iter().any(|error| error.code == "empty-output");
    let symbolic = elaborated(text, &[]);
    if !fits(&symbolic) {
        return Err(TestCaseError::reject("a window does not fit at the defaults"));
    }
    prop_assert_eq!(&symbolic.errors, &[], "{}", text);
    let graph = &symbolic.models[0];
    let numeric = elaborated(text, values);
    let least = |name: &str| {
        graph.dimensions.iter().find(|known| *known.name == *name).map_or(1, |known| known.least)
    };
    let large_enough = values.iter().all(|(name, value)| *value >= least(name));
    prop_assert_eq!(fits(&numeric), large_enough, "{:?} in\n{}\n{:?}", values, text, numeric.errors);
    if large_enough {
        prop_assert_eq!(&numeric.errors, &[], "{:?} in\n{}", values, text);
        let found = Figures::of(&numeric.models[0], &[]);
        prop_assert_eq!(Figures::of(graph, values), found, "{:?} in\n{}", values, text);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn formulas_over_maps_agree_with_numbers(
        stages in proptest::collection::vec(on_maps(), 1..5), height in 1..40i128, width in 1..40i128,
    ) {
        let text = format!(
            "model Net {{
    input x: [12, H = 21, W = 26]
    maps = x -> {}
    output maps, maps -> GlobalAvgPool -> Linear(10)
}}",
            chained(&stages)
        );
        agree(&text, &[("H", height), ("W", width)])?;
    }

    #[test]
    fn formulas_over_sequences_agree_with_numbers(
        stages in proptest::collection::vec(on_sequences(), 1..5), steps in 1..40i128, memory in 1..40i128,
    ) {
        let text = format!(
            "model Net {{
    input x: [T = 9, 24]
    input m: [S = 5, 24]
    y = x -> {}
    z = y -> Linear(24)
    bias = (z, m) -> RelativePositionBias(4)
    output (z, m) -> MultiheadAttention(4) -> Mean(axis=0)
    output (z, m, m, bias) -> ScaledDotProductAttention(4)
}}",
            chained(&stages)
        );
        agree(&text, &[("T", steps), ("S", memory)])?;
    }
}
