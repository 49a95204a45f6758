//! What to say where something is missing, or where something stands that cannot.
//!
//! A message is made from the place alone: the token before it, the token at it, and the kind of place. What people
//! bring along from other languages is a table (`foreign.rs`).

use super::foreign::{self, FOREIGN_SIGNS, FOREIGN_STARTS};
use super::{Builder, Node, missing};
use crate::diagnostic::{Diagnostic, nearest};
use crate::source::Span;
use crate::syntax::ast::Expr;
use crate::syntax::lexer::{KEYWORDS, Kind, Lexer};

/// The longest piece of source in a message, in characters.
const CLIP: usize = 36;

const TERNARY: &str = "write `if condition { a } else { b }`";

/// The kind of place where something stands that cannot.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In brackets, behind an entry.
    Bracket,
    /// Between `if` or `in` and its `{`.
    Head,
    /// Between an item's name and its `{` or `=`.
    ItemHead,
    /// Behind a statement, on its line.
    Behind,
}

/// A message and its help.
struct Said {
    span: Span,
    message: String,
    help: Option<String>,
}

fn said(span: Span, message: impl Into<String>, help: impl Into<String>) -> Option<Said> {
    Some(Said { span, message: message.into(), help: Some(help.into()) })
}

impl Builder<'_> {
    // ---- Something is missing ---------------------------------------------------------------------------------

    /// The empty node where an operand is missing.
    #[cold]
    pub(super) fn missing_operand(&mut self, node: &Node) -> Expr {
        let span = node.span();
        let before = self.token_before(span.start);
        let what = match self.slice(before) {
            "->" | ":" => "a layer",
            ".." => "the end of the range",
            "in" => "a list or a range",
            "if" => "a condition",
            "[" => "an index",
            "{" => "an expression",
            _ => "a value",
        };
        self.expected(span.start, what);
        missing(span)
    }

    /// Something should stand at an offset.
    #[cold]
    pub(super) fn expected(&mut self, at: u32, what: &str) {
        let (error, _) = self.expectation(at, what);
        self.errors.push(error);
    }

    /// The same, with what to write.
    #[cold]
    pub(super) fn expected_with_help(&mut self, at: u32, what: &str, help: impl Into<String>) {
        let (error, explained) = self.expectation(at, what);
        self.errors.push(if explained { error } else { error.help(help) });
    }

    /// The same, directly behind an offset.
    #[cold]
    pub(super) fn expected_behind(&mut self, at: u32, what: &str) {
        let before = self.token_before(at);
        let message = format!("expected {what} behind `{}`", self.slice(before));
        self.report(before, message);
    }

    /// What to say of something missing; true where what stands there instead explains it.
    fn expectation(&self, at: u32, what: &str) -> (Diagnostic, bool) {
        let before = self.token_before(at);
        let token = self.token_at(at);
        let found = self.slice(token);
        let here = !found.is_empty()
            && (before.end == before.start
                || !self.slice(Span { start: before.end, end: at }).contains('\n'));
        if here && let Some(said) = self.foreign_sign(token) {
            return (self.diagnostic(said), true);
        }
        if here
            && what.starts_with("the name")
            && matches!(found, "=" | ":")
            && KEYWORDS.contains(&self.slice(before))
        {
            let word = self.slice(before);
            if !matches!(word, "let" | "const") {
                let error = self.error(before, format!("`{word}` is a keyword and names nothing"));
                return (error.help("choose another name"), true);
            }
        }
        let behind = match self.slice(before) {
            "" => String::new(),
            token => format!(" after `{}`", clip(token)),
        };
        if !here {
            let span = if before.end > before.start { before } else { token };
            return (self.error(span, format!("expected {what}{behind}")), false);
        }
        let error = self.error(token, format!("expected {what}{behind}, found `{}`", clip(found)));
        let next = self.token_at(self.start_after(token.end));
        if begins_word(found) && self.slice(next) == "=" && self.slice(before) == "=" {
            let help = format!("`{found} = …` is a statement of its own: one `=` names one thing");
            return (error.help(help), true);
        }
        if KEYWORDS.contains(&found) && !matches!(found, "if" | "else" | "for") {
            return (error.help(format!("`{found}` is a keyword and names no value")), false);
        }
        (error, false)
    }

    // ---- Something stands where it cannot ---------------------------------------------------------------------

    /// A `rest` node: up to the closing bracket.
    #[cold]
    pub(super) fn unexpected(&mut self, node: &Node) {
        let span = node.span();
        let token = self.token_at(span.start);
        let error = match self.explained(token, Place::Bracket) {
            Some(said) => self.diagnostic(said),
            None => {
                let found = clip(self.slice(token));
                let end = self.ahead(self.start_after(span.end)).chars().next();
                let close = end.filter(|close| matches!(close, ')' | ']' | '}'));
                match close {
                    None => self.error(token, format!("expected the end of the expression, found `{found}`")),
                    Some('}') => self.error(token, format!("expected `}}`, found `{found}`")),
                    Some(close) => self
                        .error(token, format!("expected `,` or `{close}`, found `{found}`"))
                        .help("entries are set apart by commas"),
                }
            }
        };
        self.errors.push(error);
    }

    /// What stands between the condition of an `if`, or the list of a `for`, and its `{`.
    #[cold]
    pub(super) fn unexpected_in_head(&mut self, node: &Node) {
        let token = self.token_at(node.span().start);
        let found = clip(self.slice(token)).into_owned();
        let error = match self.explained(token, Place::Head) {
            Some(said) => self.diagnostic(said),
            None => self.error(token, format!("expected `{{`, found `{found}`")),
        };
        self.errors.push(error);
    }

    /// What stands between an item's name and its body.
    #[cold]
    pub(super) fn unexpected_in_item_head(&mut self, node: &Node) {
        let token = self.token_at(node.span().start);
        let found = clip(self.slice(token)).into_owned();
        let error = match self.explained(token, Place::ItemHead) {
            Some(said) => self.diagnostic(said),
            None => self.error(token, format!("expected `{{` or `=`, found `{found}`")),
        };
        self.errors.push(error);
    }

    /// What follows a statement on its line and begins none.
    #[cold]
    pub(super) fn unexpected_behind_statement(&mut self, span: Span) {
        let token = self.token_at(span.start);
        let start = self.foreign_start(token);
        let error = match start.or_else(|| self.explained(token, Place::Behind)) {
            Some(said) => self.diagnostic(said),
            None => {
                let found = clip(self.slice(token));
                let before = self.slice(self.token_before(span.start));
                self.error(token, format!("`{found}` cannot follow `{}` here", clip(before)))
                    .help("two operands never stand side by side: an operator, a `->` or a comma is missing, or it is too much")
            }
        };
        self.errors.push(error);
    }

    /// A line that begins no statement.
    #[cold]
    pub(super) fn no_statement(&mut self, span: Span) {
        let token = self.token_at(span.start);
        let start = self.foreign_start(token).or_else(|| self.lone_expression(token));
        let error = match start.or_else(|| self.foreign_sign(token)) {
            Some(said) => self.diagnostic(said),
            None => {
                let found = clip(self.slice(token));
                self.error(token, format!("expected a statement, found `{found}`"))
            }
        };
        self.errors.push(error);
    }

    /// `a if c else b`, seen at its `else`: reported, and true.
    pub(super) fn refuse_ternary(&mut self, at: u32) -> bool {
        let token = self.token_at(at);
        let is_ternary = self.slice(token) == "else" && self.same_line(self.end_before(at), at);
        if is_ternary {
            self.report_with_help(token, "an `if` stands before its values, which stand in braces", TERNARY);
        }
        is_ternary
    }

    fn diagnostic(&self, said: Said) -> Diagnostic {
        let error = self.error(said.span, said.message);
        said.help.into_iter().fold(error, |error, help| error.help(help))
    }

    /// What a person meant by a token that cannot stand where it does.
    fn explained(&self, token: Span, place: Place) -> Option<Said> {
        let before = self.token_before(token.start);
        if self.slice(before) == "lambda" {
            return said(before, "there is no `lambda`", "a function of values is a `const name(n) = …`");
        }
        self.foreign_sign(token)
            .or_else(|| self.beside_number(token, before))
            .or_else(|| self.explained_by_place(token, before, place))
            .or_else(|| self.apart(token, before))
    }

    fn explained_by_place(&self, token: Span, before: Span, place: Place) -> Option<Said> {
        let opens = matches!(self.slice(before), "(" | "," | "[");
        match (self.slice(token), place) {
            ("=", Place::Head) => said(token, "`=` names a value, it compares nothing", "write `==`"),
            (_, Place::Bracket) if self.slice(self.token_at(self.start_after(token.end))) == "=" && opens => {
                said(
                    self.token_at(self.start_after(token.end)),
                    "`=` stands behind an argument's or a default's name only",
                    "to compare, write `==`; a statement stands in no brackets",
                )
            }
            ("=", Place::Bracket) => said(
                token,
                "`=` stands behind an argument's or a default's name only",
                "to compare, write `==`; a statement stands in no brackets",
            ),
            ("=", Place::Behind) => said(
                token,
                "only names stand left of `=`",
                "write `name = value`, or `(a, b) = value` for several",
            ),
            ("->", Place::Head) => {
                said(token, "this place holds no bare `->`", "put the chain in parentheses")
            }
            ("->", Place::ItemHead) => {
                said(token, "a result's type is not written", "it follows from the layers: remove it")
            }
            (":", Place::Bracket) if self.slice(before) != "," => said(
                token,
                "`:` stands behind a label only",
                "a range is written `a..b`, an argument `name=value`",
            ),
            (":", Place::Head | Place::ItemHead) => {
                said(token, "expected `{`, found `:`", "what follows stands in braces: `{ … }`")
            }
            ("*" | "**", Place::Bracket) if opens => {
                said(token, "arguments are not collected or spread", "write each with its name")
            }
            ("..", Place::Behind) => said(token, "a range needs parentheses here", "write `(a..b)`"),
            ("..", Place::Bracket) => {
                said(token, "a range stands in no list", "write `(a..b)` alone: it is a list already")
            }
            ("if", Place::Bracket | Place::Behind) => {
                said(token, "an `if` stands before its values, which stand in braces", TERNARY)
            }
            ("for", Place::Bracket) => said(
                token,
                "a list is not built by a `for` in brackets",
                "begin with an empty list, and add to it in a `for` statement: `list = list + [entry]`",
            ),
            ("is", _) => said(token, "`is` is no operator", "write `==`"),
            ("in", Place::Head | Place::Bracket | Place::Behind) => {
                said(token, "`in` stands in the head of a `for` only", "compare with `==`")
            }
            ("{", Place::Bracket) => said(
                token,
                "`{ }` holds statements, branches or a label's parts",
                "a list is written `[a, b]`",
            ),
            _ => None,
        }
    }

    /// `26 M`, `3 H`
    fn beside_number(&self, token: Span, before: Span) -> Option<Said> {
        let (word, number) = (self.slice(token), self.slice(before));
        let is_number = number.starts_with(|first: char| first.is_ascii_digit());
        if !is_number || !begins_word(word) || KEYWORDS.contains(&word) {
            return None;
        }
        let span = before.to(token);
        let both = format!("`{number} {word}` is no number");
        match word {
            "k" | "M" | "G" => said(
                span,
                both,
                format!("write `{number}{word}` for the number, or `{number} * {word}` for a product"),
            ),
            _ if word.starts_with(|first: char| first.is_ascii_digit()) => None,
            _ => said(span, both, format!("write `{number} * {word}`")),
        }
    }

    /// A bracket or a point that does not touch what it belongs to.
    fn apart(&self, token: Span, before: Span) -> Option<Said> {
        let sign = self.slice(token);
        let complete =
            self.slice(before).ends_with(|last: char| is_word(last) || matches!(last, ')' | ']' | '"'));
        let belongs = matches!(sign, "(" | "[" | ".") && complete && before.end < token.start;
        belongs.then_some(())?;
        said(
            token,
            format!("a blank stands between `{}` and its `{sign}`", clip(self.slice(before))),
            "remove the blank",
        )
    }

    /// A sign of another language.
    fn foreign_sign(&self, token: Span) -> Option<Said> {
        if let Some(comment) = self.slashes(token) {
            return said(comment, "a comment begins with `#`", "write `#` for `//`");
        }
        let sign = self.slice(token);
        if let Some((_, message, help)) = FOREIGN_SIGNS.iter().find(|(foreign, _, _)| *foreign == sign) {
            return said(token, *message, *help);
        }
        let character = sign.chars().next().filter(|first| !first.is_ascii() && !is_word(*first))?;
        let message = format!("`{character}` is no sign of the language");
        let help = foreign::look_alike(character).map(|own| format!("write `{own}`"));
        Some(Said { span: token, message, help })
    }

    /// The `//` that begins the line of a token.
    fn slashes(&self, token: Span) -> Option<Span> {
        let start = self.line_start(token.start);
        let line = self.slice(Span { start, end: token.end });
        let text = line.trim_start();
        let first = start.saturating_add(u32::try_from(line.len().saturating_sub(text.len())).unwrap_or(0));
        text.starts_with("//").then(|| Span { start: first, end: first.saturating_add(2) })
    }

    /// A line that begins like one of another language, or with a mistyped keyword.
    fn foreign_start(&self, token: Span) -> Option<Said> {
        let word = self.slice(token);
        let next = self.token_at(self.start_after(token.end));
        let following = self.slice(next);
        if let Some((_, message, help)) = FOREIGN_STARTS.iter().find(|(foreign, _, _)| *foreign == word) {
            return said(token, *message, *help);
        }
        if KEYWORDS.contains(&word) {
            return match (word, following) {
                (_, "=") => {
                    said(token, format!("`{word}` is a keyword and names nothing"), "choose another name")
                }
                ("block" | "model" | "const" | "use", _) => said(
                    token,
                    format!("a `{word}` stands at the top of a file, in no other item"),
                    "move it there",
                ),
                _ => None,
            };
        }
        if foreign::ASSIGNING.contains(&following) && begins_word(word) {
            let sign = following.trim_end_matches('=');
            return said(
                next,
                format!("`{following}` is no operator"),
                format!("write `{word} = {word} {sign} …`"),
            );
        }
        let names = following.starts_with(|first: char| first.is_alphabetic() || first == '_');
        if names && next.start > token.end && self.same_line(token.end, next.start) {
            let meant = nearest(word, KEYWORDS.iter().copied().filter(|keyword| keyword.len() > 2))?;
            return said(token, format!("`{word}` begins no statement"), format!("did you mean `{meant}`?"));
        }
        None
    }

    /// An expression whose value nobody takes.
    fn lone_expression(&self, token: Span) -> Option<Said> {
        let word = self.slice(token);
        if word == "->" {
            return said(
                token,
                "a chain begins with a tensor or a layer",
                "write what is sent before the `->`",
            );
        }
        if word == "(" {
            return said(
                token,
                "what begins with `(` here is no statement",
                "left of a `=` parentheses hold names: `(a, b) = value`; a value is named by `name = …`",
            );
        }
        let next = self.token_at(self.start_after(token.end));
        let touches = next.start == token.end;
        if !begins_word(word) || KEYWORDS.contains(&word) {
            return None;
        }
        match self.slice(next) {
            "->" => said(
                token,
                "the result of this chain has no name",
                "write `name = …` or `output …` before it",
            ),
            ":" => said(
                token,
                format!("a label stands inside a chain, and `{word}:` begins a line"),
                "write `y = x -> label: layer`",
            ),
            "[" if touches => said(
                token,
                "an entry of a list cannot be named",
                "name the whole list anew: `list = list + [entry]`",
            ),
            "(" if touches => {
                said(token, "this value is not used", "write `name = …` or `output …` before it")
            }
            _ => None,
        }
    }

    // ---- Places -----------------------------------------------------------------------------------------------

    /// The offset behind the last token before an offset.
    pub(super) fn end_before(&self, offset: u32) -> u32 {
        let before = self.before(offset).and_then(|before| self.lexemes.get(before));
        before.map_or_else(|| self.start(), |lexeme| lexeme.end)
    }

    /// The last token that ends in front of an offset.
    fn before(&self, offset: u32) -> Option<usize> {
        self.lexemes.partition_point(|lexeme| lexeme.end <= offset && lexeme.start < offset).checked_sub(1)
    }

    /// The offset of the first token from an offset on.
    fn start_after(&self, offset: u32) -> u32 {
        let rest = self.text.get(..self.end).unwrap_or("");
        let mut lexer = Lexer::new(rest, offset as usize);
        let next = lexer.find(|lexeme| lexeme.kind != Kind::Comment);
        next.map_or_else(|| Span::new(self.end, self.end).start, |lexeme| lexeme.start)
    }

    fn start(&self) -> u32 {
        Span::new(self.base, self.base).start
    }

    /// The last token before an offset; signs of other languages are one token.
    fn token_before(&self, offset: u32) -> Span {
        let Some(before) = self.before(offset) else {
            return Span { start: self.start(), end: self.start() };
        };
        let last = self.lexemes.get(before).map(|lexeme| lexeme.span()).unwrap_or_default();
        let first = before.checked_sub(1).and_then(|first| self.lexemes.get(first));
        let both = first.map(|first| Span { start: first.start, end: last.end });
        both.filter(|both| foreign::is_sign(self.slice(*both))).unwrap_or(last)
    }

    /// The token that begins at an offset; signs of other languages are one token.
    fn token_at(&self, offset: u32) -> Span {
        let rest = self.text.get(..self.end).unwrap_or("");
        let mut lexer = Lexer::new(rest, offset as usize);
        let nothing = Span { start: offset, end: offset };
        let Some(first) = lexer.next().filter(|lexeme| lexeme.start == offset) else {
            return nothing;
        };
        let both = lexer.next().map(|second| Span { start: offset, end: second.end });
        both.filter(|both| foreign::is_sign(self.slice(*both))).unwrap_or_else(|| first.span())
    }

    /// The word that begins at an offset; empty where none does.
    pub(super) fn word_at(&self, offset: u32) -> &str {
        Some(self.slice(self.token_at(offset))).filter(|token| begins_word(token)).unwrap_or("")
    }

    fn line_start(&self, offset: u32) -> u32 {
        let before = self.slice(Span { start: self.start(), end: offset });
        let length = before.rfind('\n').map_or(0, |at| at.saturating_add(1));
        self.start().saturating_add(u32::try_from(length).unwrap_or(u32::MAX))
    }

    /// A span, up to the end of its first line.
    pub(super) fn first_line(&self, span: Span) -> Span {
        let text = self.slice(span);
        let length = text.lines().next().unwrap_or(text).trim_end().len();
        Span { start: span.start, end: span.start.saturating_add(u32::try_from(length).unwrap_or(u32::MAX)) }
    }

    /// The text of a span on one line and not too long, for a message.
    pub(super) fn clipped(&self, span: Span) -> String {
        clip(self.slice(span)).into_owned()
    }
}

/// Whether a token is a word or a number.
fn begins_word(token: &str) -> bool {
    token.starts_with(is_word)
}

fn is_word(character: char) -> bool {
    character == '_' || character.is_alphanumeric()
}

/// A text on one line, and not too long.
fn clip(text: &str) -> std::borrow::Cow<'_, str> {
    let fits = text.chars().take(CLIP.saturating_add(1)).count() <= CLIP;
    if fits && !text.contains('\n') {
        return text.into();
    }
    let start: String = text.chars().take(CLIP.saturating_mul(4)).collect();
    let line = start.split_whitespace().collect::<Vec<_>>().join(" ");
    if fits && line.chars().count() <= CLIP {
        return line.into();
    }
    let short: String = line.chars().take(CLIP.saturating_sub(1)).collect();
    format!("{}…", short.trim_end()).into()
}
