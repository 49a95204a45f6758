//! What a program means: its tree with its documentation, its models as a document, its findings, its comments.

use std::path::Path;

use weft::analysis::analyse;
use weft::back::document::{Document, json};
use weft::front::weft::{Input, Options, elaborate};
use weft::lint::{Settings, Subject, lint};
use weft::source::{Disk, FileId};
use weft::syntax::parse;

/// The tree without places.
pub fn tree(text: &str) -> String {
    let parsed = parse(FileId(0), text);
    assert_eq!(parsed.errors, [], "{text}");
    let shown = format!("{:?}", parsed.file);
    let mut pieces = shown.split("Span { ");
    let first = pieces.next().unwrap_or("").to_owned();
    pieces.fold(first, |tree, piece| tree + piece.split_once('}').map_or("", |(_, rest)| rest))
}

/// The comments, without blanks at their ends.
pub fn comments(text: &str) -> Vec<&str> {
    let comments = parse(FileId(0), text).comments;
    comments.iter().map(|comment| text[comment.span.range()].trim_end()).collect()
}

/// The models as a document, and what is said of them: errors and findings, without places.
pub fn meaning(text: &str, path: Option<&Path>) -> (String, Vec<(&'static str, String)>) {
    let input = Input { name: "net.weft".into(), path: path.map(Path::to_path_buf), text: text.into() };
    let program = elaborate(&Disk, input, &Options::default());
    let analyses: Vec<_> = program.models.iter().map(|graph| analyse(graph)).collect();
    let models = program.models.iter().map(|graph| &**graph).zip(&analyses);
    let mut document = Vec::new();
    json(&Document::new(models), &mut document).expect("a document");
    let findings = lint(Subject::program(&program, &analyses), &Settings::default());
    let mut said: Vec<_> =
        program.errors.iter().chain(&findings).map(|one| (one.code, one.message.clone())).collect();
    said.sort();
    (String::from_utf8(document).expect("UTF-8"), said)
}
