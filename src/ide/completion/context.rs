//! What may stand where a cursor stands, told from the words before it.

use crate::ide::context::cursor::{Bracket, Call, Cursor};
use crate::syntax::{KEYWORDS, TokenKind};

/// What may stand at a cursor.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum CompletionContext<'t> {
    /// A name that is new, or nothing that could be known.
    Nothing,
    /// One of these words.
    Words(&'static [&'static str]),
    /// One of these words, or a statement on the line of the one before.
    Then(&'static [&'static str]),
    /// An item.
    Items,
    /// A statement.
    Statements,
    /// What a `use` imports from; its first byte.
    Source(u32),
    /// The names that it offers, but for those that are listed already.
    Offered { source: &'t str, listed: Vec<&'t str> },
    /// A field of what ends at a byte.
    Field { operand: usize },
    /// A model, for a variant.
    Base,
    /// A layer.
    Stage,
    /// A value, or a tensor.
    Value,
    /// A value, or a layer.
    Either,
    /// An argument, its name first or its value.
    Argument(Call<'t>),
    /// The value of an argument whose name is written.
    Given(Call<'t>),
}

pub(super) fn of<'t>(cursor: &Cursor<'t>) -> CompletionContext<'t> {
    if let Some(place) = in_use(cursor) {
        return place;
    }
    let Some(last) = cursor.back(0) else { return CompletionContext::Items };
    let word = cursor.slice(last);
    match (last.kind, word) {
        (TokenKind::Sign, ".") if cursor.touches_last() => field(cursor),
        (TokenKind::Sign, "->") => CompletionContext::Stage,
        (TokenKind::Sign, ":") => after_colon(cursor),
        (TokenKind::Sign, "=") => after_equals(cursor),
        (TokenKind::Sign, "(" | ",") => among(cursor),
        (TokenKind::Sign, "{") => after_brace(cursor),
        (TokenKind::Sign, ")" | "]" | "}") | (TokenKind::Word | TokenKind::Number | TokenKind::Text, _) => {
            after_operand(cursor)
        }
        (TokenKind::Keyword, "true" | "false" | "none") => after_operand(cursor),
        (TokenKind::Keyword, "if" | "in" | "assert" | "and" | "or" | "not" | "output") => {
            CompletionContext::Value
        }
        (TokenKind::Keyword, "else") => CompletionContext::Words(&["if"]),
        (TokenKind::Keyword | TokenKind::Comment, _) => CompletionContext::Nothing,
        (TokenKind::Sign, _) => CompletionContext::Value,
    }
}

/// Somewhere in a `use`.
fn in_use<'t>(cursor: &Cursor<'t>) -> Option<CompletionContext<'t>> {
    let mut listed = Vec::new();
    let mut colon = None;
    for back in 0..cursor.count() {
        let token = cursor.back(back)?;
        match (token.kind, cursor.slice(token)) {
            (TokenKind::Keyword, "use") if cursor.begins_statement(back) => {
                return Some(after_use(cursor, back, colon, listed));
            }
            (TokenKind::Sign, ":") => colon = Some(back),
            (TokenKind::Word, word) if colon.is_none() => listed.push(word),
            (TokenKind::Word | TokenKind::Text, _) | (TokenKind::Sign, "," | ".") => {}
            _ => return None,
        }
    }
    None
}

fn after_use<'t>(
    cursor: &Cursor<'t>,
    back: usize,
    colon: Option<usize>,
    listed: Vec<&'t str>,
) -> CompletionContext<'t> {
    let first = back.checked_sub(1).and_then(|first| cursor.back(first));
    let last = colon.and_then(|colon| cursor.back(colon.saturating_add(1)));
    match (first, last) {
        (None, _) => CompletionContext::Source(cursor.word.start),
        (Some(first), Some(last)) if matches!(cursor.word_back(0), ":" | ",") => {
            CompletionContext::Offered { source: cursor.between(first.span.start, last.span.end), listed }
        }
        (Some(_), Some(_)) if cursor.on_line_of_last() => CompletionContext::Nothing,
        (Some(_), Some(_)) => CompletionContext::Items,
        (Some(first), None) if cursor.touches_last() && first.kind == TokenKind::Word => {
            CompletionContext::Source(first.span.start)
        }
        (Some(_), None) => CompletionContext::Nothing,
    }
}

fn field<'t>(cursor: &Cursor<'t>) -> CompletionContext<'t> {
    let operand = cursor
        .back(1)
        .filter(|operand| Some(operand.span.end) == cursor.back(0).map(|point| point.span.start));
    let operand =
        operand.filter(|operand| cursor.ends_something(*operand) && operand.kind != TokenKind::Number);
    operand.map_or(CompletionContext::Nothing, |operand| CompletionContext::Field {
        operand: operand.span.end as usize,
    })
}

/// `label: ` begins a stage; a shape follows `input x:` and the like.
fn after_colon<'t>(cursor: &Cursor<'t>) -> CompletionContext<'t> {
    let shape = cursor.statement().is_some_and(|first| {
        matches!(cursor.word_back(first), "input" | "param" | "buffer")
            && cursor.bracket().is_none_or(|(kind, _)| kind == Bracket::Curly)
    });
    if shape { CompletionContext::Nothing } else { CompletionContext::Stage }
}

fn after_equals<'t>(cursor: &Cursor<'t>) -> CompletionContext<'t> {
    if let Some(call) = cursor.call() {
        return if call.declares { CompletionContext::Either } else { CompletionContext::Given(call) };
    }
    let first = cursor.statement();
    match first.map_or("", |first| cursor.word_back(first)) {
        "layer" | "block" => CompletionContext::Stage,
        "let" | "const" => CompletionContext::Either,
        "model" => CompletionContext::Base,
        "param" | "buffer" => CompletionContext::Nothing,
        _ => CompletionContext::Value,
    }
}

/// After `(` or `,`.
fn among<'t>(cursor: &Cursor<'t>) -> CompletionContext<'t> {
    match cursor.call() {
        Some(call) if call.declares => CompletionContext::Nothing,
        Some(call) => CompletionContext::Argument(call),
        None => match cursor.bracket() {
            // `output a, b`, `assert c, "why"`, `for i, x in`
            None | Some((Bracket::Curly, _)) => {
                let first = cursor.statement().map_or("", |first| cursor.word_back(first));
                if first == "output" { CompletionContext::Value } else { CompletionContext::Nothing }
            }
            Some((_, open)) if begins_stage(cursor, open) => CompletionContext::Stage,
            Some(_) => CompletionContext::Value,
        },
    }
}

/// Whether a parenthesis stands where a layer is meant: `-> (`, `label: (`.
fn begins_stage(cursor: &Cursor, open: usize) -> bool {
    cursor.word_back(0) == "(" && matches!(cursor.word_back(open.saturating_add(1)), "->" | ":")
}

/// A body, the branch of an expression, or the braces of a label.
fn after_brace<'t>(cursor: &Cursor<'t>) -> CompletionContext<'t> {
    let touched = cursor
        .back(0)
        .zip(cursor.back(1))
        .is_some_and(|(brace, before)| before.span.end == brace.span.start && before.kind != TokenKind::Sign);
    if touched {
        return CompletionContext::Value;
    }
    match head(cursor, 0) {
        Some(back) if cursor.begins_statement(back) => CompletionContext::Statements,
        Some(back) if matches!(cursor.word_back(back.saturating_add(1)), "->" | ":") => {
            CompletionContext::Stage
        }
        Some(_) => CompletionContext::Value,
        None => CompletionContext::Statements,
    }
}

/// How far back the `if` stands, or the word that begins the statement, whose brace stands that many tokens back.
fn head(cursor: &Cursor, brace: usize) -> Option<usize> {
    let mut back = brace.saturating_add(1);
    while back < cursor.count() {
        let before = cursor.word_back(back.saturating_add(1));
        match cursor.word_back(back) {
            // The branch before it belongs to the same `if`.
            "else" if before == "}" => back = opener(cursor, back.saturating_add(1)),
            "if" if before != "else" => return Some(back),
            "{" | "}" => return None,
            _ if cursor.begins_statement(back) => return Some(back),
            _ => {}
        }
        back = back.saturating_add(1);
    }
    None
}

/// How far back the `{` stands of the `}` that stands that many tokens back; past the beginning where there is none.
fn opener(cursor: &Cursor, closer: usize) -> usize {
    let mut depth = 0usize;
    for back in closer..cursor.count() {
        match cursor.word_back(back) {
            "}" => depth = depth.saturating_add(1),
            "{" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return back;
        }
    }
    cursor.count()
}

/// An operand or a body is at its end: what follows is a statement or an item, on the same line a word, too.
fn after_operand<'t>(cursor: &Cursor<'t>) -> CompletionContext<'t> {
    let body = cursor.in_body();
    let ended = cursor.word_back(0) == "}";
    let first = cursor.statement();
    let heads = first.is_some_and(|first| cursor.word_back(first) == "for" && head_is_open(cursor, first));
    match cursor.bracket() {
        Some((Bracket::Round | Bracket::Square, _)) => CompletionContext::Words(&["and", "or"]),
        _ if heads => CompletionContext::Words(&["in"]),
        _ if cursor.on_line_of_last() && ended && body => CompletionContext::Then(&["else"]),
        _ if cursor.on_line_of_last() && body => CompletionContext::Then(&["and", "or"]),
        _ if cursor.on_line_of_last() => CompletionContext::Words(&["and", "or"]),
        _ if body => CompletionContext::Statements,
        _ => CompletionContext::Items,
    }
}

/// True if a `for` still wants its `in`.
fn head_is_open(cursor: &Cursor, first: usize) -> bool {
    (0..first).all(|back| {
        let word = cursor.word_back(back);
        !KEYWORDS.contains(&word) && word != "{"
    })
}
