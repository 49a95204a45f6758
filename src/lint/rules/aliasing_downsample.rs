//! `aliasing-downsample`: a stride without a low-pass before it.

use crate::diagnostic::Diagnostic;
use crate::ir::{Kind, Node, NodeId};
use crate::lint::context::{LintContext, by_site, named};
use crate::lint::kinds::{is_average_pool, is_convolution, is_max_pool, is_windowed_pool};
use crate::lint::{Category, Check, Level, Rule};

pub(in crate::lint) static RULE: Rule = Rule {
    name: "aliasing-downsample",
    category: Category::Suspicious,
    level: Level::Allow,
    summary: "a strided convolution or max pool samples without a low-pass",
    proves: "\
A convolution with a kernel larger than 1, or a max pool, has a stride larger than 1 and does not read the \
model's input itself, nor the result of an average pool or of a frozen depthwise convolution (a blur).",
    why: "\
Sampling without a low-pass folds high frequencies onto low ones: the result changes when the image moves by one \
pixel.",
    fires: &[
        "\
model MaxPooled {
    input image: [3, 32, 32]
    x = image -> Conv2d(8, kernel=3, pad=1) -> ReLU -> MaxPool2d(2)
    output y = x -> GlobalAvgPool -> Linear(10)
}
",
        "\
model Strided {
    input image: [3, 32, 32]
    x = image -> Conv2d(8, kernel=3, pad=1) -> ReLU -> Conv2d(16, kernel=3, stride=2, pad=1) -> ReLU
    output y = x -> GlobalAvgPool -> Linear(10)
}
",
        "\
model Sequence {
    input x: [4, 64]
    output y = x -> Conv1d(8, kernel=3, pad=1) -> ReLU -> Conv1d(8, kernel=4, stride=4) -> ReLU -> GlobalAvgPool
}
",
    ],
    clean: &[
        "\
model MaxPooled {
    input image: [3, 32, 32]
    x = image -> Conv2d(8, kernel=3, pad=1) -> ReLU
    x = x -> MaxPool2d(2, stride=1) -> AvgPool2d(2, stride=2, ceil_mode=true)
    output y = x -> GlobalAvgPool -> Linear(10)
}
",
        "\
model Blurred {
    input image: [3, 32, 32]
    x = image -> Conv2d(8, kernel=3, pad=1) -> ReLU -> DepthwiseConv2d(3, pad=1, bias=false, trainable=false)
    output y = x -> Conv2d(16, kernel=2, stride=2) -> ReLU -> GlobalAvgPool -> Linear(10)
}
",
        "\
model Patches {
    input image: [3, 32, 32]
    output y = image -> Conv2d(16, kernel=8, stride=8) -> ReLU -> GlobalAvgPool -> Linear(10)
}
",
    ],
    fix: "\
Take the maximum, or convolve, with stride 1, then blur and sample (an average pool).",
    exceptions: "\
Nearly every published network.",
    source: "Zhang 2019, \"Making convolutional networks shift-invariant again\"",
    thresholds: &[],
    check: Check::Model(check),
};

fn check(model: &LintContext) -> Vec<Diagnostic> {
    let found = model.graph.nodes().filter_map(|(id, node)| Some((node, sampling(model, id, node)?)));
    by_site(found).iter().filter_map(|site| finding(site)).collect()
}

/// The stride of a layer that samples what was not smoothed.
fn sampling(model: &LintContext, id: NodeId, node: &Node) -> Option<i128> {
    let samples = is_convolution(node) || is_max_pool(node) && is_windowed_pool(node);
    if !samples {
        return None;
    }
    let axes = model.sliding(id)?;
    let strided = axes.iter().map(|axis| axis.taps).find(|taps| taps.stride > 1 && taps.kernel > 1)?;
    let (_, before) = model.first_input(id)?;
    let smooth = before.operation.kind == Kind::Input || is_average_pool(before) || is_blur(model, before);
    (!smooth).then_some(strided.stride)
}

fn is_blur(model: &LintContext, node: &Node) -> bool {
    let mut weights = node.weights.iter().filter_map(|weight| model.graph.weight(*weight));
    is_convolution(node) && weights.all(|weight| !weight.trainable)
}

fn finding(site: &[(&Node, i128)]) -> Option<Diagnostic> {
    let (node, stride) = site.first()?;
    let message = format!("{} samples without a low-pass", named(&node.path, site.len()));
    let finding = RULE
        .finding(node.origin, message)
        .label(format!("stride {stride} over a map that was not smoothed"))
        .help("stride 1 here, then an average pool that samples");
    Some(finding)
}
