//! `figures-changed`: a model's figures are not those of `weft.lock`. Its check is [`crate::lock::changes`].

use crate::lint::{Category, Check, Level, Rule};

pub(in crate::lint) static RULE: Rule = Rule {
    name: "figures-changed",
    category: Category::Size,
    level: Level::Error,
    summary: "a model's figures are not those that `weft.lock` records",
    proves: "\
Only under `weft check --locked`: the parameters, MACs, memory or output shapes of a model differ from those that \
`weft lock` recorded, or the model was not recorded, or is gone. Old, new, the change and the layers behind it are said.",
    why: "\
A change that doubles a model looks like any other in a diff. Recorded figures make it a line that a reviewer sees, and \
an unmeant one a failed check.",
    fires: &[],
    clean: &[],
    fix: "Undo what was not meant. What was meant is recorded by `weft lock`, whose change is then part of the review.",
    exceptions: "None.",
    source: "Weft's own",
    thresholds: &[],
    check: Check::Lock,
};
