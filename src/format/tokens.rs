//! A text that can be read, as tokens with the blanks and comments between them.
//!
//! Main function: [`tokens`]. The tokens are the lexer's, with the columns and the comments that a layout needs.

use std::ops::Range;

use unicode_width::UnicodeWidthStr;

use crate::syntax::lexer::{self, Lexeme, Lexer};

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
pub(super) fn tokens(text: &str) -> Tokens<'_> {
    let mut reader = Reader { text, at: 0, line: 0, column: 0, blanks: 0, fresh: true, empty: false };
    if text.starts_with('\u{feff}') {
        reader.at = '\u{feff}'.len_utf8();
    }
    let mut out = Tokens { list: Vec::new(), remarks: Vec::new() };
    for lexeme in Lexer::new(text, 0) {
        reader.skip_blanks();
        let written = lexeme.text(text);
        if lexeme.kind == lexer::Kind::Comment {
            out.remarks.push(reader.remark(written));
        } else {
            reader.token(&mut out, written, kind(lexeme, written));
        }
    }
    reader.skip_blanks();
    reader.token(&mut out, "", Kind::End);
    commas_first(&mut out);
    out
}

/// What a token looks like.
fn kind(lexeme: Lexeme, written: &str) -> Kind {
    match lexeme.kind {
        lexer::Kind::Name | lexer::Kind::Keyword | lexer::Kind::Field => Kind::Word,
        lexer::Kind::Number => Kind::Number,
        lexer::Kind::String | lexer::Kind::UnclosedString => Kind::Text,
        lexer::Kind::Open(_) => Kind::Open,
        lexer::Kind::Close(_) => Kind::Close,
        lexer::Kind::Point => Kind::Point,
        lexer::Kind::Colon => Kind::Colon,
        lexer::Kind::Equals => Kind::Equals,
        _ => match written {
            "," => Kind::Comma,
            "->" => Kind::Arrow,
            ".." => Kind::Range,
            "..." => Kind::Leading,
            _ => Kind::Sign,
        },
    }
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

    fn token(&mut self, out: &mut Tokens<'t>, text: &'t str, kind: Kind) {
        let from = out.list.last().map_or(0, |before| before.remarks.end);
        let width = text.width();
        out.list.push(Token {
            text,
            kind,
            width,
            start: u32::try_from(self.at).unwrap_or(u32::MAX),
            line: self.line,
            column: self.column,
            blanks: self.blanks,
            first: self.fresh,
            blank_above: self.empty,
            remarks: from..out.remarks.len(),
        });
        self.pass(text.len(), width);
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
