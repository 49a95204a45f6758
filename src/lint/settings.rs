//! What a project decided of the rules: levels and thresholds.

use std::collections::HashMap;

use super::rule::{Level, Rule};

/// What was decided, by the name of the rule; a rule that is not named keeps what it says of itself.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The choices.
    pub rules: HashMap<&'static str, Choice>,
    /// True where only some models are looked at, or other values than the file's: comments may seem to allow nothing.
    pub partial: bool,
}

/// What was decided of one rule.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// How grave its findings are.
    pub level: Option<Level>,
    /// Its thresholds that were set, by name.
    pub thresholds: HashMap<&'static str, u128>,
}

impl Settings {
    /// How grave a rule's findings are.
    pub(super) fn level(&self, rule: &Rule) -> Level {
        self.choice(rule).level.unwrap_or(rule.level)
    }

    pub(super) fn choice(&self, rule: &Rule) -> &Choice {
        static NONE: std::sync::LazyLock<Choice> = std::sync::LazyLock::new(Choice::default);
        self.rules.get(rule.name).unwrap_or(&NONE)
    }
}
