//! `dropout-on-output`: what the model gives is dropped at random.

use crate::diagnostic::Diagnostic;
use crate::ir::Node;
use crate::lint::context::{LintContext, by_site};
use crate::lint::kinds::{drop_rate, is_dropout, is_reshaping};
use crate::lint::{Category, Check, Level, Rule};

pub(in crate::lint) static RULE: Rule = Rule {
    name: "dropout-on-output",
    category: Category::Suspicious,
    level: Level::Warn,
    summary: "dropout is the last thing before an output",
    proves: "A Dropout with p > 0 gives an output of the model, perhaps reshaped.",
    why: "\
In training a share of the results is 0 whatever the model found, and the loss punishes it for that. Mostly the last two \
layers were exchanged.",
    fires: &[
        "\
model Last {
    input x: [64]
    output y = x -> Linear(32) -> ReLU -> Linear(10) -> Dropout(0.5)
}
",
        "\
model Reshaped {
    input x: [64]
    output y = x -> Linear(32) -> Dropout(0.1) -> Unflatten(0, [4, 8])
}
",
        "\
model OneOfTwo {
    input x: [64]
    h = x -> Linear(32) -> ReLU -> Dropout(0.1)
    output h, h -> Linear(10)
}
",
    ],
    clean: &[
        "\
model Last {
    input x: [64]
    output y = x -> Linear(32) -> ReLU -> Dropout(0.5) -> Linear(10)
}
",
        "\
model NoRate(rate=0.0) {
    input x: [64]
    output y = x -> Linear(10) -> Dropout(rate)
}
",
        "\
model Added {
    input x: [64]
    output y = x + (x -> Linear(64) -> Dropout(0.1))
}
",
    ],
    fix: "Put the dropout before the last layer.",
    exceptions: "A part of a model that is declared as one, whose output another part reads.",
    source: "Humbatova et al. 2020, \"Taxonomy of real faults in deep learning systems\"",
    thresholds: &[],
    check: Check::Model(check),
};

fn check(model: &LintContext) -> Vec<Diagnostic> {
    let found = model.graph.outputs.iter().filter_map(|output| {
        let mut id = output.source.node;
        let mut node = model.graph.node(id)?;
        while is_reshaping(node) {
            let (port, before) = model.first_input(id)?;
            (id, node) = (port.node, before);
        }
        let rate = drop_rate(node, model.family(id)).filter(|rate| is_dropout(node) && *rate > 0.0)?;
        Some((node, (rate, &*output.name)))
    });
    by_site(found).iter().filter_map(|site| finding(site)).collect()
}

fn finding(site: &[(&Node, (f64, &str))]) -> Option<Diagnostic> {
    let (node, (rate, output)) = site.first()?;
    let message = format!("`{}` drops entries of the output `{output}`", node.path);
    let finding = RULE
        .finding(node.origin, message)
        .label(format!("in training {:.0}% of the results are 0, whatever was computed", rate * 100.0))
        .help("put the dropout before the last layer");
    Some(finding)
}
