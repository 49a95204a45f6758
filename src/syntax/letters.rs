//! A stretch of text as the grammar reads it: one letter a token.
//!
//! Main type: [`Letters`]. Reading a text character by character is what costs a parser most of its time, and needs no
//! grammar: words, numbers and strings are cut here, blanks and comments are left out, and `grammar/weft.pest` says how
//! tokens follow each other. Its first section is the table of the letters.

use std::borrow::Cow;
use std::ops::Range;

use pest::unicode::{XID_CONTINUE, XID_START};

use super::bytes::is_word;
use super::scan::{NESTING_LIMIT, closer_of};
use crate::source::Span;

/// A stretch of a text, and its letters.
#[derive(Debug, Default)]
pub(super) struct Letters<'t> {
    /// What is read, which may differ from what stands in the text.
    stretch: Cow<'t, str>,
    /// Where the stretch begins in the text.
    start: usize,
    /// Where it ends.
    end: u32,
    letters: String,
    /// The token of each letter; like all places it counts from the beginning of the text.
    tokens: Vec<Span>,
    /// Whether the letters differ from what is written.
    repaired: bool,
}

impl<'t> Letters<'t> {
    /// The letters of a stretch; `place` is its position in the text. Their brackets are balanced and at most
    /// [`NESTING_LIMIT`] deep, whatever the stretch holds: the grammar relies on it.
    pub(super) fn of(stretch: Cow<'t, str>, place: Range<usize>) -> Letters<'t> {
        let mut speller = Speller::new(&stretch, place.start);
        while speller.token() {}
        let closed = speller.close_all();
        let Speller { letters, tokens, .. } = speller;
        let end = Span::new(place.end, place.end).end;
        let letters = String::from_utf8(letters).unwrap_or_default();
        let repaired = closed || matches!(stretch, Cow::Owned(_));
        Letters { stretch, start: place.start, end, letters, tokens, repaired }
    }

    /// What the grammar reads.
    pub(super) fn as_str(&self) -> &str {
        &self.letters
    }

    /// A letter, and where its token begins; a blank behind the last.
    pub(super) fn at(&self, letter: usize) -> (u8, u32) {
        match (self.letters.as_bytes().get(letter), self.tokens.get(letter)) {
            (Some(letter), Some(token)) => (*letter, token.start),
            _ => (b' ', self.end),
        }
    }

    /// Where the token in front of a letter ends.
    pub(super) fn end_before(&self, letter: usize) -> u32 {
        letter.checked_sub(1).and_then(|before| self.tokens.get(before)).map_or(self.end, |token| token.end)
    }

    /// Where the token behind a place begins.
    pub(super) fn next(&self, place: Span) -> u32 {
        let behind = self.tokens.partition_point(|token| token.start < place.end.max(place.start));
        self.tokens.get(behind).map_or(self.end, |token| token.start)
    }

    /// Whether the letters differ from what is written.
    pub(super) fn are_repaired(&self) -> bool {
        self.repaired
    }

    /// What is read at a place.
    pub(super) fn text(&self, place: Span) -> &str {
        let from_start = |offset: u32| (offset as usize).saturating_sub(self.start);
        self.stretch.get(from_start(place.start)..from_start(place.end)).unwrap_or("")
    }
}

/// What was spelled so far.
struct Speller<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    /// Where the text stands.
    start: u32,
    letters: Vec<u8>,
    tokens: Vec<Span>,
    /// The letter before, and the end of its token.
    previous: u8,
    previous_end: usize,
    /// The brackets that are open.
    open: Vec<u8>,
}

impl<'t> Speller<'t> {
    fn new(text: &'t str, start: usize) -> Speller<'t> {
        // Tokens are some four bytes long, with the blanks between them.
        let capacity = text.len() / 3;
        Speller {
            text,
            bytes: text.as_bytes(),
            at: 0,
            start: u32::try_from(start).unwrap_or(u32::MAX),
            letters: Vec::with_capacity(capacity),
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
            _ if self.previous == b'k' && start == self.previous_end && self.word() => b'w',
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                self.word();
                word_letter(self.bytes.get(start..self.at).unwrap_or(&[]))
            }
            b'0'..=b'9' => self.number(),
            b'"' => self.string(),
            b'(' | b'[' | b'{' => self.opener(first, touches),
            b')' | b']' | b'}' => self.closer(first),
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

    #[inline]
    fn push(&mut self, letter: u8, start: usize, end: usize) {
        let before = self.before(letter);
        if before != self.previous
            && let Some(last) = self.letters.last_mut()
        {
            *last = before;
        }
        self.letters.push(letter);
        let inside = Span::new(start, end);
        let absolute = |offset: u32| offset.saturating_add(self.start);
        self.tokens.push(Span { start: absolute(inside.start), end: absolute(inside.end) });
        self.previous = letter;
        self.previous_end = end;
    }

    /// The letter of the token before one: what follows it may say how it is read.
    fn before(&self, letter: u8) -> u8 {
        let last = matches!(letter, b',' | b')' | b']' | b'}' | b'\n');
        match (self.previous, letter) {
            (b'c', b'=') => b'a',
            (b'b' | b'c', _) if last => b'd',
            (b'b', _) if letter != b'=' => b'c',
            (b'"', _) if last => b'e',
            (b'V', _) if last => b'f',
            (b'h', _) if last => b'g',
            (b',', b')' | b']' | b'}') => b'-',
            (keyword, b'=') if is_keyword(keyword) && self.open.last() == Some(&b'(') => b'`',
            (same, _) => same,
        }
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
                return b'h';
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

    /// A bracket that closes the innermost open one; any other is no bracket to the grammar.
    fn closer(&mut self, byte: u8) -> u8 {
        let matches = self.open.pop_if(|open| closer_of(*open) == byte).is_some();
        self.sign(1, if matches { byte } else { b'?' })
    }

    /// Closes what is still open at the end of the text; true if anything was.
    fn close_all(&mut self) -> bool {
        let mut closed = false;
        while let Some(open) = self.open.pop() {
            self.push(closer_of(open), self.text.len(), self.text.len());
            closed = true;
        }
        closed
    }

    fn opener(&mut self, byte: u8, touches: bool) -> u8 {
        if self.open.len() >= NESTING_LIMIT {
            return self.sign(1, b'?');
        }
        self.open.push(byte);
        let letter = match byte {
            _ if !touches => byte,
            b'(' => b'i',
            b'[' => b'j',
            // Braces belong to a label's word.
            _ if matches!(self.previous, b'h' | b'"' | b')') => byte,
            _ => b'l',
        };
        self.sign(1, letter)
    }

    fn points(&mut self, touches: bool) -> u8 {
        match (self.byte(1), self.byte(2)) {
            (b'.', b'.') => self.sign(3, b'^'),
            (b'.', _) => self.sign(2, b'~'),
            _ if touches => self.sign(1, b'k'),
            _ => self.sign(1, b'?'),
        }
    }

    fn operator(&mut self, first: u8) -> u8 {
        match (first, self.byte(1)) {
            (b'-', b'>') => self.sign(2, b'>'),
            (b'-', _) => self.sign(1, b'4'),
            (b'=', b'=') | (b'!', b'=') | (b'<', b'=') | (b'>', b'=') | (b'*', b'*') | (b'/', b'/') => {
                self.sign(2, b'5')
            }
            (b'+' | b'*' | b'/' | b'%' | b'@' | b'<' | b'>', _) => self.sign(1, b'5'),
            (b'=', b'>') => self.sign(2, b'?'),
            (b'&', b'&') | (b'|', b'|' | b'>') => self.sign(2, b'y'),
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
                b'c'
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
    matches!(letter, b'A'..=b'Z' | b'3' | b'6')
}

/// Whether a bracket or a point that touches a token is a trailer of it.
fn takes_trailers(letter: u8) -> bool {
    matches!(letter, b'b' | b'c' | b'w' | b'h' | b'"' | b')' | b']' | b'}') || is_keyword(letter)
}

/// Whether a line break behind a token may end a statement.
fn ends_statement(letter: u8) -> bool {
    matches!(letter, b'b' | b'c' | b'w' | b'h' | b'"' | b')' | b']' | b'}' | b'V' | b'k' | b'^' | b'?')
}

/// Whether a token at the beginning of a line may begin a statement.
fn begins_statement(letter: u8) -> bool {
    match letter {
        b'E' | b'N' => false,
        _ => matches!(letter, b'b' | b'c' | b'h' | b'"' | b'(' | b'[' | b'^' | b'?' | b'A'..=b'Z'),
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
        b"and" | b"or" => b'6',
        b"not" => b'3',
        b"trainable" => b'b',
        _ => b'c',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelled(text: &str) -> String {
        Letters::of(text.into(), 0..text.len()).letters
    }

    #[test]
    fn a_token_is_a_letter_and_blanks_and_comments_are_none() {
        assert_eq!(spelled("x -> conv: Conv(64, kernel=3)  # a comment"), "c>c:cig,a=g)");
        assert_eq!(spelled("if not c and d { \"a # b\" } else { none }"), "T3c6c{e}E{f}");
        assert_eq!(spelled("0..n ... 1.5e-3 26M ** // <= - λ → 1."), "h~c^hh5554c?h");
    }

    #[test]
    fn what_touches_a_token_is_another_letter_than_what_does_not() {
        assert_eq!(spelled("f(x) f (x)"), "cid)c(d)");
        assert_eq!(spelled("w{i}[0].bias w {i} [0] .bias"), "cld}jg]kwc{d}[g]?c");
        assert_eq!(spelled("x.0.layer 1.layer = (a)"), "ckwkwhkw=(d)");
    }

    #[test]
    fn a_line_break_stands_where_a_statement_may_end_and_another_begin() {
        assert_eq!(spelled("x = a\n    -> B\ny = (a\n    b)\n"), "a=c>d\na=(cd)");
        assert_eq!(spelled("model M {\n  a = b +\n  c\n}\nelse x\nfor i in y {\n}"), "Mc{a=c5d}Ed\nFcNc{}");
    }

    #[test]
    fn what_follows_a_token_tells_how_it_is_read() {
        assert_eq!(spelled("a = f(b, c=d, \"e\", 1, true,)"), "a=cid,a=d,e,g,f-)");
        assert_eq!(spelled("trainable = trainable f(trainable=1, trainable)"), "b=ccib=g,d)");
        assert_eq!(spelled("f(in=1, [in=1]) in = 1"), "ci`=g,[N=g])N=h");
    }

    #[test]
    fn a_colon_tells_whether_it_touches_a_keyword_and_whether_it_ends_its_line() {
        assert_eq!(spelled("a: b:\nin: c not:\nd in : e"), "c:c;N9c38cN:c");
    }

    #[test]
    fn brackets_are_balanced_whatever_is_written() {
        assert_eq!(spelled("f(a # )"), "cid)");
        assert_eq!(spelled("{[( # c\n}"), "{[(?)]}");
        assert_eq!(spelled("a) ]b}"), "c??c?");
        let deep = spelled(&"(".repeat(NESTING_LIMIT + 2));
        assert_eq!(deep.matches(')').count(), NESTING_LIMIT);
    }

    #[test]
    fn the_place_of_a_letter_is_its_token() {
        let text = "ab  ->\n  λ.c";
        let letters = Letters::of(text.into(), 0..text.len());
        let tokens: Vec<&str> = letters.tokens.iter().map(|span| letters.text(*span)).collect();
        assert_eq!(tokens, ["ab", "->", "λ", ".", "c"]);
    }
}
