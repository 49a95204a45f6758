//! `double-activation`: an activation that cannot change what it is given, or a softmax of a softmax.

use crate::diagnostic::{Diagnostic, Fix};
use crate::ir::{Family, Node, NodeId};
use crate::lint::context::{LintContext, by_site, named};
use crate::lint::kinds::{axis, is_average_pool, is_dropout, is_max_pool, is_reshaping, is_softmax};
use crate::lint::stage_edit::StageEdit;
use crate::lint::{Category, Check, Level, Rule};

pub(in crate::lint) static RULE: Rule = Rule {
    name: "double-activation",
    category: Category::Suspicious,
    level: Level::Warn,
    summary: "an activation cannot change its input, or a softmax follows a softmax",
    proves: "\
An activation is given values from a range on which it is the identity: `ReLU` what `ReLU`, `Sigmoid`, `Softmax` or \
another activation left at 0 or above, `ReLU6` what lies from 0 to 6; dropout, pools and reshaping between them keep the \
range. Or a softmax is given the result of a softmax over the same axis.",
    why: "\
The first has no effect: one of the two is not what was meant. The second flattens: weights between 0 and 1 become nearly \
equal, and no input can make the largest more than e times the smallest.",
    fires: &[
        "\
model Twice {
    input x: [64]
    output y = x -> Linear(32) -> ReLU -> ReLU -> Linear(10)
}
",
        "\
model AfterSigmoid {
    input x: [64]
    output y = x -> Linear(32) -> Sigmoid -> Dropout(0.5) -> ReLU -> Linear(10)
}
",
        "\
model SoftmaxTwice {
    input x: [64]
    output y = x -> Linear(32) -> Softmax -> LogSoftmax
}
",
        "\
model AfterThePool {
    input image: [3, 32, 32]
    output y = image -> Conv2d(8, kernel=3) -> ReLU6 -> MaxPool2d(2) -> ReLU6 -> GlobalAvgPool -> Linear(10)
}
",
    ],
    clean: &[
        "\
model Twice {
    input x: [64]
    output y = x -> Linear(32) -> ReLU -> Linear(10)
}
",
        "\
model BothMatter {
    input x: [64]
    x = x -> Linear(32) -> ReLU -> Tanh -> Linear(32) -> Tanh -> ReLU
    output y = x -> Linear(32) -> ReLU -> ReLU6 -> Linear(10)
}
",
        "\
model OtherAxis {
    input x: [8, 64]
    output y = x -> Linear(32) -> Softmax(axis=0) -> Softmax(axis=1)
}
",
        "\
model SomethingBetween {
    input x: [64]
    output y = x -> Linear(32) -> ReLU -> BatchNorm -> ReLU -> Linear(10)
}
",
    ],
    fix: "Delete the one that is too much.",
    exceptions: "None.",
    source: "Nikanjam et al. 2021, \"NeuraLint\"; Schoop et al. 2021, \"UMLAUT\" (softmax twice)",
    thresholds: &[],
    check: Check::Model(check),
};

/// What is wrong with an activation, after which other.
enum Double<'m> {
    NoEffect(&'m Node),
    Softmax(&'m Node),
}

fn check(model: &LintContext) -> Vec<Diagnostic> {
    let activations = model.nodes_of(|kind| kind.family() == Some(Family::Activation));
    let found = activations.filter_map(|(id, node)| Some((node, double(model, id, node)?)));
    by_site(found).iter().filter_map(|site| finding(model, site)).collect()
}

fn double<'m>(model: &LintContext<'m>, id: NodeId, node: &Node) -> Option<Double<'m>> {
    let layer = node.layer()?;
    let (mut port, mut before) = model.first_input(id)?;
    if is_softmax(layer) {
        let rank = model.graph.type_of(port)?.shape.rank();
        let same_axis = axis(node, "axis", rank) == axis(before, "axis", rank);
        let of_shares = before
            .layer()
            .is_some_and(|layer| is_softmax(layer) && (layer.values.range)(&before.operation).1 > 0.0);
        return (of_shares && same_axis).then_some(Double::Softmax(before));
    }
    if layer.is_affine() {
        return None;
    }
    let (from, to) = (layer.values.unchanged)(&node.operation)?;
    // Dropout scales what it keeps, which leaves no upper bound in its place.
    let mut scaled = false;
    while is_reshaping(before) || is_dropout(before) || is_max_pool(before) || is_average_pool(before) {
        scaled |= is_dropout(before);
        (port, before) = model.first_input(port.node)?;
    }
    if port.output > 0 {
        return None;
    }
    let (least, most) = (before.layer()?.values.range)(&before.operation);
    let most = if scaled && most > 0.0 { f64::INFINITY } else { most };
    (least >= from && most <= to && !(scaled && least < 0.0)).then_some(Double::NoEffect(before))
}

fn finding(model: &LintContext, site: &[(&Node, Double)]) -> Option<Diagnostic> {
    let (node, double) = site.first()?;
    let (message, label, before) = match double {
        Double::NoEffect(before) => {
            let message = format!("{} has no effect after `{}`", named(&node.path, site.len()), before.path);
            (message, format!("a `{}` gives nothing that `{}` changes", before.kind(), node.kind()), before)
        }
        Double::Softmax(before) => {
            let message = format!("{} is the softmax of a softmax", named(&node.path, site.len()));
            (message, "it makes all weights nearly equal".to_owned(), before)
        }
    };
    let finding = RULE
        .finding(node.origin, message)
        .label(label)
        .related(before.origin, format!("`{}` stands here", before.kind()))
        .help("delete one of the two");
    let edit = StageEdit::of(model, node).and_then(|stage| stage.delete());
    let Some(edit) = edit.filter(|_| model.are_all_at(node.origin, site.len())) else { return Some(finding) };
    let no_effect = site.iter().all(|(_, double)| matches!(double, Double::NoEffect(_)));
    let title = format!("delete this `{}`", node.kind());
    let safe = no_effect && site.iter().all(|(node, _)| node.weights.is_empty() && !is_counted(node));
    Some(finding.fix(if safe { Fix::safe(title, vec![edit]) } else { Fix::unsafe_(title, vec![edit]) }))
}

/// True for a stage that is named by its position, so that without it the names after it change.
pub(super) fn is_counted(node: &Node) -> bool {
    let name = node.path.rsplit('.').next().unwrap_or("");
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit())
}
