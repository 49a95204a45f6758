//! `fragmentation`: many small branches side by side.

use foldhash::HashSet;

use crate::diagnostic::Diagnostic;
use crate::ir::{Node, NodeId};
use crate::lint::context::{LintContext, by_site, grouped, named};
use crate::lint::{Category, Check, Level, Rule, Threshold};

static BRANCHES: Threshold =
    Threshold { name: "min-branches", default: 4, doc: "the fewest branches that are joined" };

pub(in crate::lint) static RULE: Rule = Rule {
    name: "fragmentation",
    category: Category::Size,
    level: Level::Allow,
    summary: "four or more branches run side by side",
    proves: "\
A sum, concatenation or stack joins at least 4 different results that depend on the model's input.",
    why: "\
Many small operations keep a parallel device less busy than a few large ones with the same arithmetic.",
    fires: &[
        "\
model Inception {
    input image: [3, 32, 32]
    a = image -> Conv2d(8, kernel=1) -> ReLU
    b = image -> Conv2d(8, kernel=3, pad=1) -> ReLU
    c = image -> Conv2d(8, kernel=5, pad=2) -> ReLU
    d = image -> MaxPool2d(3, stride=1, pad=1)
    output y = (a, b, c, d) -> Concat(axis=0) -> GlobalAvgPool -> Linear(10)
}
",
        "\
model Summed {
    input x: [16]
    maps = []
    for i in 0..5 { maps = maps + [x -> Linear(16) -> ReLU] }
    output y = maps -> Add -> Linear(10)
}
",
        "\
model Stacked {
    input x: [16]
    (a, b) = x -> Linear(32) -> ReLU -> Chunk(2, axis=0)
    output y = (a, b, a -> Linear(16) -> ReLU, x) -> Stack(axis=0) -> GlobalAvgPool
}
",
    ],
    clean: &[
        "\
model Inception {
    input image: [3, 32, 32]
    a = image -> Conv2d(8, kernel=1) -> ReLU
    b = image -> Conv2d(16, kernel=3, pad=1) -> ReLU
    c = image -> MaxPool2d(3, stride=1, pad=1)
    output y = (a, b, c) -> Concat(axis=0) -> GlobalAvgPool -> Linear(10)
}
",
        "\
model SameTwice {
    input x: [16]
    (a, b) = x -> Linear(32) -> ReLU -> Chunk(2, axis=0)
    output y = (a, b, x) -> Add -> Linear(10)
}
",
        "\
model OfParameters {
    input x: [3, 16]
    param first: [3, 16]
    param second: [3, 16]
    output y = (x, first, second, x -> Linear(16)) -> Concat(axis=0) -> Linear(10) -> ReLU
}
",
    ],
    fix: "\
Fewer, larger branches.",
    exceptions: "\
Inception, NASNet: designs of many branches.",
    source: "Ma et al. 2018, \"ShuffleNet V2\", guideline 3",
    thresholds: &[&BRANCHES],
    check: Check::Model(check),
};

fn check(model: &LintContext) -> Vec<Diagnostic> {
    let joins =
        model.graph.nodes().filter(|(_, node)| matches!(node.kind(), "Add" | "Average" | "Concat" | "Stack"));
    let found = joins.filter_map(|(id, node)| Some((node, branches(model, id)?)));
    by_site(found).iter().filter_map(|site| finding(site)).collect()
}

fn branches(model: &LintContext, id: NodeId) -> Option<u128> {
    let data = model.inputs(id).into_iter().filter(|port| model.is_of_data(port.node));
    let different: HashSet<_> = data.collect();
    let branches = different.len() as u128;
    (branches >= model.limit(&BRANCHES)).then_some(branches)
}

fn finding(site: &[(&Node, u128)]) -> Option<Diagnostic> {
    let (node, branches) = site.iter().max_by_key(|(_, branches)| branches)?;
    let message = format!("{} joins {} branches", named(&node.path, site.len()), grouped(*branches));
    Some(RULE.finding(node.origin, message).help("fewer, larger branches keep a device busier"))
}
