//! A stretch of text as the grammar reads it: one letter a token.
//!
//! Main type: [`Letters`]. Reading a text character by character is what costs a parser most of its time, and needs no
//! grammar: words, numbers and strings are cut here, blanks and comments are left out, and `grammar/weft.pest` says how
//! tokens follow each other. Its first section is the table of the letters.

use std::borrow::Cow;

use pest::RuleType;
use pest::iterators::Pair;
use pest::unicode::{XID_CONTINUE, XID_START};

use crate::source::Span;

/// A text and its letters.
#[derive(Debug, Default)]
pub(super) struct Letters<'t> {
    text: Cow<'t, str>,
    letters: String,
    /// The token of each letter, counted from the text's beginning.
    tokens: Vec<Span>,
}

impl<'t> Letters<'t> {
    /// The letters of a text whose brackets are balanced.
    pub(super) fn of(text: Cow<'t, str>) -> Letters<'t> {
        let mut speller = Speller::new(&text);
        while speller.token() {}
        let Speller { letters, tokens, .. } = speller;
        Letters { text, letters, tokens }
    }

    /// What the grammar reads.
    pub(super) fn as_str(&self) -> &str {
        &self.letters
    }

    /// The place of a node; that of an empty one is where the next token begins.
    pub(super) fn span<R: RuleType>(&self, node: &Pair<R>) -> Span {
        let letters = node.as_span();
        let end_of_text = Span::new(self.text.len(), self.text.len());
        let start = self.tokens.get(letters.start()).unwrap_or(&end_of_text).start;
        let last = letters.end().checked_sub(1).filter(|last| *last >= letters.start());
        let end = last.and_then(|last| self.tokens.get(last)).map_or(start, |token| token.end);
        Span { start, end }
    }

    /// Where the token behind a node begins.
    pub(super) fn next<R: RuleType>(&self, node: &Pair<R>) -> u32 {
        let end_of_text = Span::new(self.text.len(), self.text.len());
        self.tokens.get(node.as_span().end()).unwrap_or(&end_of_text).start
    }

    /// Whether the text differs from what somebody wrote.
    pub(super) fn are_mended(&self) -> bool {
        matches!(self.text, Cow::Owned(_))
    }

    /// The text of a node.
    pub(super) fn text<R: RuleType>(&self, node: &Pair<R>) -> &str {
        self.text.get(self.span(node).range()).unwrap_or("")
    }
}

/// What was spelled so far.
struct Speller<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    letters: String,
    tokens: Vec<Span>,
    /// The letter before, and the end of its token.
    previous: u8,
    previous_end: usize,
    /// The brackets that are open.
    open: Vec<u8>,
}

impl<'t> Speller<'t> {
    fn new(text: &'t str) -> Speller<'t> {
        // Tokens are some four bytes long, with the blanks between them.
        let capacity = text.len() / 4;
        Speller {
            text,
            bytes: text.as_bytes(),
            at: 0,
            letters: String::with_capacity(capacity),
            tokens: Vec::with_capacity(capacity),
            previous: b'\n',
            previous_end: 0,
            open: Vec::new(),
        }
    }

    /// Spells the next token; false at the end of the text.
    fn token(&mut self) -> bool {
        let breaks = self.blanks();
        let Some(first) = self.bytes.get(self.at).copied() else {
            return false;
        };
        let start = self.at;
        let touches = start == self.previous_end && takes_trailers(self.previous);
        let letter = match first {
            _ if self.previous == b'.' && start == self.previous_end && self.word() => b'w',
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                self.word();
                word_letter(self.bytes.get(start..self.at).unwrap_or(&[]))
            }
            b'0'..=b'9' => self.number(),
            b'"' => self.string(),
            b'(' | b'[' | b'{' => self.opener(first, touches),
            b')' | b']' | b'}' => {
                self.open.pop();
                self.sign(1, first)
            }
            b'.' => self.points(touches),
            _ if first.is_ascii() => self.operator(first),
            _ => self.other_character(),
        };
        if breaks && ends_statement(self.previous) && begins_statement(letter) && self.in_body(letter) {
            self.push(b'\n', start, start);
        }
        self.push(letter, start, self.at);
        true
    }

    fn push(&mut self, letter: u8, start: usize, end: usize) {
        self.letters.push(char::from(letter));
        self.tokens.push(Span::new(start, end));
        self.previous = letter;
        self.previous_end = end;
    }

    fn byte(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at.saturating_add(ahead)).copied().unwrap_or(0)
    }

    fn advance(&mut self, by: usize) {
        self.at = self.at.saturating_add(by);
    }

    /// Passes over blanks and comments; true if a line ends among them.
    fn blanks(&mut self) -> bool {
        let mut breaks = false;
        loop {
            match self.bytes.get(self.at) {
                Some(b' ' | b'\t' | b'\r') => {}
                Some(b'\n') => breaks = true,
                Some(b'#') => {
                    let rest = self.text.get(self.at..).unwrap_or("");
                    self.advance(rest.find('\n').unwrap_or(rest.len()));
                    continue;
                }
                _ => return breaks,
            }
            self.advance(1);
        }
    }

    /// Passes over what may stand in a word; false if nothing does.
    fn word(&mut self) -> bool {
        let start = self.at;
        loop {
            match self.bytes.get(self.at) {
                Some(b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_') => self.advance(1),
                Some(byte) if !byte.is_ascii() => match self.character().filter(|next| XID_CONTINUE(*next)) {
                    Some(next) => self.advance(next.len_utf8()),
                    None => break,
                },
                _ => break,
            }
        }
        self.at > start
    }

    fn character(&self) -> Option<char> {
        self.text.get(self.at..)?.chars().next()
    }

    /// Everything that looks like a number. A point belongs to it unless a second point (a range) or a word (a field)
    /// follows, and a sign behind an `e`.
    fn number(&mut self) -> u8 {
        loop {
            self.word();
            let before = self.bytes.get(self.at.saturating_sub(1)).copied().unwrap_or(0);
            let next = self.byte(1);
            let belongs = match self.byte(0) {
                b'.' if next.is_ascii_digit() => true,
                b'.' if next == b'.' || next == b'_' || next.is_ascii_alphabetic() => false,
                b'.' => {
                    next.is_ascii() || !self.text.get(self.at.saturating_add(1)..).is_some_and(continues_word)
                }
                b'+' | b'-' => matches!(before, b'e' | b'E') && next.is_ascii_digit(),
                _ => false,
            };
            if !belongs {
                return b'0';
            }
            self.advance(1);
        }
    }

    /// A string, to its closing quote.
    fn string(&mut self) -> u8 {
        let start = self.at;
        loop {
            self.advance(1);
            match self.bytes.get(self.at) {
                Some(b'"') => return self.sign(1, b'"'),
                Some(b'\\') if self.byte(1) != b'\n' => self.advance(1),
                None | Some(b'\n' | b'\\') => {
                    self.at = start;
                    return self.sign(1, b'?');
                }
                Some(_) => {}
            }
        }
    }

    fn sign(&mut self, length: usize, letter: u8) -> u8 {
        self.advance(length);
        letter
    }

    fn opener(&mut self, byte: u8, touches: bool) -> u8 {
        self.open.push(byte);
        let letter = match byte {
            _ if !touches => byte,
            b'(' => b'c',
            b'[' => b'd',
            _ => b'e',
        };
        self.sign(1, letter)
    }

    fn points(&mut self, touches: bool) -> u8 {
        match (self.byte(1), self.byte(2)) {
            (b'.', b'.') => self.sign(3, b'^'),
            (b'.', _) => self.sign(2, b'~'),
            _ if touches => self.sign(1, b'.'),
            _ => self.sign(1, b'?'),
        }
    }

    fn operator(&mut self, first: u8) -> u8 {
        match (first, self.byte(1)) {
            (b'-', b'>') => self.sign(2, b'>'),
            (b'-', _) => self.sign(1, b'r'),
            (b'=', b'=') | (b'!', b'=') | (b'<', b'=') | (b'>', b'=') | (b'*', b'*') | (b'/', b'/') => {
                self.sign(2, b'p')
            }
            (b'+' | b'*' | b'/' | b'%' | b'@' | b'<' | b'>', _) => self.sign(1, b'p'),
            (b'=', b'>') => self.sign(2, b'?'),
            (b'&', b'&') | (b'|', b'|' | b'>') => self.sign(2, b'j'),
            (b'=' | b',', _) => self.sign(1, first),
            (b':', _) => self.colon(),
            _ => self.sign(1, b'?'),
        }
    }

    /// A colon makes a label of a keyword that it touches; and where what stands before it cannot be read, a colon that
    /// ends its line is the last of that.
    fn colon(&mut self) -> u8 {
        let touches = self.at == self.previous_end && is_keyword(self.previous);
        self.advance(1);
        let rest = self.text.get(self.at..).unwrap_or("");
        let last = rest.trim_start_matches([' ', '\t', '\r']).starts_with(['\n', '#']);
        match (touches, last) {
            (true, true) => b'8',
            (true, false) => b'9',
            (false, true) => b';',
            (false, false) => b':',
        }
    }

    fn other_character(&mut self) -> u8 {
        match self.character() {
            Some(first) if XID_START(first) => {
                self.word();
                b'a'
            }
            first => self.sign(first.map_or(1, char::len_utf8), b'?'),
        }
    }

    /// Whether statements stand where a token of a letter does: in braces, or at the top of a file.
    fn in_body(&self, letter: u8) -> bool {
        let own = usize::from(matches!(letter, b'(' | b'['));
        let around =
            self.open.len().checked_sub(own.saturating_add(1)).and_then(|outer| self.open.get(outer));
        around.is_none_or(|open| *open == b'{')
    }
}

fn is_keyword(letter: u8) -> bool {
    matches!(letter, b'A'..=b'Z' | b'q' | b's')
}

/// Whether a bracket or a point that touches a token is a trailer of it.
fn takes_trailers(letter: u8) -> bool {
    matches!(letter, b'a' | b'b' | b'w' | b'0' | b'"' | b')' | b']' | b'}') || is_keyword(letter)
}

/// Whether a line break behind a token may end a statement.
fn ends_statement(letter: u8) -> bool {
    matches!(letter, b'a' | b'b' | b'w' | b'0' | b'"' | b')' | b']' | b'}' | b'V' | b'.' | b'^' | b'?')
}

/// Whether a token at the beginning of a line may begin a statement.
fn begins_statement(letter: u8) -> bool {
    match letter {
        b'E' | b'N' => false,
        _ => matches!(letter, b'a' | b'b' | b'0' | b'"' | b'(' | b'[' | b'^' | b'?' | b'A'..=b'Z'),
    }
}

fn continues_word(text: &str) -> bool {
    text.chars().next().is_some_and(XID_CONTINUE)
}

/// The letter of a word.
fn word_letter(word: &[u8]) -> u8 {
    match word {
        b"use" => b'U',
        b"const" => b'C',
        b"block" => b'B',
        b"model" => b'M',
        b"input" => b'I',
        b"let" => b'L',
        b"layer" => b'Y',
        b"param" => b'P',
        b"buffer" => b'Q',
        b"for" => b'F',
        b"in" => b'N',
        b"if" => b'T',
        b"else" => b'E',
        b"assert" => b'A',
        b"output" => b'O',
        b"true" | b"false" | b"none" => b'V',
        b"and" | b"or" => b'q',
        b"not" => b's',
        b"trainable" => b'b',
        _ => b'a',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelled(text: &str) -> String {
        Letters::of(text.into()).letters
    }

    #[test]
    fn a_token_is_a_letter_and_blanks_and_comments_are_none() {
        assert_eq!(spelled("x -> conv: Conv(64, kernel=3)  # a comment"), "a>a:ac0,a=0)");
        assert_eq!(spelled("if not c and d { \"a # b\" } else { none }"), "Tsaqa{\"}E{V}");
        assert_eq!(spelled("0..n ... 1.5e-3 26M ** // <= - λ → 1."), "0~a^00pppra?0");
    }

    #[test]
    fn what_touches_a_token_is_another_letter_than_what_does_not() {
        assert_eq!(spelled("f(x) f (x)"), "aca)a(a)");
        assert_eq!(spelled("w{i}[0].bias w {i} [0] .bias"), "aea}d0].wa{a}[0]?a");
        assert_eq!(spelled("x.0.layer 1.layer = (a)"), "a.w.w0.w=(a)");
    }

    #[test]
    fn a_line_break_stands_where_a_statement_may_end_and_another_begin() {
        assert_eq!(spelled("x = a\n    -> B\ny = (a\n    b)\n"), "a=a>a\na=(aa)");
        assert_eq!(spelled("model M {\n  a = b +\n  c\n}\nelse x\nfor i in y {\n}"), "Ma{a=apa}Ea\nFaNa{}");
    }

    #[test]
    fn a_colon_tells_whether_it_touches_a_keyword_and_whether_it_ends_its_line() {
        assert_eq!(spelled("a: b:\nin: c not:\nd in : e"), "a:a;N9as8aN:a");
    }

    #[test]
    fn the_place_of_a_letter_is_its_token() {
        let letters = Letters::of("ab  ->\n  λ.c".into());
        let tokens: Vec<&str> = letters.tokens.iter().map(|span| &letters.text[span.range()]).collect();
        assert_eq!(tokens, ["ab", "->", "λ", ".", "c"]);
    }
}
