//! `pool-density`: a pool behind nearly every convolution.

use crate::diagnostic::Diagnostic;
use crate::ir::{Family, Node, NodeId};
use crate::lint::context::{LintContext, several};
use crate::lint::kinds::{is_convolution, is_windowed_pool};
use crate::lint::{Category, Check, Level, Rule, Threshold};

static SHARE: Threshold = Threshold {
    name: "min-share",
    default: 75,
    doc: "the least share of convolutions that a pool follows, in per cent",
};

static POOLS: Threshold =
    Threshold { name: "min-pools", default: 3, doc: "the fewest convolutions that a pool follows" };

pub(in crate::lint) static RULE: Rule = Rule {
    name: "pool-density",
    category: Category::Suspicious,
    level: Level::Allow,
    summary: "nearly every convolution is followed by a pool",
    proves: "\
At least 3 convolutions, and at least 75% of all that the model has with a kernel larger than 1, are followed \
by a pool of windows before anything but activations, normalisations and dropout.",
    why: "\
Each pool throws resolution away. Two or three convolutions between pools see more for the same price.",
    fires: &[
        "\
model Dense {
    input image: [3, 64, 64]
    x = image -> (Conv2d(8, kernel=3, pad=1) -> ReLU -> MaxPool2d(2)) * 3
    output y = x -> GlobalAvgPool -> Linear(10)
}
",
        "\
model ThreeOfFour {
    input image: [3, 64, 64]
    x = image -> Conv2d(8, kernel=3, pad=1) -> ReLU -> (Conv2d(8, kernel=3, pad=1) -> ReLU -> MaxPool2d(2)) * 3
    output y = x -> GlobalAvgPool -> Linear(10)
}
",
        "\
model Averaged {
    input x: [4, 64]
    x = x -> (Conv1d(8, kernel=3, pad=1, bias=false) -> BatchNorm -> ReLU -> AvgPool1d(2)) * 4
    output y = x -> GlobalAvgPool -> Linear(10)
}
",
    ],
    clean: &[
        "\
model Dense {
    input image: [3, 64, 64]
    x = image -> ((Conv2d(8, kernel=3, pad=1) -> ReLU) * 2 -> MaxPool2d(2)) * 3
    output y = x -> GlobalAvgPool -> Linear(10)
}
",
        "\
model ThreeOfFive {
    input image: [3, 64, 64]
    x = image -> (Conv2d(8, kernel=3, pad=1) -> ReLU) * 2 -> (Conv2d(8, kernel=3, pad=1) -> ReLU -> MaxPool2d(2)) * 3
    output y = x -> GlobalAvgPool -> Linear(10)
}
",
        "\
model TwentyOfTwentySeven {
    input x: [2, 32]
    x = x -> (Conv1d(2, kernel=3, pad=1) -> ReLU) * 7
    x = x -> (Conv1d(2, kernel=3, pad=1) -> ReLU -> MaxPool1d(3, stride=1, pad=1)) * 20
    output y = x -> GlobalAvgPool -> Linear(10)
}
",
        "\
model Two {
    input image: [3, 64, 64]
    x = image -> (Conv2d(8, kernel=3, pad=1) -> ReLU -> MaxPool2d(2)) * 2
    output y = x -> GlobalAvgPool -> Linear(10)
}
",
    ],
    fix: "\
Put several convolutions before each pool.",
    exceptions: "\
Small networks for small images.",
    source: "Nikanjam et al. 2021, \"NeuraLint\"",
    thresholds: &[&SHARE, &POOLS],
    check: Check::Model(check),
};

fn check(model: &LintContext) -> Vec<Diagnostic> {
    let wide = |node: &Node| {
        let window = node.operation.window.as_ref().filter(|_| is_convolution(node));
        window.is_some_and(|window| window.axes.iter().any(|axis| axis.kernel.as_number() != Some(1)))
    };
    let convolutions: Vec<_> = model.graph.nodes().filter(|(_, node)| wide(node)).collect();
    let pools: Vec<_> = convolutions.iter().filter_map(|(id, _)| pool_after(model, *id)).collect();
    let (pooled, all) = (pools.len() as u128, convolutions.len() as u128);
    let (Some(last), true) = (pools.last(), pooled >= model.limit(&POOLS)) else { return Vec::new() };
    if pooled.saturating_mul(100) < all.saturating_mul(model.limit(&SHARE)) {
        return Vec::new();
    }
    let message =
        format!("{pooled} of {} are followed by a pool", several(convolutions.len(), "convolution"));
    let finding = RULE
        .finding(last.origin, message)
        .label("this is the last such pool")
        .help("put several convolutions before each pool");
    vec![finding]
}

/// The pool of windows that a convolution's result goes to.
fn pool_after<'m>(model: &LintContext<'m>, convolution: NodeId) -> Option<&'m Node> {
    use Family::{Activation, Normalisation, Regularisation};
    let (mut id, mut node) = model.only_reader(convolution)?;
    while matches!(model.family(id), Some(Activation | Normalisation | Regularisation)) {
        (id, node) = model.only_reader(id)?;
    }
    is_windowed_pool(node).then_some(node)
}
