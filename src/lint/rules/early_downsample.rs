//! `early-downsample`: a map that shrinks before it is looked at.

use crate::diagnostic::Diagnostic;
use crate::ir::Node;
use crate::lint::context::{LintContext, Slide};
use crate::lint::graph_index::index;
use crate::lint::kinds::is_convolution;
use crate::lint::{Category, Check, Level, Rule, Threshold};

static FACTOR: Threshold =
    Threshold { name: "min-factor", default: 8, doc: "how many times as small the map is at least" };

static LAYERS: Threshold =
    Threshold { name: "within-layers", default: 2, doc: "the convolutions within which it shrinks" };

pub(in crate::lint) static RULE: Rule = Rule {
    name: "early-downsample",
    category: Category::Suspicious,
    level: Level::Allow,
    summary: "the map shrinks to an eighth within the first two convolutions",
    proves: "\
After at most 2 convolutions, the extents of a map are at most an eighth of the model's input's along every \
axis.",
    why: "\
Most of the image is thrown away before anything could look at it. A network that keeps the resolution longer is \
more accurate for the same number of parameters.",
    fires: &[
        "\
model Early {
    input image: [3, 64, 64]
    x = image -> Conv2d(16, kernel=7, stride=4, pad=3) -> ReLU
    x = x -> Conv2d(32, kernel=3, stride=2, pad=1) -> ReLU
    output y = x -> GlobalAvgPool -> Linear(10)
}
",
        "\
model Patches {
    input image: [3, 64, 64]
    x = image -> Conv2d(16, kernel=16, stride=16) -> ReLU -> Conv2d(32, kernel=3, pad=1) -> ReLU
    output y = x -> GlobalAvgPool -> Linear(10)
}
",
        "\
model Pooled {
    input x: [4, 64]
    x = x -> Conv1d(8, kernel=3, pad=1) -> ReLU -> MaxPool1d(4) -> Conv1d(8, kernel=3, pad=1) -> ReLU -> MaxPool1d(2)
    output y = x -> Conv1d(8, kernel=3, pad=1) -> ReLU -> GlobalAvgPool
}
",
    ],
    clean: &[
        "\
model Early {
    input image: [3, 64, 64]
    x = image -> Conv2d(16, kernel=7, stride=2, pad=3) -> ReLU
    x = x -> Conv2d(32, kernel=3, stride=2, pad=1) -> ReLU
    output y = x -> GlobalAvgPool -> Linear(10)
}
",
        "\
model JustOver {
    input x: [4, 63]
    output y = x -> Conv1d(8, kernel=8, stride=8, pad=4) -> ReLU -> Conv1d(8, kernel=3, pad=1) -> ReLU -> GlobalAvgPool
}
",
        "\
model OneMore {
    input x: [4, 64]
    x = x -> Conv1d(8, kernel=4, stride=4) -> ReLU -> Conv1d(8, kernel=3, pad=1) -> ReLU
    output y = x -> Conv1d(8, kernel=2, stride=2) -> ReLU -> GlobalAvgPool
}
",
    ],
    fix: "\
Stride later.",
    exceptions: "\
Patches of a vision transformer; inputs of very high resolution.",
    source: "Iandola et al. 2016, \"SqueezeNet\" (downsample late)",
    thresholds: &[&FACTOR, &LAYERS],
    check: Check::Model(check),
};

/// How far from the input a tensor is: convolutions, and the extents of the map that they began with.
#[derive(Clone)]
struct Depth {
    convolutions: u128,
    began: Option<Vec<i128>>,
}

fn check(model: &LintContext) -> Vec<Diagnostic> {
    let mut depths: Vec<Depth> = Vec::with_capacity(model.graph.len());
    for (id, node) in model.graph.nodes() {
        let before = model.inputs(id).into_iter().filter_map(|port| depths.get(index(port.node)));
        let deepest = before.max_by_key(|depth| depth.convolutions).cloned();
        let mut depth = deepest.unwrap_or(Depth { convolutions: 0, began: None });
        let window = node.operation.window.as_ref().filter(|window| !window.transposed);
        let global = node.kind().starts_with("Global") || node.kind().starts_with("Adaptive");
        if let Some(axes) = window.filter(|_| !global).and_then(|_| model.sliding(id)) {
            depth.convolutions = depth.convolutions.saturating_add(u128::from(is_convolution(node)));
            let began = depth.began.get_or_insert_with(|| axes.iter().map(|axis| axis.extent).collect());
            if depth.convolutions <= model.limit(&LAYERS) && has_shrunk(model, began, axes) {
                return vec![finding(node, began, axes)];
            }
        }
        depths.push(depth);
    }
    Vec::new()
}

fn has_shrunk(model: &LintContext, began: &[i128], axes: &[Slide]) -> bool {
    let factor = i128::try_from(model.limit(&FACTOR)).unwrap_or(i128::MAX);
    let shrunk = |(began, axis): (&i128, &Slide)| axis.positions.saturating_mul(factor) <= *began;
    began.len() == axes.len() && began.iter().zip(axes).all(shrunk)
}

fn finding(node: &Node, began: &[i128], axes: &[Slide]) -> Diagnostic {
    let product = |extents: Vec<String>| extents.join(" × ");
    let from = product(began.iter().map(ToString::to_string).collect());
    let to = product(axes.iter().map(|axis| axis.positions.to_string()).collect());
    RULE.finding(node.origin, format!("`{}` leaves {to} of {from} positions", node.path))
        .label("within the first convolutions")
        .help("stride later, when something has looked at the map")
}
