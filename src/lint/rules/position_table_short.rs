//! `position-table-short`: a table of positions with fewer rows than the sequence has positions.

use crate::analysis::AtDefaults;
use crate::diagnostic::Diagnostic;
use crate::ir::{Attribute, Declaration, Kind, Node, NodeId};
use crate::lint::context::{LintContext, by_site, grouped};
use crate::lint::kinds::is_reshaping;
use crate::lint::{Category, Check, Level, Rule};

pub(in crate::lint) static RULE: Rule = Rule {
    name: "position-table-short",
    category: Category::Correctness,
    level: Level::Error,
    summary: "a table of positions is shorter than the sequence",
    proves: "\
An `Embedding` is fed by `arange`, perhaps reshaped, and has fewer rows than the largest index, at the defaults of \
symbolic sizes; one without a default counts as large.",
    why: "The look-up fails, or reads past the table, at the first sequence of that length.",
    fires: &[
        "\
model Short {
    input tokens: int[512]
    x = (tokens -> Embedding(1000, 64)) + (arange(512) -> Embedding(256, 64))
    output y = x -> Linear(32) -> ReLU
}
",
        "\
model OneTooFew {
    input tokens: int[T = 512]
    x = (tokens -> Embedding(1000, 64)) + (arange(T) -> Embedding(511, 64))
    output y = x -> Linear(32) -> ReLU
}
",
        "\
model Shifted {
    input tokens: int[512]
    x = (tokens -> Embedding(1000, 64)) + (arange(2, 514) -> Embedding(513, 64))
    output y = x -> Linear(32) -> ReLU
}
",
    ],
    clean: &[
        "\
model Short {
    input tokens: int[512]
    x = (tokens -> Embedding(1000, 64)) + (arange(512) -> Embedding(512, 64))
    output y = x -> Linear(32) -> ReLU
}
",
        "\
model LongEnough {
    input tokens: int[T = 512]
    x = (tokens -> Embedding(1000, 64)) + (arange(T) -> Embedding(1024, 64))
    output y = x -> Linear(32) -> ReLU
}
",
        "\
model Shifted {
    input tokens: int[512]
    x = (tokens -> Embedding(1000, 64)) + (arange(2, 514) -> Embedding(514, 64))
    output y = x -> Linear(32) -> ReLU
}
",
    ],
    fix: "Make the table as long as the longest sequence, or the sequence shorter.",
    exceptions: "None.",
    source: "Devlin et al. 2019, \"BERT\" (learned positions up to 512)",
    thresholds: &[],
    check: Check::Model(check),
};

fn check(model: &LintContext) -> Vec<Diagnostic> {
    let tables = model.nodes_of(|kind| kind.kind.layer().is_some_and(Declaration::looks_up));
    let found = tables.filter_map(|(id, node)| Some((node, short(model, id, node)?)));
    by_site(found).iter().filter_map(|site| finding(model, site)).collect()
}

/// The rows of a table and the rows that it needs, where it has too few.
fn short(model: &LintContext, id: NodeId, node: &Node) -> Option<(i128, i128)> {
    let judge = AtDefaults(model.graph);
    let (mut port, mut source) = model.first_input(id)?;
    while is_reshaping(source) {
        (port, source) = model.first_input(port.node)?;
    }
    if source.operation.kind != Kind::Arange {
        return None;
    }
    let start = source
        .operation
        .argument("start")
        .and_then(Attribute::as_size)
        .map_or(0, |size| judge.size_at_defaults(size));
    let length = judge.size_at_defaults(model.graph.type_of(port)?.shape.dim(0)?);
    let rows = judge.size_at_defaults(model.graph.weight(*node.weights.first()?)?.shape.dim(0)?);
    let needed = start.checked_add(length)?;
    (rows < needed).then_some((rows, needed))
}

fn finding(model: &LintContext, site: &[(&Node, (i128, i128))]) -> Option<Diagnostic> {
    let (node, (rows, needed)) = site.iter().max_by_key(|(_, (_, needed))| needed)?;
    let count = |n: i128| u128::try_from(n).map(grouped).unwrap_or_default();
    let message =
        format!("`{}` has {} positions, but {} are looked up", node.path, count(*rows), count(*needed));
    let finding = RULE
        .finding(node.origin, message)
        .label(format!("a table of {} rows", count(*rows)))
        .help("make the table as long as the longest sequence");
    let open = model.graph.dimensions.iter().filter(|dimension| dimension.default.is_none());
    let open: Vec<_> = open.map(|dimension| &*dimension.name).collect();
    Some(if open.is_empty() {
        finding
    } else {
        finding.note(format!("`{}` has no default, so it counts as large", open.join("`, `")))
    })
}
