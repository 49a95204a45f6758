//! `norm-singleton`: a normalisation over one value, which leaves nothing of it.

use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::axes::Link;
use crate::ir::declaration::Response;
use crate::ir::{Family, Node, NodeId};
use crate::lint::context::{LintContext, by_site, named};
use crate::lint::{Category, Check, Level, Rule};

pub(in crate::lint) static RULE: Rule = Rule {
    name: "norm-singleton",
    category: Category::Correctness,
    level: Level::Error,
    summary: "a normalisation over one value gives a constant",
    proves: "\
A LayerNorm, GroupNorm or InstanceNorm takes mean and variance over a set of one value, at the defaults of symbolic \
sizes: the value minus itself is 0, whatever it is. An RMSNorm over one value gives only its sign (a warning). A \
BatchNorm has the batch and is never meant.",
    why: "The result does not depend on the input, and no gradient passes: what comes before cannot learn.",
    fires: &[
        "\
model Pooled {
    input image: [3, 32, 32]
    x = image -> Conv2d(8, kernel=3) -> AdaptiveAvgPool2d(1) -> InstanceNorm
    output y = x -> Flatten -> Linear(10)
}
",
        "\
model OneFeature {
    input x: [16, 4]
    output y = x -> Linear(1) -> LayerNorm
}
",
        "\
model AsManyGroups {
    input x: [32]
    output y = x -> Linear(8) -> GroupNorm(8) -> ReLU
}
",
        "\
model OnlyTheSign {
    input x: [16, 4]
    output y = x -> Linear(1) -> RMSNorm
}
",
    ],
    clean: &[
        "\
model Pooled {
    input image: [3, 32, 32]
    x = image -> Conv2d(8, kernel=3, bias=false) -> InstanceNorm -> AdaptiveAvgPool2d(1)
    output y = x -> Flatten -> Linear(10)
}
",
        "\
model TwoFeatures {
    input x: [16, 4]
    output y = x -> Linear(2) -> LayerNorm
}
",
        "\
model TwoAGroup {
    input x: [32]
    output y = x -> Linear(8) -> GroupNorm(4) -> ReLU
}
",
        "\
model HasTheBatch {
    input image: [3, 32, 32]
    output y = image -> Conv2d(8, kernel=3) -> ReLU -> AdaptiveAvgPool2d(1) -> BatchNorm -> Flatten -> Linear(10)
}
",
    ],
    fix: "Normalise before pooling, over another axis, or with fewer groups; or take BatchNorm.",
    exceptions: "None.",
    source: "Wu and He 2018, \"Group normalization\" (what each normalises over)",
    thresholds: &[],
    check: Check::Model(check),
};

fn check(model: &LintContext) -> Vec<Diagnostic> {
    let singletons = model.nodes_of(|kind| kind.family() == Some(Family::Normalisation));
    let singletons = singletons.filter(|(id, node)| normalised(model, *id, node) == Some(1));
    by_site(singletons.map(|(_, node)| (node, ()))).iter().filter_map(|site| finding(site)).collect()
}

/// How many values mean and variance are taken over; a norm that measures the batch has more than are seen here.
fn normalised(model: &LintContext, id: NodeId, node: &Node) -> Option<u128> {
    let map = model.axis_map(id, node.layer()?)?;
    let mut measured = map.factors.iter().filter(|factor| factor.link == Link::Whole).peekable();
    measured.peek()?;
    measured.try_fold(1u128, |all, factor| all.checked_mul(model.size(&factor.input)?))
}

fn finding(site: &[(&Node, ())]) -> Option<Diagnostic> {
    let (node, ()) = site.first()?;
    let name = named(&node.path, site.len());
    let sign = node.layer().is_some_and(|layer| layer.response == [Response::Nonlinear]);
    let message = if sign {
        format!("{name} leaves nothing but the sign of its input")
    } else {
        format!("{name} gives a constant, whatever its input is")
    };
    let finding = RULE
        .finding(node.origin, message)
        .label("it normalises over one value")
        .help("normalise before pooling, over another axis or with fewer groups");
    let severity = if sign { Severity::Warning } else { finding.severity };
    Some(Diagnostic { severity, ..finding })
}
