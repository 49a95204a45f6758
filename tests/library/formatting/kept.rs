//! What formatting keeps of every program of the project, and that they are formatted.

use std::path::Path;

use weft::source::FileId;
use weft::syntax::parse;

use super::corpus::samples;
use super::formatted;
use super::program::{comments, meaning, tree};

/// Formats a text and holds the result to it.
pub fn holds(text: &str, path: Option<&Path>, meant: bool) -> String {
    let new = formatted(text);
    let again = formatted(&new);
    let other = new.lines().zip(again.lines()).enumerate().find(|(_, (one, two))| one != two);
    assert!(again == new, "line {other:?} differs the second time:\n{new}\nof\n{text}");
    assert_eq!(comments(&new), comments(text), "comments of\n{text}\nand\n{new}");
    assert_eq!(tree(&new), tree(text), "the tree of\n{text}\nand\n{new}");
    if meant {
        assert_eq!(meaning(&new, path), meaning(text, path), "the meaning of\n{text}\nand\n{new}");
    }
    let neat = new.lines().all(|line| line.trim_end() == line) && !new.contains("\n\n\n");
    assert!(neat && (new.is_empty() || new.ends_with('\n') && !new.ends_with("\n\n")), "blanks in\n{new}");
    new
}

#[test]
fn every_program_means_what_it_meant_and_has_its_comments() {
    let mut read = 0;
    for sample in samples() {
        if parse(FileId(0), &sample.text).errors.is_empty() {
            holds(&sample.text, sample.path.as_deref(), true);
            read += 1;
        }
    }
    assert!(read > 500, "{read} programs");
}

#[test]
fn every_program_of_the_project_is_formatted() {
    let wrong: Vec<_> = samples()
        .into_iter()
        .filter(|sample| sample.formatted && parse(FileId(0), &sample.text).errors.is_empty())
        .filter(|sample| formatted(&sample.text) != sample.text)
        .map(|sample| format!("{}:\n{}", sample.name, formatted(&sample.text)))
        .collect();
    assert!(wrong.is_empty(), "{} not formatted, which should be\n{}", wrong.len(), wrong.join("\n"));
}
