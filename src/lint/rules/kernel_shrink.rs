//! `kernel-shrink`: a kernel that is smaller than the one before.

use crate::diagnostic::Diagnostic;
use crate::ir::{Family, Node, NodeId};
use crate::lint::context::{LintContext, by_site, named};
use crate::lint::kinds::is_convolution;
use crate::lint::{Category, Check, Level, Rule};

pub(in crate::lint) static RULE: Rule = Rule {
    name: "kernel-shrink",
    category: Category::Suspicious,
    level: Level::Allow,
    summary: "a convolution's kernel is smaller than that of the convolution before it",
    proves: "\
A convolution with a kernel larger than 1 follows one with a larger kernel, with only activations, \
normalisations, dropout and pools between.",
    why: "\
The advice is to look closely first and widely later: kernels stay or grow with depth.",
    fires: &[
        "\
model Shrinking {
    input image: [3, 32, 32]
    x = image -> Conv2d(8, kernel=5) -> ReLU -> Conv2d(16, kernel=3) -> ReLU
    output y = x -> GlobalAvgPool -> Linear(10)
}
",
        "\
model AfterThePool {
    input image: [3, 32, 32]
    x = image -> Conv2d(8, kernel=4) -> ReLU -> MaxPool2d(2, ceil_mode=true) -> Conv2d(16, kernel=3) -> ReLU
    output y = x -> GlobalAvgPool -> Linear(10)
}
",
        "\
model Sequence {
    input x: [4, 100]
    output y = x -> Conv1d(8, kernel=9) -> ReLU -> Conv1d(8, kernel=8) -> ReLU -> GlobalAvgPool
}
",
    ],
    clean: &[
        "\
model Shrinking {
    input image: [3, 32, 32]
    x = image -> Conv2d(8, kernel=3) -> ReLU -> Conv2d(16, kernel=5) -> ReLU
    output y = x -> GlobalAvgPool -> Linear(10)
}
",
        "\
model Equal {
    input image: [3, 32, 32]
    x = image -> Conv2d(8, kernel=3) -> ReLU -> Conv2d(16, kernel=3) -> ReLU
    output y = x -> GlobalAvgPool -> Linear(10)
}
",
        "\
model PointByPoint {
    input image: [3, 32, 32]
    x = image -> Conv2d(8, kernel=3) -> ReLU -> Conv2d(16, kernel=1) -> ReLU
    output y = x -> GlobalAvgPool -> Linear(10)
}
",
    ],
    fix: "\
Begin with small kernels.",
    exceptions: "\
Nearly every network since AlexNet begins with its largest kernel.",
    source: "Nikanjam et al. 2021, \"NeuraLint\"",
    thresholds: &[],
    check: Check::Model(check),
};

fn check(model: &LintContext) -> Vec<Diagnostic> {
    let layers = model.graph.nodes().filter(|(_, node)| is_convolution(node));
    let found = layers.filter_map(|(id, node)| Some((node, shrinking(model, id, node)?)));
    by_site(found).iter().filter_map(|site| finding(site)).collect()
}

/// The largest kernel of the convolution before, and of this one, where it is smaller.
fn shrinking<'m>(model: &LintContext<'m>, id: NodeId, node: &Node) -> Option<(&'m Node, i128, i128)> {
    let (mut port, mut before) = model.first_input(id)?;
    let passes = |family| {
        use Family::{Activation, Normalisation, Pooling, Regularisation};
        matches!(family, Some(Activation | Normalisation | Pooling | Regularisation))
    };
    while passes(model.family(port.node)) {
        (port, before) = model.first_input(port.node)?;
    }
    let (earlier, here) = (kernel(before)?, kernel(node)?);
    (is_convolution(before) && here > 1 && here < earlier).then_some((before, earlier, here))
}

fn kernel(node: &Node) -> Option<i128> {
    let axes = node.operation.window.as_ref()?.axes.iter();
    axes.filter_map(|axis| axis.kernel.as_number()).max()
}

fn finding(site: &[(&Node, (&Node, i128, i128))]) -> Option<Diagnostic> {
    let (node, (before, earlier, here)) = site.first()?;
    let message =
        format!("the kernel of {} is smaller than that of `{}`", named(&node.path, site.len()), before.path);
    let finding = RULE
        .finding(node.origin, message)
        .label(format!("a kernel of {here} after one of {earlier}"))
        .help("begin with small kernels");
    Some(finding)
}
