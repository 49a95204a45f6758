//! How many diagnostics of each severity a run gave, over how many models and files.

use std::fmt;

use super::{Diagnostic, Severity};

/// The sums of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Tally {
    /// Errors, structural ones included.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
    /// Notes.
    pub notes: usize,
    /// Of all these, those that were not shown.
    pub not_shown: usize,
    /// Findings that a baseline knows, which are none of these.
    pub known: usize,
    /// Models that were asked for.
    pub models: usize,
    /// Files that were read.
    pub files: usize,
}

impl Tally {
    /// Counts diagnostics in.
    pub fn count(&mut self, diagnostics: &[Diagnostic]) {
        for diagnostic in diagnostics {
            let sum = match diagnostic.severity {
                Severity::Error => &mut self.errors,
                Severity::Warning => &mut self.warnings,
                Severity::Note => &mut self.notes,
            };
            *sum = sum.saturating_add(1);
        }
    }

    /// Counts another run in.
    pub fn add(&mut self, other: Tally) {
        self.errors = self.errors.saturating_add(other.errors);
        self.warnings = self.warnings.saturating_add(other.warnings);
        self.notes = self.notes.saturating_add(other.notes);
        self.not_shown = self.not_shown.saturating_add(other.not_shown);
        self.known = self.known.saturating_add(other.known);
        self.models = self.models.saturating_add(other.models);
        self.files = self.files.saturating_add(other.files);
    }
}

/// `2 errors, 1 warning in 3 models (2 files)`
impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = [(self.errors, "error"), (self.warnings, "warning"), (self.notes, "note")];
        let found: Vec<_> = found.iter().filter(|(n, _)| *n > 0).map(|(n, what)| several(*n, what)).collect();
        let found = if found.is_empty() { "no problems found".to_owned() } else { found.join(", ") };
        write!(f, "{found} in {} ({})", several(self.models, "model"), several(self.files, "file"))?;
        if self.known > 0 {
            write!(f, "; {} known by the baseline", self.known)?;
        }
        if self.not_shown > 0 {
            write!(f, "; {} not shown", self.not_shown)?;
        }
        Ok(())
    }
}

fn several(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_names_only_what_was_found() {
        let tally = Tally { errors: 2, warnings: 1, models: 3, files: 2, ..Tally::default() };
        assert_eq!(tally.to_string(), "2 errors, 1 warning in 3 models (2 files)");
        assert_eq!(
            Tally { models: 1, files: 1, ..Tally::default() }.to_string(),
            "no problems found in 1 model (1 file)"
        );
    }
}
