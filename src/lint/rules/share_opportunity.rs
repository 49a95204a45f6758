//! `share-opportunity`: equal blocks in a row that could share their weights.

use crate::ir::{Scope, ScopeId};
use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use crate::diagnostic::Diagnostic;
use crate::lint::context::{LintContext, grouped, percent};
use crate::lint::{Category, Check, Level, Rule, Threshold};

static BLOCKS: Threshold =
    Threshold { name: "min-blocks", default: 4, doc: "the fewest equal blocks in a row" };

pub(in crate::lint) static RULE: Rule = Rule {
    name: "share-opportunity",
    category: Category::Size,
    level: Level::Allow,
    summary: "four or more equal blocks in a row could share their weights",
    proves: "\
At least 4 uses of one block with equal arguments stand in a row in one body, with equally many parameters, each \
with weights of its own.",
    why: "\
One set of weights, used at every step, stores a fraction of the parameters for the same arithmetic (ALBERT). \
The finding says what it would save; what it costs in accuracy only training tells.",
    fires: &[
        "\
block Layer {
    input x: [D]
    output x + (x -> LayerNorm -> Linear(D) -> GELU)
}

model Stack {
    input x: [64]
    output y = x -> Layer * 4 -> Linear(10)
}
",
        "\
block Layer(width) {
    input x: [D]
    output x + (x -> Linear(width) -> ReLU -> Linear(D))
}

model Loop {
    input x: [64]
    for i in 0..6 { x = x -> layers[i]: Layer(128) }
    output y = x -> Linear(10)
}
",
        "\
model Chain {
    input x: [64]
    output y = x -> (Linear(64) -> ReLU) * 5 -> Linear(10)
}
",
    ],
    clean: &[
        "\
block Layer {
    input x: [D]
    output x + (x -> LayerNorm -> Linear(D) -> GELU)
}

model Stack {
    input x: [64]
    layer step = Layer
    output y = x -> step * 4 -> Linear(10)
}
",
        "\
block Layer {
    input x: [D]
    output x + (x -> LayerNorm -> Linear(D) -> GELU)
}

model Three {
    input x: [64]
    output y = x -> Layer * 3 -> Linear(10)
}
",
        "\
block Layer(width) {
    input x: [D]
    output x + (x -> Linear(width) -> ReLU -> Linear(D))
}

model Different {
    input x: [64]
    for i in 0..6 { x = x -> Layer(32 + i) }
    output y = x -> Linear(10)
}
",
    ],
    fix: "\
Declare the block (`layer step = Layer`) and use it several times.",
    exceptions: "\
Nearly every network: its blocks are meant to differ.",
    source: "Lan et al. 2020, \"ALBERT\"",
    thresholds: &[&BLOCKS],
    check: Check::Model(check),
};

/// Equal blocks in a row.
struct Row<'m> {
    first: &'m Scope,
    blocks: u128,
    parameters: u128,
}

fn check(model: &LintContext) -> Vec<Diagnostic> {
    let mut rows: Vec<Row> = Vec::new();
    // The row that is open in each body, by the body.
    let mut open: HashMap<ScopeId, usize> = HashMap::new();
    let mut seen = HashSet::new();
    for (id, scope) in model.graph.modules() {
        let Some(parent) = model.graph.outer_module(id) else { continue };
        let parameters = model.analysis().scopes.get(id.0 as usize);
        let parameters = parameters.and_then(|totals| model.number(&totals.parameters)).unwrap_or(0);
        // A path that was seen is the same weights again.
        if parameters == 0 || !seen.insert(&scope.path) {
            continue;
        }
        let last = open.get(&parent).and_then(|number| rows.get_mut(*number));
        match last.filter(|row| is_equal(row, scope, parameters)) {
            Some(row) => row.blocks = row.blocks.saturating_add(1),
            None => {
                open.insert(parent, rows.len());
                rows.push(Row { first: scope, blocks: 1, parameters });
            }
        }
    }
    let long = rows.into_iter().filter(|row| row.blocks >= model.limit(&BLOCKS));
    long.filter_map(|row| finding(model, &row)).collect()
}

fn is_equal(row: &Row, scope: &Scope, parameters: u128) -> bool {
    let first = row.first;
    first.definition == scope.definition && first.arguments == scope.arguments && row.parameters == parameters
}

fn finding(model: &LintContext, row: &Row) -> Option<Diagnostic> {
    let saved = row.blocks.checked_sub(1)?.checked_mul(row.parameters)?;
    let all = model.number(&model.analysis().totals.parameters)?;
    let message = format!("{} equal blocks in a row could share their weights", grouped(row.blocks));
    let finding = RULE
        .finding(row.first.origin, message)
        .label(format!(
            "`{}` and what follows have {} parameters each",
            row.first.path,
            grouped(row.parameters)
        ))
        .help(format!(
            "declared once, they would store {} less, {} of the model",
            grouped(saved),
            percent(saved, all)
        ));
    Some(finding)
}
