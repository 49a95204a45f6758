//! What `# weft: allow(…)` speaks of: its line, the statement or item below it, or the file.

use std::path::PathBuf;

use weft::analysis::analyse;
use weft::front::weft::{Input, Options, elaborate};
use weft::lint::{Settings, Subject, lint};
use weft::source::Memory;

/// The lines and rules of a program's findings.
fn findings(files: &[(&'static str, &str)]) -> Vec<(usize, &'static str)> {
    let mut memory = Memory::default();
    for (name, text) in files {
        memory.insert(*name, *text);
    }
    let (name, text) = files[0];
    let input = Input { name: name.into(), path: Some(PathBuf::from(name)), text: text.into() };
    let program = elaborate(&memory, input, &Options::default());
    assert_eq!(program.errors, [], "{text}");
    let analyses: Vec<_> = program.models.iter().map(|graph| analyse(graph)).collect();
    let found = lint(Subject::program(&program, &analyses), &Settings::default());
    found.iter().map(|one| (program.sources.position(one.primary.location).1, one.code)).collect()
}

fn of(text: &str) -> Vec<(usize, &'static str)> {
    findings(&[("net.weft", text)])
}

#[test]
fn at_the_end_of_a_line_it_speaks_of_that_line() {
    let model = |first: &str, second: &str| {
        format!(
            "model M {{\n    input a: [3] {first}\n    input b: [3] {second}\n    output y = zeros([3])\n}}\n"
        )
    };
    assert_eq!(of(&model("", "")), [(2, "unused-input"), (3, "unused-input")]);
    assert_eq!(of(&model("# weft: allow(unused-input)", "")), [(3, "unused-input")]);
    assert_eq!(of(&model("#weft:allow( unused-input )", "# weft: allow(unused-input): both")), []);
}

#[test]
fn above_a_statement_or_an_item_it_speaks_of_all_of_it() {
    let chain = "model M {\n    input a: [3]\n    # weft: allow(unused-layer)\n    # it is kept for later\n    \
                 dead = a\n        -> ReLU\n        -> Linear(2)\n    output a -> ReLU\n}\n";
    assert_eq!(of(chain), []);
    let item = "const n = 3\n# weft: allow(unused-input)\n## One.\nmodel M {\n    input a: [n]\n    input b: [3]\n    \
                output b\n}\nmodel N {\n    input a: [3]\n    input b: [3]\n    output b\n}\n";
    assert_eq!(of(item), [(10, "unused-input")]);
}

#[test]
fn at_the_top_with_a_blank_line_below_it_speaks_of_the_file() {
    let body = "model M {\n    input a: [3]\n    input b: [3]\n    output b\n}\nmodel N = M\n";
    let rest = "model K {\n    input a: [3]\n    input b: [3]\n    output b\n}\n";
    assert_eq!(of(&format!("# weft: allow(unused-input)\n\n{body}{rest}")), []);
    assert_eq!(of(&format!("# weft: allow(unused-input)\n{body}{rest}")), [(9, "unused-input")]);
}

#[test]
fn what_allows_nothing_is_told_unless_only_a_part_was_looked_at() {
    let text = "model M {\n    input a: [3] # weft: allow(unused-input, shape-mismatch)\n    output a # weft: off\n}\n";
    let told = "unused-suppression";
    assert_eq!(of(text), [(2, told), (2, told), (3, told)]);
}

#[test]
fn a_comment_in_an_imported_file_speaks_of_its_own_findings() {
    let main = "use \"part.weft\": Part\nmodel M {\n    input a: [3]\n    output a -> Part\n}\n";
    let part = |comment: &str| {
        format!(
            "block Part {{\n    input x: [C]\n    {comment}\n    dead = x -> Linear(2)\n    output x -> ReLU\n}}\n"
        )
    };
    let silent = part("# weft: allow(unused-layer)");
    assert_eq!(findings(&[("net.weft", main), ("part.weft", &silent)]), []);
    assert_eq!(findings(&[("net.weft", main), ("part.weft", &part(""))]), [(4, "unused-layer")]);
    assert_eq!(of(&silent), []);
}
