//! The one lexer: a text cut into tokens, whether or not it can be read as a program.
//!
//! Main type: [`Lexer`]. The parser, the formatter, the messages and the editor's features all read its tokens. It looks at
//! no more than characters: brackets are matched by `brackets`, and what tokens mean is the grammar's business.

use pest::unicode::{XID_CONTINUE, XID_START};

use super::bytes::{begins_keyword, is_word};
use super::characters::misplaced;
use crate::source::Span;

/// The words that name nothing.
pub const KEYWORDS: [&str; 21] = [
    "use", "const", "block", "model", "input", "let", "layer", "param", "buffer", "for", "in", "if", "else",
    "assert", "output", "and", "or", "not", "true", "false", "none",
];

/// What a token of a text is to an editor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenKind {
    /// A word that may be a name, or a part of a label.
    Word,
    /// A word that names nothing.
    Keyword,
    /// A number with its suffix.
    Number,
    /// A string, quotes included, at most to the end of its line.
    Text,
    /// A comment, from its `#` to the end of its line.
    Comment,
    /// An operator, a bracket, a comma, or any other character.
    Sign,
}

/// A token of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Its place.
    pub span: Span,
}

/// Every token of a text in order, whether or not the text can be read as a program. Blanks are no tokens.
pub fn tokens(text: &str) -> impl Iterator<Item = Token> {
    Lexer::new(text, 0).map(move |lexeme| Token { kind: lexeme.token_kind(text), span: lexeme.span() })
}

/// Whether a text is a name: one word that is no keyword.
pub fn is_name(text: &str) -> bool {
    let mut lexer = Lexer::new(text, 0);
    let whole = |lexeme: Lexeme| lexeme.kind == Kind::Name && lexeme.span() == Span::new(0, text.len());
    lexer.next().is_some_and(whole)
}

/// Every word of a text that may be a name, without strings and comments.
pub(crate) fn words(text: &str) -> impl Iterator<Item = &str> {
    let named = |lexeme: &Lexeme| matches!(lexeme.kind, Kind::Name | Kind::Field);
    let words = Lexer::new(text, 0).filter(named).map(|lexeme| lexeme.text(text));
    words.filter(|word| !word.starts_with(|first: char| first.is_ascii_digit()) && !KEYWORDS.contains(word))
}

/// A pair of brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bracket {
    Round,
    Square,
    Curly,
}

impl Bracket {
    pub(crate) fn open(self) -> &'static str {
        match self {
            Bracket::Round => "(",
            Bracket::Square => "[",
            Bracket::Curly => "{",
        }
    }

    pub(crate) fn close(self) -> &'static str {
        match self {
            Bracket::Round => ")",
            Bracket::Square => "]",
            Bracket::Curly => "}",
        }
    }
}

/// What a token is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Name,
    /// A word of [`KEYWORDS`].
    Keyword,
    /// A word or number behind a point that touches both: `layer` and `0` in `x.layer.0`.
    Field,
    Number,
    String,
    /// A string that does not end on its line.
    UnclosedString,
    Comment,
    Open(Bracket),
    Close(Bracket),
    /// A point that touches what it may be a field of.
    Point,
    Colon,
    /// `=`, which names what follows.
    Equals,
    /// `,`, `->`, `..`, `...`, or an operator.
    Sign,
    /// A character, or several, that mean nothing.
    Unknown,
    /// A character that has no place in a program: `characters` says why.
    Misplaced,
}

/// What lies between a token and the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Gap {
    Nothing,
    Blank,
    /// A line break at least, or the beginning of the text.
    Line,
}

/// A token as the parser sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lexeme {
    pub(crate) kind: Kind,
    pub(crate) gap: Gap,
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Lexeme {
    pub(crate) fn span(self) -> Span {
        Span { start: self.start, end: self.end }
    }

    /// The token as it is written.
    pub(crate) fn text(self, text: &str) -> &str {
        text.get(self.span().range()).unwrap_or("")
    }

    /// Whether a bracket that touches the token goes on with it: a call, an index, a part of a label.
    pub(crate) fn takes_trailers(self) -> bool {
        matches!(
            self.kind,
            Kind::Name | Kind::Keyword | Kind::Field | Kind::Number | Kind::String | Kind::Close(_)
        )
    }

    fn token_kind(self, text: &str) -> TokenKind {
        let word = || self.text(text);
        match self.kind {
            Kind::Field if word().starts_with(|first: char| first.is_ascii_digit()) => TokenKind::Number,
            Kind::Field if KEYWORDS.contains(&word()) => TokenKind::Keyword,
            Kind::Name | Kind::Field => TokenKind::Word,
            Kind::Keyword => TokenKind::Keyword,
            Kind::Number => TokenKind::Number,
            Kind::String | Kind::UnclosedString => TokenKind::Text,
            Kind::Comment => TokenKind::Comment,
            _ => TokenKind::Sign,
        }
    }
}

/// Cuts a text into tokens, from the first to the last.
#[derive(Clone, Debug)]
pub(crate) struct Lexer<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    previous: Lexeme,
}

impl<'t> Lexer<'t> {
    /// The tokens of a text from an offset on. A byte-order mark is no token.
    pub(crate) fn new(text: &'t str, from: usize) -> Lexer<'t> {
        let mark = from == 0 && text.starts_with('\u{feff}');
        let at = if mark { '\u{feff}'.len_utf8() } else { from };
        let Span { start, end } = Span::new(at, at);
        let previous = Lexeme { kind: Kind::Sign, gap: Gap::Line, start, end };
        Lexer { text, bytes: text.as_bytes(), at, previous }
    }

    fn byte(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at.saturating_add(ahead)).copied().unwrap_or(0)
    }

    fn advance(&mut self, by: usize) {
        self.at = self.at.saturating_add(by);
    }

    /// Passes over `length` bytes, which are a token.
    fn take(&mut self, length: usize, kind: Kind) -> Kind {
        self.advance(length);
        kind
    }

    fn character(&self) -> Option<char> {
        self.text.get(self.at..)?.chars().next()
    }

    /// Passes over blanks.
    fn blanks(&mut self) -> Gap {
        let mut gap = Gap::Nothing;
        loop {
            match self.byte(0) {
                b' ' | b'\t' => gap = gap.max(Gap::Blank),
                b'\n' => gap = Gap::Line,
                b'\r' if self.byte(1) == b'\n' => {}
                _ => return gap,
            }
            self.advance(1);
        }
    }

    /// Passes over what may stand in a word; false if nothing does.
    fn word(&mut self) -> bool {
        let start = self.at;
        loop {
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            let length = rest.iter().position(|byte| !is_word(*byte)).unwrap_or(rest.len());
            self.advance(length);
            let other = if self.byte(0).is_ascii() { None } else { self.character() };
            match other.filter(|next| XID_CONTINUE(*next)) {
                Some(next) => self.advance(next.len_utf8()),
                None => return self.at > start,
            }
        }
    }

    /// Everything that looks like a number. A point belongs to it unless a second point (a range) or a word (a field)
    /// follows, and a sign behind an `e`.
    fn number(&mut self) -> Kind {
        loop {
            self.word();
            let before = self.bytes.get(self.at.saturating_sub(1)).copied().unwrap_or(0);
            let next = self.byte(1);
            let belongs = match self.byte(0) {
                b'.' if next.is_ascii_digit() => true,
                b'.' if next == b'.' || next == b'_' || next.is_ascii_alphabetic() => false,
                b'.' => next.is_ascii() || !self.continues_word(1),
                b'+' | b'-' => matches!(before, b'e' | b'E') && next.is_ascii_digit(),
                _ => false,
            };
            if !belongs {
                return Kind::Number;
            }
            self.advance(1);
        }
    }

    fn continues_word(&self, ahead: usize) -> bool {
        let rest = self.text.get(self.at.saturating_add(ahead)..).unwrap_or("");
        rest.chars().next().is_some_and(XID_CONTINUE)
    }

    /// A string, to its closing quote or the end of its line.
    fn string(&mut self) -> Kind {
        self.advance(1);
        while self.at < self.bytes.len() && !self.line_ends(0) {
            match self.byte(0) {
                b'"' => return self.take(1, Kind::String),
                b'\\' if self.at.saturating_add(1) < self.bytes.len() && !self.line_ends(1) => {
                    self.advance(1);
                    self.advance(self.character().map_or(1, char::len_utf8));
                }
                _ => self.advance(1),
            }
        }
        Kind::UnclosedString
    }

    fn line_ends(&self, ahead: usize) -> bool {
        let next = self.byte(ahead.saturating_add(1));
        self.byte(ahead) == b'\n' || self.byte(ahead) == b'\r' && next == b'\n'
    }

    /// A comment, to the end of its line.
    fn comment(&mut self) -> Kind {
        let rest = self.text.get(self.at..).unwrap_or("");
        let line = rest.find('\n').and_then(|end| rest.get(..end)).unwrap_or(rest);
        self.take(line.trim_end_matches('\r').len(), Kind::Comment)
    }

    fn point(&mut self, touches: bool) -> Kind {
        match (self.byte(1), self.byte(2)) {
            (b'.', b'.') => self.take(3, Kind::Sign),
            (b'.', _) => self.take(2, Kind::Sign),
            _ if touches && self.previous.takes_trailers() => self.take(1, Kind::Point),
            _ => self.take(1, Kind::Unknown),
        }
    }

    fn sign(&mut self, first: u8) -> Kind {
        match (first, self.byte(1)) {
            (b'-', b'>') | (b'=' | b'!' | b'<' | b'>', b'=') | (b'*', b'*') | (b'/', b'/') => {
                self.take(2, Kind::Sign)
            }
            (b'=', b'>') | (b'&', b'&') | (b'|', b'|' | b'>') => self.take(2, Kind::Unknown),
            (b':', _) => self.take(1, Kind::Colon),
            (b'=', _) => self.take(1, Kind::Equals),
            (b'+' | b'-' | b'*' | b'/' | b'%' | b'@' | b'<' | b'>' | b',', _) => self.take(1, Kind::Sign),
            _ if first.is_ascii_control() => self.other(),
            _ => self.take(1, Kind::Unknown),
        }
    }

    /// A character that is no printable ASCII.
    fn other(&mut self) -> Kind {
        let Some(first) = self.character() else {
            return self.take(1, Kind::Unknown);
        };
        self.advance(first.len_utf8());
        if misplaced(first).is_some() {
            return Kind::Misplaced;
        }
        if !XID_START(first) {
            return Kind::Unknown;
        }
        self.word();
        Kind::Name
    }
}

impl Iterator for Lexer<'_> {
    type Item = Lexeme;

    #[inline]
    fn next(&mut self) -> Option<Lexeme> {
        let blank = self.blanks();
        let start = self.at;
        let first = *self.bytes.get(start)?;
        let first_of_all = self.previous.gap == Gap::Line && self.previous.start == self.previous.end;
        let gap = if first_of_all { Gap::Line } else { blank };
        let touches = gap == Gap::Nothing;
        let kind = match first {
            _ if touches && self.previous.kind == Kind::Point && self.word() => Kind::Field,
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                self.word();
                let word = self.bytes.get(start..self.at).unwrap_or_default();
                if is_keyword(word) { Kind::Keyword } else { Kind::Name }
            }
            b'0'..=b'9' => self.number(),
            b'"' => self.string(),
            b'#' => self.comment(),
            b'(' => self.take(1, Kind::Open(Bracket::Round)),
            b'[' => self.take(1, Kind::Open(Bracket::Square)),
            b'{' => self.take(1, Kind::Open(Bracket::Curly)),
            b')' => self.take(1, Kind::Close(Bracket::Round)),
            b']' => self.take(1, Kind::Close(Bracket::Square)),
            b'}' => self.take(1, Kind::Close(Bracket::Curly)),
            b'.' => self.point(touches),
            _ if first.is_ascii() => self.sign(first),
            _ => self.other(),
        };
        let span = Span::new(start, self.at);
        self.previous = Lexeme { kind, gap, start: span.start, end: span.end };
        Some(self.previous)
    }
}

/// Whether a word is one of [`KEYWORDS`]. Few names begin like one and are as short, so few are compared.
fn is_keyword(word: &[u8]) -> bool {
    let first = word.first().copied().unwrap_or(0);
    let alike = matches!(word.len(), 2..=6) && begins_keyword(first);
    alike
        && KEYWORDS
            .iter()
            .any(|keyword| keyword.as_bytes().first() == Some(&first) && keyword.as_bytes() == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<(TokenKind, &str)> {
        tokens(text).map(|token| (token.kind, &text[token.span.range()])).collect()
    }

    fn kinds(text: &str) -> Vec<Kind> {
        Lexer::new(text, 0).map(|lexeme| lexeme.kind).collect()
    }

    #[test]
    fn a_point_belongs_to_a_number_only_where_a_digit_follows() {
        use TokenKind::{Number, Sign, Word};
        let expected =
            [(Number, "0"), (Sign, ".."), (Number, "3"), (Number, "0.1"), (Number, "1e-5"), (Number, "26M")];
        assert_eq!(cut("0..3 0.1 1e-5 26M"), expected);
        assert_eq!(cut("3-x"), [(Number, "3"), (Sign, "-"), (Word, "x")]);
    }

    #[test]
    fn strings_and_comments_end_on_their_line() {
        use TokenKind::{Comment, Keyword, Text, Word};
        let expected = [(Text, "\"a # \\\" b"), (Comment, "# 核 \"x"), (Keyword, "model"), (Word, "Ä")];
        assert_eq!(cut("\"a # \\\" b\n# 核 \"x\r\nmodel Ä"), expected);
    }

    #[test]
    fn what_follows_a_touching_point_is_a_field() {
        use Kind::{Field, Name, Number, Point, Unknown};
        assert_eq!(kinds("x.0.1.layer"), [Name, Point, Field, Point, Field, Point, Field]);
        assert_eq!(kinds("x .y"), [Name, Unknown, Name]);
        assert_eq!(kinds("1.5 1.layer"), [Number, Number, Point, Field]);
    }

    #[test]
    fn characters_without_a_place_are_tokens_of_their_own() {
        use Kind::{Misplaced, Name, UnclosedString};
        assert_eq!(kinds("a\u{200b}b\r\"c"), [Name, Misplaced, Name, Misplaced, UnclosedString]);
    }

    #[test]
    fn a_name_is_one_word_that_is_no_keyword() {
        assert!(is_name("Ä_1") && is_name("x"));
        assert!(["", "1x", "x y", "layer", "x.y", "é-"].iter().all(|text| !is_name(text)));
    }

    #[test]
    fn every_keyword_is_told_by_its_letters() {
        assert!(KEYWORDS.iter().all(|word| kinds(word) == [Kind::Keyword]));
        assert_eq!(kinds("inputs use_ For"), [Kind::Name; 3]);
    }
}
