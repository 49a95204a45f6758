//! `stride-exceeds-kernel`: windows with gaps between them.

use crate::diagnostic::Diagnostic;
use crate::ir::{Node, NodeId};
use crate::lint::context::{LintContext, by_site, named};
use crate::lint::kinds::Taps;
use crate::lint::{Category, Check, Level, Rule};

pub(in crate::lint) static RULE: Rule = Rule {
    name: "stride-exceeds-kernel",
    category: Category::Suspicious,
    level: Level::Warn,
    summary: "a stride larger than the kernel leaves gaps between the windows",
    proves: "\
A convolution or pool has a kernel of more than one tap and a stride larger than what its taps span, \
dilation · (kernel − 1) + 1. (A kernel of 1 samples on purpose; `unread-activations` judges it by what else is read.)",
    why: "Entries between two windows have no effect on the result. Mostly kernel and stride were exchanged.",
    fires: &[
        "\
model Gaps {
    input x: [8, 64]
    output y = x -> Conv1d(16, kernel=7, stride=8) -> ReLU -> GlobalAvgPool -> Linear(10)
}
",
        "\
model Pooled {
    input x: [8, 60]
    output y = x -> Conv1d(16, kernel=3, pad=1) -> ReLU -> MaxPool1d(5, stride=6) -> GlobalAvgPool -> Linear(10)
}
",
        "\
model OneAxis {
    input image: [3, 30, 60]
    output y = image -> Conv2d(16, kernel=[5, 5], stride=[1, 6]) -> ReLU -> GlobalAvgPool -> Linear(10)
}
",
    ],
    clean: &[
        "\
model Gaps {
    input x: [8, 64]
    output y = x -> Conv1d(16, kernel=8, stride=8) -> ReLU -> GlobalAvgPool -> Linear(10)
}
",
        "\
model DilatedAsFar {
    input x: [8, 60]
    output y = x -> Conv1d(16, kernel=3, pad=1) -> ReLU
        -> Conv1d(16, kernel=4, dilation=3, stride=5, pad=3) -> ReLU -> GlobalAvgPool
}
",
        "\
model Overlapping {
    input x: [8, 60]
    output y = x -> Conv1d(16, kernel=7, stride=6, pad=1) -> ReLU -> GlobalAvgPool -> Linear(10)
}
",
    ],
    fix: "Make the kernel at least as large as the stride, or the stride smaller.",
    exceptions: "Sampling on purpose, where neighbours say the same.",
    source: "Nikanjam et al. 2021, \"NeuraLint\"",
    thresholds: &[],
    check: Check::Model(check),
};

fn check(model: &LintContext) -> Vec<Diagnostic> {
    let found =
        model.nodes_of(|kind| kind.has_window).filter_map(|(id, node)| Some((node, gaps(model, id, node)?)));
    by_site(found).iter().filter_map(|site| finding(site)).collect()
}

/// The first axis with gaps.
fn gaps(model: &LintContext, id: NodeId, node: &Node) -> Option<Taps> {
    node.operation.window.as_ref().filter(|window| !window.transposed)?;
    let axes = model.sliding(id)?;
    let mut taps = axes.iter().map(|axis| axis.taps);
    taps.find(|taps| taps.kernel > 1 && taps.span().is_some_and(|span| taps.stride > span))
}

fn finding(site: &[(&Node, Taps)]) -> Option<Diagnostic> {
    let (node, taps) = site.first()?;
    let message = format!("{} steps over entries between its windows", named(&node.path, site.len()));
    let span = taps.span()?;
    let reach = if span == taps.kernel { String::new() } else { format!(", dilated to {span}") };
    let finding = RULE
        .finding(node.origin, message)
        .label(format!("stride {} and a kernel of {}{reach}", taps.stride, taps.kernel))
        .help(format!("a stride of at most {span}, or a larger kernel"));
    Some(finding)
}
