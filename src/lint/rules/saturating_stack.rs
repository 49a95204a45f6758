//! `saturating-stack`: many sigmoids or hyperbolic tangents in a row.

use crate::diagnostic::Diagnostic;
use crate::ir::{Node, NodeId};
use crate::lint::context::{LintContext, grouped};
use crate::lint::paths::longest_plain;
use crate::lint::{Category, Check, Level, Rule, Threshold};

static LAYERS: Threshold =
    Threshold { name: "min-layers", default: 8, doc: "the fewest sigmoids and tangents on a plain path" };

pub(in crate::lint) static RULE: Rule = Rule {
    name: "saturating-stack",
    category: Category::Suspicious,
    level: Level::Note,
    summary: "eight or more sigmoids or tangents in a row without a skip or a normalisation",
    proves: "\
At least 8 `Sigmoid` or `Tanh` layers stand on one path on which no two tensors meet and nothing is normalised. One whose \
result is multiplied is a gate and does not count.",
    why: "\
The slope of a sigmoid is at most 1/4, and near 0 where it saturates; a gradient is multiplied by it at every layer. \
After eight sigmoids at most 1/65,536 of it is left.",
    fires: &[
        "\
model Sigmoids {
    input x: [16]
    output y = x -> (Linear(16) -> Sigmoid) * 8
}
",
        "\
model Tangents {
    input x: [16]
    output y = x -> (Linear(16) -> Tanh) * 9 -> Linear(10)
}
",
        "\
model Mixed {
    input x: [16]
    output y = x -> (Linear(16) -> Tanh -> Linear(16) -> Sigmoid -> Dropout(0.1)) * 4 -> Linear(10)
}
",
    ],
    clean: &[
        "\
model Sigmoids {
    input x: [16]
    output y = x -> (Linear(16) -> Sigmoid) * 7
}
",
        "\
block Gated {
    input x: [D]
    output (x -> Linear(D)) * (x -> Linear(D) -> Sigmoid)
}

model Gates {
    input x: [16]
    output y = x -> Gated * 12
}
",
        "\
model Normalised {
    input x: [16]
    output y = x -> (Linear(16) -> LayerNorm -> Tanh) * 12
}
",
    ],
    fix: "Take ReLU or one of its kin, or add normalisations or skips.",
    exceptions: "None known.",
    source: "Glorot and Bengio 2010, \"Understanding the difficulty of training deep feedforward neural networks\"",
    thresholds: &[&LAYERS],
    check: Check::Model(check),
};

fn check(model: &LintContext) -> Vec<Diagnostic> {
    if !model.has(|kind| is_saturating(kind.name())) {
        return Vec::new();
    }
    let is_multiplied = |id: NodeId| {
        let mut readers = model.readers(id).into_iter().filter_map(|reader| model.graph.node(reader.node));
        readers.any(|reader| matches!(reader.kind(), "Mul" | "MatMul"))
    };
    let saturates = |id: NodeId, node: &Node| is_saturating(node.kind()) && !is_multiplied(id);
    let longest = longest_plain(model, saturates).filter(|(_, layers)| *layers >= model.limit(&LAYERS));
    let finding = longest.map(|(last, layers)| {
        let message =
            format!("{} sigmoids or tangents in a row, without a skip or a normalisation", grouped(layers));
        RULE.finding(last.origin, message)
            .label(format!("`{}` is the last of them", last.path))
            .help("take `ReLU` or one of its kin, or add normalisations or skips")
    });
    finding.into_iter().collect()
}

fn is_saturating(kind: &str) -> bool {
    matches!(kind, "Sigmoid" | "Tanh")
}
