//! `norm-after-norm`: a normalisation of what was just normalised.

use crate::diagnostic::Diagnostic;
use crate::ir::{Family, Node, NodeId};
use crate::lint::context::{LintContext, by_site, named};
use crate::lint::{Category, Check, Level, Rule};

pub(in crate::lint) static RULE: Rule = Rule {
    name: "norm-after-norm",
    category: Category::Suspicious,
    level: Level::Warn,
    summary: "a normalisation is the only reader of another",
    proves: "The result of a normalisation is read by another normalisation and by nothing else.",
    why: "\
What has mean 0 and variance 1 is normalised again: the first one's learned scale and shift are undone or repeated, and \
its cost is spent for next to nothing.",
    fires: &[
        "\
model Twice {
    input x: [16, 64]
    output y = x -> Linear(32) -> LayerNorm -> LayerNorm -> Linear(10)
}
",
        "\
model Different {
    input image: [3, 32, 32]
    output y = image -> Conv2d(8, kernel=3, bias=false) -> BatchNorm
        -> GroupNorm(4) -> ReLU -> GlobalAvgPool -> Linear(10)
}
",
        "\
model LastAndFirst {
    input x: [16, 32]
    x = x + (x -> Linear(32) -> GELU -> Linear(32))
    h = x -> RMSNorm
    output y = h -> RMSNorm -> Linear(10)
}
",
    ],
    clean: &[
        "\
model Twice {
    input x: [16, 64]
    output y = x -> Linear(32) -> LayerNorm -> Linear(10)
}
",
        "\
model AlsoReadElsewhere {
    input x: [16, 64]
    h = x -> LayerNorm
    output y = h + (h -> LayerNorm -> Linear(64)) -> Linear(10)
}
",
        "\
model SomethingBetween {
    input x: [16, 64]
    output y = x -> LayerNorm -> Linear(32) -> LayerNorm -> GELU -> Linear(10)
}
",
    ],
    fix: "Delete one of the two.",
    exceptions: "None known.",
    source: "Weft's own",
    thresholds: &[],
    check: Check::Model(check),
};

fn check(model: &LintContext) -> Vec<Diagnostic> {
    let is_norm = |id: NodeId| model.family(id) == Some(Family::Normalisation);
    let norms = model.nodes_of(|kind| kind.family() == Some(Family::Normalisation));
    let found = norms.filter_map(|(id, node)| {
        let (second, reader) = model.only_reader(id).filter(|(second, _)| is_norm(*second))?;
        Some((reader, (second, node)))
    });
    by_site(found).iter().filter_map(|site| finding(site)).collect()
}

fn finding(site: &[(&Node, (NodeId, &Node))]) -> Option<Diagnostic> {
    let (second, (_, first)) = site.first()?;
    let message = format!("{} normalises what `{}` just did", named(&second.path, site.len()), first.path);
    let finding = RULE
        .finding(second.origin, message)
        .label(format!("a `{}` of a `{}`", second.kind(), first.kind()))
        .related(first.origin, "normalised here, and read by nothing else")
        .help("delete one of the two");
    Some(finding)
}
