//! `filters-shrink`: a convolution with fewer filters than the one before.

use crate::diagnostic::Diagnostic;
use crate::ir::{Axes, Node, NodeId};
use crate::lint::context::{LintContext, by_site, grouped, named};
use crate::lint::kinds::{is_batch_norm, is_convolution, is_mixing, is_nonlinearity};
use crate::lint::{Category, Check, Level, Rule};

pub(in crate::lint) static RULE: Rule = Rule {
    name: "filters-shrink",
    category: Category::Suspicious,
    level: Level::Allow,
    summary: "a spatial convolution has fewer filters than channels come in",
    proves: "\
An ungrouped convolution with a kernel larger than 1 gives fewer channels than it reads, where what it reads was \
not just concatenated or made larger.",
    why: "\
As the map shrinks, the channels usually grow, so that what is lost in place is kept in kind.",
    fires: &[
        "\
model Shrinking {
    input image: [3, 32, 32]
    x = image -> Conv2d(64, kernel=3) -> ReLU -> Conv2d(32, kernel=3) -> ReLU
    output y = x -> GlobalAvgPool -> Linear(10)
}
",
        "\
model AfterThePool {
    input image: [3, 32, 32]
    x = image -> Conv2d(64, kernel=3) -> ReLU -> MaxPool2d(2) -> Conv2d(63, kernel=3) -> ReLU
    output y = x -> GlobalAvgPool -> Linear(10)
}
",
        "\
model Sequence {
    input x: [64, 100]
    output y = x -> Conv1d(16, kernel=3) -> ReLU -> GlobalAvgPool
}
",
    ],
    clean: &[
        "\
model Shrinking {
    input image: [3, 32, 32]
    x = image -> Conv2d(64, kernel=3) -> ReLU -> Conv2d(64, kernel=3) -> ReLU
    output y = x -> GlobalAvgPool -> Linear(10)
}
",
        "\
model Bottleneck {
    input image: [3, 32, 32]
    x = image -> Conv2d(64, kernel=3) -> ReLU -> Conv2d(16, kernel=1) -> ReLU -> Conv2d(16, kernel=3) -> ReLU
    output y = x -> GlobalAvgPool -> Linear(10)
}
",
        "\
model Decoder {
    input image: [64, 8, 8]
    output y = image -> Upsample(scale_factor=2) -> Conv2d(32, kernel=3, pad=1) -> ReLU
}
",
    ],
    fix: "\
Keep or raise the number of filters.",
    exceptions: "\
Decoders, bottlenecks, dense blocks.",
    source: "Nikanjam et al. 2021, \"NeuraLint\"",
    thresholds: &[],
    check: Check::Model(check),
};

fn check(model: &LintContext) -> Vec<Diagnostic> {
    let layers = model.graph.nodes().filter(|(_, node)| is_convolution(node) && is_mixing(node));
    let found = layers.filter_map(|(id, node)| Some((node, shrinking(model, id, node)?)));
    by_site(found).iter().filter_map(|site| finding(site)).collect()
}

fn shrinking(model: &LintContext, id: NodeId, node: &Node) -> Option<(u128, u128)> {
    let window = node.operation.window.as_ref()?;
    let wide = window.axes.iter().any(|axis| axis.kernel.as_number().is_some_and(|kernel| kernel > 1));
    let (from, to) = model.widths(id)?;
    let (mut port, mut before) = model.first_input(id)?;
    while is_nonlinearity(before) || is_batch_norm(before) {
        (port, before) = model.first_input(port.node)?;
    }
    let joined = before.layer().is_some_and(|layer| matches!(layer.axes, Axes::Joined(_)));
    let collected = joined || is_enlarged(model, port.node);
    (wide && to < from && !collected).then_some((from, to))
}

/// True where a layer's last axis is longer than that of what it reads.
fn is_enlarged(model: &LintContext, id: NodeId) -> bool {
    let (before, after) = (model.input_extents(id), model.result_extents(id));
    before
        .zip(after)
        .is_some_and(|(before, after)| before.len() == after.len() && after.last() > before.last())
}

fn finding(site: &[(&Node, (u128, u128))]) -> Option<Diagnostic> {
    let (node, (from, to)) = site.first()?;
    let message = format!(
        "{} has {} filters for {} channels",
        named(&node.path, site.len()),
        grouped(*to),
        grouped(*from)
    );
    Some(RULE.finding(node.origin, message).help("keep or raise the number of filters"))
}
