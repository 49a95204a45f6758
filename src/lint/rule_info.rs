//! Rules and structural errors as the formats of findings tell of them.

use super::{COMPILE_ERRORS, CompileError, Level, RULES, Rule};
use crate::diagnostic::Severity;
use crate::diagnostic::formats::RuleInfo;

/// Every rule, then every structural error, as they are unless a project decides otherwise.
pub fn rule_infos() -> Vec<RuleInfo> {
    RULES.iter().map(|rule| of_rule(rule)).chain(COMPILE_ERRORS.iter().map(of_error)).collect()
}

fn of_rule(rule: &Rule) -> RuleInfo {
    RuleInfo {
        code: rule.name,
        category: rule.category.name(),
        severity: rule.level.severity(),
        enabled: rule.level != Level::Allow,
        summary: rule.summary,
        meaning: rule.proves,
        fix: rule.fix,
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
        fix: error.fix,
    }
}
