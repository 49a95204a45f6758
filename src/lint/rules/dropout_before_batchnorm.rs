//! `dropout-before-batchnorm`: dropout shifts the variance that a later BatchNorm learned.

use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::{Family, Node, NodeId};
use crate::lint::context::{LintContext, by_site, grouped, named};
use crate::lint::graph_index::index;
use crate::lint::kinds::{drop_rate, is_dropout, is_nonlinearity};
use crate::lint::{Category, Check, Level, Rule, Threshold};

static WIDE: Threshold = Threshold {
    name: "wide-channels",
    default: 160,
    doc: "channels from which it is a note: wide layers shift less",
};

pub(in crate::lint) static RULE: Rule = Rule {
    name: "dropout-before-batchnorm",
    category: Category::Suspicious,
    level: Level::Warn,
    summary: "a BatchNorm behind a dropout learns a variance that is gone at test time",
    proves: "\
A Dropout with p > 0 stands before a BatchNorm, with only convolutions, linear layers, activations and pools between: no \
sum, no other normalisation. Stochastic depth is exempt. From 160 channels at the BatchNorm it is a note.",
    why: "\
Dropout changes the variance of what follows in training and not at test time, but BatchNorm uses at test time the \
variance that it saw in training. The two disagree from layer to layer, and accuracy falls.",
    fires: &[
        "\
model Shifted {
    input x: [64]
    h = x -> Linear(32) -> ReLU -> Dropout(0.5)
    output y = h -> Linear(32, bias=false) -> BatchNorm -> ReLU -> Linear(10)
}
",
        "\
model Directly {
    input image: [3, 32, 32]
    output y = image -> Conv2d(159, kernel=3) -> ReLU -> Dropout2d(0.1) -> BatchNorm -> GlobalAvgPool -> Linear(10)
}
",
        "\
model Wide {
    input image: [3, 32, 32]
    output y = image -> Conv2d(160, kernel=3) -> ReLU -> Dropout2d(0.1) -> BatchNorm -> GlobalAvgPool -> Linear(10)
}
",
    ],
    clean: &[
        "\
model Shifted {
    input x: [64]
    h = x -> Linear(32, bias=false) -> BatchNorm -> ReLU
    output y = h -> Dropout(0.5) -> Linear(32) -> ReLU -> Linear(10)
}
",
        "\
model NoRate(rate=0) {
    input x: [64]
    output y = x -> Linear(32) -> ReLU -> Dropout(rate) -> Linear(32, bias=false) -> BatchNorm -> ReLU -> Linear(10)
}
",
        "\
model SumBetween {
    input x: [32]
    h = x -> Linear(32) -> ReLU -> Dropout(0.5) -> Linear(32)
    output y = x + h -> BatchNorm -> ReLU -> Linear(10)
}
",
        "\
model StochasticDepth {
    input x: [64]
    output y = x -> Linear(32) -> ReLU -> DropPath(0.1) -> Linear(32, bias=false) -> BatchNorm -> ReLU -> Linear(10)
}
",
    ],
    fix: "Put the dropout after the last BatchNorm, as in most classifiers, or leave it out: BatchNorm regularises too.",
    exceptions: "Wide residual networks, whose layers are so wide that the shift is small.",
    source: "Li et al. 2018, \"Understanding the disharmony between dropout and batch normalization by variance shift\"",
    thresholds: &[&WIDE],
    check: Check::Model(check),
};

fn check(model: &LintContext) -> Vec<Diagnostic> {
    if !model.has_kind("BatchNorm") || !model.has(|kind| kind.family() == Some(Family::Regularisation)) {
        return Vec::new();
    }
    // For every node the dropout whose shift its result has.
    let mut shifted: Vec<Option<NodeId>> = Vec::with_capacity(model.graph.len());
    let mut found = Vec::new();
    for (id, node) in model.graph.nodes() {
        let before = model.first_port(id).and_then(|port| shifted.get(index(port.node)).copied().flatten());
        if let (Some(dropout), "BatchNorm") = (before.and_then(|id| model.graph.node(id)), node.kind()) {
            found.push((node, (id, dropout)));
        }
        let family = model.family(id);
        let drops = is_dropout(node) && drop_rate(node, family).is_some_and(|p| p > 0.0);
        let passes = is_dropout(node)
            || node.kind() == "Linear"
            || is_nonlinearity(node, family)
            || matches!(family, Some(Family::Convolution | Family::Pooling));
        shifted.push(if drops { Some(id) } else { before.filter(|_| passes) });
    }
    by_site(found).iter().filter_map(|site| finding(model, site)).collect()
}

fn finding(model: &LintContext, site: &[(&Node, (NodeId, &Node))]) -> Option<Diagnostic> {
    let channels = |id: NodeId| model.result_extents(id).and_then(|extents| extents.first().copied());
    let (norm, (id, dropout)) = site.iter().min_by_key(|(_, (id, _))| channels(*id))?;
    let wide = channels(*id)? >= model.limit(&WIDE);
    let message = format!("{} normalises what `{}` shifts", named(&norm.path, site.len()), dropout.path);
    let finding = RULE
        .finding(norm.origin, message)
        .label(format!("{} channels, whose variance is another at test time", grouped(channels(*id)?)))
        .related(dropout.origin, "dropped here in training alone")
        .help("put the dropout after the last BatchNorm");
    let severity = if wide { Severity::Note } else { finding.severity };
    Some(Diagnostic { severity, ..finding })
}
