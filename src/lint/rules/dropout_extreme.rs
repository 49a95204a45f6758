//! `dropout-extreme`: a dropout that leaves nothing, or little.

use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::{Family, Node};
use crate::lint::context::{LintContext, by_site, named};
use crate::lint::kinds::drop_rate;
use crate::lint::{Category, Check, Level, Rule, Threshold};

static MUCH: Threshold =
    Threshold { name: "note-from", default: 80, doc: "the rate from which it is a note, in per cent" };

pub(in crate::lint) static RULE: Rule = Rule {
    name: "dropout-extreme",
    category: Category::Correctness,
    level: Level::Error,
    summary: "a dropout drops everything, or nearly everything",
    proves: "The rate of a dropout or of stochastic depth is 1 (an error), or at least 0.8 (a note).",
    why: "\
At 1 nothing passes in training, and no gradient. At 0.8 four fifths are lost at every step; mostly the rate to keep was \
written for the rate to drop.",
    fires: &[
        "\
model Everything {
    input x: [64]
    output y = x -> Linear(32) -> ReLU -> Dropout(1.0) -> Linear(10)
}
",
        "\
model Much {
    input x: [64]
    output y = x -> Linear(32) -> ReLU -> Dropout(0.8) -> Linear(10)
}
",
        "\
model Maps(rate=0.9) {
    input image: [3, 32, 32]
    output y = image -> Conv2d(8, kernel=3) -> ReLU -> Dropout2d(rate) -> GlobalAvgPool -> Linear(10)
}
",
    ],
    clean: &[
        "\
model Everything {
    input x: [64]
    output y = x -> Linear(32) -> ReLU -> Dropout(0.5) -> Linear(10)
}
",
        "\
model JustUnder {
    input x: [64]
    output y = x -> Linear(32) -> ReLU -> Dropout(0.79) -> Linear(10)
}
",
        "\
model Depth {
    input x: [32]
    output y = x + (x -> Linear(32) -> ReLU -> DropPath(0.5)) -> Linear(10)
}
",
    ],
    fix: "Write the rate that is dropped, not the one that is kept.",
    exceptions: "None at 1.",
    source: "Srivastava et al. 2014, \"Dropout\"; Humbatova et al. 2020, \"Taxonomy of real faults\"",
    thresholds: &[&MUCH],
    check: Check::Model(check),
};

fn check(model: &LintContext) -> Vec<Diagnostic> {
    let much = model.limit(&MUCH) as f64;
    let rates = model.nodes_of(|kind| kind.family() == Some(Family::Regularisation));
    let rates = rates.filter_map(|(id, node)| Some((node, drop_rate(node, model.family(id))?)));
    let found = rates.filter(|(_, rate)| *rate >= 1.0 || rate * 100.0 >= much);
    by_site(found).iter().filter_map(|site| finding(site)).collect()
}

fn finding(site: &[(&Node, f64)]) -> Option<Diagnostic> {
    let (node, rate) = site.iter().max_by(|(_, a), (_, b)| a.total_cmp(b))?;
    let name = named(&node.path, site.len());
    let all = *rate >= 1.0;
    let message =
        if all { format!("{name} drops everything") } else { format!("{name} drops nearly everything") };
    let finding = RULE
        .finding(node.origin, message)
        .label(format!("a rate of {rate}"))
        .help("the rate is what is dropped, not what is kept");
    let severity = if all { finding.severity } else { Severity::Note };
    Some(Diagnostic { severity, ..finding })
}
