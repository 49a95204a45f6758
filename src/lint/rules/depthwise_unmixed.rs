//! `depthwise-unmixed`: channels that never meet after a depthwise convolution.

use crate::diagnostic::Diagnostic;
use crate::ir::{Family, Kind, Node, NodeId};
use crate::lint::context::{LintContext, by_site, named};
use crate::lint::graph_index::index;
use crate::lint::kinds::{is_depthwise, is_nonlinearity};
use crate::lint::{Category, Check, Level, Rule};

pub(in crate::lint) static RULE: Rule = Rule {
    name: "depthwise-unmixed",
    category: Category::Suspicious,
    level: Level::Warn,
    summary: "the channels of a depthwise convolution are not mixed afterwards",
    proves: "\
A convolution has as many groups as channels, more than 1, and from there to an output of the model, or to another \
depthwise convolution with an activation between, nothing mixes channels: only layers that take each channel by itself, \
and sums of tensors none of which was mixed. A path that concatenates or adds a mixed tensor counts as mixed. Frozen \
kernels (a fixed blur) are exempt.",
    why: "\
A depthwise convolution is the cheap half of a separable one; without the 1×1 convolution that is its other half, each \
channel goes through the network alone, as in so many networks of one channel.",
    fires: &[
        "\
model Alone {
    input image: [16, 32, 32]
    output y = image -> Conv2d(16, kernel=3, pad=1, groups=16, bias=false) -> BatchNorm -> ReLU
}
",
        "\
model TwoInARow {
    input image: [16, 32, 32]
    x = image -> DepthwiseConv2d(3, pad=1) -> ReLU -> DepthwiseConv2d(3, pad=1) -> ReLU
    output y = x -> Conv2d(32, kernel=1) -> ReLU
}
",
        "\
model Residual {
    input x: [16, 32]
    output y = x + (x -> Conv1d(16, kernel=3, pad=1, groups=16) -> GELU) -> GlobalAvgPool
}
",
    ],
    clean: &[
        "\
model Alone {
    input image: [16, 32, 32]
    x = image -> Conv2d(16, kernel=3, pad=1, groups=16, bias=false) -> BatchNorm -> ReLU
    output y = x -> Conv2d(32, kernel=1) -> ReLU
}
",
        "\
model Factorised {
    input image: [16, 32, 32]
    x = image -> DepthwiseConv2d([1, 7], pad=[0, 3]) -> DepthwiseConv2d([7, 1], pad=[3, 0]) -> ReLU
    output y = x -> Conv2d(32, kernel=1) -> ReLU
}
",
        "\
model Concatenated {
    input image: [16, 32, 32]
    mixed = image -> Conv2d(16, kernel=1) -> ReLU
    output y = (mixed, mixed -> DepthwiseConv2d(3, pad=1) -> ReLU) -> Concat(axis=0)
}
",
        "\
model OneChannel {
    input image: [1, 32, 32]
    output y = image -> Conv2d(1, kernel=3, groups=1) -> ReLU
}
",
    ],
    fix: "Follow it with a 1×1 convolution, or take `SeparableConv2d`.",
    exceptions: "A filter for each channel on purpose: a learned blur, a low-pass.",
    source: "Howard et al. 2017, \"MobileNets\"; Chollet 2017, \"Xception\"",
    thresholds: &[],
    check: Check::Model(check),
};

/// A depthwise convolution whose channels have not met since.
#[derive(Clone, Copy)]
struct Pending {
    convolution: NodeId,
    activated: bool,
}

fn check(model: &LintContext) -> Vec<Diagnostic> {
    let is_apart = |id, node| channels(model, id, node).is_some_and(|channels| is_depthwise(node, channels));
    if !model.nodes_of(|kind| kind.has_window).any(|(id, node)| is_apart(id, node)) {
        return Vec::new();
    }
    let mut pending: Vec<Option<Pending>> = Vec::with_capacity(model.graph.len());
    let mut found: Vec<(NodeId, Option<NodeId>)> = Vec::new();
    for (id, node) in model.graph.nodes() {
        let before = before(model, &pending, id);
        pending.push(if is_apart(id, node) {
            if let Some(first) = before.filter(|first| first.activated) {
                found.push((first.convolution, Some(id)));
            }
            is_learned(model, node).then_some(Pending { convolution: id, activated: false })
        } else {
            let family = model.family(id);
            let nonlinear = is_nonlinearity(node, family);
            before
                .filter(|_| keeps_apart(node, family))
                .map(|before| Pending { activated: before.activated || nonlinear, ..before })
        });
    }
    let outputs = model.graph.outputs.iter().map(|output| index(output.source.node));
    found.extend(outputs.filter_map(|at| Some((pending.get(at).copied()??.convolution, None))));
    let nodes = found.into_iter().filter_map(|(first, second)| Some((model.graph.node(first)?, second)));
    by_site(nodes).iter().filter_map(|site| finding(model, site)).collect()
}

/// What is pending on everything that a node reads, if it is on all of it.
fn before(model: &LintContext, pending: &[Option<Pending>], id: NodeId) -> Option<Pending> {
    let data = model.inputs(id).into_iter().filter(|port| model.is_of_data(port.node));
    let mut all: Option<Pending> = None;
    for port in data {
        let raw = model.graph.node(port.node).is_some_and(|node| node.operation.kind == Kind::Input);
        match pending.get(index(port.node)).copied().flatten() {
            Some(one) => all = Some(one),
            // The model's own channels have not met either.
            None if raw => {}
            None => return None,
        }
    }
    all
}

fn channels(model: &LintContext, id: NodeId, node: &Node) -> Option<u128> {
    let axes = node.operation.window.as_ref().filter(|window| !window.transposed)?.axes.len();
    model.input_extents(id)?.into_iter().rev().nth(axes)
}

fn is_learned(model: &LintContext, node: &Node) -> bool {
    let mut weights = node.weights.iter().filter_map(|weight| model.graph.weight(*weight));
    weights.any(|weight| weight.trainable)
}

/// True for a layer that takes each channel by itself.
fn keeps_apart(node: &Node, family: Option<Family>) -> bool {
    match family {
        Some(Family::Activation) => !matches!(node.kind(), "Softmax" | "LogSoftmax" | "GLU"),
        Some(Family::Pooling | Family::Regularisation) => true,
        _ => matches!(
            node.kind(),
            "BatchNorm"
                | "InstanceNorm"
                | "Scale"
                | "Add"
                | "Sub"
                | "Average"
                | "Pad"
                | "Upsample"
                | "Slice"
                | "Concat"
        ),
    }
}

fn finding(model: &LintContext, site: &[(&Node, Option<NodeId>)]) -> Option<Diagnostic> {
    let (node, second) = site.first()?;
    let second = second.and_then(|id| model.graph.node(id));
    let name = named(&node.path, site.len());
    let message = match second {
        Some(second) => format!("the channels of {name} do not meet before `{}`", second.path),
        None => format!("the channels of {name} do not meet before the output"),
    };
    let finding = RULE
        .finding(node.origin, message)
        .label("each channel is convolved by itself")
        .help("follow it with a 1×1 convolution, or take `SeparableConv2d`");
    Some(match second.filter(|second| second.origin != node.origin) {
        Some(second) => finding.related(second.origin, "and here again"),
        None => finding,
    })
}
