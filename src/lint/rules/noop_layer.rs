//! `noop-layer`: a layer that does nothing, as it is written.

use crate::diagnostic::{Diagnostic, Fix};
use crate::ir::{Family, Node, NodeId, Port};
use crate::lint::context::{LintContext, by_site, named};
use crate::lint::graph_index::NodeClass;
use crate::lint::kinds::drop_rate;
use crate::lint::rules::double_activation::is_counted;
use crate::lint::stage_edit::{StageEdit, is_literal};
use crate::lint::{Category, Check, Level, Rule};

pub(in crate::lint) static RULE: Rule = Rule {
    name: "noop-layer",
    category: Category::Style,
    level: Level::Warn,
    summary: "a layer does nothing",
    proves: "\
A pool has kernel and stride 1, a dropout's rate is 0, or a `Reshape` gives the shape that it is given, and the numbers \
are written there: values that come from parameters are exempt, since another value does something. So are adaptive pools \
and `Identity`. A layer that is used at several places does nothing at any of them.",
    why: "It says something that has no effect, and the reader must find that out.",
    fires: &[
        "\
model Nothing {
    input x: [64]
    output y = x -> Linear(32) -> ReLU -> Dropout(0) -> Linear(10)
}
",
        "\
model Pools {
    input image: [3, 32, 32]
    output y = image -> Conv2d(8, kernel=3) -> ReLU -> MaxPool2d(1) -> GlobalAvgPool -> Linear(10)
}
",
        "\
model Reshapes {
    input x: [64]
    output y = x -> Linear(32) -> ReLU -> Reshape([32]) -> Linear(10)
}
",
    ],
    clean: &[
        "\
model Nothing {
    input x: [64]
    output y = x -> Linear(32) -> ReLU -> Dropout(0.1) -> Linear(10)
}
",
        "\
model Set(rate=0, factor=1) {
    input image: [3, 32, 32]
    output y = image -> Conv2d(8, kernel=3) -> ReLU -> MaxPool2d(factor) -> Dropout(rate) -> GlobalAvgPool -> Linear(10)
}
",
        "\
model Strides {
    input image: [3, 32, 32]
    output y = image -> Conv2d(8, kernel=3) -> ReLU -> MaxPool2d(2, stride=1) -> Identity -> GlobalAvgPool -> Linear(10)
}
",
    ],
    fix: "Delete it.",
    exceptions: "None.",
    source: "Weft's own",
    thresholds: &[],
    check: Check::Model(check),
};

fn check(model: &LintContext) -> Vec<Diagnostic> {
    let found =
        model.nodes_of(may_do_nothing).filter_map(|(id, node)| Some((node, nothing(model, id, node)?)));
    by_site(found).iter().filter_map(|site| finding(model, site)).collect()
}

fn may_do_nothing(kind: &NodeClass) -> bool {
    matches!(kind.family(), Some(Family::Regularisation | Family::Pooling)) || kind.name() == "Reshape"
}

/// Why a layer does nothing, if it does.
fn nothing(model: &LintContext, id: NodeId, node: &Node) -> Option<&'static str> {
    let family = model.family(id)?;
    match (family, node.kind()) {
        (Family::Regularisation, _) => (drop_rate(node, Some(family))? == 0.0).then_some("its rate is 0"),
        (Family::Pooling, kind) if !kind.starts_with("Adaptive") && !kind.starts_with("Global") => {
            let axes = model.sliding(id)?;
            let still = axes.iter().all(|axis| axis.taps.kernel == 1 && axis.taps.stride == 1);
            still.then_some("its kernel and its stride are 1")
        }
        (_, "Reshape") => {
            let shape = |port: Port| model.graph.type_of(port).map(|known| &known.shape);
            let same = shape(model.first_port(id)?)? == shape(Port { node: id, output: 0 })?;
            same.then_some("its input has this shape already")
        }
        _ => None,
    }
}

fn finding(model: &LintContext, site: &[(&Node, &str)]) -> Option<Diagnostic> {
    let (node, reason) = site.first()?;
    let stage = StageEdit::of(model, node).filter(|_| model.are_all_at(node.origin, site.len()))?;
    let by_rate = stage.argument("p").map(is_literal);
    if !by_rate.unwrap_or_else(|| stage.has_only_literals()) {
        return None;
    }
    let finding = RULE
        .finding(node.origin, format!("{} does nothing", named(&node.path, site.len())))
        .label(*reason)
        .help("delete it");
    let title = format!("delete this `{}`", node.kind());
    Some(match stage.delete() {
        Some(edit) if site.iter().any(|(node, _)| is_counted(node)) => {
            finding.fix(Fix::unsafe_(title, vec![edit]))
        }
        Some(edit) => finding.fix(Fix::safe(title, vec![edit])),
        None => finding,
    })
}
