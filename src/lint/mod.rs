//! The linter: findings that can be proved from a graph, by rules of one file each.
//!
//! Main function: [`lint`], of a [`Subject`]: graphs and, where there is one, the text they were written as. A rule is a
//! [`Rule`] in a file of `rules/` and a line of [`RULES`]; its documentation, its examples and its check are together.
//! What keeps a graph from being built is in [`COMPILE_ERRORS`], for documentation.

mod compile_errors;
mod context;
mod coverage;
mod engine;
mod graph_index;
mod kinds;
mod paths;
mod rule;
mod rule_info;
mod rules;
mod settings;
mod stage_edit;
mod use_counts;

pub use compile_errors::{COMPILE_ERRORS, CompileError};
pub use context::LintContext;
pub use engine::{Baseline, LintCache, Subject, lint, lint_again};
pub use rule::{Category, Check, Level, Rule, Threshold};
pub use rule_info::rule_infos;
pub use rules::RULES;
pub use settings::{Budget, Choice, Measure, Settings};

/// Every name that `weft rule` knows: rules, then structural errors.
pub fn names() -> impl Iterator<Item = &'static str> {
    RULES.iter().map(|rule| rule.name).chain(COMPILE_ERRORS.iter().map(|error| error.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_kebab_case_and_each_is_there_once() {
        let mut all: Vec<_> = names().collect();
        assert!(all.iter().all(|name| name.chars().all(|c| c.is_ascii_lowercase() || c == '-')));
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
