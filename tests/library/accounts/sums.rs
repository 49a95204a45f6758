//! Laws of the sums, on generated programs.

use proptest::prelude::*;
use weft::analysis::{Totals, analyse, totals_of};
use weft::ir::{Count, Graph, NodeId};
use weft::report::lines;

use super::account;

/// A convolution that fits its input.
#[derive(Clone, Debug)]
struct Conv {
    channels: u32,
    extents: (u32, u32),
    groups: u32,
    multiple: u32,
    kernel: (u32, u32),
    stride: u32,
    pad: u32,
    bias: bool,
}

fn conv() -> impl Strategy<Value = Conv> {
    let sizes = (1..5u32, 5..14u32, 5..14u32, 1..4u32, 1..4u32);
    let window = (1..6u32, 1..6u32, 1..4u32, 0..3u32, any::<bool>());
    (sizes, window).prop_map(
        |((width, height, length, groups, multiple), (tall, wide, stride, pad, bias))| Conv {
            channels: width * groups,
            extents: (height, length),
            groups,
            multiple,
            kernel: (tall, wide),
            stride,
            pad,
            bias,
        },
    )
}

/// A chain of layers on `[T, 8]`, so that any follows any.
fn step() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(vec![
        "Linear(8)",
        "norm: LayerNorm",
        "ReLU",
        "Inner",
        "Inner * 2",
        "shared",
        "named: Inner",
        "Outer",
        "(Linear(16) -> GELU -> Linear(8))",
        "MultiheadAttention(2)",
    ])
}

const BLOCKS: &str = "
    block Inner { input x: [..., D] output x + (x -> a: Linear(2 * D) -> ReLU -> b: Linear(D)) }
    block Outer { input x: [..., D] output x -> Inner * 2 -> last: Linear(D) -> LayerNorm }";

/// A model of these steps; labels are numbered, so that none is used twice.
fn nested(steps: &[&str]) -> String {
    let chain: String = steps
        .iter()
        .enumerate()
        .map(|(at, step)| match step.split_once(": ") {
            Some((label, layer)) => format!(" -> {label}{at}: {layer}"),
            None => format!(" -> {step}"),
        })
        .collect();
    format!(
        "{BLOCKS} model Nested {{ input x: [T = 6, 8] layer shared = Outer output y = x{chain} -> shared }}"
    )
}

fn sums(graph: &Graph, depth: usize) -> (Count, Count, Count) {
    let lines = lines(graph, &analyse(graph), depth);
    let sum = |of: &dyn Fn(&weft::report::Cells) -> Option<Count>| -> Count {
        lines.iter().filter_map(|line| of(&line.cells)).sum()
    };
    (
        sum(&|cells| cells.parameters.clone()),
        sum(&|cells| cells.without_sharing.clone()),
        sum(&|cells| cells.macs.clone()),
    )
}

/// Branches that need nothing of each other.
const BRANCHES: [&str; 5] = [
    "a = x -> left: Conv2d(4, kernel=3, pad=1) -> ReLU",
    "b = x -> middle: shared",
    "c = x -> Conv2d(4, kernel=1)",
    "d = x -> BatchNorm -> shared",
    "e = (x -> GlobalAvgPool -> gate: Linear(4) -> Unflatten(0, [4, 1, 1]))",
];

fn permuted(order: &[usize]) -> Totals {
    let statements: Vec<_> = order.iter().map(|at| BRANCHES[*at]).collect();
    let text = format!(
        "model Permuted {{ input x: [4, 8, 8] layer shared = Conv2d(4, kernel=3, pad=1)\n{}\noutput y = \
         a + b + c + d * e }}",
        statements.join("\n")
    );
    account(&text).1.totals
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_convolution_without_sharing_stores_its_macs_and_a_bias_for_every_output(conv in conv()) {
        let Conv { channels, extents, groups, multiple, kernel, stride, pad, bias } = conv;
        prop_assume!(kernel.0 <= extents.0 + 2 * pad && kernel.1 <= extents.1 + 2 * pad);
        let (graph, analysis) = account(&format!(
            "model C {{ input x: [{channels}, {}, {}] output y = x -> Conv2d({}, kernel=[{}, {}], stride={stride}, \
             pad={pad}, groups={groups}, bias={bias}) }}",
            extents.0, extents.1, groups * multiple, kernel.0, kernel.1
        ));
        let output = graph.type_of(graph.outputs[0].source).expect("a result").shape.elements();
        let biases = if bias { output } else { Count::ZERO };
        prop_assert_eq!(&analysis.totals.without_sharing, &(analysis.totals.macs.clone() + biases));
    }

    #[test]
    fn the_lines_of_a_report_add_up_to_the_totals_at_every_depth(
        steps in proptest::collection::vec(step(), 1..6),
    ) {
        let (graph, analysis) = account(&nested(&steps));
        let Totals { parameters, without_sharing, macs, .. } = analysis.totals.clone();
        for depth in 0..4 {
            prop_assert_eq!(sums(&graph, depth), (parameters.clone(), without_sharing.clone(), macs.clone()));
        }
        let all: Vec<NodeId> = graph.nodes().map(|(id, _)| id).collect();
        prop_assert_eq!(totals_of(&graph, &analysis.uses, &all), analysis.totals);
    }

    #[test]
    fn a_total_does_not_hang_on_the_order_of_independent_statements(
        order in Just(vec![0usize, 1, 2, 3, 4]).prop_shuffle(),
    ) {
        prop_assert_eq!(permuted(&order), permuted(&[0, 1, 2, 3, 4]));
    }
}

#[test]
fn the_parts_of_every_example_add_up() {
    for (file, model) in [("text/gpt2.weft", "GPT2Small"), ("vision/resnet.weft", "ResNet50")] {
        let (graph, analysis) = super::example(file, model);
        for depth in 0..4 {
            let (parameters, without_sharing, macs) = sums(&graph, depth);
            assert_eq!(parameters, analysis.totals.parameters, "{model} at depth {depth}");
            assert_eq!(without_sharing, analysis.totals.without_sharing, "{model} at depth {depth}");
            assert_eq!(macs, analysis.totals.macs, "{model} at depth {depth}");
        }
    }
}
