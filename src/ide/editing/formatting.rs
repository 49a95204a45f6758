//! The one layout, as edits of the lines that differ from it.

use similar::{DiffOp, TextDiff};

use crate::diagnostic::Edit;
use crate::format::{FormatError, format};
use crate::source::{FileId, Span};

/// The edits that lay a text out. Lines that are as they should be are in none of them, so that cursors stay.
///
/// # Errors
/// The syntax errors of a text that has any.
pub fn formatted(text: &str) -> Result<Vec<Edit>, FormatError> {
    let new = format(text)?;
    let diff = TextDiff::from_lines(text, &new);
    let old_starts = starts(diff.old_slices());
    let new_starts = starts(diff.new_slices());
    let at = |starts: &[usize], line: usize| starts.get(line).or(starts.last()).copied().unwrap_or(0);
    let changes = diff.ops().iter().filter(|change| !matches!(change, DiffOp::Equal { .. }));
    let edits = changes.map(|change| {
        let (old, fresh) = (change.old_range(), change.new_range());
        let span = Span::new(at(&old_starts, old.start), at(&old_starts, old.end));
        let lines = at(&new_starts, fresh.start)..at(&new_starts, fresh.end);
        Edit::replace(span.within(FileId(0)), new.get(lines).unwrap_or(""))
    });
    Ok(edits.collect())
}

/// Where each line begins, and where the last one ends.
fn starts(lines: &[&str]) -> Vec<usize> {
    let ends = lines.iter().scan(0usize, |end, line| {
        *end = end.saturating_add(line.len());
        Some(*end)
    });
    std::iter::once(0).chain(ends).collect()
}
