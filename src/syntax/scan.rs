//! The first look at a text, in one linear pass: comments, strings, brackets, characters that have no place.
//!
//! Main function: [`scan`]. It cuts a file into chunks of one item each and says which bytes to replace so that
//! every chunk is balanced: the grammar then cannot fail, and no offset moves. What it mends it reports as a
//! [`Fault`]; whoever builds the tree says it once for each statement.

use std::borrow::Cow;

use super::Comment;
use super::bytes::{is_plain, is_word};
use super::characters::{self, Misplaced};
use crate::source::Span;

/// How deep brackets may stand in each other.
pub(super) const NESTING_LIMIT: usize = 256;

/// A stretch of the text that is parsed on its own: normally one item.
#[derive(Debug)]
pub(super) struct Chunk {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whether a `}` is missing at its end.
    pub(super) is_unclosed: bool,
}

/// Something the scan had to mend.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) kind: FaultKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FaultKind {
    /// A bracket that nothing closes.
    Unclosed(u8),
    /// A `(` or `[` that was left open at a line's end, where a comma seems to be missing.
    MissingComma,
    /// A closer that closes nothing.
    Extra(u8),
    /// An opener and the closer of another kind that closes it.
    Mismatch(u8, u8),
    /// A string that does not end on its line.
    String,
    /// A character that has no place in a program.
    Character(Misplaced),
    /// An item that begins inside the braces of another.
    Nested,
}

/// What the scan found.
#[derive(Debug, Default)]
pub(super) struct Scan {
    pub(super) chunks: Vec<Chunk>,
    /// In the order of their places.
    pub(super) faults: Vec<Fault>,
    /// Bytes to replace, in the order of their places.
    pub(super) edits: Vec<(usize, u8)>,
    pub(super) comments: Vec<Comment>,
    /// The first bracket that stands deeper than the limit; its item is in no chunk.
    pub(super) too_deep: Option<usize>,
}

impl Scan {
    /// True if anything is wrong with a chunk, or was changed in it.
    pub(super) fn is_mended(&self, chunk: &Chunk) -> bool {
        let first = self.edits.partition_point(|(offset, _)| *offset < chunk.start);
        let fault = self.faults.partition_point(|fault| fault.start < chunk.start);
        chunk.is_unclosed
            || self.edits.get(first).is_some_and(|(offset, _)| *offset < chunk.end)
            || self.faults.get(fault).is_some_and(|fault| fault.start < chunk.end)
    }

    /// The text of a chunk with every edit made. Braces that are missing at its end are `letters`' to add.
    pub(super) fn mended<'t>(&self, text: &'t str, chunk: &Chunk) -> Cow<'t, str> {
        let first = self.edits.partition_point(|(offset, _)| *offset < chunk.start);
        let inside = self.edits.iter().skip(first).take_while(|(offset, _)| *offset < chunk.end);
        let text = text.get(chunk.start..chunk.end).unwrap_or("");
        if inside.clone().next().is_none() {
            return Cow::Borrowed(text);
        }
        let mut bytes = text.as_bytes().to_vec();
        for (offset, byte) in inside {
            if let Some(place) = bytes.get_mut(offset.saturating_sub(chunk.start)) {
                *place = *byte;
            }
        }
        String::from_utf8(bytes).map_or(Cow::Borrowed(text), Cow::Owned)
    }
}

/// Scans a file, cut into items.
pub(super) fn scan_file(text: &str) -> Scan {
    Scanner::new(text, 0, true, NESTING_LIMIT).run()
}

/// Scans the end of a text, from an offset on, that is one expression.
pub(super) fn scan_expression(text: &str, from: usize, nesting_limit: usize) -> Scan {
    Scanner::new(text, from, false, nesting_limit).run()
}

/// An open bracket.
struct Open {
    byte: u8,
    offset: usize,
    /// The column of its line's first token.
    indent: usize,
}

/// An item that may stand inside another: a `}` too many will tell.
struct Nested {
    /// The fault of the brace that was still open.
    fault: usize,
    /// The column of the outer item's line.
    outer_indent: usize,
    start: usize,
}

struct Scanner<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    split: bool,
    nesting_limit: usize,
    open: Vec<Open>,
    /// The column of the current line's first token, and whether nothing but blanks stood on the line so far.
    indent: usize,
    line_start: usize,
    at_line_start: bool,
    /// The last byte that is no blank and in no comment, and the end of that token's byte.
    previous: u8,
    previous_end: usize,
    /// An opener that was given up at a line's end, and its fault.
    given_up: Option<(Open, usize)>,
    /// A `{` whose closer seems to have been taken by something further out.
    suspect: Option<usize>,
    lone_return_reported: bool,
    chunk_start: usize,
    /// The column of the line that the chunk begins on.
    chunk_indent: usize,
    /// An item further to the right than the one before, whose braces were still open.
    nested: Option<Nested>,
    /// True from a bracket that is too deep to the next item.
    skipping: bool,
    out: Scan,
}

impl<'t> Scanner<'t> {
    fn new(text: &'t str, from: usize, split: bool, nesting_limit: usize) -> Scanner<'t> {
        let mark = from == 0 && text.starts_with('\u{feff}');
        let start = if mark { '\u{feff}'.len_utf8() } else { from };
        Scanner {
            text,
            bytes: text.as_bytes(),
            at: start,
            split,
            nesting_limit,
            open: Vec::new(),
            indent: 0,
            line_start: start,
            at_line_start: true,
            previous: 0,
            previous_end: start,
            given_up: None,
            suspect: None,
            lone_return_reported: false,
            chunk_start: start,
            chunk_indent: 0,
            nested: None,
            skipping: false,
            out: Scan::default(),
        }
    }

    fn byte(&self, offset: usize) -> u8 {
        self.bytes.get(offset).copied().unwrap_or(0)
    }

    fn run(mut self) -> Scan {
        while self.at < self.bytes.len() {
            self.step();
        }
        self.end_chunk(self.bytes.len());
        self.out.faults.sort_by_key(|fault| fault.start);
        self.out.edits.sort_by_key(|(offset, _)| *offset);
        self.out
    }

    fn step(&mut self) {
        let byte = self.byte(self.at);
        match byte {
            b'\n' => self.line_break(),
            b' ' | b'\t' => self.pass(|byte| matches!(byte, b' ' | b'\t')),
            b'\r' if self.byte(self.at.saturating_add(1)) == b'\n' => self.advance(1),
            b'#' => self.comment(),
            _ => {
                if self.at_line_start {
                    self.first_token_of_a_line();
                }
                if self.skipping {
                    return self.advance(self.width());
                }
                self.token(byte);
            }
        }
    }

    fn advance(&mut self, by: usize) {
        self.at = self.at.saturating_add(by);
    }

    /// Passes over all bytes that are as wanted.
    fn pass(&mut self, wanted: impl Fn(u8) -> bool) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        self.advance(rest.iter().position(|byte| !wanted(*byte)).unwrap_or(rest.len()));
    }

    fn line_break(&mut self) {
        self.advance(1);
        self.line_start = self.at;
        self.at_line_start = true;
    }

    fn token(&mut self, byte: u8) {
        match byte {
            // Inside brackets no item begins, and only brackets, strings, comments and line ends say anything.
            _ if is_plain(byte) && !self.open.is_empty() => return self.plain(),
            b'"' => self.string(),
            b'(' | b'[' | b'{' => self.opener(byte),
            b')' | b']' | b'}' => self.closer(byte),
            _ if byte == b'_' || byte.is_ascii_alphabetic() => self.word(),
            _ if byte.is_ascii() && !byte.is_ascii_control() => self.advance(1),
            _ => return self.other_character(),
        }
        self.previous = if byte == b'"' { byte } else { self.byte(self.at.saturating_sub(1)) };
        self.previous_end = self.at;
    }

    /// Passes over what says nothing.
    fn plain(&mut self) {
        let start = self.at;
        self.pass(is_plain);
        let passed = self.bytes.get(start..self.at).unwrap_or_default();
        let blanks = passed.iter().rev().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        self.previous_end = self.at.saturating_sub(blanks);
        self.previous = self.byte(self.previous_end.saturating_sub(1));
    }

    fn comment(&mut self) {
        let rest = self.text.get(self.at..).unwrap_or("");
        let line = rest.find('\n').map_or(rest, |length| rest.get(..length).unwrap_or(rest));
        let shown = line.trim_end_matches('\r');
        let doc = shown.starts_with("##") && !shown.starts_with("###");
        let end = self.at.saturating_add(shown.len());
        let span = Span::new(self.at, end);
        self.out.comments.push(Comment { span, doc, own_line: self.at_line_start });
        if let Some(place) = shown.find('\r') {
            self.lone_return(self.at.saturating_add(place));
        }
        self.directions(self.at, end);
        self.advance(line.len());
    }

    /// Reports what changes the direction of writing inside a string or a comment, where all else may stand.
    fn directions(&mut self, start: usize, end: usize) {
        let text = self.text.get(start..end).unwrap_or("");
        if text.is_ascii() {
            return;
        }
        for (at, character) in text.char_indices().filter(|(_, character)| characters::overrides(*character))
        {
            let at = start.saturating_add(at);
            let end = at.saturating_add(character.len_utf8());
            self.fault(at, end, FaultKind::Character(Misplaced::Direction(character)));
        }
    }

    fn string(&mut self) {
        let start = self.at;
        self.advance(1);
        loop {
            match self.byte(self.at) {
                b'"' => {
                    self.advance(1);
                    return self.directions(start, self.at);
                }
                b'\\' if self.at.saturating_add(1) < self.bytes.len() && !self.line_ends(1) => {
                    self.advance(1);
                    self.advance(self.width());
                }
                _ if self.at >= self.bytes.len() || self.line_ends(0) => break,
                _ => self.advance(1),
            }
        }
        self.fault(start, self.at, FaultKind::String);
        // Its line's break closes it. At the end of the text, or behind a lone `\`, it is blotted out instead.
        if self.at < self.bytes.len() && self.byte(self.at.saturating_sub(1)) != b'\\' {
            self.out.edits.push((self.at, b'"'));
            self.advance(1);
            self.line_start = self.at;
            self.at_line_start = true;
        } else {
            self.blank(start, self.at);
        }
    }

    fn line_ends(&self, ahead: usize) -> bool {
        let at = self.at.saturating_add(ahead);
        self.byte(at) == b'\n' || self.byte(at) == b'\r' && self.byte(at.saturating_add(1)) == b'\n'
    }

    fn width(&self) -> usize {
        self.text.get(self.at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8)
    }

    fn word(&mut self) {
        let start = self.at;
        self.pass(is_word);
        let touches = start == self.previous_end && (self.previous == b'.' || is_word(self.previous));
        if self.split && self.open.is_empty() && !touches && self.begins_item(start) {
            self.end_chunk(start);
        }
    }

    /// An item keyword, a blank and a name, or a string after `use`.
    fn begins_item(&self, start: usize) -> bool {
        if !matches!(self.byte(start), b'u' | b'c' | b'b' | b'm') {
            return false;
        }
        let rest = self.text.get(start..).unwrap_or("");
        let length = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (word, after) = rest.split_at_checked(length).unwrap_or(("", ""));
        let name = after.trim_start_matches([' ', '\t']);
        let named = name.starts_with(|first: char| first.is_alphabetic() || first == '_');
        let blank = name.len() < after.len();
        match word {
            "use" => blank && (named || name.starts_with('"')),
            "const" | "block" | "model" => blank && named,
            _ => false,
        }
    }

    fn first_token_of_a_line(&mut self) {
        self.at_line_start = false;
        self.indent = self.at.saturating_sub(self.line_start);
        let (indent, byte) = (self.indent, self.byte(self.at));
        // A line further left is past whatever the opener held.
        self.given_up.take_if(|(open, _)| indent <= open.indent && byte != closer_of(open.byte));
        if self.split && self.begins_item(self.at) {
            self.end_chunk(self.at);
        } else if self.open.last().is_some_and(|open| open.byte != b'{') && self.begins_statement() {
            self.give_up_open();
        }
    }

    /// Whether the line can only be a statement, though a `(` or `[` is open.
    fn begins_statement(&self) -> bool {
        let rest = self.text.get(self.at..).unwrap_or("");
        let length = rest.find(|other: char| !other.is_alphanumeric() && other != '_').unwrap_or(rest.len());
        let (word, after) = rest.split_at_checked(length).unwrap_or(("", ""));
        let next = after.trim_start_matches([' ', '\t']);
        let named = next.len() < after.len() && next.starts_with(|first: char| first.is_alphabetic());
        let complete = is_word(self.previous) || matches!(self.previous, b'"' | b')' | b']' | b'}');
        match word {
            "" => false,
            "input" | "let" | "layer" | "param" | "buffer" | "assert" | "output" => named,
            "for" => named && !complete,
            _ => complete && next.starts_with('=') && !next.starts_with("=="),
        }
    }

    /// Closes every `(` and `[` inside the nearest `{` in front of the current line.
    fn give_up_open(&mut self) {
        let mut room = self.at;
        while let Some(open) = self.open.pop_if(|open| open.byte != b'{') {
            let fault = self.out.faults.len();
            self.unclosed(&open, &mut room);
            self.given_up = Some((open, fault));
        }
    }

    /// Reports an opener that nothing closes, and closes it in the blanks before `room` if there are any.
    fn unclosed(&mut self, open: &Open, room: &mut usize) {
        self.fault(open.offset, open.offset.saturating_add(1), FaultKind::Unclosed(open.byte));
        // The break that ends a comment must stay.
        let lowest =
            self.out.comments.last().map_or(0, |comment| (comment.span.end as usize).saturating_add(1));
        let before = room.saturating_sub(1);
        if *room > 0 && before >= lowest.max(self.previous_end) && self.byte(before).is_ascii_whitespace() {
            *room = before;
            self.out.edits.push((before, closer_of(open.byte)));
        } else {
            self.out.edits.push((open.offset, b' '));
        }
    }

    fn opener(&mut self, byte: u8) {
        if self.open.len() >= self.nesting_limit {
            return self.skip_item();
        }
        self.open.push(Open { byte, offset: self.at, indent: self.indent });
        self.advance(1);
    }

    /// Leaves out the item at hand, which is nested too deeply.
    fn skip_item(&mut self) {
        self.out.too_deep = self.out.too_deep.or(Some(self.at));
        self.skipping = true;
        self.open.clear();
        let start = self.chunk_start;
        self.out.faults.retain(|fault| fault.start < start);
        self.out.edits.retain(|(offset, _)| *offset < start);
        self.advance(1);
    }

    fn closer(&mut self, byte: u8) {
        let opener = opener_of(byte);
        if byte == b'}' {
            self.close_brace();
        } else if self.open.last().is_some_and(|open| open.byte == opener) {
            self.open.pop();
        } else if self.open.iter().rev().take_while(|open| open.byte != b'{').any(|open| open.byte == opener)
        {
            let mut room = self.at;
            while let Some(open) = self.open.pop_if(|open| open.byte != opener) {
                self.unclosed(&open, &mut room);
            }
            self.open.pop();
        } else if let Some(open) = self.open.pop_if(|open| open.byte != b'{') {
            self.fault(self.at, self.at.saturating_add(1), FaultKind::Mismatch(open.byte, byte));
            self.out.edits.push((self.at, closer_of(open.byte)));
        } else {
            self.extra(byte);
        }
        self.advance(1);
    }

    fn close_brace(&mut self) {
        if self.closes_no_body() {
            return self.extra(b'}');
        }
        let mut room = self.at;
        while let Some(open) = self.open.pop_if(|open| open.byte != b'{') {
            self.unclosed(&open, &mut room);
        }
        self.given_up = None;
        match self.open.pop() {
            None => self.extra(b'}'),
            Some(open) => {
                let first_on_its_line = self.at.saturating_sub(self.line_start) == self.indent;
                if first_on_its_line && self.indent < open.indent && self.suspect.is_none() {
                    self.suspect = Some(open.offset);
                }
            }
        }
    }

    /// Whether a `}` with brackets open before it stands inside a line, though the next `{` outwards holds lines:
    /// then the `{` of a branch is missing before it.
    fn closes_no_body(&self) -> bool {
        let inside = self.open.last().is_some_and(|open| open.byte != b'{');
        let body = self.open.iter().rev().find(|open| open.byte == b'{');
        let first_on_its_line = self.at.saturating_sub(self.line_start) == self.indent;
        inside && !first_on_its_line && body.is_some_and(|body| body.offset < self.line_start)
    }

    /// A closer that closes nothing, unless it belongs to an opener that was given up too early.
    fn extra(&mut self, byte: u8) {
        match self.given_up.take() {
            Some((open, fault)) if closer_of(open.byte) == byte => {
                if let Some(fault) = self.out.faults.get_mut(fault) {
                    fault.kind = FaultKind::MissingComma;
                }
            }
            _ if byte == b'}' && self.nested.is_some() => self.report_nested(),
            _ => self.fault(self.at, self.at.saturating_add(1), FaultKind::Extra(byte)),
        }
        self.out.edits.push((self.at, b' '));
    }

    /// The brace that was never closed, and the one that closes nothing, are one mistake.
    fn report_nested(&mut self) {
        let Some(nested) = self.nested.take() else {
            return;
        };
        let rest = self.bytes.get(nested.start..).unwrap_or(&[]);
        let keyword = rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        if let Some(fault) = self.out.faults.get_mut(nested.fault) {
            let end = nested.start.saturating_add(keyword);
            *fault = Fault { start: nested.start, end, kind: FaultKind::Nested };
        }
    }

    fn end_chunk(&mut self, end: usize) {
        let mut room = end;
        let mut innermost = None;
        while let Some(open) = self.open.pop() {
            if open.byte == b'{' {
                innermost = innermost.or(Some(open.offset));
                room = 0;
            } else {
                self.unclosed(&open, &mut room);
            }
        }
        self.nested.take_if(|nested| self.indent <= nested.outer_indent);
        let is_unclosed = innermost.is_some();
        if let Some(offset) = innermost.map(|innermost| self.suspect.unwrap_or(innermost)) {
            if self.nested.is_none() && self.indent > self.chunk_indent {
                let fault = self.out.faults.len();
                self.nested = Some(Nested { fault, outer_indent: self.chunk_indent, start: end });
            }
            self.fault(offset, offset.saturating_add(1), FaultKind::Unclosed(b'{'));
        }
        self.suspect = None;
        self.given_up = None;
        if end > self.chunk_start && !std::mem::take(&mut self.skipping) {
            self.out.chunks.push(Chunk { start: self.chunk_start, end, is_unclosed });
        }
        self.chunk_start = end;
        self.chunk_indent = self.indent;
    }

    fn fault(&mut self, start: usize, end: usize, kind: FaultKind) {
        self.out.faults.push(Fault { start, end, kind });
    }

    fn blank(&mut self, start: usize, end: usize) {
        self.out.edits.extend((start..end).map(|offset| (offset, b' ')));
    }

    fn lone_return(&mut self, at: usize) {
        if !self.lone_return_reported {
            self.lone_return_reported = true;
            self.fault(at, at.saturating_add(1), FaultKind::Character(Misplaced::LoneReturn));
        }
    }

    /// A character that is not printable ASCII: a letter, a sign for the grammar to refuse, or one with no place.
    fn other_character(&mut self) {
        let start = self.at;
        let Some(character) = self.text.get(start..).and_then(|rest| rest.chars().next()) else {
            return self.advance(1);
        };
        self.advance(character.len_utf8());
        if character == '\r' {
            return self.lone_return(start);
        }
        let Some(misplaced) = characters::misplaced(character) else {
            self.previous = if character.is_alphanumeric() { b'a' } else { 0x80 };
            self.previous_end = self.at;
            return;
        };
        self.blank(start, self.at);
        match self.out.faults.last_mut() {
            Some(last) if last.end == start && last.kind == FaultKind::Character(misplaced) => {
                last.end = self.at
            }
            _ => self.fault(start, self.at, FaultKind::Character(misplaced)),
        }
    }
}

/// The bracket that closes one.
pub(super) fn closer_of(opener: u8) -> u8 {
    match opener {
        b'(' => b')',
        b'[' => b']',
        _ => b'}',
    }
}

fn opener_of(closer: u8) -> u8 {
    match closer {
        b')' => b'(',
        b']' => b'[',
        _ => b'{',
    }
}
