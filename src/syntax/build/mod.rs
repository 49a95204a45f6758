//! The grammar's nodes to the spanned tree, and its error nodes to messages.
//!
//! Main type: [`Builder`], for one stretch of a file. Each statement reports at most one error: where the scan had
//! to mend a bracket, a string or a character that one, else the first. Recursion goes through brackets only.

mod climb;
mod docs;
mod expressions;
mod faults;
mod foreign;
mod items;
mod labels;
mod literals;
mod messages;
mod operands;
mod shapes;
mod statements;

pub(super) use docs::{doc_above, file_doc};
pub(super) use faults::too_deep;

use std::ops::Range;
use std::sync::Arc;

use super::ast::{Expr, ExprKind, Name};
use super::grammar::Rule;
use super::letters::Letters;
use super::nodes::{self, Node, Parts, Unreadable};
use super::scan::{Fault, Scan};
use super::{Comment, tokens};
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span};

/// Parses a text that is one expression from where its scan began on.
///
/// # Errors
/// Every syntax error in it.
pub(super) fn expression(
    file: FileId,
    text: &str,
    scan: &Scan,
    nesting_limit: usize,
) -> Result<Expr, Vec<Diagnostic>> {
    if let Some(bracket) = scan.too_deep {
        return Err(vec![too_deep(file, bracket, nesting_limit)]);
    }
    let chunk = scan.chunks.first();
    let start = chunk.map_or(text.len(), |chunk| chunk.start);
    let place = start..text.len();
    let letters = chunk.map(|chunk| Letters::of(scan.mended(text, chunk), place.clone())).unwrap_or_default();
    let mut builder = Builder::new(file, text, scan, &letters, place);
    let expr = builder.expression_text();
    let (errors, _) = builder.finish();
    if errors.is_empty() { Ok(expr) } else { Err(errors) }
}

pub(super) struct Builder<'t> {
    file: FileId,
    text: &'t str,
    letters: &'t Letters<'t>,
    comments: &'t [Comment],
    /// Where the stretch begins and ends.
    base: usize,
    end: usize,
    /// What the scan mended in the stretch, and whether it is reported or hidden by a better report.
    faults: Vec<(Fault, bool)>,
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
        scan: &'t Scan,
        letters: &'t Letters<'t>,
        Range { start: base, end }: Range<usize>,
    ) -> Builder<'t> {
        let first = scan.faults.partition_point(|fault| fault.start < base);
        let faults = scan.faults.iter().skip(first).take_while(|fault| fault.start < end);
        let faults = faults.map(|fault| (fault.clone(), false)).collect();
        let comments = &scan.comments;
        Builder {
            file,
            text,
            letters,
            comments,
            base,
            end,
            faults,
            errors: Vec::new(),
            lost: Vec::new(),
            lacks_brace: false,
        }
    }

    /// Every error of the stretch, the scan's among them, and the words of what was lost outside of any item.
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

    /// The stretch as one expression.
    fn expression_text(&mut self) -> Expr {
        let whole = Span::new(self.base, self.end);
        let before = self.errors.len();
        let letters = self.letters;
        let nodes = match nodes::read(Rule::expression, letters) {
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

    /// The place of a node, with what was blotted out behind it: a mistake there is a mistake of the node.
    fn reach(&self, node: &Node) -> Span {
        let span = node.span();
        if !self.letters.are_repaired() {
            return span;
        }
        self.trimmed(Span { start: span.start, end: self.letters.next(span) })
    }

    fn name(&self, node: &Node) -> Name {
        Name { text: Arc::from(self.written(node)), span: node.span() }
    }

    /// A node as it is written.
    fn written(&self, node: &Node) -> &'t str {
        self.letters.text(node.span())
    }

    fn slice(&self, span: Span) -> &'t str {
        self.text.get(span.range()).unwrap_or("")
    }

    /// The text from an offset to the end of the stretch.
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
        tokens::words(self.slice(span)).map(Arc::from).collect()
    }
}

fn missing(span: Span) -> Expr {
    Expr { span, kind: ExprKind::Missing }
}
