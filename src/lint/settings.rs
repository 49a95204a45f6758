//! What a project decided of the rules: levels and thresholds.

use std::collections::BTreeMap;

use super::rule::{Level, Rule};
use crate::diagnostic::Diagnostic;

/// What was decided, by the name of the rule; a rule that is not named keeps what it says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The choices.
    pub rules: BTreeMap<&'static str, Choice>,
    /// Bounds from outside the file.
    pub budgets: Vec<Budget>,
    /// True where only some models are looked at, or other values than the file's: comments may seem to allow nothing.
    pub partial: bool,
}

/// What was decided of one rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// How grave its findings are.
    pub level: Option<Level>,
    /// Its thresholds that were set, by name.
    pub thresholds: BTreeMap<&'static str, u128>,
}

/// A bound that a project sets to its models, or to one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    /// The model; all of them if `None`.
    pub model: Option<String>,
    /// What is bounded.
    pub measure: Measure,
    /// The most that is allowed; memory in bytes.
    pub bound: u128,
}

/// What a budget bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Measure {
    /// Stored parameters.
    Parameters,
    /// Multiply-accumulates for one sample.
    Macs,
    /// Bytes of everything stored and of the activations at their most, as `float32`, for one sample.
    Memory,
}

impl Settings {
    /// How grave a rule's findings are.
    pub(super) fn level(&self, rule: &Rule) -> Level {
        self.choice(rule).level.unwrap_or(rule.level)
    }

    /// A finding as grave as was decided; `None` where its rule is not asked for.
    pub fn graded(&self, finding: Diagnostic) -> Option<Diagnostic> {
        match self.rules.get(finding.code).and_then(|choice| choice.level) {
            Some(Level::Allow) => None,
            Some(level) => Some(Diagnostic { severity: level.severity(), ..finding }),
            None => Some(finding),
        }
    }

    /// What was decided of a rule.
    pub(super) fn choice(&self, rule: &Rule) -> &Choice {
        static NONE: std::sync::LazyLock<Choice> = std::sync::LazyLock::new(Choice::default);
        self.rules.get(rule.name).unwrap_or(&NONE)
    }
}
