//! One line a diagnostic: `file:line:col: severity[rule] message`, as editors and scripts read it. A suggested name
//! follows the message, since the line is all that is read.

use super::{FindingsFormat, Writer, no_closing, no_opening};
use crate::diagnostic::{Diagnostic, escaped};
use crate::source::Sources;

/// One line each.
pub static FORMAT: FindingsFormat = FindingsFormat {
    name: "compact",
    summary: "One line each: `file:line:col: severity[rule] message`",
    extensions: &[],
    writer: Writer {
        opening: no_opening,
        entries: |found| vec![render(found.diagnostics, found.sources)],
        separator: "",
        closing: no_closing,
        counts: false,
    },
};

/// Every diagnostic on a line of its own.
pub fn render(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    diagnostics.iter().map(|diagnostic| line(diagnostic, sources)).collect()
}

fn line(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let place = sources.place(diagnostic.primary.location);
    let place = place.map_or_else(String::new, |place| format!("{}: ", escaped(&place)));
    let (severity, code) = (diagnostic.severity.name(), diagnostic.code);
    let suggestion = diagnostic.help.iter().find(|help| help.starts_with("did you mean `"));
    let suggestion = suggestion.map_or_else(String::new, |help| format!(": {}", escaped(help)));
    format!("{place}{severity}[{code}] {}{suggestion}\n", escaped(&diagnostic.message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Severity;
    use crate::source::Span;

    #[test]
    fn a_diagnostic_takes_one_line_whatever_its_text_holds() {
        let mut sources = Sources::new();
        let file = sources.add("a\nb.weft", "one\ntwo é three");
        let place = Span::new(11, 16).within(file);
        let found = Diagnostic::finding("unused-layer", Severity::Warning, place, "`x\u{7}` is unused");
        let two = [found.clone(), found];
        let line = "a\\u{a}b.weft:2:7: warning[unused-layer] `x\\u{7}` is unused\n";
        assert_eq!(render(&two, &sources), line.repeat(2));
    }

    #[test]
    fn a_suggested_name_stands_in_the_line() {
        let mut sources = Sources::new();
        let place = Span::new(0, 6).within(sources.add("a.weft", "Linaer"));
        let found = Diagnostic::structural("unknown-layer", place, "no layer is called `Linaer`")
            .help("did you mean `Linear`?");
        let line = "a.weft:1:1: error[unknown-layer] no layer is called `Linaer`: did you mean `Linear`?\n";
        assert_eq!(render(&[found], &sources), line);
    }
}
