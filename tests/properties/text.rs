//! Whatever the text, nothing panics, every message has a place, and the same text gives the same result.
//!
//! Three kinds of text: any at all, the language's own tokens in any order, and examples with parts deleted,
//! doubled, swapped or replaced. The last come closest to programs that almost work.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestCaseError;
use weft::analysis::analyse;
use weft::front::weft::{Input, Options, Program, elaborate};
use weft::source::{Memory, Sources};

/// The stack on which the program runs every command.
const STACK: usize = 64 << 20;

/// Words and signs of the language, and some that are not.
const TOKENS: &[&str] = &[
    "use",
    "const",
    "block",
    "model",
    "input",
    "let",
    "layer",
    "param",
    "buffer",
    "for",
    "in",
    "if",
    "else",
    "assert",
    "output",
    "and",
    "or",
    "not",
    "true",
    "false",
    "none",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    ".",
    "..",
    "...",
    "->",
    "=",
    "==",
    "!=",
    "<",
    "<=",
    "+",
    "-",
    "*",
    "/",
    "//",
    "%",
    "@",
    "**",
    "x",
    "y",
    "f",
    "n",
    "C",
    "T",
    "_",
    "int",
    "0",
    "1",
    "3",
    "0.5",
    "1e9",
    "26M",
    "2 ** 64",
    "\"name\"",
    "\"a{n}\"",
    "\"",
    "#",
    "##",
    "Linear",
    "Conv2d",
    "ReLU",
    "LSTM",
    "Concat",
    "Embedding",
    "Tower",
    "kernel",
    "bias",
    "weight",
    "x.shape",
    "f.weight",
    "params",
    "macs",
    "arange",
    "zeros",
    "len",
    "max",
    "\n",
    "\r\n",
    "\t",
    "é",
    "网",
    "\u{202e}",
    "\0",
    ";",
    "&&",
    "$",
];

fn example(path: &Path) -> String {
    std::fs::read_to_string(path).expect("an example")
}

/// The examples that are quick to build.
fn examples() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut folders = vec![folder];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path: PathBuf = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "weft") {
                files.push(path);
            }
        }
    }
    files.sort();
    files.iter().map(|path| example(path)).filter(|text| text.len() < 4_000).collect()
}

/// One change of a text that is cut into tokens.
#[derive(Clone, Debug)]
enum Edit {
    Delete(Index, usize),
    Double(Index, usize),
    Swap(Index, Index),
    Replace(Index, &'static str),
    Insert(Index, &'static str),
}

fn edit() -> impl Strategy<Value = Edit> {
    let token = proptest::sample::select(TOKENS);
    let at = any::<Index>;
    prop_oneof![
        (at(), 1..12usize).prop_map(|(at, length)| Edit::Delete(at, length)),
        (at(), 1..12usize).prop_map(|(at, length)| Edit::Double(at, length)),
        (at(), at()).prop_map(|(one, other)| Edit::Swap(one, other)),
        (at(), token.clone()).prop_map(|(at, token)| Edit::Replace(at, token)),
        (at(), token).prop_map(|(at, token)| Edit::Insert(at, token)),
    ]
}

/// Runs of letters and digits, and single characters of any other kind.
fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let word = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
        let (token, after) = rest.split_at(word.max(first.len_utf8()));
        tokens.push(token);
        rest = after;
    }
    tokens
}

fn edited(text: &str, edits: &[Edit]) -> String {
    let mut tokens = tokens(text);
    for edit in edits {
        let length = tokens.len();
        let span = |at: &Index, span: usize| {
            let start = at.index(length);
            start..(start + span).min(length)
        };
        match edit {
            _ if tokens.is_empty() => return String::new(),
            Edit::Delete(at, of) => drop(tokens.drain(span(at, *of))),
            Edit::Double(at, of) => {
                let span = span(at, *of);
                let copy = tokens[span.clone()].to_vec();
                tokens.splice(span.end..span.end, copy);
            }
            Edit::Swap(one, other) => tokens.swap(one.index(length), other.index(length)),
            Edit::Replace(at, token) => tokens[at.index(length)] = token,
            Edit::Insert(at, token) => tokens.insert(at.index(length), token),
        }
    }
    tokens.concat()
}

fn mutated_example() -> impl Strategy<Value = String> {
    let example = proptest::sample::select(examples());
    (example, proptest::collection::vec(edit(), 1..6)).prop_map(|(text, edits)| edited(&text, &edits))
}

fn token_soup() -> impl Strategy<Value = String> {
    proptest::collection::vec(proptest::sample::select(TOKENS), 0..80).prop_map(|tokens| tokens.join(" "))
}

/// Statements in any order inside a model, so that more than the first error is reached.
fn model_soup() -> impl Strategy<Value = String> {
    token_soup().prop_map(|soup| format!("model M {{ input x: [4, T = 8, 8]\n{soup}\noutput y = x }}"))
}

fn run(text: &str) -> Program {
    let input = Input { name: "net.weft".into(), path: Some("net.weft".into()), text: text.into() };
    let program = elaborate(&Memory::default(), input, &Options::default());
    for graph in &program.models {
        analyse(graph);
    }
    program
}

/// Elaborates and analyses a text twice, on a stack as large as the program's.
fn stands(text: &str) -> Result<(), TestCaseError> {
    let (once, again) = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK);
        let running = thread.spawn_scoped(scope, || (run(text), run(text))).expect("a thread starts");
        running.join()
    })
    .map_err(|_| TestCaseError::fail("it panicked"))?;
    prop_assert_eq!(&once.errors, &again.errors);
    prop_assert_eq!(once.models.len(), again.models.len());
    for error in &once.errors {
        let places = std::iter::once(&error.primary).chain(&error.related);
        for place in places {
            in_its_file(&once.sources, place.location)?;
        }
        prop_assert!(!error.message.is_empty());
    }
    Ok(())
}

/// A place lies within its file, between characters.
fn in_its_file(sources: &Sources, place: weft::source::Location) -> Result<(), TestCaseError> {
    let file = sources.get(place.file).ok_or_else(|| TestCaseError::fail("a place in no file"))?;
    prop_assert!(file.text().get(place.span.range()).is_some(), "{:?} of {:?}", place, file.name());
    Ok(())
}

/// Runs the program: it ends with a status of its own, and whatever it writes is text.
fn ends_well(arguments: &[&str], text: &str) -> Result<(), TestCaseError> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_weft"));
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    // It may end before it has read all.
    let _ = child.stdin.take().expect("a pipe").write_all(text.as_bytes());
    let ran = child.wait_with_output().expect("the program ends");
    let errors =
        String::from_utf8(ran.stderr).map_err(|_| TestCaseError::fail("no text on standard error"))?;
    prop_assert!(matches!(ran.status.code(), Some(0 | 1)), "{:?} {:?}: {errors}", arguments, ran.status);
    prop_assert!(String::from_utf8(ran.stdout).is_ok());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_reported_on(text in any::<String>()) {
        stands(&text)?;
    }

    #[test]
    fn any_tokens_are_reported_on(text in token_soup()) {
        stands(&text)?;
    }

    #[test]
    fn any_statements_are_reported_on(text in model_soup()) {
        stands(&text)?;
    }

    #[test]
    fn any_example_that_was_changed_is_reported_on(text in mutated_example()) {
        stands(&text)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_program_checks_any_text(text in prop_oneof![any::<String>(), model_soup(), mutated_example()]) {
        ends_well(&["check", "-"], &text)?;
    }

    #[test]
    fn the_program_reports_any_text(text in prop_oneof![any::<String>(), model_soup(), mutated_example()]) {
        ends_well(&["report", "-"], &text)?;
    }
}
