//! The one layout of a program: text to text.
//!
//! Main function: [`format()`]. A text becomes tokens (`tokens`), which learn from the tree and their neighbours what they
//! are (`roles`); the places where lines break are what the author chose and may keep (`breaks`) and what the width
//! asks for (`fitting`); `layout` makes the lines, `columns` keeps what stood in columns.
//!
//! Only blanks, line breaks and the comma before a closing bracket ever change. A break that the width asks for is
//! chosen by nothing but the breaks that are there already, so the layout of a formatted text is that text.

mod breaks;
mod columns;
mod fitting;
mod layout;
mod roles;
mod tokens;

use std::fmt;

use crate::diagnostic::Diagnostic;
use crate::source::FileId;
use crate::syntax::parse;

/// The columns of a line; only what has no place to break is longer. Comments do not count.
pub const WIDTH: usize = 120;

/// The columns of a step of indentation.
const STEP: usize = 4;

/// Why a text has no layout: it cannot be read.
#[derive(Clone, Debug, PartialEq)]
pub struct FormatError {
    /// Every syntax error of the text, in the order of their places, in the file that was named.
    pub errors: Vec<Diagnostic>,
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.errors.as_slice() {
            [] => f.write_str("the text cannot be read"),
            [only] => f.write_str(&only.message),
            [first, rest @ ..] => write!(f, "{}, and {} more", first.message, rest.len()),
        }
    }
}

impl std::error::Error for FormatError {}

/// Lays a text out. Time and memory are linear in its length, beside sorting what stands in columns.
///
/// A byte-order mark stays, and the first line's end decides between LF and CRLF.
///
/// # Errors
/// The syntax errors of a text that has any.
pub fn format(text: &str) -> Result<String, FormatError> {
    format_file(FileId(0), text)
}

/// Lays out the text of a file that may be one of several, so that errors carry its number.
///
/// # Errors
/// The syntax errors of a text that has any.
pub fn format_file(file: FileId, text: &str) -> Result<String, FormatError> {
    let parsed = parse(file, text);
    if !parsed.errors.is_empty() {
        return Err(FormatError { errors: parsed.errors });
    }
    let tokens = tokens::tokens(text);
    let mut roles = roles::roles(&tokens, &parsed.file);
    let breaks = breaks::kept(&tokens, &mut roles);
    let mut lines = layout::lines(&tokens, roles, breaks);
    columns::align(&mut lines);
    Ok(written(text, &lines))
}

/// The lines as a text that begins and whose lines end as the old one's.
fn written(old: &str, lines: &[layout::Line]) -> String {
    let crlf = old.find('\n').is_some_and(|at| old.get(..at).is_some_and(|line| line.ends_with('\r')));
    let end = if crlf { "\r\n" } else { "\n" };
    let mut new = String::with_capacity(old.len());
    if old.starts_with('\u{feff}') {
        new.push('\u{feff}');
    }
    for line in lines {
        if line.blank_above {
            new.push_str(end);
        }
        line.write(&mut new);
        new.push_str(end);
    }
    new
}
