//! Where in a text a cursor stands, told from the words before it: it may stand in what cannot be read as a program.
//!
//! Main type: [`Cursor`]. A statement that was left open does not swallow the next one: where a statement can be
//! seen to begin, what stands before it is of no account.

use crate::source::Span;
use crate::syntax::{Token, TokenKind, tokens};

/// The words that begin a statement or an item.
const BEGINNINGS: [&str; 13] = [
    "use", "const", "block", "model", "input", "let", "layer", "param", "buffer", "for", "assert", "output",
    "if",
];

/// A cursor, and the tokens before it.
#[derive(Debug)]
pub(in crate::ide) struct Cursor<'t> {
    text: &'t str,
    /// Every token before the word that is typed, comments left out.
    before: Vec<Token>,
    /// The word that is typed, with what of it stands after the cursor; empty between words.
    pub word: Span,
    /// In what it stands.
    pub inside: Inside,
}

/// In what token a cursor stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ide) enum Inside {
    /// In a word, or between tokens.
    Code,
    /// In a string; its place.
    Text(Span),
    Number,
    Comment,
}

/// The bracket that a cursor stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ide) enum Bracket {
    Round,
    Square,
    Curly,
}

/// A call that a cursor stands in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::ide) struct Call<'t> {
    /// The name that is called.
    pub name: &'t str,
    /// Its first byte.
    pub at: usize,
    /// True if it is a head: `block Name(` declares and calls nothing.
    pub declares: bool,
    /// The names of the arguments before the one at the cursor; `None` by position.
    pub given: Vec<Option<&'t str>>,
    /// The name of the argument at the cursor, if one is written before an `=`.
    pub current: Option<&'t str>,
}

impl<'t> Cursor<'t> {
    /// A cursor at a byte of a text; `None` outside of it, or within a character.
    pub fn at(text: &'t str, offset: usize) -> Option<Cursor<'t>> {
        text.get(..offset)?;
        let at = u32::try_from(offset).ok()?;
        let empty = Span { start: at, end: at };
        let mut cursor = Cursor { text, before: Vec::new(), word: empty, inside: Inside::Code };
        for token in tokens(text).take_while(|token| token.span.start < at) {
            let closed = token.span.end < at || token.span.end == at && cursor.is_closed(token);
            match token.kind {
                TokenKind::Comment if token.span.end >= at => cursor.inside = Inside::Comment,
                TokenKind::Comment => {}
                TokenKind::Word | TokenKind::Keyword if token.span.end >= at => {
                    cursor.word = token.span;
                }
                TokenKind::Number if token.span.end >= at => cursor.inside = Inside::Number,
                TokenKind::Text if !closed => cursor.inside = Inside::Text(token.span),
                _ => cursor.before.push(token),
            }
        }
        Some(cursor)
    }

    /// Whether a token that ends at the cursor cannot go on.
    fn is_closed(&self, token: Token) -> bool {
        let text = self.slice(token);
        token.kind != TokenKind::Text || text.len() > 1 && text.ends_with('"')
    }

    pub fn slice(&self, token: Token) -> &'t str {
        self.text.get(token.span.range()).unwrap_or("")
    }

    /// A piece of the text.
    pub fn between(&self, start: u32, end: u32) -> &'t str {
        self.text.get(Span { start, end }.range()).unwrap_or("")
    }

    /// The text after the word.
    pub fn rest(&self) -> &'t str {
        self.text.get(self.word.end as usize..).unwrap_or("")
    }

    /// The token that many tokens before the cursor, the last one with 0.
    pub fn back(&self, count: usize) -> Option<Token> {
        let at = self.before.len().checked_sub(count)?.checked_sub(1)?;
        self.before.get(at).copied()
    }

    /// The text of that token; empty at the beginning.
    pub fn word_back(&self, count: usize) -> &'t str {
        self.back(count).map_or("", |token| self.slice(token))
    }

    /// How many tokens there are before the cursor.
    pub fn count(&self) -> usize {
        self.before.len()
    }

    /// True if no line break stands between the last token and the word.
    pub fn on_line_of_last(&self) -> bool {
        let end = self.back(0).map_or(0, |token| token.span.end);
        let between = self.text.get(end as usize..self.word.start as usize);
        self.back(0).is_some() && between.is_some_and(|between| !between.contains('\n'))
    }

    /// True if the last token touches the word.
    pub fn touches_last(&self) -> bool {
        self.back(0).is_some_and(|token| token.span.end == self.word.start)
    }

    /// The bracket around the cursor, and how many tokens back it stands, within the statement and its bodies.
    pub fn bracket(&self) -> Option<(Bracket, usize)> {
        self.bracket_before(0)
    }

    /// The bracket around the token that many tokens before the cursor.
    pub fn bracket_before(&self, count: usize) -> Option<(Bracket, usize)> {
        let mut closers: Vec<&str> = Vec::new();
        let mut bodies = 0usize;
        for back in count..self.count() {
            let token = self.back(back)?;
            match (token.kind, self.slice(token)) {
                (TokenKind::Sign, closer @ (")" | "]" | "}")) => {
                    bodies = bodies.saturating_add(usize::from(closer == "}"));
                    closers.push(closer);
                }
                (TokenKind::Sign, opener @ ("(" | "[" | "{")) => match closers.pop() {
                    Some(closer) => bodies = bodies.saturating_sub(usize::from(closer == "}")),
                    None => return Some((bracket(opener), back)),
                },
                _ if bodies > 0 => {}
                _ if self.begins_statement(back) => {
                    // Only a body can stand around a statement.
                    return self.body_before(back.saturating_add(1)).map(|back| (Bracket::Curly, back));
                }
                _ => {}
            }
        }
        None
    }

    /// The `{` around the token that many tokens before the cursor, whatever else was left open; `None` at the top.
    fn body_before(&self, count: usize) -> Option<usize> {
        let mut depth = 0usize;
        for back in count..self.count() {
            match self.word_back(back) {
                "}" => depth = depth.saturating_add(1),
                "{" if depth == 0 => return Some(back),
                "{" => depth = depth.saturating_sub(1),
                "use" | "const" | "block" | "model" if depth == 0 && self.begins_statement(back) => {
                    return None;
                }
                _ => {}
            }
        }
        None
    }

    /// True if the cursor stands in the braces of a block or model, not between items.
    pub fn in_body(&self) -> bool {
        self.body_before(0).is_some()
    }

    /// True if a statement or an item begins with the token that many tokens before the cursor.
    pub fn begins_statement(&self, back: usize) -> bool {
        let Some(token) = self.back(back) else { return false };
        let next = back.checked_sub(1).and_then(|next| self.back(next));
        let before = self.back(back.saturating_add(1));
        match (token.kind, next) {
            (TokenKind::Keyword, next) => {
                let label = next.is_some_and(|next| {
                    next.span.start == token.span.end && matches!(self.slice(next), "." | "[" | "{" | ":")
                });
                let word = self.slice(token);
                let named = next.is_some_and(|next| self.slice(next) == "=")
                    || before.is_some_and(|before| self.slice(before) == ".");
                let begins = BEGINNINGS.contains(&word) && !label && !named;
                begins && (word != "if" || before.is_none_or(|before| self.ends_something(before)))
            }
            (TokenKind::Word, Some(next)) if self.slice(next) == "=" => {
                before.is_none_or(|before| self.ends_something(before))
            }
            _ => false,
        }
    }

    /// True if an operand or a body may end with a token, or a body begin: nothing but a statement can follow.
    pub fn ends_something(&self, token: Token) -> bool {
        match (token.kind, self.slice(token)) {
            (TokenKind::Word | TokenKind::Number | TokenKind::Text, _) => true,
            (TokenKind::Keyword, word) => matches!(word, "true" | "false" | "none"),
            (TokenKind::Sign, word) => matches!(word, ")" | "]" | "}" | "{"),
            (TokenKind::Comment, _) => false,
        }
    }

    /// The tokens from where the statement around the cursor begins: how many tokens back its first one stands.
    pub fn statement(&self) -> Option<usize> {
        (0..self.count()).find(|back| self.begins_statement(*back))
    }

    /// The call whose arguments the cursor stands among.
    pub fn call(&self) -> Option<Call<'t>> {
        let (kind, open) = self.bracket()?;
        if kind != Bracket::Round {
            // A list may be an argument.
            return None;
        }
        self.call_at(open)
    }

    /// The innermost call around the cursor, be it in a list or parentheses among its arguments.
    pub fn call_around(&self) -> Option<Call<'t>> {
        let (mut kind, mut open) = self.bracket()?;
        loop {
            if kind == Bracket::Curly {
                return None;
            }
            if let Some(call) = self.call_at(open).filter(|_| kind == Bracket::Round) {
                return Some(call);
            }
            (kind, open) = self.bracket_before(open.saturating_add(1))?;
        }
    }

    fn call_at(&self, open: usize) -> Option<Call<'t>> {
        let (opener, callee) = (self.back(open)?, self.back(open.saturating_add(1))?);
        if callee.kind != TokenKind::Word || callee.span.end != opener.span.start {
            return None;
        }
        let head = self.word_back(open.saturating_add(2));
        if head == "." {
            return None;
        }
        let declares = matches!(head, "block" | "const")
            || head == "model" && self.begins_statement(open.saturating_add(2));
        let mut given = Vec::new();
        let (mut depth, mut name, mut fresh) = (0usize, None, true);
        for back in (0..open).rev() {
            let word = self.word_back(back);
            match word {
                "(" | "[" | "{" => depth = depth.saturating_add(1),
                ")" | "]" | "}" => depth = depth.saturating_sub(1),
                "," if depth == 0 => {
                    given.push(name.take());
                    fresh = true;
                    continue;
                }
                _ if fresh && back > 0 && self.word_back(back.saturating_sub(1)) == "=" => name = Some(word),
                _ => {}
            }
            fresh = false;
        }
        let at = callee.span.start as usize;
        Some(Call { name: self.slice(callee), at, declares, given, current: name })
    }
}

fn bracket(opener: &str) -> Bracket {
    match opener {
        "(" => Bracket::Round,
        "[" => Bracket::Square,
        _ => Bracket::Curly,
    }
}
