//! The formats of `check`: how the diagnostics of a run become one text.
//!
//! Main type: [`FindingsFormat`]. A format is a file with one and a line in [`FORMATS`]. A run is written piece by piece, so
//! that one over many files holds none of it.

mod compact;
mod fingerprint;
pub mod github;
pub mod gitlab;
pub mod json;
pub mod junit;
mod path;
pub mod pretty;
mod prose;
pub mod sarif;

pub use fingerprint::fingerprints;

use super::{Diagnostic, Severity, Tally};
use crate::output::{Format, Registry};
use crate::source::Sources;
use pretty::Style;

/// Every format of `weft check`, the default first.
pub static FORMATS: Registry<Writer> = Registry::new(&[
    &pretty::FORMAT,
    &compact::FORMAT,
    &json::FORMAT,
    &sarif::FORMAT,
    &github::FORMAT,
    &gitlab::FORMAT,
    &junit::FORMAT,
]);

/// A format of diagnostics.
pub type FindingsFormat = Format<Writer>;

/// How diagnostics are written, piece by piece.
#[derive(Clone, Copy, Debug)]
pub struct Writer {
    /// What comes before all findings.
    pub opening: fn(&[RuleInfo]) -> String,
    /// The entries of one file.
    pub entries: fn(&Found) -> Vec<String>,
    /// What comes between two entries.
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
    /// How to fix it.
    pub fix: &'static str,
}

/// Nothing: for a format that is a row of entries.
pub(super) fn no_opening(_: &[RuleInfo]) -> String {
    String::new()
}

/// Nothing: for a format that is a row of entries.
pub(super) fn no_closing(_: &Tally) -> String {
    String::new()
}
