//! JUnit's XML, which most services show as test results: a suite a file, a failed case a finding, and a passed case for
//! a file without one. The elements and attributes are those of
//! <https://github.com/testmoapp/junitxml>.

use std::borrow::Cow;

use super::path::portable;
use super::prose::prose;
use super::{FindingsFormat, Found, Writer};
use crate::diagnostic::{Diagnostic, escaped};
use crate::source::Sources;

/// One document.
pub static FORMAT: FindingsFormat = FindingsFormat {
    name: "junit",
    summary: "JUnit's XML: a suite a file, a failure a finding",
    extensions: &["xml"],
    writer: Writer {
        opening: |_| "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"weft\">\n".to_owned(),
        entries: |found| vec![suite(found)],
        separator: "",
        closing: |_| "</testsuites>\n".to_owned(),
        counts: false,
    },
};

fn suite(found: &Found) -> String {
    let (name, failures) = (portable(found.name), found.diagnostics.len());
    let cases: String = found.diagnostics.iter().map(|one| case(one, found.sources)).collect();
    let cases = if cases.is_empty() {
        format!("<testcase{}{}{}/>\n", with("name", "check"), with("classname", &name), with("file", &name))
    } else {
        cases
    };
    let tests = failures.max(1);
    format!(
        "<testsuite{} tests=\"{tests}\" failures=\"{failures}\" errors=\"0\">\n{cases}</testsuite>\n",
        with("name", &name)
    )
}

fn case(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let (file, line, column) = sources.position(diagnostic.primary.location);
    let file = portable(file);
    let name = format!("{} {line}:{column}", diagnostic.code);
    format!(
        "<testcase{}{}{} line=\"{line}\">\n<failure{}{}>{}</failure>\n</testcase>\n",
        with("name", &name),
        with("classname", &file),
        with("file", &file),
        with("type", diagnostic.severity.name()),
        with("message", &diagnostic.message),
        lines(&format!("{file}:{line}:{column}\n{}", prose(diagnostic, sources)))
    )
}

/// An attribute.
fn with(attribute: &str, value: &str) -> String {
    format!(" {attribute}=\"{}\"", safe(value))
}

/// Text of several lines.
fn lines(text: &str) -> String {
    text.lines().map(safe).collect::<Vec<_>>().join("\n")
}

/// Text on one line in which nothing means anything to XML, nor to a terminal, and every character is one of XML's.
fn safe(text: &str) -> String {
    let text = escaped(text);
    text.chars().fold(String::with_capacity(text.len()), |mut safe, c| {
        safe.push_str(&match c {
            '&' => Cow::Borrowed("&amp;"),
            '<' => Cow::Borrowed("&lt;"),
            '>' => Cow::Borrowed("&gt;"),
            '"' => Cow::Borrowed("&quot;"),
            '\u{FFFE}' | '\u{FFFF}' => Cow::Owned(c.escape_unicode().to_string()),
            c => Cow::Owned(c.to_string()),
        });
        safe
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_text_is_taken_for_xml() {
        assert_eq!(safe("a<b> & \"c\" ]]>"), "a&lt;b&gt; &amp; &quot;c&quot; ]]&gt;");
        assert_eq!(safe("\u{1b}[2J\u{0}\n\u{FFFF}"), "\\u{1b}[2J\\u{0}\\u{a}\\u{ffff}");
        assert_eq!(lines("one\n<two>"), "one\n&lt;two&gt;");
    }
}
