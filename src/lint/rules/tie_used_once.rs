//! `tie-used-once`: a declared layer that is used once.

use crate::diagnostic::Diagnostic;
use crate::front::weft::Program;
use crate::lint::use_counts::UseCounts;
use crate::lint::{Category, Check, Level, Rule};
use crate::source::FileId;
use crate::syntax::ast::{BlockBody, ItemKind, Name, Stmt, StmtKind};

pub(in crate::lint) static RULE: Rule = Rule {
    name: "tie-used-once",
    category: Category::Style,
    level: Level::Allow,
    summary: "a declared layer is used once",
    proves: "\
A `layer` statement's name is read once in its body, outside of loops and repetitions, and nothing reads its \
tensors.",
    why: "\
Declaring a layer says that its weights are shared. Used once, nothing is; the reader looks for the other use, \
or one was forgotten.",
    fires: &[
        "\
model Once {
    input x: [64]
    layer f = Linear(32)
    output y = x -> f -> ReLU
}
",
        "\
model Forgotten {
    input left: [64]
    input right: [64]
    layer tower = Linear(32) -> ReLU
    output y = (left -> tower) + (right -> Linear(32))
}
",
        "\
block Part {
    input x: [D]
    layer inner = Linear(D)
    output x -> inner -> ReLU
}

model UsesIt {
    input x: [64]
    output y = x -> Part
}
",
    ],
    clean: &[
        "\
model Once {
    input x: [64]
    output y = x -> f: Linear(32) -> ReLU
}
",
        "\
model Tied {
    input tokens: int[16]
    layer words = Embedding(100, 32)
    output y = tokens -> words -> LSTM(32) -> Linear(100, bias=false, weight=words.weight)
}
",
        "\
model InALoop {
    input x: [64]
    layer f = Linear(64)
    for i in 0..3 { x = x -> f -> ReLU }
    output y = x
}
",
    ],
    fix: "\
Write the layer in its chain, with a label where its path matters; or use it where it was forgotten.",
    exceptions: "\
A name that is given for readability.",
    source: "Weft's own",
    thresholds: &[],
    check: Check::File(check),
};

fn check(program: &Program) -> Vec<Diagnostic> {
    program.tree.items.iter().flat_map(|item| in_body(body(&item.kind))).collect()
}

fn body(item: &ItemKind) -> &[Stmt] {
    match item {
        ItemKind::Model { body, .. } | ItemKind::Block { body: BlockBody::Statements(body), .. } => body,
        _ => &[],
    }
}

fn in_body(body: &[Stmt]) -> Vec<Diagnostic> {
    let readings = UseCounts::of(body);
    let once = declared(body).into_iter().filter(|name| readings.count(&name.text) == 1);
    once.map(|name| {
        RULE.finding(
            name.span.within(FileId(0)),
            format!("the layer `{}` is declared and used once", name.text),
        )
        .label("so its weights are shared by nothing")
        .help(format!("write it in its chain, `-> {}: …`, or use it again", name.text))
    })
    .collect()
}

/// The layers that a body declares, in branches too. In a loop each round declares its own.
fn declared(body: &[Stmt]) -> Vec<&Name> {
    let mut names = Vec::new();
    for stmt in body {
        match &stmt.kind {
            StmtKind::Layer { name, .. } => names.push(name),
            StmtKind::If { arms, otherwise } => {
                let bodies = arms.iter().map(|(_, body)| body).chain(otherwise);
                bodies.for_each(|body| names.extend(declared(body)));
            }
            _ => {}
        }
    }
    names
}
