//! Findings that are known and put up with, so that the linter can be adopted in an old tree.
//!
//! Main type: [`Baseline`]. A finding is known again by its file, its rule and the text of its line, wherever the line
//! moves to.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::diagnostic::Diagnostic;
use crate::source::Sources;

/// The version of the file.
const VERSION: u32 = 1;

/// Known findings, by file, rule and line, and how many there are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    version: u32,
    findings: BTreeMap<String, BTreeMap<String, BTreeMap<String, usize>>>,
}

impl Baseline {
    /// The text of the file.
    pub fn text(&self) -> String {
        // Maps of strings and numbers always have a JSON form.
        serde_json::to_string_pretty(&Baseline { version: VERSION, ..self.clone() }).unwrap_or_default()
            + "\n"
    }

    /// Reads the text of a file.
    ///
    /// # Errors
    /// Why it is none that the linter wrote.
    pub fn read(text: &str) -> Result<Baseline, String> {
        let read: Baseline = serde_json::from_str(text).map_err(|error| error.to_string())?;
        match read.version {
            VERSION => Ok(read),
            other => Err(format!("it is of version {other}, this program reads {VERSION}")),
        }
    }

    /// Adds a finding; `folder` is that of the baseline.
    pub fn add(&mut self, finding: &Diagnostic, sources: &Sources, folder: &Path) {
        let (file, line) = place(finding, sources, folder);
        let rules = self.findings.entry(file).or_default();
        let count = rules.entry(finding.code.to_owned()).or_default().entry(line).or_default();
        *count = count.saturating_add(1);
    }

    /// How many findings are in it.
    pub fn len(&self) -> usize {
        let counts = self.findings.values().flat_map(BTreeMap::values).flat_map(BTreeMap::values);
        counts.fold(0, |sum, count| sum.saturating_add(*count))
    }

    /// True if none is.
    pub fn is_empty(&self) -> bool {
        self.findings.is_empty()
    }

    /// Drops the findings of one run that are known, and says how many. CompileError errors are none.
    pub fn drop_known(&self, found: &mut Vec<Diagnostic>, sources: &Sources, folder: &Path) -> usize {
        let before = found.len();
        let mut left: BTreeMap<(String, &str, String), usize> = BTreeMap::new();
        found.retain(|finding| {
            if finding.structural {
                return true;
            }
            let (file, line) = place(finding, sources, folder);
            let known = || self.findings.get(&file)?.get(finding.code)?.get(&line).copied();
            let Some(known) = known() else { return true };
            let left = left.entry((file, finding.code, line)).or_insert(known);
            let is_new = *left == 0;
            *left = left.saturating_sub(1);
            is_new
        });
        before.saturating_sub(found.len())
    }
}

/// The file of a finding, as the baseline's folder sees it, and the text of its line.
fn place(finding: &Diagnostic, sources: &Sources, folder: &Path) -> (String, String) {
    let location = finding.primary.location;
    let Some(file) = sources.get(location.file) else { return Default::default() };
    let absolute = std::path::absolute(file.name()).unwrap_or_else(|_| file.name().into());
    let inside = absolute.strip_prefix(folder).unwrap_or(&absolute).components();
    let parts = inside.filter(|part| *part != std::path::Component::CurDir);
    let name: Vec<_> = parts.map(|part| part.as_os_str().to_string_lossy()).collect();
    (name.join("/"), file.slice(file.line_span(location.span.start)).trim().to_owned())
}
