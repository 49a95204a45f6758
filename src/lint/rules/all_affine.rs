//! `all-affine`: a model of several layers that is one affine map.

use crate::diagnostic::Diagnostic;
use crate::ir::{Family, Node, NodeId};
use crate::lint::context::{LintContext, several};
use crate::lint::kinds::{has_linear_weights, is_max_pool, is_nonlinearity};
use crate::lint::{Category, Check, Level, Rule, Threshold};

static LAYERS: Threshold =
    Threshold { name: "min-layers", default: 2, doc: "the fewest layers with weights that the model has" };

pub(in crate::lint) static RULE: Rule = Rule {
    name: "all-affine",
    category: Category::Suspicious,
    level: Level::Warn,
    summary: "no layer of the model is nonlinear",
    proves: "\
The model has at least two linear layers or convolutions (embeddings do not count) and nothing in it is nonlinear: no activation, \
no recurrence, attention, max pool or normalisation by a sample's own values (a BatchNorm is affine at test time), and no \
product, quotient or maximum of two tensors that depend on an input.",
    why: "However many layers it has, the whole computes one affine map, which one layer could hold.",
    fires: &[
        "\
model Compressed {
    input x: [784]
    output y = x -> encoder: Linear(32) -> decoder: Linear(784)
}
",
        "\
model Sums {
    input x: [64]
    output y = (x -> Linear(8) -> Linear(8)) + (x -> Linear(8)) -> Dropout(0.1) -> Linear(64)
}
",
        "\
model Blurred {
    input image: [3, 32, 32]
    output y = image -> Conv2d(3, kernel=5, pad=2, bias=false) -> BatchNorm -> GlobalAvgPool -> Linear(10)
}
",
    ],
    clean: &[
        "\
model Compressed {
    input x: [784]
    output y = x -> encoder: Linear(32) -> ReLU -> decoder: Linear(784)
}
",
        "\
model OneLayer {
    input x: [784]
    output y = x -> Flatten -> Linear(10)
}
",
        "\
model Product {
    input left: [64]
    input right: [64]
    output y = (left -> Linear(16)) * (right -> Linear(16)) -> Sum(axis=0)
}
",
        "\
model WordVectors {
    input word: int[]
    output scores = word -> Embedding(1000, 16) -> Linear(10, bias=false)
}
",
    ],
    fix: "Put an activation between the layers.",
    exceptions: "Linear models on purpose: a linear autoencoder, which finds the principal components.",
    source: "Nikanjam et al. 2021, \"NeuraLint\"",
    thresholds: &[&LAYERS],
    check: Check::Model(check),
};

fn check(model: &LintContext) -> Vec<Diagnostic> {
    if model.graph.nodes().any(|(id, node)| is_nonlinear(model, id, node)) {
        return Vec::new();
    }
    let weighted = model.graph.nodes().filter(|(id, node)| has_linear_weights(node, model.family(*id)));
    let layers: Vec<&Node> = weighted.map(|(_, node)| node).collect();
    let (Some(first), Some(last)) = (layers.first(), layers.last()) else { return Vec::new() };
    if (layers.len() as u128) < model.limit(&LAYERS) {
        return Vec::new();
    }
    let message = format!("`{}` is one affine map", model.graph.name);
    let finding = RULE
        .finding(last.origin, message)
        .label(format!(
            "the last of {} with weights, and none that is nonlinear",
            several(layers.len(), "layer")
        ))
        .related(first.origin, "the first")
        .help("put an activation between them");
    vec![finding]
}

fn is_nonlinear(model: &LintContext, id: NodeId, node: &Node) -> bool {
    let family = model.family(id);
    let meet = || model.inputs(id).iter().filter(|port| model.is_of_data(port.node)).count() > 1;
    match (family, node.kind()) {
        (Some(Family::Activation), _) => is_nonlinearity(node, family),
        (Some(Family::Normalisation), kind) => kind != "BatchNorm",
        (Some(Family::Pooling), kind) => is_max_pool(node) || kind == "LpPool",
        (Some(Family::Sequence | Family::Mixture), _) => true,
        (_, "Normalize" | "Max" | "ArgMax") => true,
        (_, "Mul" | "MatMul" | "Bilinear" | "Maximum" | "Gather") => meet(),
        (_, "Div") => model.inputs(id).get(1).is_some_and(|divisor| model.is_of_data(divisor.node)),
        _ => false,
    }
}
