//! `plain-depth`: many layers in a row without a skip or a normalisation.

use crate::diagnostic::Diagnostic;
use crate::ir::{Node, NodeId};
use crate::lint::context::{LintContext, grouped};
use crate::lint::kinds::has_linear_weights;
use crate::lint::paths::longest_plain;
use crate::lint::{Category, Check, Level, Rule, Threshold};

static DEPTH: Threshold =
    Threshold { name: "max-depth", default: 30, doc: "the most layers with weights on a plain path" };

pub(in crate::lint) static RULE: Rule = Rule {
    name: "plain-depth",
    category: Category::Suspicious,
    level: Level::Note,
    summary: "more than 30 layers in a row without a skip or a normalisation",
    proves: "\
More than 30 linear layers or convolutions stand on one path on which no two tensors meet and nothing is normalised.",
    why: "\
Deep plain networks get worse with depth, even on the data that they are trained on: the signal, or its gradient, fades \
or explodes from layer to layer. The deepest plain networks that were published have some 20 layers.",
    fires: &[
        "\
model Deep {
    input x: [16]
    output y = x -> (Linear(16) -> ReLU) * 31
}
",
        "\
model DeepInImages {
    input image: [4, 8, 8]
    output y = image -> (Conv2d(4, kernel=3, pad=1) -> ReLU) * 30 -> GlobalAvgPool -> Linear(10)
}
",
        "\
model SkipsTooEarly {
    input x: [16]
    x = x + (x -> Linear(16) -> ReLU)
    output y = x -> (Linear(16) -> ReLU) * 31
}
",
    ],
    clean: &[
        "\
model Deep {
    input x: [16]
    output y = x -> (Linear(16) -> ReLU) * 30
}
",
        "\
block Residual {
    input x: [D]
    output x + (x -> Linear(D) -> ReLU)
}

model Skips {
    input x: [16]
    output y = x -> Residual * 40
}
",
        "\
model Normalised {
    input x: [16]
    output y = x -> (Linear(16, bias=false) -> BatchNorm -> ReLU) * 40
}
",
    ],
    fix: "Add residual connections or normalisations.",
    exceptions: "Special initialisations (Xiao et al. 2018 train 10,000 plain layers).",
    source: "He et al. 2016, \"Deep residual learning for image recognition\"",
    thresholds: &[&DEPTH],
    check: Check::Model(check),
};

fn check(model: &LintContext) -> Vec<Diagnostic> {
    if model.graph.len() as u128 <= model.limit(&DEPTH) {
        return Vec::new();
    }
    let has_weights = |_: NodeId, node: &Node| has_linear_weights(node);
    let longest = longest_plain(model, has_weights).filter(|(_, depth)| *depth > model.limit(&DEPTH));
    let finding = longest.map(|(last, depth)| {
        let message = format!("{} layers in a row without a skip or a normalisation", grouped(depth));
        RULE.finding(last.origin, message)
            .label(format!("`{}` is the last of them", last.path))
            .help("add residual connections or normalisations")
    });
    finding.into_iter().collect()
}
