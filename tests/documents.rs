//! What is shown to readers holds: every program of the language's reference, and what `check` says of the examples.

use std::path::Path;
use std::process::Command;

use weft::elaborate::{Input, Options, elaborate};
use weft::source::Memory;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn every_program_of_the_language_reference_holds() {
    let text = std::fs::read_to_string(root().join("docs/language.md")).expect("the reference");
    let blocks: Vec<_> =
        text.split("\n```weft\n").skip(1).filter_map(|rest| rest.split("\n```").next()).collect();
    assert!(blocks.len() > 15, "{} programs", blocks.len());
    for block in blocks {
        let input = Input { name: "language.md".into(), path: None, text: block.into() };
        let program = elaborate(&Memory::default(), input, &Options::default());
        assert_eq!(program.errors, [], "{block}");
        let failed =
            program.models.iter().flat_map(|model| &model.assertions).find(|assertion| !assertion.holds);
        assert!(failed.is_none(), "{failed:?} in\n{block}");
    }
}

#[test]
fn check_says_of_the_examples_what_was_reviewed() {
    let run = Command::new(env!("CARGO_BIN_EXE_weft"))
        .args(["check", "examples", "--format", "compact"])
        .current_dir(root())
        .output()
        .expect("the program runs");
    assert_eq!(run.status.code(), Some(0));
    let found = String::from_utf8(run.stdout).expect("UTF-8");
    let found: Vec<_> = found.lines().map(|line| line.split(" holds ").next().unwrap_or(line)).collect();
    assert_eq!(
        found,
        [
            "examples/siamese/koch.weft:10:19: warning[oversized-dense] `tower.fc`",
            "examples/teaching/dense_thousand.weft:9:43: warning[oversized-dense] `dense`",
            "examples/vision/alexnet.weft:18:33: warning[oversized-dense] `classifier.1`",
            "examples/vision/vgg.weft:28:13: warning[oversized-dense] `classifier.0`",
        ]
    );
}
