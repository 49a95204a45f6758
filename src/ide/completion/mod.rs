//! What may be written at a cursor, in whole programs and in broken ones.
//!
//! Main function: [`complete`]. `place` tells from the words before the cursor what may stand there; the other files
//! list it. Everything is offered that may stand there: an editor narrows it down by what is typed.

mod arguments;
mod context;
mod fields;
mod imports;
mod keywords;
mod layers;
mod symbols;

use std::collections::HashSet;

use crate::front::weft::names::SymbolKind;
use crate::ide::context::cursor::{Cursor, Inside};
use crate::ide::workspace::{Text, Workspace};
use crate::pages::markdown;
use crate::source::Span;
use context::CompletionContext;

/// How far keywords are.
const LAST: u8 = 9;

/// What may be written at a cursor.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Completions {
    /// What is replaced: what is typed already.
    pub replace: Span,
    /// What may stand there, what is near before what is far; no two are called the same.
    pub items: Vec<Completion>,
}

/// Something that may be written.
#[derive(Clone, Debug, PartialEq)]
pub struct Completion {
    /// What it is called in a list, and found by.
    pub label: String,
    /// What it is.
    pub kind: CompletionKind,
    /// What stands behind its name: parameters, a default.
    pub detail: String,
    /// What it is, in a few words.
    pub summary: String,
    /// What is written.
    pub insert: String,
    /// The same with `${1:…}` where the writer goes on, if that is more.
    pub snippet: Option<String>,
    /// How far it is: 0 for what is meant most likely, 9 for keywords.
    pub rank: u8,
    /// What more there is to read.
    pub documentation: Documentation,
    /// What must be written elsewhere for it to be known: an import; where, and what.
    pub import: Option<(u32, String)>,
}

/// What something is that may be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CompletionKind {
    /// A layer of the catalogue.
    Layer,
    /// A function of the language.
    Function,
    /// Something that has a name in the text or in what it imports.
    Symbol(SymbolKind),
    /// The name of an argument.
    Argument,
    /// A value that an argument may have.
    Value,
    /// A field of a tensor, or a tensor of a layer.
    Field,
    /// A file of the standard library.
    Module,
    /// A file that can be imported.
    File,
    /// A keyword.
    Keyword,
}

/// What more there is to read of a completion.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Documentation {
    /// Nothing.
    None,
    /// This.
    Text(String),
    /// What the catalogue says of a layer, by its name: [`documentation`] gives it.
    Layer(&'static str),
}

impl Completion {
    /// Something that is written as it is called.
    fn plain(label: impl Into<String>, kind: CompletionKind, rank: u8) -> Completion {
        let label = label.into();
        Completion {
            insert: label.clone(),
            label,
            kind,
            detail: String::new(),
            summary: String::new(),
            snippet: None,
            rank,
            documentation: Documentation::None,
            import: None,
        }
    }
}

/// What the catalogue says of a layer, in Markdown.
pub fn documentation(layer: &str) -> Option<String> {
    crate::layers::find(layer).map(|(layer, _)| markdown::layers::section(layer))
}

/// What may be written at a byte of a text.
pub fn complete(text: Text, offset: usize, workspace: Workspace) -> Option<Completions> {
    let cursor = Cursor::at(text.content(), offset)?;
    let mut replace = cursor.word;
    let items = match cursor.inside {
        Inside::Comment | Inside::Number => return None,
        Inside::Text(span) => {
            let closed = span.end > replace.end
                && text.content().get(span.range()).is_some_and(|it| it.ends_with('"'));
            let end = if closed { span.end.saturating_sub(1) } else { replace.end };
            replace = Span { start: span.start.saturating_add(1), end };
            in_string(text, &cursor, workspace)?
        }
        Inside::Code => {
            let place = context::of(&cursor);
            if let CompletionContext::Source(start) = place {
                replace.start = start;
            }
            in_code(text, &cursor, &place, workspace)
        }
    };
    let mut items = items;
    items.sort_by_key(|item| item.rank);
    let mut seen = HashSet::new();
    items.retain(|item| seen.insert(item.label.clone()));
    Some(Completions { replace, items })
}

fn in_string(text: Text, cursor: &Cursor, workspace: Workspace) -> Option<Vec<Completion>> {
    if cursor.word_back(0) == "use" {
        return Some(imports::files(text, workspace, false));
    }
    let call = cursor.call()?;
    let callee = crate::ide::context::callee::Callee::of_call(text, &call)?;
    Some(arguments::strings(callee, &call))
}

fn in_code(text: Text, cursor: &Cursor, place: &CompletionContext, workspace: Workspace) -> Vec<Completion> {
    let mut found = Vec::new();
    match place {
        CompletionContext::Nothing => {}
        CompletionContext::Words(words) => found.extend(keywords::words(words)),
        CompletionContext::Then(words) => {
            found.extend(keywords::words(words));
            found.extend(keywords::statements());
        }
        CompletionContext::Items => found.extend(keywords::items()),
        CompletionContext::Statements => {
            found.extend(keywords::statements());
            found.extend(symbols::tensors(text, cursor));
        }
        CompletionContext::Source(_) => {
            found.extend(imports::modules());
            found.extend(imports::files(text, workspace, true));
        }
        CompletionContext::Offered { source, listed } => {
            found.extend(imports::offered(text, source, listed, workspace))
        }
        CompletionContext::Field { operand } => found.extend(fields::of(text, *operand)),
        CompletionContext::Base => found.extend(symbols::models(text, cursor)),
        CompletionContext::Stage => stages(text, cursor, &mut found),
        CompletionContext::Value => values(text, cursor, &mut found),
        CompletionContext::Either => {
            values(text, cursor, &mut found);
            found.extend(layers::all(cursor));
        }
        CompletionContext::Argument(call) => {
            let callee = crate::ide::context::callee::Callee::of_call(text, call);
            if let Some(callee) = callee {
                found.extend(arguments::names(text, callee, call, cursor));
                found.extend(arguments::values(callee, call, cursor));
            }
            further(text, cursor, &mut found);
        }
        CompletionContext::Given(call) => {
            let callee = crate::ide::context::callee::Callee::of_call(text, call);
            found.extend(callee.into_iter().flat_map(|callee| arguments::values(callee, call, cursor)));
            further(text, cursor, &mut found);
        }
    }
    found
}

fn stages(text: Text, cursor: &Cursor, found: &mut Vec<Completion>) {
    found.extend(symbols::layers(text, cursor));
    found.extend(layers::all(cursor));
    found.extend(imports::standard(text, cursor));
    found.extend(keywords::choice());
}

fn values(text: Text, cursor: &Cursor, found: &mut Vec<Completion>) {
    found.extend(symbols::values(text, cursor));
    found.extend(symbols::functions(cursor));
    found.extend(keywords::literals());
    found.extend(keywords::choice());
}

/// Values behind what an argument is known to be.
fn further(text: Text, cursor: &Cursor, found: &mut Vec<Completion>) {
    let mut others = Vec::new();
    values(text, cursor, &mut others);
    found.extend(
        others.into_iter().map(|item| Completion { rank: item.rank.saturating_add(1).min(LAST), ..item }),
    );
}

/// `(` with a place for each of some parameters; nothing where there are none, or where a `(` follows already.
fn parentheses<'n>(cursor: &Cursor, parameters: impl Iterator<Item = &'n str>) -> Option<String> {
    if cursor.rest().starts_with('(') {
        return None;
    }
    let places = parameters.zip(1..).map(|(name, number): (_, usize)| format!("${{{number}:{name}}}"));
    let places: Vec<_> = places.collect();
    (!places.is_empty()).then(|| format!("({})", places.join(", ")))
}
