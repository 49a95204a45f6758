//! `even-kernel-same`: an even kernel with "same" padding, which moves the map by half a pixel.

use crate::diagnostic::Diagnostic;
use crate::ir::{Attribute, Node, NodeId};
use crate::lint::context::{LintContext, by_site, named};
use crate::lint::{Category, Check, Level, Rule};

pub(in crate::lint) static RULE: Rule = Rule {
    name: "even-kernel-same",
    category: Category::Suspicious,
    level: Level::Warn,
    summary: "an even kernel with \"same\" padding moves the map by half a pixel",
    proves: "\
A window with stride 1 and `pad=\"same\"` has taps that span an even length, so that it has no centre: one entry more is \
padded at the end than at the start.",
    why: "\
Every such layer moves what it sees by half a pixel, always the same way. Over several layers the map slides off its \
image, and what stood at one border is lost.",
    fires: &[
        "\
model Drifting {
    input image: [3, 32, 32]
    output y = image -> Conv2d(16, kernel=4, pad=\"same\") -> ReLU -> GlobalAvgPool -> Linear(10)
}
",
        "\
model Sequence {
    input x: [8, 40]
    output y = x -> Conv1d(16, kernel=2, pad=\"same\") -> ReLU -> GlobalAvgPool -> Linear(10)
}
",
        "\
model Dilated {
    input x: [8, 40]
    output y = x -> Conv1d(16, kernel=3, pad=1) -> ReLU
        -> Conv1d(16, kernel=2, dilation=3, pad=\"same\") -> ReLU -> GlobalAvgPool
}
",
    ],
    clean: &[
        "\
model Drifting {
    input image: [3, 32, 32]
    output y = image -> Conv2d(16, kernel=5, pad=\"same\") -> ReLU -> GlobalAvgPool -> Linear(10)
}
",
        "\
model Strided {
    input image: [3, 32, 32]
    output y = image -> Conv2d(16, kernel=4, stride=2, pad=\"same\") -> ReLU -> GlobalAvgPool -> Linear(10)
}
",
        "\
model SpansAnOddLength {
    input x: [8, 40]
    output y = x -> Conv1d(16, kernel=3, pad=1) -> ReLU
        -> Conv1d(16, kernel=2, dilation=2, pad=\"same\") -> ReLU -> GlobalAvgPool
}
",
    ],
    fix: "Take an odd kernel.",
    exceptions: "Networks that alternate the side on purpose, as the cited work does.",
    source: "Wu et al. 2019, \"Convolution with even-sized kernels and symmetric padding\"",
    thresholds: &[],
    check: Check::Model(check),
};

fn check(model: &LintContext) -> Vec<Diagnostic> {
    let same = Some(Attribute::from("same"));
    let windows = model.nodes_of(|kind| kind.has_window);
    let windows = windows.filter(|(_, node)| node.operation.argument("pad") == same.as_ref());
    let found = windows.filter_map(|(id, node)| Some((node, drifting(model, id)?)));
    by_site(found).iter().filter_map(|site| finding(site)).collect()
}

/// The kernel along the first axis on which it has no centre.
fn drifting(model: &LintContext, id: NodeId) -> Option<i128> {
    let axes = model.sliding(id)?;
    let axis = axes
        .iter()
        .map(|axis| axis.taps)
        .find(|taps| taps.stride == 1 && taps.span().and_then(|span| span.checked_rem(2)) == Some(0))?;
    Some(axis.kernel)
}

fn finding(site: &[(&Node, i128)]) -> Option<Diagnostic> {
    let (node, kernel) = site.first()?;
    let message = format!("{} moves its map by half a pixel", named(&node.path, site.len()));
    let (smaller, larger) = (kernel.checked_sub(1)?, kernel.checked_add(1)?);
    let finding = RULE
        .finding(node.origin, message)
        .label(format!("a kernel of {kernel} has no centre: one entry more is padded at the end"))
        .help(format!("`kernel={larger}` or `kernel={smaller}`"));
    Some(finding)
}
