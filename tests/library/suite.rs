//! Programs that say what they expect. In `tests/suite/`, a comment `# error: CODE` (several with commas) stands
//! on the line above each structural error, `# fails` above an assertion that does not hold, and
//! `# tensors: MODEL name name` lists a model's stored tensors in order. Everything else must hold.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use weft::front::weft::{Input, Options, Program, elaborate};
use weft::source::Disk;

use crate::common::root;

fn programs() -> Vec<PathBuf> {
    let folder = root().join("tests/suite");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .expect("the suite's folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "weft"))
        .collect();
    paths.sort();
    paths
}

fn run(path: &Path) -> Program {
    let text = std::fs::read_to_string(path).expect("a program");
    let name = path.file_name().expect("a name").to_string_lossy().into_owned();
    let input = Input { name, path: Some(path.to_path_buf()), text: text.into() };
    elaborate(&Disk, input, &Options::default())
}

/// Line and code of every expectation: the next line that is no comment.
fn expected(text: &str, mark: &str) -> BTreeSet<(usize, String)> {
    let lines: Vec<_> = text.lines().collect();
    let mut expected = BTreeSet::new();
    for (i, line) in lines.iter().enumerate() {
        let Some(codes) = line.trim().strip_prefix(mark) else { continue };
        let next =
            (i + 1..lines.len()).find(|next| !lines[*next].trim().starts_with('#')).expect("a line below");
        expected
            .extend(codes.trim_start_matches(':').split(',').map(|code| (next + 1, code.trim().to_string())));
    }
    expected
}

#[test]
fn every_program_of_the_suite_gives_what_it_expects() {
    let mut wrong = String::new();
    for path in programs() {
        let text = std::fs::read_to_string(&path).expect("a program");
        let program = run(&path);
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let line = |at| program.sources.position(at).1;
        let found: BTreeSet<_> = program
            .errors
            .iter()
            .map(|error| (line(error.primary.location), error.code.to_string()))
            .collect();
        if found != expected(&text, "# error:") {
            wrong += &format!("\n{name}: expected {:?}\n", expected(&text, "# error:"));
            for error in &program.errors {
                wrong +=
                    &format!("  found {} [{}] {}\n", line(error.primary.location), error.code, error.message);
            }
        }
        let failed: BTreeSet<_> = program
            .models
            .iter()
            .flat_map(|model| &model.assertions)
            .filter(|assertion| !assertion.holds)
            .map(|assertion| (line(assertion.origin), String::new()))
            .collect();
        if failed != expected(&text, "# fails") {
            wrong += &format!("\n{name}: assertions that fail: {failed:?}\n");
            for assertion in program.models.iter().flat_map(|model| &model.assertions).filter(|a| !a.holds) {
                wrong += &format!("  {:?}\n", assertion.sides);
            }
        }
        for listed in text.lines().filter_map(|line| line.strip_prefix("# tensors: ")) {
            let (model, names) = listed.split_once(' ').unwrap_or((listed, ""));
            let graph = program.models.iter().find(|graph| &*graph.name == model);
            let found: Vec<_> = graph
                .iter()
                .flat_map(|graph| graph.weights())
                .map(|(_, weight)| {
                    std::iter::once(&weight.name)
                        .chain(&weight.aliases)
                        .map(|n| &**n)
                        .collect::<Vec<_>>()
                        .join("=")
                })
                .collect();
            if found.join(" ") != names {
                wrong += &format!("\n{name}: {model} stores {}\n", found.join(" "));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
