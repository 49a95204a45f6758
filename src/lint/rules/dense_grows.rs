//! `dense-grows`: a dense layer that is wider than the one before.

use crate::diagnostic::Diagnostic;
use crate::ir::{Family, Node, NodeId};
use crate::lint::context::{LintContext, by_site, grouped, named};
use crate::lint::kinds::is_dense;
use crate::lint::{Category, Check, Level, Rule};

pub(in crate::lint) static RULE: Rule = Rule {
    name: "dense-grows",
    category: Category::Suspicious,
    level: Level::Allow,
    summary: "a dense layer of a head is wider than the one before it",
    proves: "\
A `Linear` that is applied once a sample gives more features than the `Linear` before it, with only activations, \
normalisations and dropout between.",
    why: "\
A classifier's dense layers usually narrow towards the classes; what was narrowed once cannot be won back.",
    fires: &[
        "\
model Growing {
    input x: [64]
    output y = x -> Linear(32) -> ReLU -> Linear(48) -> ReLU -> Linear(10)
}
",
        "\
model ByOne {
    input x: [64]
    output y = x -> Linear(32) -> ReLU -> Dropout(0.5) -> Linear(33) -> ReLU -> Linear(10)
}
",
        "\
model Output {
    input x: [64]
    output y = x -> Linear(8, bias=false) -> BatchNorm -> Tanh -> Linear(10)
}
",
    ],
    clean: &[
        "\
model Growing {
    input x: [64]
    output y = x -> Linear(48) -> ReLU -> Linear(32) -> ReLU -> Linear(10)
}
",
        "\
model Equal {
    input x: [64]
    output y = x -> Linear(32) -> ReLU -> Linear(32) -> ReLU -> Linear(10)
}
",
        "\
model Tokens {
    input x: [16, 64]
    output y = x -> Linear(32) -> ReLU -> Linear(64)
}
",
    ],
    fix: "\
Put the wider layer first.",
    exceptions: "\
Decoders, autoencoders, squeeze-and-excitation, heads of many classes.",
    source: "Nikanjam et al. 2021, \"NeuraLint\"",
    thresholds: &[],
    check: Check::Model(check),
};

fn check(model: &LintContext) -> Vec<Diagnostic> {
    let layers = model.graph.nodes().filter(|(_, node)| is_dense(node));
    let found = layers.filter_map(|(id, node)| Some((node, growing(model, id)?)));
    by_site(found).iter().filter_map(|site| finding(site)).collect()
}

/// The features of the layer before, and of this one, where it is wider.
fn growing(model: &LintContext, id: NodeId) -> Option<(u128, u128)> {
    let [to] = model.result_extents(id)?[..] else { return None };
    let (mut port, mut before) = model.first_input(id)?;
    let passes =
        |family| matches!(family, Some(Family::Activation | Family::Normalisation | Family::Regularisation));
    while passes(model.family(port.node)) {
        (port, before) = model.first_input(port.node)?;
    }
    let [from] = model.result_extents(port.node)?[..] else { return None };
    (is_dense(before) && to > from).then_some((from, to))
}

fn finding(site: &[(&Node, (u128, u128))]) -> Option<Diagnostic> {
    let (node, (from, to)) = site.first()?;
    let message = format!("{} is wider than the layer before it", named(&node.path, site.len()));
    let finding = RULE
        .finding(node.origin, message)
        .label(format!("{} features become {}", grouped(*from), grouped(*to)))
        .help("put the wider layer first");
    Some(finding)
}
