//! A text that can be read, as tokens with the blanks and comments between them.
//!
//! Main function: [`tokens`]. The text has no syntax errors, so a token is told by its first characters.

use std::ops::Range;

use unicode_width::UnicodeWidthStr;

use crate::syntax::Comment;

/// What a token looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    Number,
    Text,
    Open,
    Close,
    Comma,
    Colon,
    Equals,
    Arrow,
    /// An operator, or a sign in front of an operand.
    Sign,
    Point,
    /// `..`
    Range,
    /// `...`
    Leading,
    /// The end of the text, which has the last comments above it.
    End,
}

/// A comment between two tokens.
#[derive(Clone, Debug)]
pub(super) struct Remark<'t> {
    /// From its `#`, without blanks at its end.
    pub(super) text: &'t str,
    /// True where a token stands before it on its line.
    pub(super) beside: bool,
    /// The column it begins in and the blanks in front of it.
    pub(super) column: usize,
    pub(super) blanks: usize,
    /// True where an empty line stands above it.
    pub(super) blank_above: bool,
    /// True for `# weft: …`.
    pub(super) order: bool,
}

/// A token and what stood before it.
#[derive(Clone, Debug)]
pub(super) struct Token<'t> {
    pub(super) text: &'t str,
    pub(super) kind: Kind,
    pub(super) width: usize,
    /// The byte it begins at.
    pub(super) start: u32,
    /// Its line in the text, and the column it begins in.
    pub(super) line: usize,
    pub(super) column: usize,
    /// The columns between it and the token before it, where both stand on one line.
    pub(super) blanks: usize,
    /// True where it is the first of its line.
    pub(super) first: bool,
    /// True where an empty line stands above it (below its last comment).
    pub(super) blank_above: bool,
    /// The comments between the token before it and it.
    pub(super) remarks: Range<usize>,
}

/// A text's tokens, the end included, and its comments.
#[derive(Debug, Default)]
pub(super) struct Tokens<'t> {
    pub(super) list: Vec<Token<'t>>,
    pub(super) remarks: Vec<Remark<'t>>,
}

impl<'t> Tokens<'t> {
    pub(super) fn get(&self, at: usize) -> Option<&Token<'t>> {
        self.list.get(at)
    }

    pub(super) fn before(&self, at: usize) -> Option<&Token<'t>> {
        at.checked_sub(1).and_then(|before| self.list.get(before))
    }

    pub(super) fn text(&self, at: usize) -> &'t str {
        self.list.get(at).map_or("", |token| token.text)
    }

    pub(super) fn kind(&self, at: usize) -> Kind {
        self.list.get(at).map_or(Kind::End, |token| token.kind)
    }

    pub(super) fn remarks(&self, at: usize) -> &[Remark<'t>] {
        let range = self.list.get(at).map_or(0..0, |token| token.remarks.clone());
        self.remarks.get(range).unwrap_or(&[])
    }

    /// True where the token before stands on the same line of the text.
    pub(super) fn same_line(&self, at: usize) -> bool {
        self.get(at).is_some_and(|token| !token.first) && self.remarks(at).is_empty()
    }
}

/// Cuts a text into tokens.
pub(super) fn tokens<'t>(text: &'t str, comments: &[Comment]) -> Tokens<'t> {
    let mut reader = Reader { text, at: 0, line: 0, column: 0, blanks: 0, fresh: true, empty: false };
    if text.starts_with('\u{feff}') {
        reader.at = '\u{feff}'.len_utf8();
    }
    let mut out = Tokens::default();
    let mut comments = comments.iter().peekable();
    let mut from = 0usize;
    loop {
        reader.skip_blanks();
        let start = reader.at;
        let comment = comments.next_if(|comment| comment.span.start as usize <= start);
        if let Some(comment) = comment {
            let whole = text.get(comment.span.range()).unwrap_or("");
            out.remarks.push(reader.remark(whole));
            continue;
        }
        let rest = text.get(start..).unwrap_or("");
        let (kind, length) = first(rest, out.list.last());
        let token_text = rest.get(..length).unwrap_or(rest);
        let width = token_text.width();
        out.list.push(Token {
            text: token_text,
            kind,
            width,
            start: u32::try_from(start).unwrap_or(u32::MAX),
            line: reader.line,
            column: reader.column,
            blanks: reader.blanks,
            first: reader.fresh,
            blank_above: reader.empty,
            remarks: from..out.remarks.len(),
        });
        from = out.remarks.len();
        if kind == Kind::End {
            break;
        }
        reader.pass(length, width);
    }
    commas_first(&mut out);
    out
}

/// A comma belongs to the element before it: comments between the two stand behind the comma.
fn commas_first(tokens: &mut Tokens) {
    for at in 1..tokens.list.len() {
        let Some([comma, next]) = tokens.list.get_mut(at.saturating_sub(1)..=at) else { continue };
        if comma.kind == Kind::Comma && !comma.remarks.is_empty() {
            next.remarks = comma.remarks.start..next.remarks.end;
            next.first = true;
            comma.remarks = comma.remarks.start..comma.remarks.start;
            comma.first = false;
        }
    }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    line: usize,
    column: usize,
    /// The columns passed since the last token of the line.
    blanks: usize,
    /// True until the first token or comment of a line.
    fresh: bool,
    /// True after an empty line.
    empty: bool,
}

impl<'t> Reader<'t> {
    fn skip_blanks(&mut self) {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or(&[]);
        for byte in rest {
            match byte {
                b'\n' => {
                    self.empty |= self.fresh;
                    self.line = self.line.saturating_add(1);
                    (self.column, self.blanks, self.fresh) = (0, 0, true);
                }
                b' ' | b'\t' => {
                    self.column = self.column.saturating_add(1);
                    self.blanks = self.blanks.saturating_add(1);
                }
                b'\r' => {}
                _ => break,
            }
            self.at = self.at.saturating_add(1);
        }
    }

    fn pass(&mut self, length: usize, width: usize) {
        self.at = self.at.saturating_add(length);
        self.column = self.column.saturating_add(width);
        (self.blanks, self.fresh, self.empty) = (0, false, false);
    }

    fn remark(&mut self, whole: &'t str) -> Remark<'t> {
        let text = whole.trim_end();
        let order = text.trim_start_matches('#').trim_start().starts_with("weft:");
        let (column, blanks) = (self.column, self.blanks);
        let remark = Remark { text, beside: !self.fresh, column, blanks, blank_above: self.empty, order };
        self.pass(whole.len(), whole.width());
        remark
    }
}

/// The signs of more than one character, a longer one before its beginning.
const LONG: [(&str, Kind); 9] = [
    ("...", Kind::Leading),
    ("..", Kind::Range),
    ("->", Kind::Arrow),
    ("**", Kind::Sign),
    ("//", Kind::Sign),
    ("==", Kind::Sign),
    ("!=", Kind::Sign),
    ("<=", Kind::Sign),
    (">=", Kind::Sign),
];

/// The kind and length of the token that a text begins with.
fn first(text: &str, before: Option<&Token>) -> (Kind, usize) {
    let Some(first) = text.chars().next() else {
        return (Kind::End, 0);
    };
    if let Some((sign, kind)) = LONG.iter().find(|(sign, _)| text.starts_with(sign)) {
        return (*kind, sign.len());
    }
    let kind = match first {
        '"' => return (Kind::Text, string_length(text)),
        // After a point stands a field, which may be a number.
        '0'..='9' if before.is_none_or(|before| before.kind != Kind::Point) => {
            return (Kind::Number, number_length(text));
        }
        _ if is_word(first) => {
            return (Kind::Word, text.find(|other| !is_word(other)).unwrap_or(text.len()));
        }
        '(' | '[' | '{' => Kind::Open,
        ')' | ']' | '}' => Kind::Close,
        ',' => Kind::Comma,
        ':' => Kind::Colon,
        '=' => Kind::Equals,
        '.' => Kind::Point,
        _ => Kind::Sign,
    };
    (kind, first.len_utf8())
}

fn is_word(character: char) -> bool {
    character == '_' || character.is_ascii_alphanumeric() || !character.is_ascii()
}

fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at.saturating_add(1),
            _ => {}
        }
    }
    text.len()
}

/// As the grammar's `number`: a point belongs to it where a digit follows, a sign after the `e` of an exponent.
fn number_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let byte = |at: usize| bytes.get(at).copied().unwrap_or(0);
    let mut at = 0usize;
    loop {
        let (here, next, after) = (byte(at), byte(at.saturating_add(1)), byte(at.saturating_add(2)));
        let exponent =
            here.eq_ignore_ascii_case(&b'e') && matches!(next, b'+' | b'-') && after.is_ascii_digit();
        if exponent {
            at = at.saturating_add(2);
        } else if here == b'_' || here.is_ascii_alphanumeric() || here == b'.' && next.is_ascii_digit() {
            at = at.saturating_add(1);
        } else {
            return at;
        }
    }
}
