//! `assertion-failed`: an `assert` that does not hold.

use crate::diagnostic::Diagnostic;
use crate::ir::{Assertion, Graph};
use crate::lint::context::LintContext;
use crate::lint::{Category, Check, Level, Rule};

pub(in crate::lint) static RULE: Rule = Rule {
    name: "assertion-failed",
    category: Category::Correctness,
    level: Level::Error,
    summary: "an `assert` does not hold",
    proves: "\
The condition of an `assert` is false once every shape is inferred; symbolic sizes stand at their defaults. Where it \
bounds `params` or `macs` from above it is `budget-exceeded`.",
    why: "An assertion is what the author knows of the model; now the model or the assertion is wrong.",
    fires: &[
        "\
model Halved {
    input image: [3, 32, 32]
    x = image -> Conv2d(8, kernel=3, stride=2)
    assert x.height == 16, \"the map is halved\"
    output y = x
}
",
        "\
model Exact {
    input x: [10]
    output y = x -> Linear(10) -> ReLU
    assert params == 100
}
",
        "\
model Divides(heads=7) {
    input x: [16, 64]
    assert x.shape[1] % heads == 0, \"the heads divide the width\"
    output y = x -> Linear(64) -> ReLU
}
",
    ],
    clean: &[
        "\
model Halved {
    input image: [3, 32, 32]
    x = image -> Conv2d(8, kernel=3, stride=2, pad=1)
    assert x.height == 16, \"the map is halved\"
    output y = x
}
",
        "\
model Exact {
    input x: [10]
    output y = x -> Linear(10, bias=false) -> ReLU
    assert params == 100
}
",
        "\
model AtTheDefault {
    input x: [T = 16, 64]
    assert T >= 16
    output y = x -> Linear(64) -> ReLU
}
",
    ],
    fix: "Mend the model, or the assertion.",
    exceptions: "None.",
    source: "Weft's own",
    thresholds: &[],
    check: Check::Model(check),
};

fn check(model: &LintContext) -> Vec<Diagnostic> {
    let failed =
        model.graph.assertions.iter().filter(|assertion| !assertion.holds && assertion.budget.is_none());
    failed.map(|assertion| finding(model.graph, assertion)).collect()
}

fn finding(graph: &Graph, assertion: &Assertion) -> Diagnostic {
    let said = assertion.message.as_ref().map(|message| format!(": {message}")).unwrap_or_default();
    let label = match &assertion.sides {
        Some((left, right)) => format!("{left} against {right}"),
        None => "this is false".to_owned(),
    };
    let finding = RULE.finding(assertion.origin, format!("this does not hold{said}")).label(label);
    circumstances(graph, assertion, finding)
}

/// Notes where an assertion stands and what it was decided at.
pub(super) fn circumstances(graph: &Graph, assertion: &Assertion, mut finding: Diagnostic) -> Diagnostic {
    if let Some(scope) = graph.scope(graph.module_of(assertion.scope)).filter(|scope| scope.parent.is_some())
    {
        finding = finding.note(format!("in the block `{}`, used as `{}`", scope.definition, scope.path));
    }
    if assertion.at_defaults {
        let values = graph.dimensions.iter().filter_map(|dimension| {
            dimension.default.map(|default| format!("{} = {default}", dimension.name))
        });
        let values: Vec<_> = values.collect();
        finding = finding.note(match values.as_slice() {
            [] => "decided for large values of the symbolic sizes".to_owned(),
            values => format!("decided at the defaults: {}", values.join(", ")),
        });
    }
    finding
}
