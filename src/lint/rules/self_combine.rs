//! `self-combine`: a tensor that is combined with itself.

use foldhash::{HashMap, HashMapExt};

use crate::diagnostic::Diagnostic;
use crate::ir::{Node, NodeId, Port};
use crate::lint::context::{LintContext, by_site};
use crate::lint::{Category, Check, Level, Rule};

pub(in crate::lint) static RULE: Rule = Rule {
    name: "self-combine",
    category: Category::Suspicious,
    level: Level::Warn,
    summary: "a tensor is combined with itself",
    proves: "\
The same result stands twice among the inputs of a sum, difference, quotient, maximum, average, `Concat` or `Stack`. A \
product is a square, and exempt.",
    why: "\
`x + x` is 2·x, `x - x` is 0, and a concatenation of x with x holds nothing new: the weights that read its second half \
could be added to those of the first. Mostly the name of another branch was meant.",
    fires: &[
        "\
model Doubled {
    input x: [64]
    h = x -> Linear(32) -> ReLU
    output y = h + h -> Linear(10)
}
",
        "\
model Concatenated {
    input x: [64]
    h = x -> Linear(32) -> ReLU
    output y = (h, h) -> Concat(axis=0) -> Linear(10)
}
",
        "\
model TwoOfThree {
    input x: [64]
    h = x -> Linear(64) -> ReLU
    output y = (h, x, h) -> Stack(axis=0) -> Flatten -> Linear(10)
}
",
    ],
    clean: &[
        "\
model Doubled {
    input x: [64]
    h = x -> Linear(64) -> ReLU
    output y = h + x -> Linear(10)
}
",
        "\
model Squared {
    input x: [64]
    h = x -> Linear(32)
    output y = h * h -> Linear(10)
}
",
        "\
model DifferentParts {
    input x: [64]
    (a, b) = x -> Linear(32) -> ReLU -> Chunk(2, axis=0)
    output y = a + b -> Linear(10)
}
",
    ],
    fix: "Name the other tensor that was meant.",
    exceptions: "A grey image that is stacked three times for a network of colour images.",
    source: "Weft's own",
    thresholds: &[],
    check: Check::Model(check),
};

const COMBINING: &[&str] = &["Add", "Sub", "Div", "Maximum", "Average", "Concat", "Stack"];

fn check(model: &LintContext) -> Vec<Diagnostic> {
    let merges = model.nodes_of(|kind| COMBINING.contains(&kind.name()));
    let found = merges.filter_map(|(id, node)| Some((node, twice(model, id)?)));
    by_site(found).iter().filter_map(|site| finding(model, site)).collect()
}

/// The first tensor that stands twice among a node's inputs, and how often.
fn twice(model: &LintContext, id: NodeId) -> Option<(Port, usize)> {
    let inputs = model.inputs(id);
    if let [first, second] = inputs.as_slice() {
        return (first == second).then_some((*first, 2));
    }
    let mut counts: HashMap<Port, usize> = HashMap::new();
    for port in &inputs {
        let count = counts.entry(*port).or_default();
        *count = count.saturating_add(1);
    }
    inputs.iter().find_map(|port| counts.get(port).filter(|count| **count > 1).map(|count| (*port, *count)))
}

fn finding(model: &LintContext, site: &[(&Node, (Port, usize))]) -> Option<Diagnostic> {
    let (node, (port, times)) = site.first()?;
    let source = model.graph.node(port.node)?;
    let what = match node.kind() {
        "Add" => "adds",
        "Sub" => "subtracts",
        "Div" => "divides",
        "Concat" => "concatenates",
        "Stack" => "stacks",
        _ => "combines",
    };
    let message = format!("`{}` {what} `{}` with itself", node.path, source.path);
    let finding = RULE
        .finding(node.origin, message)
        .label(format!("the same tensor stands {times} times among what is combined"))
        .related(source.origin, "it is computed here")
        .help("name the other tensor that was meant");
    Some(finding)
}
