//! `budget-exceeded`: a model or block has more parameters, or costs more, than its `assert` allows.

use std::collections::HashSet;

use super::assertion_failed::circumstances;
use crate::diagnostic::Diagnostic;
use crate::elaborate::location;
use crate::graph::{Assertion, Budget, Measure, Node};
use crate::lint::judged::{Judged, grouped, percent};
use crate::lint::{Category, Check, Level, Rule};

/// How many of the largest contributors are named.
const NAMED: usize = 3;

pub(in crate::lint) static RULE: Rule = Rule {
    name: "budget-exceeded",
    category: Category::Size,
    level: Level::Error,
    summary: "an `assert` that bounds `params` or `macs` does not hold",
    proves: "\
An `assert` bounds the parameters or the multiply-accumulates of its model or block from above, and they are more. The \
three layers with most of them are named.",
    why: "A budget is what the model must fit: a device, a deadline, a download.",
    fires: &["\
model Small {
    input image: [3, 32, 32]
    output logits = image -> stem: Conv2d(64, kernel=3) -> GlobalAvgPool -> head: Linear(10)
    assert params <= 1k, \"the device holds no more\"
}
"],
    clean: &["\
model Small {
    input image: [3, 32, 32]
    output logits = image -> stem: Conv2d(16, kernel=3) -> GlobalAvgPool -> head: Linear(10)
    assert params <= 1k, \"the device holds no more\"
}
"],
    mend: "Make the layers that are named smaller, or raise the budget.",
    exceptions: "None.",
    source: "Weft's own",
    thresholds: &[],
    check: Check::Model(check),
};

fn check(model: &Judged) -> Vec<Diagnostic> {
    let failed = model.graph.assertions.iter().filter(|assertion| !assertion.holds);
    failed.filter_map(|assertion| Some(finding(model, assertion, assertion.budget?))).collect()
}

fn finding(model: &Judged, assertion: &Assertion, budget: Budget) -> Diagnostic {
    let what = match budget.measure {
        Measure::Parameters => "parameters",
        Measure::Macs => "MACs",
    };
    let said = assertion.message.as_ref().map(|message| format!(": {message}")).unwrap_or_default();
    let bound = u128::try_from(budget.bound).unwrap_or(0);
    let (actual, over) = (grouped(budget.actual), grouped(budget.actual.saturating_sub(bound)));
    let message = format!("{actual} {what} exceed the budget of {}{said}", grouped(bound));
    let finding = RULE.finding(location(assertion.origin), message).label(format!("{over} too many"));
    let finding = match largest(model, assertion, budget.measure) {
        largest if largest.is_empty() => finding,
        largest => {
            let named = largest
                .iter()
                .map(|(path, n)| format!("`{path}` has {} ({})", grouped(*n), percent(*n, budget.actual)));
            finding.help(format!("the largest: {}", named.collect::<Vec<_>>().join(", ")))
        }
    };
    circumstances(model.graph, assertion, finding)
}

/// The layers of the asserting model or block that have most of what is bounded, the largest first.
fn largest<'m>(model: &Judged<'m>, assertion: &Assertion, measure: Measure) -> Vec<(&'m str, u128)> {
    let mut counted = HashSet::new();
    let mut amount = |node: &'m Node| match measure {
        Measure::Parameters => {
            let own = model.parameters(node).filter(|(id, _)| counted.insert(*id));
            own.fold(0u128, |sum, (_, elements)| sum.saturating_add(elements))
        }
        Measure::Macs => model.number(&node.operation.macs).unwrap_or(u128::MAX),
    };
    let inside = model.graph.nodes().filter(|(_, node)| model.is_within(node.scope, assertion.scope));
    let amounts = inside.map(|(_, node)| (&*node.path, amount(node)));
    let mut all: Vec<_> = amounts.filter(|(_, n)| *n > 0).collect();
    // Every use of a shared layer costs; they stand under one name.
    all.sort_by_key(|(path, _)| *path);
    all.dedup_by(|later, first| {
        let same = later.0 == first.0;
        if same {
            first.1 = first.1.saturating_add(later.1);
        }
        same
    });
    all.sort_by_key(|(path, n)| (std::cmp::Reverse(*n), *path));
    all.truncate(NAMED);
    all
}
