//! The formats of `check`: how the diagnostics of a run become one text.
//!
//! Main type: [`OutputFormat`]. A format is a file with one and a line in [`OUTPUT_FORMATS`]. A run is written piece by piece,
//! so that one over many files holds none of it.

use super::pretty::Style;
use super::{Diagnostic, Severity, Tally, compact, github, gitlab, json, junit, pretty, sarif};
use crate::source::Sources;

/// A format.
#[derive(Debug)]
pub struct OutputFormat {
    /// Its name on the command line.
    pub name: &'static str,
    /// For whom it is, in a line.
    pub about: &'static str,
    /// What comes before all findings.
    pub opening: fn(&[RuleInfo]) -> String,
    /// The entries of one file.
    pub entries: fn(&Found) -> Vec<String>,
    /// What stands between two entries.
    pub separator: &'static str,
    /// What comes after all findings.
    pub closing: fn(&Tally) -> String,
    /// True where the document itself says how many findings are not shown.
    pub counts: bool,
}

/// What was found in one file.
pub struct Found<'d> {
    /// The file, as people write it.
    pub name: &'d str,
    /// What was found.
    pub diagnostics: &'d [Diagnostic],
    /// Where it was found.
    pub sources: &'d Sources,
    /// How a person's terminal looks.
    pub style: Style,
}

/// What a code stands for, unless a project decides otherwise.
#[derive(Clone, Copy, Debug)]
pub struct RuleInfo {
    /// The rule or structural error.
    pub code: &'static str,
    /// What kind of mistake it is.
    pub category: &'static str,
    /// How grave it is.
    pub severity: Severity,
    /// Whether it is looked for.
    pub enabled: bool,
    /// What it is, in a line.
    pub summary: &'static str,
    /// When exactly it is given.
    pub meaning: &'static str,
    /// How to mend it.
    pub mend: &'static str,
}

/// Every format, the default first.
pub static OUTPUT_FORMATS: &[&OutputFormat] = &[
    &pretty::RENDERING,
    &compact::RENDERING,
    &json::RENDERING,
    &sarif::RENDERING,
    &github::RENDERING,
    &gitlab::RENDERING,
    &junit::RENDERING,
];

/// Nothing: for a format that is a row of entries.
pub(super) fn no_opening(_: &[RuleInfo]) -> String {
    String::new()
}

/// Nothing: for a format that is a row of entries.
pub(super) fn no_closing(_: &Tally) -> String {
    String::new()
}
