//! The standard library: a small model for each of its blocks, in `tests/standard/`, whose counts are asserted there;
//! and `weft std`, which shows what it is.

use std::collections::BTreeSet;

use weft::front::weft::{Input, Options, Program, elaborate, stdlib};
use weft::source::Disk;

use crate::common::root;

/// The program of `tests/standard/` for a file of the library.
fn program(file: &str) -> Program {
    let name = format!("{}.weft", file.strip_prefix("std.").expect("a file of the library"));
    let path = root().join("tests/standard").join(&name);
    let text = std::fs::read_to_string(&path).expect("a program");
    elaborate(&Disk, Input { name, path: Some(path), text: text.into() }, &Options::default())
}

#[test]
fn every_block_counts_what_was_worked_out_by_hand() {
    for file in stdlib::names() {
        let program = program(file);
        assert!(program.errors.is_empty(), "{file}: {:#?}", program.errors);
        for model in &program.models {
            assert!(!model.assertions.is_empty(), "{file}: `{}` asserts nothing", model.name);
            let failed: Vec<_> = model.assertions.iter().filter(|assertion| !assertion.holds).collect();
            assert!(failed.is_empty(), "{file}: `{}`: {failed:#?}", model.name);
        }
    }
}

#[test]
fn every_block_is_used_by_its_model_and_says_what_it_is() {
    let used: BTreeSet<String> = stdlib::names()
        .flat_map(|file| program(file).models)
        .flat_map(|model| model.scopes().map(|(_, scope)| scope.definition.to_string()).collect::<Vec<_>>())
        .collect();
    for block in stdlib::blocks() {
        assert!(used.contains(&block.name), "no model in tests/standard uses `{}`", block.name);
        assert!(!block.doc.is_empty(), "`{}` has no `##` above it", block.name);
        let text = stdlib::text(block.file).expect("its file");
        assert!(text.contains(&block.source), "`{}` is not shown as it stands in its file", block.name);
    }
}

#[test]
fn the_list_and_a_block_read_well() {
    let list = weft::pages::text::stdlib::list(100);
    let block = weft::pages::text::stdlib::source("std.text.SwiGLU").expect("a block");
    insta::assert_snapshot!(format!("{list}\n$ weft std std.text.SwiGLU\n{block}"));
}
