//! `volume-bottleneck`: a layer that leaves an eighth of its input.

use crate::diagnostic::Diagnostic;
use crate::ir::{Family, Node, NodeId};
use crate::lint::context::{Extents, LintContext, by_site, grouped, named};
use crate::lint::kinds::is_windowed_pool;
use crate::lint::{Category, Check, Level, Rule, Threshold};

static FACTOR: Threshold =
    Threshold { name: "min-factor", default: 8, doc: "how many times as few values the result has at least" };

pub(in crate::lint) static RULE: Rule = Rule {
    name: "volume-bottleneck",
    category: Category::Suspicious,
    level: Level::Allow,
    summary: "a layer gives at most an eighth of the values that it reads",
    proves: "\
A convolution or a pool of windows gives at most an eighth as many values (channels times positions) as it \
reads. Global pools and layers whose result is an output are exempt.",
    why: "\
What a single layer throws away is gone for all that follow. The advice is to narrow the flow of a network \
gently.",
    fires: &[
        "\
model Narrow {
    input image: [16, 32, 32]
    x = image -> Conv2d(8, kernel=3, stride=2, pad=1) -> ReLU
    output y = x -> GlobalAvgPool -> Linear(10)
}
",
        "\
model Pooled {
    input image: [16, 32, 32]
    x = image -> Conv2d(16, kernel=3, pad=1) -> ReLU -> MaxPool2d(4)
    output y = x -> GlobalAvgPool -> Linear(10)
}
",
        "\
model Sequence {
    input x: [16, 64]
    output y = x -> Conv1d(2, kernel=1) -> ReLU -> Flatten -> Linear(10)
}
",
    ],
    clean: &[
        "\
model Narrow {
    input image: [16, 32, 32]
    x = image -> Conv2d(16, kernel=3, stride=2, pad=1) -> ReLU
    output y = x -> GlobalAvgPool -> Linear(10)
}
",
        "\
model JustOver {
    input x: [15, 64]
    output y = x -> Conv1d(2, kernel=1) -> ReLU -> Flatten -> Linear(10)
}
",
        "\
model Global {
    input image: [16, 32, 32]
    output y = image -> GlobalAvgPool -> Linear(10)
}
",
    ],
    fix: "\
Narrow in several steps, or give more channels where the map shrinks.",
    exceptions: "\
Autoencoders, whose bottleneck is the purpose.",
    source: "Szegedy et al. 2016, \"Rethinking the Inception architecture\" (principle 1)",
    thresholds: &[&FACTOR],
    check: Check::Model(check),
};

fn check(model: &LintContext) -> Vec<Diagnostic> {
    let found = model.graph.nodes().filter_map(|(id, node)| Some((node, narrow(model, id, node)?)));
    by_site(found).iter().filter_map(|site| finding(site)).collect()
}

/// The values that a layer reads and gives, where they are many fewer.
fn narrow(model: &LintContext, id: NodeId, node: &Node) -> Option<(u128, u128)> {
    let global = node.family() == Some(Family::Pooling) && !is_windowed_pool(node);
    if node.operation.window.is_none() || global || model.gives_output(id) {
        return None;
    }
    let product = |extents: Extents| extents.iter().try_fold(1u128, |all, n| all.checked_mul(*n));
    let (from, to) = (product(model.input_extents(id)?)?, product(model.result_extents(id)?)?);
    (to.checked_mul(model.limit(&FACTOR))? <= from).then_some((from, to))
}

fn finding(site: &[(&Node, (u128, u128))]) -> Option<Diagnostic> {
    let (node, (from, to)) = site.first()?;
    let message =
        format!("{} leaves {} of {} values", named(&node.path, site.len()), grouped(*to), grouped(*from));
    Some(RULE.finding(node.origin, message).help("narrow in several steps, or give more channels"))
}
