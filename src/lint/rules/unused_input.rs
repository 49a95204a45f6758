//! `unused-input`: an input of the model that no output depends on.

use crate::diagnostic::Diagnostic;
use crate::lint::context::LintContext;
use crate::lint::{Category, Check, Level, Rule};

pub(in crate::lint) static RULE: Rule = Rule {
    name: "unused-input",
    category: Category::Correctness,
    level: Level::Warn,
    summary: "an input reaches no output",
    proves: "No path leads from an input of the model to one of its outputs.",
    why: "Whoever calls the model must supply it, and it changes nothing. Mostly another input was read twice.",
    fires: &[
        "\
model Masked {
    input image: [3, 32, 32]
    input mask: [1, 32, 32]
    output y = image -> Conv2d(8, kernel=3)
}
",
        "\
model ReadTwice {
    input left: [64]
    input right: [64]
    output y = (left -> Linear(32) -> ReLU) + (left -> Linear(32)) -> Linear(10)
}
",
        "\
model OnlyItsShape {
    input x: [64]
    input other: [32]
    output y = x -> Linear(other.shape[0]) -> ReLU
}
",
    ],
    clean: &[
        "\
model Masked {
    input image: [3, 32, 32]
    input mask: [1, 32, 32]
    output y = image * mask -> Conv2d(8, kernel=3)
}
",
        "\
block Part {
    input x: [D]
    input bias: [D] = zeros([D])
    output x -> Linear(D) -> ReLU
}

model DefaultLeftOut {
    input x: [64]
    output y = x -> Part -> Linear(10)
}
",
        "\
model AsAnOutput {
    input x: [64]
    input mask: [64]
    output y = x -> Linear(64) -> ReLU
    output mask
}
",
    ],
    fix: "Use the input or delete it.",
    exceptions: "A model that must keep the signature of another.",
    source: "Nikanjam et al. 2021, \"NeuraLint\"",
    thresholds: &[],
    check: Check::Model(check),
};

fn check(model: &LintContext) -> Vec<Diagnostic> {
    let lives = model.reaches_output();
    let dead = model.graph.inputs().iter().filter(|id| lives.get(id.0 as usize) == Some(&false));
    let nodes = dead.filter_map(|id| model.graph.node(*id));
    nodes
        .map(|node| {
            RULE.finding(node.origin, format!("the input `{}` reaches no output", node.path))
                .help("use it or delete it")
        })
        .collect()
}
