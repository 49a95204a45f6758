//! The parser through its public door: what is accepted, what tree comes of it, and how it goes on after a mistake.

mod expressions;
mod outline;
mod properties;
mod recovery;
mod statements;

use weft::source::FileId;
use weft::syntax::ast::ItemKind;
use weft::syntax::{Parsed, parse, parse_expression};

/// The tree of a text without a mistake.
fn clean(text: &str) -> Parsed {
    let parsed = parse(FileId(0), text);
    let messages: Vec<_> =
        parsed.errors.iter().map(|error| (&error.message, error.primary.location.span)).collect();
    assert!(messages.is_empty(), "{messages:#?} in\n{text}");
    parsed
}

/// The outline of one expression.
fn expression(text: &str) -> String {
    match parse_expression(FileId(0), text) {
        Ok(expr) => outline::expr(&expr),
        Err(errors) => panic!("{errors:#?} in {text}"),
    }
}

/// The outline of the statements of a model.
fn statements(text: &str) -> String {
    let parsed = clean(&format!("model M {{ {text} }}"));
    let body = parsed.file.items.iter().find_map(|item| match &item.kind {
        ItemKind::Model { body, .. } => Some(outline::body(body)),
        _ => None,
    });
    body.unwrap()
}

/// The outline of every item.
fn items(text: &str) -> String {
    clean(text).file.items.iter().map(|item| outline::item(item)).collect::<Vec<_>>().join("\n")
}

/// Examples that between them use nearly all of the language.
const SAMPLES: &[&str] = &[
    "examples/vision/densenet.weft",
    "examples/vision/efficientnet_b0.weft",
    "examples/vision/swin_t.weft",
    "examples/text/mixtral-8x7b.weft",
    "examples/text/t5-small.weft",
];

fn samples() -> Vec<String> {
    SAMPLES.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect()
}

#[test]
fn every_sample_parses() {
    for text in samples() {
        assert!(clean(&text).file.items.len() > 2);
    }
}

#[test]
fn line_ends_and_a_byte_order_mark_change_no_tree() {
    for text in samples() {
        let outline = items(&text);
        assert_eq!(items(&text.replace('\n', "\r\n")), outline);
        assert_eq!(items(&format!("\u{feff}{text}")), outline);
    }
}

#[test]
fn where_no_comment_stands_line_breaks_mean_nothing() {
    let text = samples().remove(0);
    let bare: Vec<_> = text.lines().map(|line| line.split('#').next().unwrap()).collect();
    assert_eq!(items(&bare.join(" ")), items(&text));
}

#[test]
fn the_grammar_knows_exactly_the_languages_keywords() {
    let grammar = include_str!("../../../grammar/weft.pest");
    let rule =
        grammar.split_once("\nkeyword = _{").and_then(|(_, rest)| rest.split_once('}')).expect("the rule").0;
    let mut listed: Vec<&str> = rule.split('"').skip(1).step_by(2).collect();
    let mut keywords = weft::syntax::KEYWORDS.to_vec();
    listed.sort_unstable();
    keywords.sort_unstable();
    assert_eq!(listed, keywords);
}
