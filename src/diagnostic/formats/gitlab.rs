//! GitLab's code quality report, which becomes notes on the lines of a merge request:
//! <https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>.

use serde_json::{Value, json};

use super::fingerprint::fingerprints;
use super::json::text;
use super::path::portable;
use super::prose::prose;
use super::{FindingsFormat, Found, Writer};
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::Sources;

/// One list.
pub static FORMAT: FindingsFormat = FindingsFormat {
    name: "gitlab",
    summary: "GitLab's code quality report",
    extensions: &["json"],
    writer: Writer {
        opening: |_| "[\n".to_owned(),
        entries,
        separator: ",\n",
        closing: |_| "\n]\n".to_owned(),
        counts: false,
    },
};

/// Every diagnostic as an object on a line of its own.
fn entries(found: &Found) -> Vec<String> {
    let fingerprints = fingerprints(found.diagnostics, found.sources);
    let each = found.diagnostics.iter().zip(fingerprints);
    each.map(|(diagnostic, fingerprint)| text(&entry(diagnostic, &fingerprint, found.sources))).collect()
}

fn entry(diagnostic: &Diagnostic, fingerprint: &str, sources: &Sources) -> Value {
    let location = diagnostic.primary.location;
    let (name, begin, _) = sources.position(location);
    let end = sources.get(location.file).map_or(begin, |file| file.line_column(location.span.end).0);
    json!({
        "description": diagnostic.message,
        "check_name": diagnostic.code,
        "fingerprint": fingerprint,
        "severity": severity(diagnostic),
        "content": {"body": prose(diagnostic, sources)},
        "location": {"path": portable(name), "lines": {"begin": begin, "end": end}},
    })
}

fn severity(diagnostic: &Diagnostic) -> &'static str {
    match diagnostic.severity {
        Severity::Error if diagnostic.structural => "critical",
        Severity::Error => "major",
        Severity::Warning => "minor",
        Severity::Note => "info",
    }
}
