//! `receptive-field-short`: a global pool over positions that see little.

use crate::analysis::receptive_fields;
use crate::diagnostic::Diagnostic;
use crate::ir::{Node, NodeId};
use crate::lint::context::{LintContext, by_site, named};
use crate::lint::graph_index::index;
use crate::lint::{Category, Check, Level, Rule};

pub(in crate::lint) static RULE: Rule = Rule {
    name: "receptive-field-short",
    category: Category::Suspicious,
    level: Level::Allow,
    summary: "a global pool reads positions that see only a part of the input",
    proves: "\
What a global pool reads depends, along some axis, on fewer input positions than the model's input has.",
    why: "\
The classifier sees a bag of small patches: nothing in it can relate what stands on the left to what stands on \
the right.",
    fires: &[
        "\
model Shallow {
    input image: [3, 32, 32]
    x = image -> Conv2d(8, kernel=3) -> ReLU -> Conv2d(8, kernel=3) -> ReLU
    output y = x -> GlobalAvgPool -> Linear(10)
}
",
        "\
model Sequence {
    input x: [4, 64]
    output y = x -> Conv1d(8, kernel=9, stride=4) -> ReLU -> GlobalMaxPool -> Linear(10)
}
",
        "\
model OneTooFew {
    input x: [4, 10]
    output y = x -> Conv1d(8, kernel=9, pad=4) -> ReLU -> GlobalAvgPool -> Linear(10)
}
",
    ],
    clean: &[
        "\
model Shallow {
    input image: [3, 32, 32]
    x = image -> Conv2d(8, kernel=4, stride=4) -> ReLU -> Conv2d(8, kernel=8) -> ReLU
    output y = x -> GlobalAvgPool -> Linear(10)
}
",
        "\
model Sequence {
    input x: [4, 64]
    output y = x -> Conv1d(8, kernel=64, pad=32) -> ReLU -> GlobalMaxPool -> Linear(10)
}
",
        "\
model Exactly {
    input x: [4, 9]
    output y = x -> Conv1d(8, kernel=9, pad=4) -> ReLU -> GlobalAvgPool -> Linear(10)
}
",
    ],
    fix: "\
More layers, larger kernels, strides, or dilation.",
    exceptions: "\
Bags of local features on purpose (BagNet); squeeze-and-excitation, which pools in the middle.",
    source: "Richter et al. 2021, \"(Input) size matters for CNN classifiers\"; Brendel and Bethge 2019, \"BagNet\"",
    thresholds: &[],
    check: Check::Model(check),
};

fn check(model: &LintContext) -> Vec<Diagnostic> {
    let fields = receptive_fields(model.graph);
    let short = |id: NodeId| {
        let port = model.first_port(id)?;
        let field = fields.get(index(port.node))?.as_ref().filter(|field| !model.sees_whole_input(field))?;
        Some(field.extents())
    };
    let pools = model.graph.nodes().filter(|(_, node)| node.kind().starts_with("Global"));
    let found = pools.filter_map(|(id, node)| Some((node, short(id)?)));
    by_site(found).iter().filter_map(|site| finding(site)).collect()
}

fn finding(site: &[(&Node, String)]) -> Option<Diagnostic> {
    let (node, extents) = site.first()?;
    let message =
        format!("{} pools positions that see only a part of the input", named(&node.path, site.len()));
    let finding = RULE
        .finding(node.origin, message)
        .label(format!("each sees {extents}"))
        .help("more layers, larger kernels, strides, or dilation");
    Some(finding)
}
