//! What every token of a text is, for who semantic_tokens it by meaning.

use std::collections::{HashMap, HashSet};

use crate::front::weft::names::{Occurrence, Role, SymbolKind, Target};
use crate::front::weft::stdlib;
use crate::ide::workspace::Text;
use crate::source::{FileId, Span};
use crate::syntax::{Token, TokenKind, tokens};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each is its name")]
#[non_exhaustive]
pub enum TokenClass {
    Keyword,
    Layer,
    Block,
    Model,
    Function,
    Parameter,
    Variable,
    Dimension,
    Property,
    Label,
    Namespace,
    Type,
    Number,
    Text,
    Comment,
    Operator,
}

/// A token with what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClassifiedToken {
    /// Its place, on one line.
    pub span: Span,
    /// What it is.
    pub colour: TokenClass,
    /// True where a name is bound.
    pub declaration: bool,
    /// True for a name that is never bound again.
    pub readonly: bool,
    /// True for what comes with the language: the catalogue, its functions, the standard library.
    pub standard: bool,
    /// True for a comment that is documentation.
    pub documentation: bool,
}

impl ClassifiedToken {
    fn new(span: Span, colour: TokenClass) -> ClassifiedToken {
        ClassifiedToken {
            span,
            colour,
            declaration: false,
            readonly: false,
            standard: false,
            documentation: false,
        }
    }
}

/// Every token of the text that means something, in order. A word that means nothing has no colour: it is an error.
pub fn semantic_tokens(text: Text) -> Vec<ClassifiedToken> {
    let content = text.content();
    let all: Vec<Token> = tokens(content).collect();
    let labels = labels(content, &all);
    let mut painter = Painter { text, content, before: None, in_use: false, found: Vec::new() };
    for (at, token) in all.iter().enumerate() {
        let next = all.get(at.saturating_add(1));
        painter.token(*token, next.is_some_and(|next| painter.slice(next.span) == "="), labels.contains(&at));
    }
    painter.found
}

/// The tokens that are words of a label: what touches a `:` from the left, but for what stands in brackets.
fn labels(content: &str, all: &[Token]) -> HashSet<usize> {
    let slice = |token: &Token| content.get(token.span.range()).unwrap_or("");
    let openers = openers(content, all);
    let mut found = HashSet::new();
    for (colon, token) in all.iter().enumerate().filter(|(_, token)| slice(token) == ":") {
        let mut start = token.span.start;
        let mut at = colon;
        while let Some((before, token)) = at.checked_sub(1).and_then(|at| Some((at, all.get(at)?))) {
            if token.span.end != start {
                break;
            }
            at = match (token.kind, slice(token)) {
                (TokenKind::Word | TokenKind::Keyword | TokenKind::Number, _) => {
                    found.insert(before);
                    before
                }
                (TokenKind::Sign, ".") => before,
                (TokenKind::Sign, "]" | "}") => match openers.get(&before) {
                    Some(opener) => *opener,
                    None => break,
                },
                _ => break,
            };
            start = all.get(at).map_or(0, |token| token.span.start);
        }
    }
    found
}

/// For each closing bracket the one that opens it, where they are of one kind.
fn openers(content: &str, all: &[Token]) -> HashMap<usize, usize> {
    let mut open = Vec::new();
    let mut found = HashMap::new();
    for (at, token) in all.iter().enumerate() {
        match content.get(token.span.range()).unwrap_or("") {
            opener @ ("(" | "[" | "{") => open.push((at, opener)),
            closer @ (")" | "]" | "}") => {
                if let Some((opened, _)) = open.pop().filter(|(_, opener)| pairs(opener, closer)) {
                    found.insert(at, opened);
                }
            }
            _ => {}
        }
    }
    found
}

fn pairs(opener: &str, closer: &str) -> bool {
    matches!((opener, closer), ("(", ")") | ("[", "]") | ("{", "}"))
}

struct Painter<'a> {
    text: Text<'a>,
    content: &'a str,
    /// The token before, comments left out.
    before: Option<Token>,
    /// True between a `use` and its colon.
    in_use: bool,
    found: Vec<ClassifiedToken>,
}

impl<'a> Painter<'a> {
    fn token(&mut self, token: Token, before_equals: bool, label: bool) {
        let word = self.slice(token.span);
        match token.kind {
            TokenKind::Comment => {
                let documentation = word.starts_with("##") && !word.starts_with("###");
                self.found.push(ClassifiedToken {
                    documentation,
                    ..ClassifiedToken::new(token.span, TokenClass::Comment)
                });
                return;
            }
            TokenKind::Number => {
                self.plain(token.span, if label { TokenClass::Label } else { TokenClass::Number })
            }
            TokenKind::Text => self.string(token.span),
            TokenKind::Sign if "()[]{},.:".contains(word) => {}
            TokenKind::Sign => self.plain(token.span, TokenClass::Operator),
            TokenKind::Word | TokenKind::Keyword => self.word(token, before_equals, label),
        }
        self.in_use = if word == ":" { false } else { self.in_use || word == "use" && !label };
        self.before = Some(token);
    }

    fn slice(&self, span: Span) -> &'a str {
        self.content.get(span.range()).unwrap_or("")
    }

    fn plain(&mut self, span: Span, colour: TokenClass) {
        self.found.push(ClassifiedToken::new(span, colour));
    }

    fn word(&mut self, token: Token, before_equals: bool, label: bool) {
        let span = token.span;
        let names = &self.text.program.names;
        let known = names.at(FileId(0), span.start).filter(|known| known.at.span == span);
        let after_point =
            self.before.is_some_and(|before| self.slice(before.span) == "." && before.span.end == span.start);
        match known {
            Some(known) => self.named(known),
            None if self.in_use && token.kind == TokenKind::Word => self.plain(span, TokenClass::Namespace),
            None if label => self.plain(span, TokenClass::Label),
            None if after_point => self.plain(span, TokenClass::Property),
            None if token.kind == TokenKind::Keyword => self.plain(span, TokenClass::Keyword),
            None if before_equals => self.plain(span, TokenClass::Property),
            None if self.slice(span) == "int" => {
                self.found
                    .push(ClassifiedToken { standard: true, ..ClassifiedToken::new(span, TokenClass::Type) });
            }
            // What an assertion sees of its item.
            None if matches!(self.slice(span), "params" | "macs") => {
                let readonly =
                    ClassifiedToken { readonly: true, ..ClassifiedToken::new(span, TokenClass::Variable) };
                self.found.push(ClassifiedToken { standard: true, ..readonly });
            }
            None => {}
        }
    }

    /// A string, cut around the names in its braces where it is a label.
    fn string(&mut self, span: Span) {
        let names = self.text.program.names.occurrences_in(FileId(0));
        let from = names.partition_point(|known| known.at.span.start < span.start);
        let mut start = span.start;
        for known in names.iter().skip(from).take_while(|known| known.at.span.end <= span.end) {
            self.piece(Span { start, end: known.at.span.start });
            self.named(known);
            start = known.at.span.end;
        }
        self.piece(Span { start, end: span.end });
    }

    fn piece(&mut self, span: Span) {
        if span.start < span.end {
            self.plain(span, TokenClass::Text);
        }
    }

    fn named(&mut self, known: &Occurrence) {
        let span = known.at.span;
        let coloured = match known.target {
            Target::Layer(_) => {
                ClassifiedToken { standard: true, ..ClassifiedToken::new(span, TokenClass::Layer) }
            }
            Target::Function(_) => {
                ClassifiedToken { standard: true, ..ClassifiedToken::new(span, TokenClass::Function) }
            }
            Target::Argument(..) => ClassifiedToken::new(span, TokenClass::Property),
            Target::Symbol(id) => {
                let Some(symbol) = self.text.program.names.symbol(id) else { return };
                let place = self.text.program.sources.get(symbol.place().file);
                ClassifiedToken {
                    declaration: known.role == Role::Binding,
                    readonly: symbol.bindings.len() == 1 && !is_layer(symbol.kind),
                    standard: place.is_some_and(|file| stdlib::text(file.name()).is_some()),
                    ..ClassifiedToken::new(
                        span,
                        if known.role == Role::Argument { TokenClass::Property } else { colour(symbol.kind) },
                    )
                }
            }
        };
        self.found.push(coloured);
    }
}

fn is_layer(kind: SymbolKind) -> bool {
    matches!(kind, SymbolKind::Block | SymbolKind::Layer | SymbolKind::Model | SymbolKind::Variant)
}

fn colour(kind: SymbolKind) -> TokenClass {
    match kind {
        SymbolKind::Model | SymbolKind::Variant => TokenClass::Model,
        SymbolKind::Block | SymbolKind::Layer => TokenClass::Block,
        SymbolKind::Function => TokenClass::Function,
        SymbolKind::Parameter => TokenClass::Parameter,
        SymbolKind::Dimension => TokenClass::Dimension,
        SymbolKind::Constant
        | SymbolKind::Input
        | SymbolKind::Tensor
        | SymbolKind::Output
        | SymbolKind::Let
        | SymbolKind::Param
        | SymbolKind::Buffer
        | SymbolKind::Loop => TokenClass::Variable,
    }
}
