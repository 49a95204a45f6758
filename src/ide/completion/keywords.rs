//! Keywords, where they may stand.

use super::{Completion, CompletionKind, LAST};

/// A keyword, what it is for, and what is written after it.
type Keyword = (&'static str, &'static str, &'static str);

static ITEMS: &[Keyword] = &[
    ("use", "items of another file", "use ${1:std.vision}: $0"),
    ("const", "a value, or with parameters a function", "const ${1:name} = $0"),
    (
        "block",
        "a layer made of layers",
        "block ${1:Name}(${2:width}) {\n    input ${3:x}: [${4:C, H, W}]\n    output $0\n}",
    ),
    (
        "model",
        "an entry point, or a variant of another model",
        "model ${1:Name} {\n    input ${2:x}: [${3:3, 224, 224}]\n    output $0\n}",
    ),
];

static STATEMENTS: &[Keyword] = &[
    ("input", "an input and its shape", "input ${1:x}: [$0]"),
    ("let", "a value or a recipe", "let ${1:name} = $0"),
    ("layer", "one set of weights with a name: every use shares it", "layer ${1:name} = $0"),
    ("param", "a bare learnable tensor", "param ${1:name}: [$0]"),
    ("buffer", "a stored tensor that is not learned", "buffer ${1:name}: [$0]"),
    ("for", "repetition, unrolled", "for ${1:i} in ${2:0..n} {\n    $0\n}"),
    ("if", "chosen at compile time", "if ${1:condition} {\n    $0\n}"),
    ("assert", "checked after inference", "assert $0"),
    ("output", "a result", "output $0"),
];

static CHOICE: &[Keyword] = &[("if", "chosen at compile time", "if ${1:condition} { $2 } else { $0 }")];

/// What may begin an item.
pub(super) fn items() -> impl Iterator<Item = Completion> {
    ITEMS.iter().map(keyword)
}

/// What may begin a statement.
pub(super) fn statements() -> impl Iterator<Item = Completion> {
    STATEMENTS.iter().map(keyword)
}

/// The `if` of an expression.
pub(super) fn choice() -> impl Iterator<Item = Completion> {
    CHOICE.iter().map(keyword)
}

/// `true`, `false`, `none`, `not`.
pub(super) fn literals() -> impl Iterator<Item = Completion> {
    words(&["true", "false", "none", "not"])
}

/// Keywords that stand alone.
pub(super) fn words(words: &'static [&'static str]) -> impl Iterator<Item = Completion> {
    words.iter().map(|word| Completion::plain(*word, CompletionKind::Keyword, LAST))
}

fn keyword((word, summary, snippet): &Keyword) -> Completion {
    Completion {
        summary: (*summary).to_owned(),
        snippet: Some((*snippet).to_owned()),
        ..Completion::plain(*word, CompletionKind::Keyword, LAST)
    }
}
