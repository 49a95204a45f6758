//! `redundant-key-bias`: a bias of attention's keys, which the softmax cancels.

use crate::diagnostic::{Diagnostic, Fix};
use crate::ir::{Attribute, Node, NodeId};
use crate::lint::context::{LintContext, by_site, grouped, named};
use crate::lint::kinds::is_reshaping;
use crate::lint::stage_edit::StageEdit;
use crate::lint::{Category, Check, Level, Rule};

pub(in crate::lint) static RULE: Rule = Rule {
    name: "redundant-key-bias",
    category: Category::Size,
    level: Level::Allow,
    summary: "attention's softmax cancels a bias of the keys",
    proves: "\
A `Linear` with a bias gives, perhaps reshaped, nothing but the keys of a `ScaledDotProductAttention`, or a \
`MultiheadAttention` has biases. A key bias adds the same number to all scores of a query, and a softmax does \
not change where all its inputs move by one number.",
    why: "\
The parameters have no effect and get no gradient. (Whisper leaves them out.)",
    fires: &[
        "\
model Attention {
    input x: [16, 64]
    q = x -> q_proj: Linear(64)
    k = x -> k_proj: Linear(64)
    v = x -> v_proj: Linear(64)
    output y = (q, k, v) -> ScaledDotProductAttention(heads=4) -> Linear(64)
}
",
        "\
model Fused {
    input x: [16, 64]
    output y = x -> MultiheadAttention(4) -> Linear(10)
}
",
        "\
model Cross {
    input x: [16, 64]
    input memory: [8, 32]
    q = x -> Linear(64)
    output y = (q, memory -> Linear(64), memory -> Linear(64)) -> ScaledDotProductAttention(heads=2)
}
",
    ],
    clean: &[
        "\
model Attention {
    input x: [16, 64]
    q = x -> q_proj: Linear(64)
    k = x -> k_proj: Linear(64, bias=false)
    v = x -> v_proj: Linear(64)
    output y = (q, k, v) -> ScaledDotProductAttention(heads=4) -> Linear(64)
}
",
        "\
model Rotated {
    input x: [16, 64]
    q = x -> Linear(64) -> RotaryEmbedding(16)
    k = x -> Linear(64) -> RotaryEmbedding(16)
    v = x -> Linear(64)
    output y = (q, k, v) -> ScaledDotProductAttention(heads=4) -> Linear(64)
}
",
        "\
model KeysAreValues {
    input x: [16, 64]
    q = x -> Linear(64)
    k = x -> Linear(64)
    output y = (q, k, k) -> ScaledDotProductAttention(heads=4) -> Linear(64)
}
",
    ],
    fix: "\
Write `bias=false` for the keys' projection; in a `MultiheadAttention`, projections of its own are needed for \
that.",
    exceptions: "\
Published weights that have the key, which must load.",
    source: "Radford et al. 2022, \"Robust speech recognition via large-scale weak supervision\"",
    thresholds: &[],
    check: Check::Model(check),
};

fn check(model: &LintContext) -> Vec<Diagnostic> {
    let found = model.graph.nodes().filter_map(|(id, node)| redundant(model, id, node));
    by_site(found).iter().filter_map(|site| finding(model, site)).collect()
}

/// The layer whose keys have a bias, and its elements.
fn redundant<'m>(model: &LintContext<'m>, id: NodeId, node: &'m Node) -> Option<(&'m Node, u128)> {
    match node.kind() {
        "MultiheadAttention" => {
            let biased = node.operation.argument("bias") == Some(&Attribute::Flag(true));
            let inputs = model.inputs(id);
            let port = inputs.get(1).or(inputs.first())?;
            let fused = node.operation.weights.iter().find(|weight| &*weight.name == "in_proj_bias");
            let third = fused?.shape.elements().as_number()?.checked_div(3)?;
            (biased && model.is_of_data(port.node)).then_some((node, third))
        }
        "ScaledDotProductAttention" => {
            let mut id = model.inputs(id).get(1)?.node;
            while is_reshaping(model.graph.node(id)?) {
                id = model.first_input(id)?.0.node;
            }
            let keys = model.graph.node(id).filter(|keys| keys.kind() == "Linear")?;
            let bias = keys.operation.weights.iter().find(|weight| &*weight.name == "bias")?;
            let alone = model.readers(id).len() == 1 && !model.gives_output(id);
            Some((keys, bias.shape.elements().as_number()?)).filter(|_| alone)
        }
        _ => None,
    }
}

fn finding(model: &LintContext, site: &[(&Node, u128)]) -> Option<Diagnostic> {
    let (node, elements) = site.first()?;
    let all = elements.checked_mul(site.len() as u128)?;
    let message = format!("the softmax cancels the key bias of {}", named(&node.path, site.len()));
    let finding = RULE
        .finding(node.origin, message)
        .label(format!("{} parameters without effect", grouped(all)))
        .note("a checkpoint that has them loses their key");
    if node.kind() != "Linear" {
        return Some(finding.help("projections of its own, with `bias=false` for the keys"));
    }
    let finding = finding.help("`bias=false` computes the same");
    let stage = StageEdit::of(model, node).filter(|_| model.are_all_at(node.origin, site.len()));
    Some(match stage {
        Some(stage) => {
            let title = format!("write `bias=false`, which saves {} parameters", grouped(all));
            finding.fix(Fix::safe(title, vec![stage.set("bias", "false")]))
        }
        None => finding,
    })
}
