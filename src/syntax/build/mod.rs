//! The grammar's nodes to the spanned tree, and its error nodes to messages.
//!
//! Main type: [`Builder`], for one chunk of a file. Each statement reports at most one error: where a bracket, a
//! string or a character had to be repaired that one, else the first. Recursion goes through brackets only.

mod docs;
mod expressions;
mod foreign;
mod items;
mod labels;
mod literals;
mod messages;
mod operands;
mod precedence;
mod repairs;
mod shapes;
mod statements;

pub(super) use docs::{doc_above, file_doc};
pub(super) use repairs::too_deep;

use std::sync::Arc;

use super::Comment;
use super::ast::{Expr, ExprKind, Name};
use super::brackets::{Chunk, Repaired, SyntaxRepair};
use super::canonical::Canonical;
use super::cst::{self, Node, Parts, Unreadable};
use super::grammar::Rule;
use super::lexer::{Kind, Lexeme, Lexer, words};
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span};

/// Parses a text that is one expression from where its tokens begin.
///
/// # Errors
/// Every syntax error in it.
pub(super) fn expression(
    file: FileId,
    text: &str,
    repaired: &Repaired,
    nesting_limit: usize,
) -> Result<Expr, Vec<Diagnostic>> {
    if let Some(bracket) = repaired.too_deep {
        return Err(vec![too_deep(file, bracket, nesting_limit)]);
    }
    let nothing = Chunk { start: text.len(), end: text.len(), ..Chunk::default() };
    let chunk = repaired.chunks.first().unwrap_or(&nothing);
    let canonical = Canonical::of(repaired.lexemes(chunk), text, chunk.end);
    let mut builder = Builder::new(file, text, repaired, chunk, &canonical);
    let expr = builder.expression_text();
    let (errors, _) = builder.finish();
    if errors.is_empty() { Ok(expr) } else { Err(errors) }
}

pub(super) struct Builder<'t> {
    file: FileId,
    text: &'t str,
    canonical: &'t Canonical<'t>,
    lexemes: &'t [Lexeme],
    comments: &'t [Comment],
    /// Where the chunk begins and ends.
    base: usize,
    end: usize,
    /// Whether the chunk's tokens differ from what is written.
    is_repaired: bool,
    /// What was repaired in the chunk, and whether it is reported or hidden by a better report.
    repairs: Vec<(SyntaxRepair, bool)>,
    errors: Vec<Diagnostic>,
    /// The words of what could not be read outside of any item.
    lost: Vec<Arc<str>>,
    /// True once a `{` was missing: a `}` too many, and statements behind the item's end, are then its consequences.
    lacks_brace: bool,
}

impl<'t> Builder<'t> {
    pub(super) fn new(
        file: FileId,
        text: &'t str,
        repaired: &'t Repaired,
        chunk: &Chunk,
        canonical: &'t Canonical<'t>,
    ) -> Builder<'t> {
        let (base, end) = (chunk.start, chunk.end);
        let first = repaired.repairs.partition_point(|repair| repair.start < base);
        let repairs = repaired.repairs.iter().skip(first).take_while(|repair| repair.start < end);
        Builder {
            file,
            text,
            canonical,
            lexemes: repaired.lexemes(chunk),
            comments: &repaired.comments,
            base,
            end,
            is_repaired: chunk.is_repaired,
            repairs: repairs.map(|repair| (repair.clone(), false)).collect(),
            errors: Vec::new(),
            lost: Vec::new(),
            lacks_brace: false,
        }
    }

    /// Every error of the chunk, those of repairs among them, and the words of what was lost outside of any item.
    pub(super) fn finish(mut self) -> (Vec<Diagnostic>, Vec<Arc<str>>) {
        self.settle_rest();
        (self.errors, self.lost)
    }

    /// pest gave up.
    #[cold]
    pub(super) fn unreadable(&mut self, reason: Unreadable) {
        let place = Span::new(self.base, self.base);
        let message = match reason {
            Unreadable::Stack => "brackets are nested too deeply for the available memory",
            Unreadable::Steps => "this is too deeply nested or too irregular to read",
        };
        let error = Diagnostic::structural("limit", place.within(self.file), message);
        self.errors.push(error.help("close every bracket, and name the inner parts"));
    }

    /// The chunk as one expression.
    fn expression_text(&mut self) -> Expr {
        let whole = Span::new(self.base, self.end);
        let before = self.errors.len();
        let nodes = match cst::read(Rule::expression, self.canonical) {
            Ok(nodes) => nodes,
            Err(reason) => {
                self.unreadable(reason);
                return missing(whole);
            }
        };
        let mut expr = missing(whole);
        for node in nodes.parts() {
            match node.rule() {
                Rule::rest => self.unexpected(&node),
                Rule::EOI => {}
                _ => expr = self.value(node),
            }
        }
        self.settle(before, whole);
        expr
    }

    /// The place of a node, with what was left out behind it: a mistake there is a mistake of the node.
    fn reach(&self, node: &Node) -> Span {
        let span = node.span();
        if !self.is_repaired {
            return span;
        }
        let ahead = self.text.get(..self.canonical.next(span) as usize).unwrap_or("");
        let left_out = Lexer::new(ahead, span.end as usize).filter(|lexeme| lexeme.kind != Kind::Comment);
        Span { start: span.start, end: left_out.last().map_or(span.end, |last| last.end) }
    }

    fn name(&self, node: &Node) -> Name {
        Name { text: Arc::from(self.written(node)), span: node.span() }
    }

    /// A node as it is written.
    fn written(&self, node: &Node) -> &'t str {
        self.slice(node.span())
    }

    fn slice(&self, span: Span) -> &'t str {
        self.text.get(span.range()).unwrap_or("")
    }

    /// The text from an offset to the end of the chunk.
    fn ahead(&self, offset: u32) -> &'t str {
        self.text.get(offset as usize..self.end).unwrap_or("")
    }

    #[cold]
    fn error(&self, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::structural("syntax", span.within(self.file), message)
    }

    #[cold]
    fn report(&mut self, span: Span, message: impl Into<String>) {
        self.errors.push(self.error(span, message));
    }

    #[cold]
    fn report_with_help(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.errors.push(self.error(span, message).help(help));
    }

    /// Every word of a text, without strings and comments: what a statement that is left out may have bound or used.
    fn words(&self, span: Span) -> Vec<Arc<str>> {
        words(self.slice(span)).map(Arc::from).collect()
    }
}

fn missing(span: Span) -> Expr {
    Expr { span, kind: ExprKind::Missing }
}
