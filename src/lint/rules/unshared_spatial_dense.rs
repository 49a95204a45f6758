//! `unshared-spatial-dense`: a dense layer over a flattened map, however small.

use super::oversized_dense::{POSITIONS, SHARE, oversized};
use crate::diagnostic::Diagnostic;
use crate::lint::context::LintContext;
use crate::lint::{Category, Check, Level, Rule};

pub(in crate::lint) static RULE: Rule = Rule {
    name: "unshared-spatial-dense",
    category: Category::Size,
    level: Level::Allow,
    summary: "a dense layer over a flattened map holds most of the model's parameters, however few",
    proves: "\
As `oversized-dense`, with no absolute bound: each weight of a `Linear` is used at one position a call, its \
input merges at least 4 spatial positions into features, and it has at least 50% of the model's parameters.",
    why: "\
It learns the same feature once for every place where it can appear. In a small model this costs little, which \
is why the rule is off.",
    fires: &[
        "\
model LeNetLike {
    input image: [1, 28, 28]
    x = image -> Conv2d(6, kernel=5) -> ReLU -> MaxPool2d(2)
    output y = x -> Flatten -> Linear(32) -> ReLU -> Linear(10)
}
",
        "\
model Digits {
    input image: [1, 28, 28]
    output y = image -> Flatten -> Linear(512) -> ReLU -> Linear(10)
}
",
        "\
model ExactlyHalf {
    input image: [4, 2, 2]
    output y = image -> ReLU -> Flatten -> Linear(16, bias=false) -> ReLU -> Linear(16, bias=false)
}
",
    ],
    clean: &[
        "\
model LeNetLike {
    input image: [1, 28, 28]
    x = image -> Conv2d(6, kernel=5) -> ReLU
    output y = x -> GlobalAvgPool -> Linear(32) -> ReLU -> Linear(10)
}
",
        "\
model JustUnderHalf {
    input image: [4, 2, 2]
    output y = image -> ReLU -> Flatten -> Linear(100, bias=false) -> ReLU -> Linear(16)
}
",
        "\
model ThreePositions {
    input image: [4, 3, 1]
    output y = image -> ReLU -> Flatten -> Linear(16, bias=false) -> ReLU
}
",
    ],
    fix: "\
Pool over the positions before the layer, or begin with a convolution.",
    exceptions: "\
Small networks, where the absolute place matters.",
    source: "Lin et al. 2013, \"Network in network\" (global average pooling)",
    thresholds: &[&POSITIONS, &SHARE],
    check: Check::Model(check),
};

fn check(model: &LintContext) -> Vec<Diagnostic> {
    oversized(model, &RULE, 1)
}
