//! The editors' files agree with the language: the same keywords in every grammar, the same names of everything.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;
use weft::syntax::KEYWORDS;

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect(path)
}

fn json(path: &str) -> Value {
    serde_json::from_str(&read(path)).expect(path)
}

fn keywords() -> BTreeSet<&'static str> {
    KEYWORDS.into_iter().collect()
}

/// The words of a text, which is a list of them.
fn words(list: &str) -> impl Iterator<Item = &str> {
    list.split(|other: char| !other.is_ascii_alphabetic()).filter(|word| !word.is_empty())
}

#[test]
fn the_textmate_grammar_knows_exactly_the_languages_keywords() {
    let grammar = json("grammar/weft.tmLanguage.json");
    let patterns = grammar["repository"]["keywords"]["patterns"].as_array().expect("patterns").clone();
    let matches: Vec<&str> =
        patterns.iter().map(|pattern| pattern["match"].as_str().expect("a match")).collect();
    let inside = matches.iter().map(|one| one.trim_start_matches("\\b(?:").trim_end_matches(")\\b"));
    assert_eq!(inside.flat_map(words).collect::<BTreeSet<_>>(), keywords());
}

#[test]
fn the_extension_packs_that_grammar_and_no_copy_of_it() {
    let manifest = json("editors/vscode/package.json");
    let grammars = manifest["contributes"]["grammars"].as_array().expect("grammars");
    assert_eq!(grammars[0]["scopeName"], json("grammar/weft.tmLanguage.json")["scopeName"]);
    let packed = grammars[0]["path"].as_str().expect("a path").trim_start_matches("./");
    let ignored = read("editors/vscode/.gitignore");
    let folder = packed.split('/').next().expect("a folder");
    assert!(ignored.lines().any(|line| line.trim_matches('/') == folder), "{folder} is made, and ignored");
}

#[test]
fn the_problem_matcher_reads_what_check_prints() {
    let manifest = json("editors/vscode/package.json");
    let pattern = manifest["contributes"]["problemPatterns"][0]["regexp"].as_str().expect("a pattern");
    // What the pattern says, piece by piece; the extension's own tests run it.
    for piece in [":(\\d+):(\\d+):", "(error|warning|note)", "\\[([^\\]]+)\\]"] {
        assert!(pattern.contains(piece), "{pattern} without {piece}");
    }
}

#[test]
fn the_other_editors_know_exactly_the_languages_keywords() {
    let vim = read("editors/neovim/syntax/weft.vim");
    let vim = vim.lines().filter_map(|line| line.strip_prefix("syntax keyword ")?.split_once(' '));
    assert_eq!(vim.flat_map(|(_, list)| words(list)).collect::<BTreeSet<_>>(), keywords());
    let emacs = read("editors/emacs/weft-mode.el");
    let list = emacs.split_once("(defconst weft-keywords").and_then(|(_, rest)| rest.split_once("'("));
    let (list, _) = list.and_then(|(_, rest)| rest.split_once(')')).expect("a list of keywords");
    assert_eq!(words(list).collect::<BTreeSet<_>>(), keywords());
}
