//! `unused-layer`: a result that no output of the model depends on.

use crate::ir::{Kind, Node, NodeId, Role, Weight, WeightId};
use foldhash::{HashSet, HashSetExt};

use crate::diagnostic::Diagnostic;
use crate::lint::context::{LintContext, grouped, several};
use crate::lint::{Category, Check, Level, Rule};

pub(in crate::lint) static RULE: Rule = Rule {
    name: "unused-layer",
    category: Category::Correctness,
    level: Level::Warn,
    summary: "the result of a layer reaches no output",
    proves: "\
No path leads from the layer to an output of the model. Of several such layers in a row the last is named, with what \
leads only to it. A `param` that nothing reads is named too. Buffers are exempt, as some are stored for a checkpoint's \
sake, and so are constants such as `zeros`, which may be the default of a block's input.",
    why: "\
Its parameters are stored and its arithmetic is done, but no gradient ever reaches it and nothing depends on it. Mostly \
a name was bound again, or the wrong one was sent on.",
    fires: &[
        "\
model Branches {
    input image: [3, 32, 32]
    a = image -> left: Conv2d(8, kernel=3) -> ReLU
    b = image -> right: Conv2d(8, kernel=3) -> ReLU
    output y = a
}
",
        "\
model Forgotten {
    input x: [64]
    h = x -> Linear(32) -> ReLU
    spare = h -> Linear(16) -> ReLU
    output y = h -> Linear(10)
}
",
        "\
model NeverRead {
    input x: [16, 64]
    param positions: [16, 64]
    output y = x -> Linear(10)
}
",
    ],
    clean: &[
        "\
model Branches {
    input image: [3, 32, 32]
    a = image -> left: Conv2d(8, kernel=3) -> ReLU
    b = image -> right: Conv2d(8, kernel=3) -> ReLU
    output y = a + b
}
",
        "\
model TwoOutputs {
    input x: [64]
    h = x -> Linear(32) -> ReLU
    spare = h -> Linear(16) -> ReLU
    output y = h -> Linear(10)
    output other = spare
}
",
        "\
model OnePartIsEnough {
    input x: [8, 64]
    (y, last) = x -> GRU(32)
    output result = last -> Linear(10)
}
",
    ],
    fix: "Use the result, make it an `output`, or delete the layer.",
    exceptions: "Heads that only training reads: make them outputs, so that the model says what it gives.",
    source: "Nikanjam et al. 2021, \"NeuraLint\"",
    thresholds: &[],
    check: Check::Model(check),
};

fn check(model: &LintContext) -> Vec<Diagnostic> {
    let lives = model.reaches_output();
    let is_live = |id: NodeId| lives.get(id.0 as usize).copied().unwrap_or(false);
    let all = |_| true;
    if lives.iter().all(|lives| *lives) && !read(model, all).contains(&false) {
        return Vec::new();
    }
    let live_weights = read(model, is_live);
    let mut told = HashSet::new();
    let ends = model
        .graph
        .nodes()
        .filter(|(id, node)| !is_live(*id) && !is_exempt(node) && model.readers(*id).is_empty());
    let mut found: Vec<_> = ends
        .map(|(id, node)| finding(model, node, &lost(model, id, is_live, &mut told), &live_weights))
        .collect();
    let read = read(model, all);
    let weights =
        model.graph.weights().filter(|(id, weight)| weight.role == Role::Parameter && !is_in(&read, *id));
    found.extend(weights.map(|(_, weight)| unread(weight)));
    found
}

/// For every stored tensor, whether one of these nodes reads it.
fn read(model: &LintContext, nodes: impl Fn(NodeId) -> bool) -> Vec<bool> {
    let mut read = vec![false; model.graph.weight_count()];
    for (_, node) in model.graph.nodes().filter(|(id, _)| nodes(*id)) {
        for weight in &node.weights {
            if let Some(read) = read.get_mut(weight.0 as usize) {
                *read = true;
            }
        }
    }
    read
}

fn is_in(weights: &[bool], weight: WeightId) -> bool {
    weights.get(weight.0 as usize) == Some(&true)
}

/// Inputs have a rule of their own; constants cost nothing, and may be the default of a block's input.
fn is_exempt(node: &Node) -> bool {
    matches!(node.operation.kind, Kind::Input | Kind::Buffer) || node.operation.kind.is_constant()
}

/// What leads to a node and to no output, as far as it was not told of before.
fn lost<'m>(
    model: &LintContext<'m>,
    end: NodeId,
    is_live: impl Fn(NodeId) -> bool,
    told: &mut HashSet<NodeId>,
) -> Vec<&'m Node> {
    let mut nodes = Vec::new();
    let mut waiting = vec![end];
    while let Some(id) = waiting.pop() {
        let Some(node) = model.graph.node(id).filter(|node| !is_live(id) && !is_exempt(node)) else {
            continue;
        };
        if told.insert(id) {
            nodes.push(node);
            waiting.extend(model.inputs(id).iter().map(|port| port.node));
        }
    }
    nodes
}

/// A parameter that is declared and that no layer reads.
fn unread(weight: &Weight) -> Diagnostic {
    let parameters = weight.shape.elements().as_number().unwrap_or(0);
    RULE.finding(weight.origin, format!("the parameter `{}` is never used", weight.name))
        .label(format!("{} parameters for nothing", grouped(parameters)))
        .help("use it or delete it")
}

fn finding(model: &LintContext, end: &Node, lost: &[&Node], live: &[bool]) -> Diagnostic {
    let mut counted = HashSet::new();
    let own = lost.iter().flat_map(|node| model.parameters(node));
    let parameters: u128 =
        own.filter(|(id, _)| !is_in(live, *id) && counted.insert(*id)).map(|(_, elements)| elements).sum();
    let message = format!("the result of `{}` reaches no output", end.path);
    let label = match (lost.len(), parameters) {
        (0 | 1, 0) => String::new(),
        (0 | 1, parameters) => format!("{} parameters for nothing", grouped(parameters)),
        (nodes, 0) => format!("{} lead only here", several(nodes, "layer")),
        (nodes, parameters) => {
            format!("{} with {} parameters lead only here", several(nodes, "layer"), grouped(parameters))
        }
    };
    RULE.finding(end.origin, message).label(label).help("use it, make it an `output`, or delete it")
}
