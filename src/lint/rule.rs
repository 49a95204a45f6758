//! What a rule of the linter says of itself, and how it looks at a program.

use std::fmt;

use super::LintContext;
use crate::diagnostic::{Diagnostic, Severity};
use crate::front::weft::Program;
use crate::source::Location;

/// A rule: its documentation, examples that are its tests, and its check.
#[derive(Debug)]
pub struct Rule {
    /// Its name, in kebab-case.
    pub name: &'static str,
    /// What kind of mistake it finds.
    pub category: Category,
    /// How grave its findings are.
    pub level: Level,
    /// What it finds, in a line.
    pub summary: &'static str,
    /// When exactly it fires, with the numbers.
    pub proves: &'static str,
    /// Why that matters.
    pub why: &'static str,
    /// Programs in which it fires, and nothing else does; the first is its example.
    pub fires: &'static [&'static str],
    /// Programs that come near and are clean; the first is the example, fixed.
    pub clean: &'static [&'static str],
    /// How to fix it.
    pub fix: &'static str,
    /// Designs that do this on purpose.
    pub exceptions: &'static str,
    /// What the rule rests on.
    pub source: &'static str,
    /// The numbers that decide, which a project may set.
    pub thresholds: &'static [&'static Threshold],
    /// What it looks at.
    pub check: Check,
}

/// A number that decides whether a rule fires.
#[derive(Debug)]
pub struct Threshold {
    /// Its name in a project's configuration, in kebab-case.
    pub name: &'static str,
    /// Its value unless a project sets it; shares are in per cent.
    pub default: u128,
    /// What it bounds.
    pub doc: &'static str,
}

impl Rule {
    /// A finding of this rule.
    pub fn finding(&self, location: Location, message: impl Into<String>) -> Diagnostic {
        Diagnostic::finding(self.name, self.level.severity(), location, message)
    }
}

/// What a rule looks at.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Check {
    /// Every model by itself.
    Model(fn(&LintContext) -> Vec<Diagnostic>),
    /// The file as a whole.
    File(fn(&Program) -> Vec<Diagnostic>),
    /// The comments that allow findings, when all others are known.
    Suppressions,
    /// The figures that a project has recorded; asked for by `weft check --locked`.
    Lock,
}

/// What kind of mistake a rule finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Category {
    /// The model does not do what it says.
    Correctness,
    /// The model does something that is rarely meant.
    Suspicious,
    /// The model is larger than it need be.
    Size,
    /// The source could be plainer.
    Style,
}

impl Category {
    /// `correctness`, `suspicious`, `size` or `style`.
    pub fn name(self) -> &'static str {
        match self {
            Category::Correctness => "correctness",
            Category::Suspicious => "suspicious",
            Category::Size => "size",
            Category::Style => "style",
        }
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// How grave a rule's findings are unless a project decides otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Must be fixed.
    Error,
    /// Worth fixing.
    Warn,
    /// Worth knowing.
    Note,
    /// Not looked for.
    Allow,
}

impl Level {
    pub(super) fn severity(self) -> Severity {
        match self {
            Level::Error => Severity::Error,
            Level::Warn => Severity::Warning,
            Level::Note | Level::Allow => Severity::Note,
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Level::Error => "error",
            Level::Warn => "warn",
            Level::Note => "note",
            Level::Allow => "allow",
        })
    }
}
