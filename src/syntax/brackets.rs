//! Brackets matched and repaired, and a file cut into stretches of one item each.
//!
//! Main function: [`repaired`]. It works on tokens, so what it adds cannot be swallowed by a comment or a string: a closing
//! bracket is put in where one is missing, and one that closes nothing is left out. Every stretch is balanced, so the
//! grammar cannot fail on it. What is repaired is reported as a [`SyntaxRepair`]; whoever builds the tree says it once for
//! each statement.

use std::ops::Range;

use super::Comment;
use super::characters::{Misplaced, misplaced, overrides};
use super::lexer::{Bracket, Gap, Kind, Lexeme, Lexer};
use crate::source::Span;

/// How deep brackets may be nested.
pub(super) const NESTING_LIMIT: usize = 256;

/// A stretch of the text that is parsed on its own: normally one item.
#[derive(Clone, Debug, Default)]
pub(super) struct Chunk {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Its tokens in [`Repaired::lexemes`].
    pub(super) lexemes: Range<usize>,
    /// Whether its tokens differ from what is written.
    pub(super) is_repaired: bool,
}

/// Something that had to be repaired.
#[derive(Clone, Debug)]
pub(super) struct SyntaxRepair {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) kind: RepairKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RepairKind {
    /// A bracket that nothing closes.
    Unclosed(Bracket),
    /// A `(` or `[` that was left open at a line's end, where a comma seems to be missing.
    MissingComma,
    /// A closing bracket that closes nothing.
    Unmatched(Bracket),
    /// An opening bracket and the closing one of another kind that closes it.
    Mismatch(Bracket, Bracket),
    /// A string that does not end on its line.
    String,
    /// A character that has no place in a program.
    Character(Misplaced),
    /// An item that begins inside the braces of another.
    Nested,
}

/// A text's tokens with balanced brackets.
#[derive(Debug, Default)]
pub(super) struct Repaired {
    pub(super) chunks: Vec<Chunk>,
    /// The tokens of all chunks, without comments.
    pub(super) lexemes: Vec<Lexeme>,
    /// What was repaired, in the order of places.
    pub(super) repairs: Vec<SyntaxRepair>,
    pub(super) comments: Vec<Comment>,
    /// The first bracket that is nested deeper than the limit; its item is in no chunk.
    pub(super) too_deep: Option<usize>,
}

impl Repaired {
    /// The tokens of a chunk.
    pub(super) fn lexemes(&self, chunk: &Chunk) -> &[Lexeme] {
        self.lexemes.get(chunk.lexemes.clone()).unwrap_or_default()
    }

    /// Whether anything is wrong with a chunk's brackets, strings or characters.
    pub(super) fn is_faulty(&self, chunk: &Chunk) -> bool {
        let first = self.repairs.partition_point(|repair| repair.start < chunk.start);
        chunk.is_repaired || self.repairs.get(first).is_some_and(|repair| repair.start < chunk.end)
    }
}

/// The tokens of a file, cut into items.
pub(super) fn repaired(text: &str) -> Repaired {
    Repairer::new(text, 0, true, NESTING_LIMIT).run()
}

/// The tokens of the end of a text, from an offset on, that is one expression.
pub(super) fn repaired_expression(text: &str, from: usize, nesting_limit: usize) -> Repaired {
    Repairer::new(text, from, false, nesting_limit).run()
}

/// An open bracket.
#[derive(Clone, Copy)]
struct Open {
    bracket: Bracket,
    offset: u32,
    /// The column of its line's first token.
    indent: usize,
    /// The number of its line.
    line: usize,
}

/// An item that may be inside another: a `}` too many will tell.
struct Nested {
    /// The repair of the brace that was still open.
    repair: usize,
    /// The column of the outer item's line.
    outer_indent: usize,
    start: usize,
}

struct Repairer<'t> {
    text: &'t str,
    lexer: Lexer<'t>,
    /// The token behind the one at hand.
    next: Option<Lexeme>,
    from: usize,
    split: bool,
    nesting_limit: usize,
    open: Vec<Open>,
    /// The column of the current line's first token, and the number of lines with tokens so far.
    indent: usize,
    line: usize,
    /// The token before, unless it was left out.
    previous: Option<Lexeme>,
    /// What lies before the token at hand beside its own gap: tokens that were left out.
    left_out: Gap,
    /// An opening bracket that was given up at a line's end, and its repair.
    given_up: Option<(Open, usize)>,
    /// A `{` whose closing bracket seems to have been taken by something further out.
    suspect: Option<u32>,
    lone_return_reported: bool,
    chunk_start: usize,
    first_lexeme: usize,
    /// Whether the chunk's tokens differ from what is written.
    repaired: bool,
    /// The column of the line that the chunk begins on.
    chunk_indent: usize,
    /// An item further to the right than the one before, whose braces were still open.
    nested: Option<Nested>,
    /// True from a bracket that is too deep to the next item.
    skipping: bool,
    out: Repaired,
}

impl<'t> Repairer<'t> {
    fn new(text: &'t str, from: usize, split: bool, nesting_limit: usize) -> Repairer<'t> {
        let mark = from == 0 && text.starts_with('\u{feff}');
        let from = if mark { '\u{feff}'.len_utf8() } else { from };
        Repairer {
            text,
            lexer: Lexer::new(text, from),
            next: None,
            from,
            split,
            nesting_limit,
            open: Vec::new(),
            indent: 0,
            line: 0,
            previous: None,
            left_out: Gap::Nothing,
            given_up: None,
            suspect: None,
            lone_return_reported: false,
            chunk_start: from,
            first_lexeme: 0,
            repaired: false,
            chunk_indent: 0,
            nested: None,
            skipping: false,
            // Tokens are some four bytes long, with the blanks between them.
            out: Repaired { lexemes: Vec::with_capacity(text.len() / 4), ..Repaired::default() },
        }
    }

    fn run(mut self) -> Repaired {
        self.next = self.next_lexeme();
        while let Some(lexeme) = self.next {
            self.next = self.next_lexeme();
            self.lexeme(lexeme);
        }
        self.end_chunk(self.text.len());
        self.out.repairs.sort_by_key(|repair| repair.start);
        self.out
    }

    /// The next token that is no comment.
    fn next_lexeme(&mut self) -> Option<Lexeme> {
        let mut gap = Gap::Nothing;
        loop {
            let mut lexeme = self.lexer.next()?;
            if lexeme.kind != Kind::Comment {
                lexeme.gap = lexeme.gap.max(gap);
                return Some(lexeme);
            }
            self.comment(lexeme);
            gap = gap.max(lexeme.gap);
        }
    }

    fn comment(&mut self, lexeme: Lexeme) {
        let shown = lexeme.text(self.text);
        let doc = shown.starts_with("##") && !shown.starts_with("###");
        self.out.comments.push(Comment { span: lexeme.span(), doc, own_line: lexeme.gap == Gap::Line });
        if let Some(place) = shown.find('\r') {
            self.lone_return((lexeme.start as usize).saturating_add(place));
        }
        self.directions(lexeme);
    }

    /// Reports what changes the direction of writing inside a string or a comment, where all else may stand.
    fn directions(&mut self, lexeme: Lexeme) {
        let text = lexeme.text(self.text);
        if text.is_ascii() {
            return;
        }
        for (at, character) in text.char_indices().filter(|(_, character)| overrides(*character)) {
            let at = (lexeme.start as usize).saturating_add(at);
            let end = at.saturating_add(character.len_utf8());
            self.repair(at, end, RepairKind::Character(Misplaced::Direction(character)));
        }
    }

    fn lexeme(&mut self, mut lexeme: Lexeme) {
        lexeme.gap = lexeme.gap.max(std::mem::replace(&mut self.left_out, Gap::Nothing));
        if lexeme.gap == Gap::Line {
            self.first_of_a_line(lexeme);
        } else if self.split && self.open.is_empty() && self.begins_item(lexeme) {
            self.end_chunk(lexeme.start as usize);
        }
        if self.skipping {
            return;
        }
        let offset = lexeme.start as usize;
        match lexeme.kind {
            Kind::Open(bracket) => self.opener(lexeme, bracket),
            Kind::Close(bracket) => self.closer(lexeme, bracket),
            Kind::String => {
                self.directions(lexeme);
                self.push(lexeme);
            }
            Kind::UnclosedString => {
                self.repair(offset, lexeme.end as usize, RepairKind::String);
                self.repaired = true;
                self.push(Lexeme { kind: Kind::String, ..lexeme });
            }
            Kind::Misplaced => {
                self.misplaced(lexeme);
                self.leave_out(lexeme);
            }
            _ => self.push(lexeme),
        }
    }

    fn push(&mut self, lexeme: Lexeme) {
        self.out.lexemes.push(lexeme);
        self.previous = Some(lexeme);
    }

    /// Leaves a token out; what follows it does not touch what is before it.
    fn leave_out(&mut self, lexeme: Lexeme) {
        self.left_out = lexeme.gap.max(Gap::Blank);
        self.repaired = true;
    }

    /// Closes a bracket behind the last token.
    fn push_closer(&mut self, bracket: Bracket, at: u32) {
        self.out.lexemes.push(Lexeme { kind: Kind::Close(bracket), gap: Gap::Blank, start: at, end: at });
        self.repaired = true;
    }

    fn misplaced(&mut self, lexeme: Lexeme) {
        let (start, end) = (lexeme.start as usize, lexeme.end as usize);
        let Some(misplaced) = lexeme.text(self.text).chars().next().and_then(misplaced) else {
            return;
        };
        if misplaced == Misplaced::LoneReturn {
            return self.lone_return(start);
        }
        match self.out.repairs.last_mut() {
            Some(last) if last.end == start && last.kind == RepairKind::Character(misplaced) => {
                last.end = end;
            }
            _ => self.repair(start, end, RepairKind::Character(misplaced)),
        }
    }

    fn lone_return(&mut self, at: usize) {
        if !self.lone_return_reported {
            self.lone_return_reported = true;
            self.repair(at, at.saturating_add(1), RepairKind::Character(Misplaced::LoneReturn));
        }
    }

    /// An item keyword, a blank and a name on its line, or a string after `use`.
    fn begins_item(&self, lexeme: Lexeme) -> bool {
        if lexeme.kind != Kind::Keyword {
            return false;
        }
        let Some(next) = self.next.filter(|next| next.gap == Gap::Blank) else {
            return false;
        };
        match lexeme.text(self.text) {
            "use" => matches!(next.kind, Kind::Name | Kind::Keyword | Kind::String | Kind::UnclosedString),
            "const" | "block" | "model" => matches!(next.kind, Kind::Name | Kind::Keyword),
            _ => false,
        }
    }

    fn first_of_a_line(&mut self, lexeme: Lexeme) {
        self.line = self.line.saturating_add(1);
        self.indent = self.column(lexeme.start as usize);
        let indent = self.indent;
        // A line further left is past whatever the bracket held.
        self.given_up.take_if(|(open, _)| indent <= open.indent && lexeme.kind != Kind::Close(open.bracket));
        if self.split && self.begins_item(lexeme) {
            self.end_chunk(lexeme.start as usize);
        } else if self.open.last().is_some_and(|open| open.bracket != Bracket::Curly)
            && self.begins_statement(lexeme)
        {
            self.give_up_open();
        }
    }

    /// How many bytes stand before an offset on its line.
    fn column(&self, offset: usize) -> usize {
        let before = self.text.as_bytes().get(self.from..offset).unwrap_or_default();
        before.iter().rev().take_while(|byte| **byte != b'\n').count()
    }

    /// Whether the line can only be a statement, though a `(` or `[` is open.
    fn begins_statement(&self, lexeme: Lexeme) -> bool {
        if !matches!(lexeme.kind, Kind::Name | Kind::Keyword | Kind::Number) {
            return false;
        }
        let next = self.next.filter(|next| next.gap != Gap::Line);
        let named = next
            .is_some_and(|next| next.gap == Gap::Blank && matches!(next.kind, Kind::Name | Kind::Keyword));
        let complete = self.previous.is_some_and(Lexeme::takes_trailers);
        match lexeme.text(self.text) {
            "input" | "let" | "layer" | "param" | "buffer" | "assert" | "output" => named,
            "for" => named && !complete,
            _ => complete && next.is_some_and(|next| next.kind == Kind::Equals),
        }
    }

    /// Closes every `(` and `[` inside the nearest `{` in front of the current line.
    fn give_up_open(&mut self) {
        while let Some(open) = self.open.pop_if(|open| open.bracket != Bracket::Curly) {
            let repair = self.out.repairs.len();
            self.unclosed(open);
            self.given_up = Some((open, repair));
        }
    }

    /// Reports an opening bracket that nothing closes, and closes it behind the last token.
    fn unclosed(&mut self, open: Open) {
        let offset = open.offset as usize;
        self.repair(offset, offset.saturating_add(1), RepairKind::Unclosed(open.bracket));
        let end = self.out.lexemes.last().map_or(open.offset, |last| last.end);
        self.push_closer(open.bracket, end);
    }

    fn opener(&mut self, lexeme: Lexeme, bracket: Bracket) {
        if self.open.len() >= self.nesting_limit {
            return self.skip_item(lexeme);
        }
        self.open.push(Open { bracket, offset: lexeme.start, indent: self.indent, line: self.line });
        self.push(lexeme);
    }

    /// Leaves out the item at hand, which is nested too deeply.
    fn skip_item(&mut self, lexeme: Lexeme) {
        self.out.too_deep = self.out.too_deep.or(Some(lexeme.start as usize));
        self.skipping = true;
        self.open.clear();
        let start = self.chunk_start;
        self.out.repairs.retain(|repair| repair.start < start);
        self.out.lexemes.truncate(self.first_lexeme);
    }

    fn closer(&mut self, lexeme: Lexeme, bracket: Bracket) {
        let is_inner = |open: &&Open| open.bracket != Bracket::Curly;
        if bracket == Bracket::Curly {
            self.close_brace(lexeme);
        } else if self.open.pop_if(|open| open.bracket == bracket).is_some() {
            self.push(lexeme);
        } else if self.open.iter().rev().take_while(is_inner).any(|open| open.bracket == bracket) {
            while let Some(open) = self.open.pop_if(|open| open.bracket != bracket) {
                self.unclosed(open);
            }
            self.open.pop();
            self.push(lexeme);
        } else if let Some(open) = self.open.pop_if(|open| open.bracket != Bracket::Curly) {
            let kind = RepairKind::Mismatch(open.bracket, bracket);
            self.repair(lexeme.start as usize, lexeme.end as usize, kind);
            self.repaired = true;
            self.push(Lexeme { kind: Kind::Close(open.bracket), ..lexeme });
        } else {
            self.unmatched(lexeme, bracket);
        }
    }

    fn close_brace(&mut self, lexeme: Lexeme) {
        if self.closes_no_body(lexeme) {
            return self.unmatched(lexeme, Bracket::Curly);
        }
        while let Some(open) = self.open.pop_if(|open| open.bracket != Bracket::Curly) {
            self.unclosed(open);
        }
        self.given_up = None;
        match self.open.pop() {
            None => self.unmatched(lexeme, Bracket::Curly),
            Some(open) => {
                self.push(lexeme);
                if lexeme.gap == Gap::Line && self.indent < open.indent && self.suspect.is_none() {
                    self.suspect = Some(open.offset);
                }
            }
        }
    }

    /// Whether a `}` with brackets open before it stands inside a line, though the next `{` outwards holds lines:
    /// then the `{` of a branch is missing before it.
    fn closes_no_body(&self, lexeme: Lexeme) -> bool {
        let inside = self.open.last().is_some_and(|open| open.bracket != Bracket::Curly);
        let body = self.open.iter().rev().find(|open| open.bracket == Bracket::Curly);
        inside && lexeme.gap != Gap::Line && body.is_some_and(|body| body.line < self.line)
    }

    /// A closing bracket that closes nothing, unless it belongs to an opening one that was given up too early.
    fn unmatched(&mut self, lexeme: Lexeme, bracket: Bracket) {
        match self.given_up.take() {
            Some((open, repair)) if open.bracket == bracket => {
                if let Some(repair) = self.out.repairs.get_mut(repair) {
                    repair.kind = RepairKind::MissingComma;
                }
            }
            _ if bracket == Bracket::Curly && self.nested.is_some() => self.report_nested(),
            _ => self.repair(lexeme.start as usize, lexeme.end as usize, RepairKind::Unmatched(bracket)),
        }
        self.leave_out(lexeme);
    }

    /// The brace that was never closed, and the one that closes nothing, are one mistake.
    fn report_nested(&mut self) {
        let Some(nested) = self.nested.take() else {
            return;
        };
        let rest = self.text.as_bytes().get(nested.start..).unwrap_or_default();
        let keyword = rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        if let Some(repair) = self.out.repairs.get_mut(nested.repair) {
            let end = nested.start.saturating_add(keyword);
            *repair = SyntaxRepair { start: nested.start, end, kind: RepairKind::Nested };
        }
    }

    fn end_chunk(&mut self, end: usize) {
        let mut innermost = None;
        let at = Span::new(end, end).start;
        while let Some(open) = self.open.pop() {
            if open.bracket == Bracket::Curly {
                innermost = innermost.or(Some(open.offset));
                self.push_closer(Bracket::Curly, at);
            } else {
                self.unclosed(open);
            }
        }
        self.nested.take_if(|nested| self.indent <= nested.outer_indent);
        if let Some(offset) = innermost.map(|innermost| self.suspect.unwrap_or(innermost)) {
            if self.nested.is_none() && self.indent > self.chunk_indent {
                let repair = self.out.repairs.len();
                self.nested = Some(Nested { repair, outer_indent: self.chunk_indent, start: end });
            }
            let offset = offset as usize;
            self.repair(offset, offset.saturating_add(1), RepairKind::Unclosed(Bracket::Curly));
        }
        self.suspect = None;
        self.given_up = None;
        if end > self.chunk_start && !std::mem::take(&mut self.skipping) {
            self.out.chunks.push(Chunk {
                start: self.chunk_start,
                end,
                lexemes: self.first_lexeme..self.out.lexemes.len(),
                is_repaired: self.repaired,
            });
        }
        self.chunk_start = end;
        self.chunk_indent = self.indent;
        self.first_lexeme = self.out.lexemes.len();
        self.repaired = false;
        self.previous = None;
    }

    fn repair(&mut self, start: usize, end: usize, kind: RepairKind) {
        self.out.repairs.push(SyntaxRepair { start, end, kind });
    }
}
