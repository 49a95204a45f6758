//! Text to spanned tree. Nothing here knows what a name means.
//!
//! [`parse`] never fails: what cannot be read is reported and skipped. It scans the text once (`scan`: comments,
//! brackets, the nesting limit), spells one balanced item after the other (`letters`: one letter a token) for the grammar
//! (`grammar/weft.pest`), whose errors are nodes (`nodes`: one flat list), and builds the tree from them (`build`). No type of
//! pest leaves this module.

pub mod ast;

mod build;
mod bytes;
mod characters;
mod letters;
mod nodes;
mod recall;
mod scan;
mod shift;
mod tokens;

pub use recall::Recall;
pub(crate) use shift::By;
pub(crate) use tokens::words;
pub use tokens::{KEYWORDS, Token, TokenKind, is_name, tokens};

use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::source::{FileId, SOURCE_LIMIT, Span};
use build::Builder;
use letters::Letters;
use recall::Stretch;
use scan::{Chunk, Scan};

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
pub fn parse_again(file: FileId, text: &str, mut recall: Option<&mut Recall>) -> Parsed {
    let mut parsed = Parsed::default();
    if let Some(error) = too_long(file, text) {
        parsed.errors.push(error);
        return parsed;
    }
    let scan = scan::scan_file(text);
    if let Some(bracket) = scan.too_deep {
        parsed.errors.push(build::too_deep(file, bracket, scan::NESTING_LIMIT));
    }
    for chunk in &scan.chunks {
        let whole = recall.as_ref().and_then(|_| whole(text, &scan, chunk));
        let known = whole.zip(recall.as_deref_mut()).and_then(|(stretch, recall)| recall.find(stretch));
        if let Some(mut items) = known {
            for item in &mut items {
                let doc = build::doc_above(text, &scan.comments, item.span.start);
                if item.doc != doc {
                    Arc::make_mut(item).doc = doc;
                }
            }
            parsed.file.items.extend(items);
            continue;
        }
        let before = parsed.file.items.len();
        let faultless = parse_chunk(file, text, &scan, chunk, &mut parsed);
        if let (Some(stretch), Some(recall), true) = (whole, recall.as_deref_mut(), faultless) {
            recall.keep(stretch, parsed.file.items.get(before..).unwrap_or_default());
        }
    }
    parsed.file.doc = build::file_doc(text, &scan.comments);
    parsed.comments = scan.comments;
    parsed.errors.sort_by_key(|error| error.primary.location.span.start);
    parsed
}

/// Parses a stretch; false where anything is wrong with it.
fn parse_chunk(file: FileId, text: &str, scan: &Scan, chunk: &Chunk, parsed: &mut Parsed) -> bool {
    let letters = Letters::of(scan.mended(text, chunk), chunk.start..chunk.end);
    let mut builder = Builder::new(file, text, scan, &letters, chunk.start..chunk.end);
    match nodes::read(Rule::chunk, &letters) {
        Ok(nodes) => parsed.file.items.extend(builder.chunk(nodes.parts()).into_iter().map(Arc::new)),
        Err(reason) => builder.unreadable(reason),
    }
    let (errors, lost) = builder.finish();
    let faultless = errors.is_empty() && lost.is_empty();
    parsed.errors.extend(errors);
    parsed.file.lost.extend(lost);
    faultless
}

/// A stretch that the scan left as it is.
fn whole<'t>(text: &'t str, scan: &Scan, chunk: &Chunk) -> Option<Stretch<'t>> {
    let stretch = Stretch { text: text.get(chunk.start..chunk.end)?, start: chunk.start };
    (!scan.is_mended(chunk)).then_some(stretch)
}

/// Parses a text that is one expression, such as a value on the command line.
///
/// # Errors
/// Every syntax error in it.
pub fn parse_expression(file: FileId, text: &str) -> Result<ast::Expr, Vec<Diagnostic>> {
    if let Some(error) = too_long(file, text) {
        return Err(vec![error]);
    }
    let scan = scan::scan_expression(text, 0, scan::NESTING_LIMIT);
    build::expression(file, text, &scan, scan::NESTING_LIMIT)
}

fn too_long(file: FileId, text: &str) -> Option<Diagnostic> {
    let limit = usize::try_from(SOURCE_LIMIT).unwrap_or(usize::MAX);
    let message = format!("the text is longer than {} MiB", SOURCE_LIMIT >> 20);
    (text.len() > limit).then(|| Diagnostic::structural("limit", Span::default().within(file), message))
}
