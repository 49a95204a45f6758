//! `duplicate-branch`: the same input through the same weights twice.

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};
use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::ir::{Inputs, Node, ScopeId, WeightId};
use crate::lint::context::{LintContext, by_site};
use crate::lint::kinds::drops;
use crate::lint::{Category, Check, Level, Rule};

pub(in crate::lint) static RULE: Rule = Rule {
    name: "duplicate-branch",
    category: Category::Suspicious,
    level: Level::Warn,
    summary: "the same input goes through the same shared weights twice",
    proves: "\
Two uses of one declared layer, or of layers that are tied, read the same tensors with the same weights and the same \
arguments, so they give the same result. Silent where the shared part holds a dropout: its two results differ in training \
(SimCSE).",
    why: "It is computed twice, and whatever compares or combines the two results learns nothing from them.",
    fires: &[
        "\
block Tower = Linear(32) -> ReLU

model Siamese {
    input left: [64]
    input right: [64]
    layer tower = Tower
    a = left -> tower
    b = left -> tower
    output y = (a - b) -> Abs -> Linear(1) -> Sigmoid
    output other = right -> Linear(1)
}
",
        "\
model OneLayer {
    input x: [64]
    layer f = Linear(32)
    output y = (x -> f -> ReLU) + (x -> f -> Tanh)
}
",
        "\
model ByATie {
    input x: [64]
    layer f = Linear(32, bias=false)
    h = x -> f
    output y = (h -> ReLU) + (x -> Linear(32, bias=false, weight=f.weight) -> Tanh)
}
",
    ],
    clean: &[
        "\
block Tower = Linear(32) -> ReLU

model Siamese {
    input left: [64]
    input right: [64]
    layer tower = Tower
    a = left -> tower
    b = right -> tower
    output y = (a - b) -> Abs -> Linear(1) -> Sigmoid
}
",
        "\
block Encoder = Linear(64) -> ReLU -> Dropout(0.1) -> Linear(32)

model SimCse {
    input x: [64]
    layer encoder = Encoder
    a = x -> encoder
    b = x -> encoder
    output y = a * b -> Sum(axis=0)
}
",
        "\
model WeightsOfTheirOwn {
    input x: [64]
    output y = (x -> Linear(32)) + (x -> Linear(32)) -> ReLU
}
",
    ],
    fix: "Send the other input, or use the first result twice.",
    exceptions: "None.",
    source: "Weft's own; Gao et al. 2021, \"SimCSE\", for the exception",
    thresholds: &[],
    check: Check::Model(check),
};

/// What decides a result: the layer with its arguments, its weights, what it reads.
type Key<'m> = (&'m str, String, &'m [WeightId], Inputs);

fn check(model: &LintContext) -> Vec<Diagnostic> {
    let mut readers = vec![0usize; model.graph.weight_count()];
    for weight in model.graph.nodes().filter_map(|(_, node)| node.weights.first()) {
        if let Some(readers) = readers.get_mut(weight.0 as usize) {
            *readers = readers.saturating_add(1);
        }
    }
    if readers.iter().all(|readers| *readers < 2) {
        return Vec::new();
    }
    let random = random_parts(model);
    let mut known: HashMap<Key, &Node> = HashMap::new();
    let mut found = Vec::new();
    let is_read_again =
        |weight: &WeightId| readers.get(weight.0 as usize).is_some_and(|readers| *readers > 1);
    let is_shared = |node: &Node| node.weights.first().is_some_and(is_read_again);
    for (id, node) in model.graph.nodes().filter(|(_, node)| is_shared(node)) {
        let inputs = model.inputs(id);
        if inputs.is_empty() || drops(node, model.family(id)) || is_random(model, &random, node.scope) {
            continue;
        }
        // A tie is an argument that differs where nothing else does: the weights say what it ties.
        let arguments =
            node.operation.arguments.iter().filter(|(name, _)| !matches!(*name, "weight" | "bias"));
        let key = (node.kind(), format!("{:?}", arguments.collect::<Vec<_>>()), &*node.weights, inputs);
        match known.get(&key) {
            Some(first) => found.push((node, *first)),
            None => {
                known.insert(key, node);
            }
        }
    }
    by_site(found).iter().filter_map(|site| finding(model, site)).collect()
}

/// The uses of declared layers that hold a dropout: the outermost that is shared, by its path.
fn random_parts(model: &LintContext) -> HashSet<Arc<str>> {
    let dropouts = model.graph.nodes().filter(|(id, node)| drops(node, model.family(*id)));
    let mut parts = HashSet::new();
    for (_, node) in dropouts {
        let modules =
            model.graph.around(node.scope).map(|(_, scope)| scope).filter(|scope| scope.is_module());
        for part in modules.filter(|part| part.parent.is_some()) {
            // What was seen before has its parents in already.
            if !parts.insert(part.path.clone()) {
                break;
            }
        }
    }
    parts
}

/// Whether the part that a node stands in holds a dropout.
fn is_random(model: &LintContext, random: &HashSet<Arc<str>>, scope: ScopeId) -> bool {
    let module = model.graph.module_of(scope);
    module != ScopeId::ROOT && model.graph.scope(module).is_some_and(|scope| random.contains(&scope.path))
}

fn finding(model: &LintContext, site: &[(&Node, &Node)]) -> Option<Diagnostic> {
    let (again, first) = site.first()?;
    // What is written twice are the uses; where one text stands in a block, the block's uses.
    let (there, here) = if again.origin == first.origin {
        (outermost(model, first.scope)?, outermost(model, again.scope)?)
    } else {
        (first.origin, again.origin)
    };
    let message = format!("`{}` is given the same input twice, with the same weights", again.path);
    let finding = RULE
        .finding(here, message)
        .label("this computes again what is known")
        .related(there, "it was computed here")
        .help("send the other input, or use the first result twice");
    Some(finding)
}

/// Where the outermost block that holds a scope is used.
fn outermost(model: &LintContext, scope: ScopeId) -> Option<crate::source::Location> {
    let blocks = model.graph.around(scope).map(|(_, scope)| scope);
    let blocks = blocks.filter(|scope| scope.is_module() && scope.parent.is_some());
    blocks.last().map(|scope| scope.origin)
}
