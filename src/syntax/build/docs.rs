//! Documentation: the `##` lines directly above an item or a statement, and the file's own at its top.

use super::Builder;
use crate::source::Span;
use crate::syntax::Comment;

impl Builder<'_> {
    /// The `##` lines above an offset.
    pub(super) fn doc_above(&self, offset: u32) -> Option<String> {
        doc_above(self.text, self.comments, offset)
    }
}

/// The `##` lines above an offset, with no blank line between; plain comments among them are passed over.
pub(in crate::syntax) fn doc_above(text: &str, comments: &[Comment], offset: u32) -> Option<String> {
    let count = comments.partition_point(|comment| comment.span.start < offset);
    let mut below = offset;
    let mut lines = Vec::new();
    for comment in comments.get(..count)?.iter().rev() {
        if !comment.own_line || breaks_between(text, comment.span.end, below) != Some(1) {
            break;
        }
        if comment.doc {
            lines.push(content(text, comment));
        }
        below = comment.span.start;
    }
    lines.reverse();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// The `##` paragraph at the top of a file, if a blank line or the end of the file follows it.
pub(in crate::syntax) fn file_doc(text: &str, comments: &[Comment]) -> Option<String> {
    let mut end = comments.first().filter(|first| first.doc)?.span.start;
    text.get(..end as usize)?.trim_start_matches('\u{feff}').trim().is_empty().then_some(())?;
    let mut lines = Vec::new();
    for comment in comments {
        let adjoins = lines.is_empty() || breaks_between(text, end, comment.span.start) == Some(1);
        if !comment.doc || !adjoins {
            break;
        }
        lines.push(content(text, comment));
        end = comment.span.end;
    }
    let below = text.get(end as usize..)?;
    let blanks = below.get(..below.len().saturating_sub(below.trim_start().len()))?;
    let apart = blanks.matches('\n').count() > 1 || blanks.len() == below.len();
    apart.then(|| lines.join("\n"))
}

/// The number of line breaks between two offsets; `None` if more than blanks stands between them.
fn breaks_between(text: &str, from: u32, to: u32) -> Option<usize> {
    let between = text.get(from as usize..to as usize)?;
    between.trim().is_empty().then(|| between.matches('\n').count())
}

fn content<'t>(text: &'t str, comment: &Comment) -> &'t str {
    let Span { start, end } = comment.span;
    let line = text.get(start as usize..end as usize).unwrap_or("").trim_start_matches("##");
    line.strip_prefix(' ').unwrap_or(line).trim_end()
}
