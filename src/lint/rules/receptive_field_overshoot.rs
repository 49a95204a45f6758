//! `receptive-field-overshoot`: convolutions that see more than the image.

use crate::analysis::{ReceptiveField, receptive_fields};
use crate::diagnostic::Diagnostic;
use crate::ir::{Node, NodeId};
use crate::lint::context::{LintContext, grouped, several};
use crate::lint::graph_index::index;
use crate::lint::kinds::is_convolution;
use crate::lint::{Category, Check, Level, Rule};

pub(in crate::lint) static RULE: Rule = Rule {
    name: "receptive-field-overshoot",
    category: Category::Size,
    level: Level::Allow,
    summary: "convolutions whose input sees the whole image already",
    proves: "\
Every position of what a convolution with a kernel larger than 1 reads depends on at least as many input \
positions, along every axis, as the model's input has.",
    why: "\
A convolution gathers what stands beside. Where its input has seen the whole image, there is nothing beside that \
it does not hold; such layers rarely add accuracy, and can be cut or made cheaper.",
    fires: &[
        "\
model TooDeep {
    input image: [3, 16, 16]
    x = image -> (Conv2d(8, kernel=5, pad=2) -> ReLU) * 5
    output y = x -> GlobalAvgPool -> Linear(10)
}
",
        "\
model Strided {
    input x: [4, 16]
    x = x -> Conv1d(8, kernel=8, stride=8) -> ReLU -> Conv1d(8, kernel=3, pad=1) -> ReLU
    output y = x -> Conv1d(8, kernel=3, pad=1) -> ReLU -> GlobalAvgPool
}
",
        "\
model Exactly {
    input x: [4, 9]
    output y = x -> Conv1d(8, kernel=9, pad=4) -> ReLU -> Conv1d(8, kernel=3, pad=1) -> ReLU -> GlobalAvgPool
}
",
    ],
    clean: &[
        "\
model TooDeep {
    input image: [3, 18, 18]
    x = image -> (Conv2d(8, kernel=5, pad=2) -> ReLU) * 5
    output y = x -> GlobalAvgPool -> Linear(10)
}
",
        "\
model PointByPoint {
    input x: [4, 9]
    output y = x -> Conv1d(8, kernel=9, pad=4) -> ReLU -> Conv1d(8, kernel=1) -> ReLU -> GlobalAvgPool
}
",
        "\
model JustUnder {
    input x: [4, 10]
    output y = x -> Conv1d(8, kernel=9, pad=4) -> ReLU -> Conv1d(8, kernel=3, pad=1) -> ReLU -> GlobalAvgPool
}
",
    ],
    fix: "\
Cut the layers, take 1×1 kernels there, or stride less before.",
    exceptions: "\
Deep networks that gain from depth itself.",
    source: "Richter et al. 2021, \"(Input) size matters for CNN classifiers\"",
    thresholds: &[],
    check: Check::Model(check),
};

fn check(model: &LintContext) -> Vec<Diagnostic> {
    let fields = receptive_fields(model.graph);
    let spatial = model.graph.nodes().filter(|(_, node)| is_convolution(node));
    let sated: Vec<_> = spatial.filter(|(id, node)| is_sated(model, &fields, *id, node)).collect();
    let Some((_, first)) = sated.first() else { return Vec::new() };
    let mut parameters =
        sated.iter().flat_map(|(_, node)| model.parameters(node)).map(|(_, elements)| elements);
    let parameters = parameters.try_fold(0u128, u128::checked_add).unwrap_or(u128::MAX);
    let message = format!("{} read what has seen the whole input", several(sated.len(), "convolution"));
    let finding = RULE
        .finding(first.origin, message)
        .label(format!(
            "`{}` is the first; together they have {} parameters",
            first.path,
            grouped(parameters)
        ))
        .help("cut them, take 1×1 kernels there, or stride less before");
    vec![finding]
}

/// Whether a convolution over neighbours reads what has seen everything.
fn is_sated(model: &LintContext, fields: &[Option<ReceptiveField>], id: NodeId, node: &Node) -> bool {
    let Some(window) = &node.operation.window else { return false };
    let wide = window.axes.iter().any(|axis| axis.kernel.as_number().is_some_and(|kernel| kernel > 1));
    let field = model.first_port(id).and_then(|port| fields.get(index(port.node))?.as_ref());
    wide && field.is_some_and(|field| model.sees_whole_input(field))
}
