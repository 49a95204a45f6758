//! `softmax-singleton`: a softmax over one entry, which is always 1.

use crate::diagnostic::{Diagnostic, Fix};
use crate::ir::{Node, NodeId};
use crate::lint::context::{LintContext, by_site, named};
use crate::lint::kinds::axis;
use crate::lint::stage_edit::StageEdit;
use crate::lint::{Category, Check, Level, Rule};

pub(in crate::lint) static RULE: Rule = Rule {
    name: "softmax-singleton",
    category: Category::Correctness,
    level: Level::Error,
    summary: "a softmax over an axis of one entry is always 1",
    proves: "The axis of a `Softmax` or `LogSoftmax` has the extent 1, at the defaults of symbolic sizes.",
    why: "The result is 1 (its logarithm 0) whatever the input is: the model cannot learn, and says so nowhere.",
    fires: &[
        "\
model Binary {
    input x: [64]
    output p = x -> Linear(1) -> Softmax
}
",
        "\
model Logarithm {
    input x: [64]
    output p = x -> Linear(1) -> LogSoftmax
}
",
        "\
model WrongAxis {
    input x: [1, 64]
    output p = x -> Linear(10) -> Softmax(axis=0)
}
",
    ],
    clean: &[
        "\
model Binary {
    input x: [64]
    output p = x -> Linear(1) -> Sigmoid
}
",
        "\
model TwoClasses {
    input x: [64]
    output p = x -> Linear(2) -> Softmax
}
",
        "\
model RightAxis {
    input x: [1, 64]
    output p = x -> Linear(10) -> Softmax(axis=-1)
}
",
    ],
    fix: "For one probability take `Sigmoid`; for two classes give two scores; or name the axis that was meant.",
    exceptions: "None.",
    source: "Humbatova et al. 2020, \"Taxonomy of real faults in deep learning systems\"",
    thresholds: &[],
    check: Check::Model(check),
};

fn check(model: &LintContext) -> Vec<Diagnostic> {
    let softmaxes = model.nodes_of(|kind| matches!(kind.name(), "Softmax" | "LogSoftmax"));
    let found = softmaxes.filter_map(|(id, node)| Some((node, singleton(model, id, node)?)));
    by_site(found).iter().filter_map(|site| finding(model, site)).collect()
}

/// The axis, where it has one entry.
fn singleton(model: &LintContext, id: NodeId, node: &Node) -> Option<usize> {
    let shape = &model.graph.type_of(model.first_port(id)?)?.shape;
    let axis = axis(node, "axis", shape.rank())?;
    (model.size(shape.dim(axis)?) == Some(1)).then_some(axis)
}

fn finding(model: &LintContext, site: &[(&Node, usize)]) -> Option<Diagnostic> {
    let (node, axis) = site.first()?;
    let logarithm = node.kind() == "LogSoftmax";
    let (value, instead) = if logarithm { (0, "LogSigmoid") } else { (1, "Sigmoid") };
    let message = format!("{} is always {value}", named(&node.path, site.len()));
    let finding = RULE
        .finding(node.origin, message)
        .label(format!("a softmax over axis {axis}, which has one entry"))
        .help(format!("for one probability `{instead}`; for two classes, two scores"));
    let stage = StageEdit::of(model, node).filter(|_| model.are_all_at(node.origin, site.len()));
    Some(match stage {
        Some(stage) => {
            let title = format!("take `{instead}`");
            finding.fix(Fix::unsafe_(title, vec![stage.replace_layer(instead)]))
        }
        None => finding,
    })
}
