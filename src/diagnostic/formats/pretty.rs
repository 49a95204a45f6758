//! Diagnostics for people: a header, the source with what is said of it, then help and notes.
//!
//! Main function: [`render`]. miette draws the source; its types stand in no public signature.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode,
    SourceSpan, SpanContents, ThemeCharacters, ThemeStyles,
};

use super::{FindingsFormat, Writer, no_closing, no_opening};
use crate::diagnostic::escape::visible;
use crate::diagnostic::{Diagnostic, Label, Severity, escaped};
use crate::source::{FileId, SourceFile, Sources, Span};

/// A line longer than this many bytes is not drawn: only its place is named.
const LONGEST_LINE: u32 = 400;
/// A label over more lines than this is drawn on its first line alone.
const MOST_LINES: usize = 6;

/// With the source drawn, for people.
pub static FORMAT: FindingsFormat = FindingsFormat {
    name: "pretty",
    summary: "With the source drawn, for people",
    extensions: &[],
    writer: Writer {
        opening: no_opening,
        entries: |found| vec![render(found.diagnostics, found.sources, found.style)],
        separator: "",
        closing: no_closing,
        counts: false,
    },
};

/// How diagnostics look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether they are coloured.
    pub color: bool,
    /// The columns to fill.
    pub width: usize,
}

impl Style {
    /// Without colour, as wide as a file.
    pub const PLAIN: Style = Style { color: false, width: 100 };

    fn paint(self, code: &str, text: &str) -> String {
        if self.color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// Every diagnostic, each followed by an empty line.
pub fn render(diagnostics: &[Diagnostic], sources: &Sources, style: Style) -> String {
    let mut shown = HashMap::new();
    for diagnostic in diagnostics {
        let id = diagnostic.primary.location.file;
        if let Some(file) = sources.get(id) {
            shown.entry(id).or_insert_with(|| visible(file.text()));
        }
    }
    diagnostics.iter().map(|diagnostic| one(diagnostic, sources, &shown, style)).collect()
}

type VisibleTexts<'s> = HashMap<FileId, Cow<'s, str>>;

fn one(diagnostic: &Diagnostic, sources: &Sources, shown: &VisibleTexts<'_>, style: Style) -> String {
    let mut text = header(diagnostic, style);
    let file = diagnostic.primary.location.file;
    match sources.get(file).zip(shown.get(&file)) {
        Some((source, shown)) => text.push_str(&snippet(diagnostic, &VisibleSource { source, shown }, style)),
        None => text.push('\n'),
    }
    let elsewhere = diagnostic.related.iter().filter(|label| label.location.file != file);
    let elsewhere = elsewhere.map(|label| match sources.place(label.location) {
        Some(place) => Cow::Owned(format!("{} ({place})", label.text)),
        None => Cow::Borrowed(label.text.as_str()),
    });
    let notes = diagnostic.notes.iter().map(|note| Cow::Borrowed(note.as_str()));
    let help = diagnostic.help.iter().map(|help| ("help", Cow::Borrowed(help.as_str())));
    for (what, line) in help.chain(elsewhere.chain(notes).map(|note| ("note", note))) {
        text.push_str(&format!("  {} {}\n", style.paint("36", &format!("{what}:")), escaped(&line)));
    }
    text.push('\n');
    text
}

/// `error[shape-mismatch]: cannot add …`
fn header(diagnostic: &Diagnostic, style: Style) -> String {
    let color = match diagnostic.severity {
        Severity::Error => "1;31",
        Severity::Warning => "1;33",
        Severity::Note => "1;36",
    };
    let head = format!("{}[{}]", diagnostic.severity.name(), diagnostic.code);
    format!("{}: {}\n", style.paint(color, &head), style.paint("1", &escaped(&diagnostic.message)))
}

/// The source with the labels that lie in it; where that cannot be drawn, the place alone.
fn snippet(diagnostic: &Diagnostic, drawn: &VisibleSource<'_>, style: Style) -> String {
    let file = diagnostic.primary.location.file;
    let related = diagnostic.related.iter().filter(|label| label.location.file == file);
    let labels: Option<Vec<_>> = std::iter::once((&diagnostic.primary, true))
        .chain(related.map(|label| (label, false)))
        .map(|(label, primary)| drawn.label(label, primary))
        .collect();
    let picture = labels.and_then(|labels| Snippet { labels, drawn }.draw(style));
    picture.unwrap_or_else(|| {
        let (line, column) = drawn.source.line_column(diagnostic.primary.location.span.start);
        format!("   --> {}:{line}:{column}\n", escaped(drawn.source.name()))
    })
}

/// A file as it is drawn: its text with every hidden character made visible, all offsets kept.
struct VisibleSource<'s> {
    source: &'s SourceFile,
    shown: &'s str,
}

impl VisibleSource<'_> {
    /// A label for miette; `None` where its lines are too long to draw.
    fn label(&self, label: &Label, primary: bool) -> Option<LabeledSpan> {
        let span = self.clipped(label.location.span);
        let (around, _) = self.lines(span, 1, 1);
        if self.has_long_line(around) {
            return None;
        }
        let text = Some(escaped(&label.text).into_owned()).filter(|text| !text.is_empty());
        let place = SourceSpan::from(span.range());
        Some(if primary {
            LabeledSpan::new_primary_with_span(text, place)
        } else {
            LabeledSpan::new_with_span(text, place)
        })
    }

    /// The span within the text, and on one line if it covers too many.
    fn clipped(&self, span: Span) -> Span {
        let end = u32::try_from(self.shown.len()).unwrap_or(u32::MAX);
        let span = Span { start: span.start.min(end), end: span.end.clamp(span.start.min(end), end) };
        let lines = self.shown.get(span.range()).map_or(1, |text| text.lines().take(MOST_LINES + 1).count());
        if lines > MOST_LINES {
            Span { start: span.start, end: self.source.line_span(span.start).end.max(span.start) }
        } else {
            span
        }
    }

    fn has_long_line(&self, span: Span) -> bool {
        let lines = self.shown.get(span.range()).unwrap_or("").lines();
        lines.map(str::len).any(|length| length > LONGEST_LINE as usize)
    }

    /// The whole lines of a span with some before and after, and how many there are.
    fn lines(&self, span: Span, before: usize, after: usize) -> (Span, usize) {
        let mut first = self.source.line_span(span.start);
        for _ in 0..before {
            match first.start.checked_sub(1) {
                Some(break_before) => first = self.source.line_span(break_before),
                None => break,
            }
        }
        let end = u32::try_from(self.shown.len()).unwrap_or(u32::MAX);
        let mut last = self.source.line_span(span.end);
        for _ in 0..after {
            match self.shown.get(last.end as usize..).and_then(|rest| rest.find('\n')) {
                Some(length) => {
                    let next =
                        last.end.saturating_add(u32::try_from(length).unwrap_or(u32::MAX)).saturating_add(1);
                    last = self.source.line_span(next);
                }
                None => break,
            }
        }
        let whole = Span { start: first.start, end: last.end.min(end) };
        let count = self.shown.get(whole.range()).map_or(0, |text| text.lines().count());
        (whole, count)
    }
}

impl SourceCode for VisibleSource<'_> {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let asked = Span::new(span.offset(), span.offset().saturating_add(span.len()));
        let (whole, count) = self.lines(asked, before, after);
        // miette reads a label without the lines around it to name the place where it starts.
        let start = if before == 0 { asked.start } else { whole.start };
        let given = Span { start, end: whole.end.max(start) };
        let (line, column) = self.source.line_column(start);
        let data = self.shown.get(given.range()).ok_or(MietteError::OutOfBounds)?;
        Ok(Box::new(MietteSpanContents::new_named(
            escaped(self.source.name()).into_owned(),
            data.as_bytes(),
            SourceSpan::from(given.range()),
            line.saturating_sub(1),
            column.saturating_sub(1),
            count,
        )))
    }
}

/// What miette draws: labels on a source, and nothing else.
#[derive(Debug)]
struct Snippet<'d> {
    labels: Vec<LabeledSpan>,
    drawn: &'d VisibleSource<'d>,
}

impl Snippet<'_> {
    fn draw(&self, style: Style) -> Option<String> {
        let styles = if style.color { ThemeStyles::ansi() } else { ThemeStyles::none() };
        let theme = GraphicalTheme { characters: ThemeCharacters::unicode(), styles };
        let handler =
            GraphicalReportHandler::new_themed(theme).with_links(false).with_width(style.width.max(40));
        let mut text = String::new();
        handler.render_report(&mut text, self).ok()?;
        // The first line is miette's header: a mark and no message.
        text.split_once('\n').map(|(_, picture)| picture.to_owned())
    }
}

impl fmt::Debug for VisibleSource<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.source.name())
    }
}

impl fmt::Display for Snippet<'_> {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Snippet<'_> {}

impl miette::Diagnostic for Snippet<'_> {
    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self.drawn)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}
