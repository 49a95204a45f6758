//! Workflow commands of GitHub Actions, which become annotations on the lines of a pull request:
//! <https://docs.github.com/actions/using-workflows/workflow-commands-for-github-actions>.

use super::path::portable;
use super::prose::prose;
use super::{FindingsFormat, Writer, no_closing, no_opening};
use crate::diagnostic::{Diagnostic, Severity, escaped};
use crate::source::Sources;

/// One command each.
pub static FORMAT: FindingsFormat = FindingsFormat {
    name: "github",
    summary: "Annotations of GitHub Actions",
    extensions: &[],
    writer: Writer {
        opening: no_opening,
        entries: |found| {
            found.diagnostics.iter().map(|found_here| command(found_here, found.sources)).collect()
        },
        separator: "",
        closing: no_closing,
        counts: false,
    },
};

fn command(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let name = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let location = diagnostic.primary.location;
    let (path, line, column) = sources.position(location);
    let end = sources.get(location.file).map_or((line, column), |file| file.line_column(location.span.end));
    // Columns are taken only where both ends stand on one line.
    let columns = if end.0 == line { format!(",col={column},endColumn={}", end.1) } else { String::new() };
    let (path, title) = (property(&portable(path)), property(&format!("weft {}", diagnostic.code)));
    let lines = prose(diagnostic, sources);
    let lines: Vec<_> = lines.lines().map(data).collect();
    format!(
        "::{name} file={path},line={line},endLine={}{columns},title={title}::{}\n",
        end.0,
        lines.join("%0A")
    )
}

/// A message: what ends a command is encoded, what commands a terminal is shown.
fn data(text: &str) -> String {
    escaped(text).replace('%', "%25")
}

/// A property: what ends one is encoded as well.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
