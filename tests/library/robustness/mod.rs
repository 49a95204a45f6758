//! What a linter that runs in everyone's editor and on everyone's server has to stand: limits, work that grows
//! with its text and no faster, numbers of any size, and bytes of any kind.

mod bytes;
#[path = "../../../benches/speed/families.rs"]
mod families;
mod limits;
mod linear;
mod numbers;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use weft::diagnostic::Diagnostic;
use weft::front::weft::{Input, Options, Program, elaborate};
use weft::source::{FileSystem, Memory};

/// The stack on which the program runs every command.
const STACK: usize = 64 << 20;

/// Runs something on a stack as large as the program's.
fn on_a_large_stack<T: Send>(run: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, run);
        thread.expect("a thread starts").join().expect("nothing panics")
    })
}

/// The graphs and errors of a text.
fn program(text: &str) -> Program {
    program_of(&Memory::default(), text, None)
}

/// The graphs and errors of a text that may import files.
fn program_of(files: &(dyn FileSystem + Sync), text: &str, path: Option<&str>) -> Program {
    let input = Input { name: "net.weft".into(), path: path.map(PathBuf::from), text: text.into() };
    on_a_large_stack(|| elaborate(files, input, &Options::default()))
}

/// The code of every error, in order of place.
fn codes(errors: &[Diagnostic]) -> Vec<&'static str> {
    errors.iter().map(|error| error.code).collect()
}

/// The codes of a text's errors.
fn errors_of(text: &str) -> Vec<&'static str> {
    codes(&program(text).errors)
}

/// Asserts that a text builds its one model, and gives the number of its nodes.
fn nodes_of(text: &str) -> usize {
    let program = program(text);
    assert_eq!(messages(&program), Vec::<String>::new());
    assert_eq!(program.models.len(), 1);
    program.models[0].len()
}

fn messages(program: &Program) -> Vec<String> {
    program.errors.iter().map(|error| format!("{}: {}", error.code, error.message)).collect()
}

/// Runs the program without colour.
fn run_weft(arguments: &[&str], input: &[u8]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_weft"));
    command.args(arguments).env("NO_COLOR", "1").env_remove("CLICOLOR_FORCE");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    // It may end before it has read all.
    let _ = child.stdin.take().expect("a pipe").write_all(input);
    child.wait_with_output().expect("the program ends")
}
