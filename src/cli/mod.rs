//! The command line: arguments read, a command run, its results printed.
//!
//! Main function: [`main`], which reads the arguments, the environment and the terminal, and gives an [`Exit`]. The
//! commands are in `commands/`, one file each.

mod choice;
mod commands;
mod load;
mod streams;
mod writing;

pub use load::load;
pub use streams::Streams;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ColorChoice, CommandFactory, Parser};

/// The stack that elaboration needs for the deepest programs that the limits allow.
pub const STACK: usize = 64 * 1024 * 1024;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Nothing to object to.
    Success = 0,
    /// Findings, or a model that cannot be built.
    Objection = 1,
    /// The command could not do its work.
    Failure = 2,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

/// Options that every command takes.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Global options")]
pub struct Common {
    /// Only this model (may be repeated)
    #[arg(long, value_name = "NAME", global = true)]
    pub model: Vec<String>,
    /// Give a model's parameter or a symbolic size a value (may be repeated)
    #[arg(long, value_name = "NAME=VALUE", value_parser = assignment, global = true)]
    pub set: Vec<(String, String)>,
    /// The configuration, in place of the nearest `weft.toml` upwards of each file
    #[arg(long, value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,
    /// Whether to colour the output
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = ColorChoice::Auto, global = true)]
    pub color: ColorChoice,
}

/// A compiler and linter for neural-network architectures.
#[derive(Debug, Parser)]
#[command(name = "weft", version, max_term_width = 100, infer_long_args = false)]
#[command(
    after_help = "Exit status: 0 no findings at or above `--fail-on`, 1 findings or errors, 2 the command could not run."
)]
struct Arguments {
    #[command(subcommand)]
    command: commands::Command,
    #[command(flatten)]
    common: Common,
}

/// Runs the program with its own arguments, on its own standard streams.
pub fn main() -> Exit {
    run(std::env::args_os())
}

/// True for `weft --version` and `weft -V`, with nothing else.
pub fn is_version_asked(arguments: impl Iterator<Item = OsString>) -> bool {
    let mut arguments = arguments.skip(1);
    let asked = arguments.next().is_some_and(|argument| argument == "--version" || argument == "-V");
    asked && arguments.next().is_none()
}

/// Prints the name and the version on standard output.
pub fn print_version() -> Exit {
    streams::with_standard(ColorChoice::Never, |streams| {
        streams.print(concat!("weft ", env!("CARGO_PKG_VERSION"), "\n"));
        Exit::Success
    })
}

fn run(arguments: impl Iterator<Item = OsString>) -> Exit {
    match Arguments::try_parse_from(arguments) {
        Ok(Arguments { command, common }) => {
            streams::with_standard(common.color, |streams| commands::dispatch(&command, &common, streams))
        }
        Err(stop) => streams::with_standard(ColorChoice::Never, |streams| say(&stop, streams)),
    }
}

/// The command line as clap describes it.
fn command() -> clap::Command {
    Arguments::command()
}

/// Help and version on standard output; wrong arguments on standard error, without control bytes of theirs.
fn say(stop: &clap::Error, streams: &mut Streams) -> Exit {
    let text = stop.render().to_string();
    if stop.use_stderr() {
        for line in text.lines() {
            streams.say(line);
        }
        Exit::Failure
    } else {
        streams.print(&text);
        Exit::Success
    }
}

/// `NAME=VALUE`
fn assignment(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() && !value.trim().is_empty() => {
            Ok((name.trim().to_owned(), value.trim().to_owned()))
        }
        _ => Err("expected a name, `=` and a value, as in `--set classes=10`".to_owned()),
    }
}
