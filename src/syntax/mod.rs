//! Text to spanned tree. Nothing here knows what a name means.
//!
//! [`parse`] never fails: what cannot be read is reported and skipped. A text becomes tokens (`lexer`), whose brackets are
//! matched and repaired and which are cut into items (`brackets`); pest reads each item as canonical text (`canonical`,
//! `grammar/weft.pest`) into one flat list of nodes (`cst`), errors among them, and `build` makes the tree of it. No type of
//! pest leaves this module.

pub mod ast;

mod brackets;
mod build;
mod bytes;
mod cache;
mod canonical;
mod characters;
mod cst;
pub(crate) mod lexer;
mod shift;
pub(crate) mod visit;

pub use cache::IncrementalState;
pub(crate) use lexer::words;
pub use lexer::{KEYWORDS, Token, TokenKind, is_name, tokens};
pub(crate) use shift::By;

use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::source::{FileId, SOURCE_LIMIT, Span};
use brackets::{Chunk, NESTING_LIMIT, Repaired};
use build::Builder;
use cache::Stretch;
use canonical::Canonical;

/// The parser that pest writes from the grammar.
mod grammar {
    #[derive(pest_derive::Parser)]
    #[grammar = "grammar/weft.pest"]
    pub(super) struct Grammar;
}

use grammar::Rule;

/// A file's tree, and every syntax error in it.
#[derive(Clone, Debug, Default)]
pub struct Parsed {
    /// What could be read.
    pub file: ast::File,
    /// One structural error for each thing that could not, in the order of their places.
    pub errors: Vec<Diagnostic>,
    /// Every comment, in order.
    pub comments: Vec<Comment>,
}

/// A comment, from its `#` to the end of its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comment {
    /// Its place, without the line break.
    pub span: Span,
    /// True if it begins with exactly two `#`.
    pub doc: bool,
    /// True if nothing but blanks stands before it on its line.
    pub own_line: bool,
}

/// Parses a file's text. Time and memory are linear in its length.
pub fn parse(file: FileId, text: &str) -> Parsed {
    parse_again(file, text, None)
}

/// Parses a file's text, of which much may be known from an earlier one. The result is that of [`parse`].
pub fn parse_again(file: FileId, text: &str, mut cache: Option<&mut IncrementalState>) -> Parsed {
    let mut parsed = Parsed::default();
    if let Some(error) = too_long(file, text) {
        parsed.errors.push(error);
        return parsed;
    }
    let repaired = brackets::repaired(text);
    if let Some(bracket) = repaired.too_deep {
        parsed.errors.push(build::too_deep(file, bracket, NESTING_LIMIT));
    }
    for chunk in &repaired.chunks {
        let whole = cache.as_ref().and_then(|_| whole(text, &repaired, chunk));
        let known = whole.zip(cache.as_deref_mut()).and_then(|(stretch, cache)| cache.find(stretch));
        if let Some(mut items) = known {
            for item in &mut items {
                let doc = build::doc_above(text, &repaired.comments, item.span.start);
                if item.doc != doc {
                    Arc::make_mut(item).doc = doc;
                }
            }
            parsed.file.items.extend(items);
            continue;
        }
        let before = parsed.file.items.len();
        let faultless = parse_chunk(file, text, &repaired, chunk, &mut parsed);
        if let (Some(stretch), Some(cache), true) = (whole, cache.as_deref_mut(), faultless) {
            cache.keep(stretch, parsed.file.items.get(before..).unwrap_or_default());
        }
    }
    parsed.file.doc = build::file_doc(text, &repaired.comments);
    parsed.comments = repaired.comments;
    parsed.errors.sort_by_key(|error| error.primary.location.span.start);
    parsed
}

/// Parses a chunk; false where anything is wrong with it.
fn parse_chunk(file: FileId, text: &str, repaired: &Repaired, chunk: &Chunk, parsed: &mut Parsed) -> bool {
    let canonical = Canonical::of(repaired.lexemes(chunk), text, chunk.end);
    let mut builder = Builder::new(file, text, repaired, chunk, &canonical);
    match cst::read(Rule::chunk, &canonical) {
        Ok(nodes) => parsed.file.items.extend(builder.chunk(nodes.parts()).into_iter().map(Arc::new)),
        Err(reason) => builder.unreadable(reason),
    }
    let (errors, lost) = builder.finish();
    let faultless = errors.is_empty() && lost.is_empty();
    parsed.errors.extend(errors);
    parsed.file.lost.extend(lost);
    faultless
}

/// A chunk with which nothing is wrong before it is read.
fn whole<'t>(text: &'t str, repaired: &Repaired, chunk: &Chunk) -> Option<Stretch<'t>> {
    let stretch = Stretch { text: text.get(chunk.start..chunk.end)?, start: chunk.start };
    (!repaired.is_faulty(chunk)).then_some(stretch)
}

/// Parses a text that is one expression, such as a value on the command line.
///
/// # Errors
/// Every syntax error in it.
pub fn parse_expression(file: FileId, text: &str) -> Result<ast::Expr, Vec<Diagnostic>> {
    if let Some(error) = too_long(file, text) {
        return Err(vec![error]);
    }
    let repaired = brackets::repaired_expression(text, 0, NESTING_LIMIT);
    build::expression(file, text, &repaired, NESTING_LIMIT)
}

fn too_long(file: FileId, text: &str) -> Option<Diagnostic> {
    let limit = usize::try_from(SOURCE_LIMIT).unwrap_or(usize::MAX);
    let message = format!("the text is longer than {} MiB", SOURCE_LIMIT >> 20);
    (text.len() > limit).then(|| Diagnostic::structural("limit", Span::default().within(file), message))
}
