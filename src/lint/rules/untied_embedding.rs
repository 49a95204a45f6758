//! `untied-embedding`: an embedding and an output head of one shape, each with weights of its own.

use crate::diagnostic::{Diagnostic, Fix};
use crate::ir::{Declaration, Family, Node, NodeId, WeightId};
use crate::lint::context::{LintContext, grouped, percent};
use crate::lint::kinds::is_dense;
use crate::lint::stage_edit::StageEdit;
use crate::lint::{Category, Check, Level, Rule, Threshold};

static SHARE: Threshold = Threshold {
    name: "min-share",
    default: 20,
    doc: "the least share of the model's parameters that both have together, in per cent",
};

pub(in crate::lint) static RULE: Rule = Rule {
    name: "untied-embedding",
    category: Category::Size,
    level: Level::Note,
    summary: "an embedding and an output head of one shape could share their weights",
    proves: "\
An `Embedding` and a `Linear` that gives an output of the model have weights of one shape that are not one tensor, and \
together they are at least 20% of the model's parameters.",
    why: "\
Both hold a vector for every word. Tied, they are stored once, and every step trains the rows of all words rather than \
those of the words that occur; small language models get better by it.",
    fires: &[
        "\
model Language {
    input tokens: int[64]
    layer words = Embedding(1000, 32)
    x = tokens -> words -> LSTM(32)
    output logits = x -> head: Linear(1000, bias=false)
}
",
        "\
model Biased {
    input tokens: int[64]
    layer words = Embedding(500, 32)
    x = tokens -> words -> Linear(32) -> ReLU
    output scores = x -> Linear(500) -> LogSoftmax
}
",
        "\
model ExactlyAFifth {
    input tokens: int[8]
    x = tokens -> Embedding(10, 8) -> Linear(40, bias=false) -> ReLU -> Linear(8, bias=false) -> ReLU
    output scores = x -> Linear(10, bias=false)
}
",
    ],
    clean: &[
        "\
model Language {
    input tokens: int[64]
    layer words = Embedding(1000, 32)
    x = tokens -> words -> LSTM(32)
    output logits = x -> head: Linear(1000, bias=false, weight=words.weight)
}
",
        "\
model JustUnderAFifth {
    input tokens: int[8]
    x = tokens -> Embedding(10, 8) -> Linear(41, bias=false) -> ReLU -> Linear(8, bias=false) -> ReLU
    output scores = x -> Linear(10, bias=false)
}
",
        "\
model OtherShape {
    input tokens: int[64]
    x = tokens -> Embedding(1000, 32) -> LSTM(16)
    output logits = x -> Linear(1000, bias=false)
}
",
    ],
    fix: "Declare the embedding (`layer words = Embedding(…)`) and write `weight=words.weight` in the head.",
    exceptions: "Large models, whose tables are a small share; models that read one language and write another.",
    source: "Press and Wolf 2017, \"Using the output embedding to improve language models\"",
    thresholds: &[&SHARE],
    check: Check::Model(check),
};

fn check(model: &LintContext) -> Vec<Diagnostic> {
    finding(model).into_iter().collect()
}

/// The weight of a node, its only tensor of two axes.
fn table(model: &LintContext, node: &Node) -> Option<(WeightId, [u128; 2])> {
    let weight = *node.weights.first()?;
    match model.graph.weight(weight)?.shape.dims() {
        [rows, width] => Some((weight, [model.size(rows)?, model.size(width)?])),
        _ => None,
    }
}

fn finding(model: &LintContext) -> Option<Diagnostic> {
    let mut heads = model.graph.outputs.iter().filter_map(|output| head(model, output.source.node));
    let embeddings: Vec<_> =
        model.nodes_of(|kind| kind.kind.layer().is_some_and(Declaration::looks_up)).collect();
    let pair = heads.find_map(|head| {
        let (weight, shape) = table(model, head)?;
        let tables = embeddings.iter().filter_map(|(_, node)| Some((*node, table(model, node)?)));
        // A second table of that shape may be the tied one; of several the last is the language that is written.
        let alike: Vec<_> = tables.filter(|(_, (_, other))| *other == shape).collect();
        let untied = alike.iter().all(|(_, (other, _))| *other != weight);
        alike.last().filter(|_| untied).map(|(embedding, _)| (*embedding, head, shape))
    });
    let (embedding, head, [rows, width]) = pair?;
    let (one, all) = (rows.checked_mul(width)?, model.number(&model.analysis().totals.parameters)?);
    let both = one.checked_mul(2)?;
    if both.checked_mul(100)? < all.checked_mul(model.limit(&SHARE))? {
        return None;
    }
    let message = format!("`{}` and `{}` could share their weights", embedding.path, head.path);
    let finding = RULE
        .finding(head.origin, message)
        .label(format!("another {} × {} table", grouped(rows), grouped(width)))
        .related(embedding.origin, "the embedding")
        .help(format!("tied, the model stores {} parameters less", grouped(one)))
        .note(format!("together they are {} of the model's parameters", percent(both, all)));
    Some(match tie(model, embedding, head) {
        Some(fix) => finding.fix(fix),
        None => finding
            .help("declare the embedding to tie it: `layer words = Embedding(…)`, `weight=words.weight`"),
    })
}

/// The linear layer that gives an output, perhaps through activations.
fn head<'m>(model: &LintContext<'m>, output: NodeId) -> Option<&'m Node> {
    let mut id = output;
    let mut node = model.graph.node(id)?;
    while model.family(id) == Some(Family::Activation) {
        let (port, before) = model.first_input(id)?;
        (id, node) = (port.node, before);
    }
    is_dense(node).then_some(node)
}

/// The head's `weight=`, where the embedding is a declared layer of the same body.
fn tie(model: &LintContext, embedding: &Node, head: &Node) -> Option<Fix> {
    let name = model.sources.text(embedding.origin);
    let is_name =
        name.chars().all(|c| c.is_alphanumeric() || c == '_') && name.starts_with(char::is_lowercase);
    if !is_name
        || model.graph.module_of(embedding.scope) != model.graph.module_of(head.scope)
        || !model.are_all_at(head.origin, 1)
    {
        return None;
    }
    let stage = StageEdit::of(model, head).filter(|stage| stage.argument("weight").is_none())?;
    let edit = stage.set("weight", &format!("{name}.weight"));
    Some(Fix::unsafe_(format!("tie it: `weight={name}.weight`"), vec![edit]))
}
