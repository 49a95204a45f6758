//! Rules and structural errors as the formats of findings tell of them.

use super::{CompileError, Level, RULES, Rule, STRUCTURAL};
use crate::diagnostic::Severity;
use crate::diagnostic::output_format::RuleInfo;

/// Every rule, then every structural error, as they are unless a project decides otherwise.
pub fn abouts() -> Vec<RuleInfo> {
    RULES.iter().map(|rule| of_rule(rule)).chain(STRUCTURAL.iter().map(of_error)).collect()
}

fn of_rule(rule: &Rule) -> RuleInfo {
    RuleInfo {
        code: rule.name,
        category: rule.category.name(),
        severity: rule.level.severity(),
        enabled: rule.level != Level::Allow,
        summary: rule.summary,
        meaning: rule.proves,
        mend: rule.mend,
    }
}

fn of_error(error: &CompileError) -> RuleInfo {
    RuleInfo {
        code: error.name,
        category: "structural",
        severity: Severity::Error,
        enabled: true,
        summary: error.summary,
        meaning: error.meaning,
        mend: error.mend,
    }
}
