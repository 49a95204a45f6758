//! Diagnostics for programs: one JSON document, `{"diagnostics": […], "summary": {…}}`.
//!
//! Lines and columns count from 1, columns in characters, bytes from 0.

use serde::Serialize;

use super::{FindingsFormat, Writer};
use crate::diagnostic::escape::is_hidden;
use crate::diagnostic::{Diagnostic, Edit, Fix, Label, Tally};
use crate::source::{Location, Sources};

/// One document.
pub static FORMAT: FindingsFormat = FindingsFormat {
    name: "json",
    summary: "One JSON document",
    extensions: &["json"],
    writer: Writer {
        opening: |_| OPENING.to_owned(),
        entries: |found| entries(found.diagnostics, found.sources),
        separator: SEPARATOR,
        closing,
        counts: true,
    },
};

const OPENING: &str = "{\"diagnostics\":[\n";
const SEPARATOR: &str = ",\n";

fn closing(tally: &Tally) -> String {
    format!("\n],\"summary\":{}}}\n", text(tally))
}

/// Every diagnostic as an object on a line of its own.
fn entries(diagnostics: &[Diagnostic], sources: &Sources) -> Vec<String> {
    diagnostics.iter().map(|diagnostic| text(&JsonDiagnostic::of(diagnostic, sources))).collect()
}

#[derive(Serialize)]
struct JsonDiagnostic<'d> {
    code: &'d str,
    severity: &'d str,
    structural: bool,
    message: &'d str,
    label: &'d str,
    place: JsonRange<'d>,
    related: Vec<JsonLabel<'d>>,
    help: &'d [String],
    notes: &'d [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<JsonFix<'d>>,
}

#[derive(Serialize)]
struct JsonFix<'d> {
    title: &'d str,
    safe: bool,
    edits: Vec<JsonEdit<'d>>,
}

#[derive(Serialize)]
struct JsonEdit<'d> {
    place: JsonRange<'d>,
    text: &'d str,
}

#[derive(Serialize)]
struct JsonLabel<'d> {
    label: &'d str,
    place: JsonRange<'d>,
}

#[derive(Serialize)]
struct JsonRange<'s> {
    file: &'s str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    start: u32,
    end: u32,
}

impl<'d> JsonDiagnostic<'d> {
    fn of(diagnostic: &'d Diagnostic, sources: &'d Sources) -> JsonDiagnostic<'d> {
        let related = |label: &'d Label| JsonLabel {
            label: &label.text,
            place: JsonRange::of(label.location, sources),
        };
        JsonDiagnostic {
            code: diagnostic.code,
            severity: diagnostic.severity.name(),
            structural: diagnostic.structural,
            message: &diagnostic.message,
            label: &diagnostic.primary.text,
            place: JsonRange::of(diagnostic.primary.location, sources),
            related: diagnostic.related.iter().map(related).collect(),
            help: &diagnostic.help,
            notes: &diagnostic.notes,
            fix: diagnostic.fix.as_ref().map(|fix| JsonFix::of(fix, sources)),
        }
    }
}

impl<'d> JsonFix<'d> {
    fn of(fix: &'d Fix, sources: &'d Sources) -> JsonFix<'d> {
        let change =
            |edit: &'d Edit| JsonEdit { place: JsonRange::of(edit.location, sources), text: &edit.text };
        JsonFix { title: &fix.title, safe: fix.safe, edits: fix.edits.iter().map(change).collect() }
    }
}

impl<'s> JsonRange<'s> {
    fn of(location: Location, sources: &'s Sources) -> JsonRange<'s> {
        let (file, line, column) = sources.position(location);
        let (start, end) = (location.span.start, location.span.end);
        let last = sources.get(location.file).map_or((1, 1), |file| file.line_column(end));
        JsonRange { file, line, column, end_line: last.0, end_column: last.1, start, end }
    }
}

/// The JSON of a value, hidden characters that JSON itself lets through escaped as well.
pub(super) fn text(value: &impl Serialize) -> String {
    // Strings, numbers and lists always have a JSON form.
    let json = serde_json::to_string(value).unwrap_or_default();
    json.chars().fold(String::with_capacity(json.len()), |mut safe, c| {
        if is_hidden(c) {
            safe.push_str(&format!("\\u{:04x}", u32::from(c)))
        } else {
            safe.push(c)
        }
        safe
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Severity;
    use crate::source::Span;

    #[test]
    fn the_document_is_json_and_holds_no_hidden_character() {
        let mut sources = Sources::new();
        let file = sources.add("\u{9b}a.weft", "one\ntwo");
        let place = Span::new(4, 7).within(file);
        let found = Diagnostic::finding("unused-layer", Severity::Warning, place, "\u{202E}\"x\"")
            .label("here")
            .related(place, "there");
        let pieces = entries(&[found.clone(), found], &sources).join(SEPARATOR);
        let document = format!("{OPENING}{pieces}{}", closing(&Tally::default()));
        assert!(!document.chars().any(|c| is_hidden(c) && c != '\n'));
        let read: serde_json::Value = serde_json::from_str(&document).expect("JSON");
        let first = &read["diagnostics"][0];
        assert_eq!(first["message"], "\u{202E}\"x\"");
        assert_eq!(first["place"]["line"], 2);
        assert_eq!(first["place"]["end_column"], 4);
        assert_eq!(first["related"][0]["label"], "there");
        assert_eq!(read["summary"]["errors"], 0);
    }
}
