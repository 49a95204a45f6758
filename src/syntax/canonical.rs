//! A chunk's tokens as the text that the grammar reads.
//!
//! Main type: [`Canonical`]. A name is `X`, a number `0`, a string `"`, a meaningless character `?`; keywords, brackets and
//! signs stay themselves; blanks and comments are gone. Where it matters whether two tokens touch, a blank is left between
//! those that do not, and where one statement may end and the next begin, a line break: `grammar/weft.pest` begins with the
//! rules. Brackets are balanced and at most [`NESTING_LIMIT`] deep, whatever the tokens are: the grammar relies on it.

use super::brackets::NESTING_LIMIT;
use super::lexer::{Bracket, Gap, Kind, Lexeme};
use crate::source::Span;

/// Canonical text, and where its tokens are in the text.
#[derive(Debug, Default)]
pub(super) struct Canonical<'t> {
    written: String,
    /// Where each token begins in the canonical text. Brackets that had to be closed have no lexeme.
    starts: Vec<u32>,
    lexemes: &'t [Lexeme],
    /// Where the chunk ends in the text.
    end: u32,
}

impl<'t> Canonical<'t> {
    /// The canonical text of tokens of a text, which end at an offset.
    pub(super) fn of(lexemes: &'t [Lexeme], text: &str, end: usize) -> Canonical<'t> {
        let writer = Writer {
            text,
            written: String::with_capacity(lexemes.len().saturating_mul(2)),
            starts: Vec::with_capacity(lexemes.len()),
            open: Vec::new(),
            previous: Lexeme { kind: Kind::Sign, gap: Gap::Line, start: 0, end: 0 },
        };
        let (written, starts) = writer.all(lexemes);
        Canonical { written, starts, lexemes, end: Span::new(end, end).end }
    }

    /// What the grammar reads.
    pub(super) fn as_str(&self) -> &str {
        &self.written
    }

    /// How many tokens the canonical text has.
    pub(super) fn len(&self) -> usize {
        self.starts.len()
    }

    /// The first token that begins at an offset of the canonical text or behind it, looked for from another token on.
    pub(super) fn token_from(&self, token: usize, offset: usize) -> usize {
        let rest = self.starts.get(token..).unwrap_or_default();
        let passed = rest.iter().take_while(|start| (**start as usize) < offset).count();
        token.saturating_add(passed)
    }

    /// Where a token begins in the text.
    pub(super) fn start(&self, token: usize) -> u32 {
        self.lexemes.get(token).map_or(self.end, |lexeme| lexeme.start)
    }

    /// Where the token before one ends in the text.
    pub(super) fn end_before(&self, token: usize) -> u32 {
        let before = token.checked_sub(1).and_then(|before| self.lexemes.get(before));
        before.map_or(self.end, |lexeme| lexeme.end)
    }

    /// Where the token behind a place begins.
    pub(super) fn next(&self, place: Span) -> u32 {
        let behind = self.lexemes.partition_point(|lexeme| lexeme.start < place.end.max(place.start));
        self.start(behind)
    }
}

struct Writer<'t> {
    text: &'t str,
    written: String,
    starts: Vec<u32>,
    open: Vec<Bracket>,
    previous: Lexeme,
}

impl Writer<'_> {
    fn all(mut self, lexemes: &[Lexeme]) -> (String, Vec<u32>) {
        for lexeme in lexemes {
            self.lexeme(*lexeme);
        }
        while let Some(bracket) = self.open.pop() {
            self.start();
            self.written.push_str(bracket.close());
        }
        (self.written, self.starts)
    }

    fn start(&mut self) {
        self.starts.push(u32::try_from(self.written.len()).unwrap_or(u32::MAX));
    }

    #[inline]
    fn lexeme(&mut self, lexeme: Lexeme) {
        if lexeme.gap == Gap::Line && self.may_end_statement() && self.may_begin_statement(lexeme) {
            self.written.push('\n');
        } else if self.must_stand_apart(lexeme) {
            self.written.push(' ');
        }
        self.start();
        match lexeme.kind {
            Kind::Name if lexeme.text(self.text) == "trainable" => self.written.push_str("trainable"),
            Kind::Name | Kind::Field => self.written.push('X'),
            Kind::Number => self.written.push('0'),
            Kind::String => self.written.push('"'),
            Kind::Keyword | Kind::Sign => self.written.push_str(lexeme.text(self.text)),
            Kind::Colon => self.written.push(':'),
            Kind::Equals => self.written.push('='),
            Kind::Point => self.written.push('.'),
            Kind::Open(bracket) if self.open.len() < NESTING_LIMIT => {
                self.open.push(bracket);
                self.written.push_str(bracket.open());
            }
            Kind::Close(bracket) if self.open.pop_if(|open| *open == bracket).is_some() => {
                self.written.push_str(bracket.close());
            }
            _ => self.unknown(lexeme),
        }
        self.previous = lexeme;
    }

    /// What means nothing. Operators of other languages are kept, because the line goes on behind them.
    fn unknown(&mut self, lexeme: Lexeme) {
        let text = lexeme.text(self.text);
        self.written.push_str(if matches!(text, "&&" | "||" | "|>") { text } else { "?" });
    }

    /// Whether a blank is left before a token: an opening bracket that does not go on with the word, number, string or
    /// bracket before it, a colon that does not touch a keyword, a sign that would become another one, and every `=`, so
    /// that it is not the beginning of `==`.
    fn must_stand_apart(&self, lexeme: Lexeme) -> bool {
        let touches = lexeme.gap == Gap::Nothing;
        match lexeme.kind {
            // Braces go on with a word or a part of a label only.
            Kind::Open(Bracket::Curly) if touches => {
                matches!(self.previous.kind, Kind::Number | Kind::String | Kind::Close(Bracket::Round))
            }
            Kind::Open(_) => !touches && self.previous.takes_trailers(),
            Kind::Colon => !touches && self.previous.kind == Kind::Keyword,
            Kind::Equals => true,
            Kind::Sign => self.previous.kind == Kind::Sign && self.would_merge(lexeme),
            _ => false,
        }
    }

    fn would_merge(&self, lexeme: Lexeme) -> bool {
        let last = self.written.chars().next_back();
        let first = lexeme.text(self.text).chars().next();
        matches!(
            (last, first),
            (Some('-'), Some('>'))
                | (Some('=' | '<' | '>'), Some('='))
                | (Some('*'), Some('*'))
                | (Some('/'), Some('/'))
                | (Some('.'), Some('.'))
        )
    }

    /// Whether a line break behind the token before may end a statement.
    fn may_end_statement(&self) -> bool {
        let text = || self.previous.text(self.text);
        match self.previous.kind {
            Kind::Name | Kind::Field | Kind::Number | Kind::String | Kind::Close(_) => true,
            Kind::Point | Kind::Unknown => true,
            Kind::Keyword => matches!(text(), "true" | "false" | "none"),
            // Behind a colon a line begins in other languages.
            Kind::Colon => true,
            Kind::Sign => text() == "...",
            _ => false,
        }
    }

    /// Whether a statement may begin with a token: in braces, or at the top of a file.
    fn may_begin_statement(&self, lexeme: Lexeme) -> bool {
        let begins = match lexeme.kind {
            Kind::Name | Kind::Number | Kind::String | Kind::Unknown => true,
            Kind::Open(bracket) => bracket != Bracket::Curly,
            Kind::Keyword => !matches!(lexeme.text(self.text), "else" | "in" | "and" | "or" | "not"),
            Kind::Sign => lexeme.text(self.text) == "...",
            _ => false,
        };
        begins && self.open.last().is_none_or(|open| *open == Bracket::Curly)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::lexer::Lexer;

    fn canonical(text: &str) -> String {
        let lexemes: Vec<Lexeme> =
            Lexer::new(text, 0).filter(|lexeme| lexeme.kind != Kind::Comment).collect();
        Canonical::of(&lexemes, text, text.len()).written
    }

    #[test]
    fn names_numbers_and_strings_are_one_letter_and_all_else_is_itself() {
        assert_eq!(canonical("x -> conv: Conv(64, kernel=3)  # a comment"), "X->X:X(0,X =0)");
        assert_eq!(canonical("if not c and d { \"a # b\" } else { none }"), "ifnotXandX {\"}else {none}");
        assert_eq!(canonical("0..n ... 1.5e-3 26M ** // <= - λ → 1."), "0..X...00**//<=-X?0");
    }

    #[test]
    fn brackets_that_stand_apart_have_a_blank_before_them() {
        assert_eq!(canonical("f(x) f (x) = (x)"), "X(X)X (X) =(X)");
        assert_eq!(canonical("w{i}[0].bias w {i} [0] .bias"), "X{X}[0].XX {X} [0]?X");
        assert_eq!(canonical("f(x){ 3{ \"s\"{"), "X(X) {0 {\" {}}}");
        assert_eq!(canonical("x.0.layer 1.layer = (a)"), "X.X.X0.X =(X)");
        assert_eq!(canonical("in: a in : a x : a"), "in:Xin :XX:X");
    }

    #[test]
    fn signs_that_stand_apart_stay_apart() {
        assert_eq!(canonical("a - > b * * c = = d .. . e"), "X- >X* *X = =X..?X");
        assert_eq!(canonical("a -> -b ** -c"), "X->-X**-X");
    }

    #[test]
    fn a_line_break_stands_where_a_statement_may_end_and_another_begin() {
        assert_eq!(canonical("x = a\n    -> B\ny = (a\n    b)\n"), "X =X->X\nX =(XX)");
        assert_eq!(
            canonical("model M {\n  a = b +\n  c\n}\nelse x\nfor i in y {\n}\nx:\ny"),
            "modelX {X =X+X}elseX\nforXinX {}\nX:\nX"
        );
    }

    #[test]
    fn brackets_are_balanced_whatever_is_written() {
        assert_eq!(canonical("f(a # )"), "X(X)");
        assert_eq!(canonical("{[( # c\n}"), "{[(?)]}");
        assert_eq!(canonical("a) ]b}"), "X??X?");
        let deep = canonical(&"(".repeat(NESTING_LIMIT + 2));
        assert_eq!(deep.matches(')').count(), NESTING_LIMIT);
    }

    #[test]
    fn a_token_of_the_canonical_text_is_found_in_the_text() {
        let text = "ab  ->\n  λ (c)";
        let lexemes: Vec<Lexeme> = Lexer::new(text, 0).collect();
        let canonical = Canonical::of(&lexemes, text, text.len());
        assert_eq!(canonical.as_str(), "X->X (X)");
        let bracket = canonical.token_from(0, 4);
        assert_eq!((canonical.start(bracket), canonical.end_before(bracket)), (12, 11));
    }
}
