//! `budget-exceeded`: a model or block has more parameters, or costs more, than its `assert` allows.

use crate::ir::{self, Assertion, Node, ScopeId};
use foldhash::{HashSet, HashSetExt};

use super::assertion_failed::circumstances;
use crate::analysis::{MemoryConfig, footprint};
use crate::diagnostic::Diagnostic;
use crate::lint::context::{LintContext, grouped, percent};
use crate::lint::{Budget, Category, Check, Level, Measure, Rule};

/// The bytes of a `float32`.
const FLOAT_BYTES: u128 = 4;
/// How many of the largest contributors are named.
const NAMED: usize = 3;

pub(in crate::lint) static RULE: Rule = Rule {
    name: "budget-exceeded",
    category: Category::Size,
    level: Level::Error,
    summary: "a model or block has more parameters or MACs, or takes more memory, than it may",
    proves: "\
An `assert` bounds the parameters or the multiply-accumulates of its model or block from above, or `[budget]` in \
`weft.toml` those of a model or its memory (everything stored and the activations at their most, as float32, for one \
sample), and they are more. The three layers with most of them are named.",
    why: "A budget is what the model must fit: a device, a deadline, a download.",
    fires: &[
        "\
model Small {
    input image: [3, 32, 32]
    x = image -> stem: Conv2d(64, kernel=3) -> ReLU -> GlobalAvgPool
    output logits = x -> head: Linear(10)
    assert params <= 1k, \"the device holds no more\"
}
",
        "\
model Costly {
    input image: [3, 32, 32]
    output y = image -> Conv2d(16, kernel=3, pad=1) -> ReLU -> GlobalAvgPool -> Linear(10)
    assert macs <= 100k
}
",
        "\
model OneTooMany {
    input x: [10]
    output y = x -> Linear(10) -> ReLU
    assert params < 110
}
",
    ],
    clean: &[
        "\
model Small {
    input image: [3, 32, 32]
    x = image -> stem: Conv2d(16, kernel=3) -> ReLU -> GlobalAvgPool
    output logits = x -> head: Linear(10)
    assert params <= 1k, \"the device holds no more\"
}
",
        "\
model Costly {
    input image: [3, 32, 32]
    output y = image -> Conv2d(16, kernel=3, pad=1) -> ReLU -> GlobalAvgPool -> Linear(10)
    assert macs <= 1M
}
",
        "\
model Exactly {
    input x: [10]
    output y = x -> Linear(10) -> ReLU
    assert params <= 110
}
",
    ],
    fix: "Make the layers that are named smaller, or raise the budget.",
    exceptions: "None.",
    source: "Weft's own",
    thresholds: &[],
    check: Check::Model(check),
};

fn check(model: &LintContext) -> Vec<Diagnostic> {
    let failed = model.graph.assertions.iter().filter(|assertion| !assertion.holds);
    let asserted = failed.filter_map(|assertion| Some(of_assertion(model, assertion, assertion.budget?)));
    let mine = |budget: &&Budget| budget.model.as_deref().is_none_or(|name| *name == *model.graph.name);
    let configured = model.settings.budgets.iter().filter(mine);
    asserted.chain(configured.filter_map(|budget| of_project(model, budget))).collect()
}

fn of_assertion(model: &LintContext, assertion: &Assertion, budget: ir::Budget) -> Diagnostic {
    let measure = match budget.measure {
        ir::Measure::Parameters => Measure::Parameters,
        ir::Measure::Macs => Measure::Macs,
    };
    let said = assertion.message.as_ref().map(|message| format!(": {message}")).unwrap_or_default();
    let bound = u128::try_from(budget.bound).unwrap_or(0);
    let over = Over { measure, actual: budget.actual, bound, scope: model.graph.module_of(assertion.scope) };
    let finding = RULE.finding(assertion.origin, format!("{}{said}", over.message()));
    circumstances(model.graph, assertion, over.explained(model, finding))
}

fn of_project(model: &LintContext, budget: &Budget) -> Option<Diagnostic> {
    let totals = &model.analysis().totals;
    let actual = match budget.measure {
        Measure::Parameters => model.number(&totals.parameters),
        Measure::Macs => model.number(&totals.macs),
        Measure::Memory => model.number(&footprint(model.graph, MemoryConfig::default()).inference()),
    };
    // A size without a default counts as large, and no budget holds for all sizes.
    let actual = actual.unwrap_or(u128::MAX);
    let Budget { measure, bound, .. } = *budget;
    let over = Over { measure, actual, bound, scope: ScopeId::ROOT };
    let finding = || {
        RULE.finding(
            model.sources.first_line(model.graph.origin),
            format!("`{}`: {}", model.graph.name, over.message()),
        )
    };
    (actual > bound).then(|| over.explained(model, finding()).note("the budget is set in `weft.toml`"))
}

/// What exceeds its bound.
struct Over {
    measure: Measure,
    actual: u128,
    bound: u128,
    scope: ScopeId,
}

impl Over {
    fn message(&self) -> String {
        let what = match self.measure {
            Measure::Parameters => "parameters",
            Measure::Macs => "MACs",
            Measure::Memory => "bytes of memory",
        };
        format!("{} {what} exceed the budget of {}", grouped(self.actual), grouped(self.bound))
    }

    /// By how much, and the layers with most of it.
    fn explained(&self, model: &LintContext, finding: Diagnostic) -> Diagnostic {
        let finding = finding.label(format!("{} too many", grouped(self.actual.saturating_sub(self.bound))));
        let largest = largest(model, self.scope, self.measure);
        let named = largest
            .iter()
            .map(|(path, n)| format!("`{path}` has {} ({})", grouped(*n), percent(*n, self.actual)));
        match named.collect::<Vec<_>>() {
            named if named.is_empty() => finding,
            named => finding.help(format!("the largest: {}", named.join(", "))),
        }
    }
}

/// The layers of a model or block that have most of what is bounded, the largest first; of memory, what they store.
fn largest<'m>(model: &LintContext<'m>, scope: ScopeId, measure: Measure) -> Vec<(&'m str, u128)> {
    let mut counted = HashSet::new();
    let mut amount = |node: &'m Node| match measure {
        Measure::Parameters | Measure::Memory => {
            let own = model.parameters(node).filter(|(id, _)| counted.insert(*id));
            let elements = own.fold(0u128, |sum, (_, elements)| sum.saturating_add(elements));
            if measure == Measure::Memory { elements.saturating_mul(FLOAT_BYTES) } else { elements }
        }
        Measure::Macs => model.number(&node.operation.macs).unwrap_or(u128::MAX),
    };
    let inside = model.graph.nodes().filter(|(_, node)| model.is_within(node.scope, scope));
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
