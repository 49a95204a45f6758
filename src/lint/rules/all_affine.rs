//! `all-affine`: a model of several layers that is one affine map.

use crate::diagnostic::Diagnostic;
use crate::ir::declaration::Response;
use crate::ir::{Node, NodeId};
use crate::lint::context::{LintContext, several};
use crate::lint::kinds::{has_linear_weights, measures_batch};
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
    let weighted = model.graph.nodes().filter(|(_, node)| has_linear_weights(node));
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

/// True where a result is no affine function of the data that the layer reads.
fn is_nonlinear(model: &LintContext, id: NodeId, node: &Node) -> bool {
    let Some(layer) = node.layer().filter(|layer| !measures_batch(layer)) else { return false };
    let data: Vec<usize> = (0..)
        .zip(model.inputs(id))
        .filter(|(_, port)| model.is_of_data(port.node))
        .map(|(slot, _)| slot)
        .collect();
    data.iter().any(|slot| match layer.response_of(&node.operation, *slot, model.inputs(id).len()) {
        Response::Moves | Response::Linear | Response::Ignores => false,
        Response::Multilinear | Response::Averages | Response::Indexes => data.len() > 1,
        Response::Selects | Response::Removes | Response::Nonlinear => true,
    })
}
