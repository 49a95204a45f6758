//! `unshared-local`: a locally connected layer where a convolution would share its weights.

use crate::diagnostic::Diagnostic;
use crate::ir::Node;
use crate::ir::declaration::Weighting;
use crate::lint::context::{LintContext, grouped};
use crate::lint::{Category, Check, Level, Rule, Threshold};

static FACTOR: Threshold = Threshold {
    name: "min-factor",
    default: 16,
    doc: "how many times as large as the same convolution the layer is at least",
};
static PARAMETERS: Threshold =
    Threshold { name: "min-parameters", default: 100_000, doc: "the fewest parameters of the layer" };

pub(in crate::lint) static RULE: Rule = Rule {
    name: "unshared-local",
    category: Category::Size,
    level: Level::Warn,
    summary: "a locally connected layer is many times as large as the convolution that shares its weights",
    proves: "\
A `LocallyConnected1d` or `LocallyConnected2d` has at least 100,000 parameters and at least 16 × those of the \
convolution with the same kernel, stride, padding and channels.",
    why: "\
A locally connected layer is a convolution without sharing: it stores a kernel for every output position and does exactly \
the same arithmetic. What it learns in one place it does not know in another.",
    fires: &[
        "\
model Faces {
    input image: [3, 32, 32]
    output features = image -> local: LocallyConnected2d(16, kernel=3, bias=false)
}
",
        "\
model ExactlyAHundredThousand {
    input x: [20, 24]
    output y = x -> LocallyConnected1d(50, kernel=5, bias=false) -> ReLU -> GlobalAvgPool
}
",
        "\
model SixteenPositions {
    input x: [64, 18]
    output y = x -> LocallyConnected1d(33, kernel=3) -> ReLU -> GlobalAvgPool
}
",
    ],
    clean: &[
        "\
model Faces {
    input image: [3, 32, 32]
    output features = image -> local: Conv2d(16, kernel=3, bias=false)
}
",
        "\
model FifteenPositions {
    input x: [64, 17]
    output y = x -> LocallyConnected1d(64, kernel=3) -> ReLU -> GlobalAvgPool
}
",
        "\
model JustUnderAHundredThousand {
    input x: [271, 43]
    output y = x -> LocallyConnected1d(3, kernel=3, bias=false) -> ReLU -> GlobalAvgPool
}
",
    ],
    fix: "Use `Conv1d` or `Conv2d` with the same arguments.",
    exceptions: "\
Images whose parts always stand in the same place: aligned faces (DeepFace, Taigman et al. 2014), where each position is \
meant to learn features of its own.",
    source: "LeCun et al. 1989, \"Backpropagation applied to handwritten zip code recognition\" (weight sharing)",
    thresholds: &[&FACTOR, &PARAMETERS],
    check: Check::Model(check),
};

fn check(model: &LintContext) -> Vec<Diagnostic> {
    let first_uses = model
        .nodes_of(|kind| kind.kind.layer().is_some_and(|layer| layer.weights == Weighting::Local))
        .filter(|(_, node)| node.first_use.is_none());
    first_uses.filter_map(|(_, node)| finding(model, node)).collect()
}

fn finding(model: &LintContext, node: &Node) -> Option<Diagnostic> {
    let spatial = node.operation.window.as_ref()?.axes.len();
    // The weight is [out, C, positions…, kernel…] and the bias [out, positions…]: without the positions, a convolution's.
    let weight = node.operation.weights.first()?;
    let positions = weight.shape.dims().iter().skip(2).take(spatial);
    let positions =
        positions.map(|extent| model.size(extent)).try_fold(1u128, |all, n| all.checked_mul(n?))?;
    let parameters: u128 = model.parameters(node).map(|(_, elements)| elements).sum();
    if positions < model.limit(&FACTOR) || parameters < model.limit(&PARAMETERS) {
        return None;
    }
    let shared = parameters.checked_div(positions)?;
    let message = format!(
        "`{}` stores {} parameters where a convolution would share {}",
        node.path,
        grouped(parameters),
        grouped(shared)
    );
    let finding = RULE
        .finding(node.origin, message)
        .label(format!("a kernel of its own at each of {} positions", grouped(positions)))
        .help(format!("`Conv{spatial}d` with the same arguments: {} × fewer parameters", grouped(positions)))
        .note("the arithmetic is the same either way; `weft rule unshared-local` says more");
    Some(finding)
}
