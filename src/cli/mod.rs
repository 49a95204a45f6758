//! The commands: arguments in, library called, results printed. One file a command.
//!
//! Main function: [`main`], which reads the arguments, the environment and the terminal, and gives an [`Exit`].
//! A command is a `Arguments` and a `run` in a file of its own, and one line in `Command` and in `dispatch`.

mod build;
mod check;
mod completions;
mod diff;
mod explain;
mod fmt;
mod init;
mod layer;
mod load;
mod lock;
mod lsp;
mod man;
mod report;
mod rule;
mod stdlib;
mod streams;
mod verify;
mod writing;

pub use load::load;
pub use streams::Streams;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ColorChoice, CommandFactory, Parser, Subcommand};

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
#[command(next_help_heading = "Everywhere")]
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
    after_help = "Exit status: 0 nothing to object to, 1 findings or errors, 2 the command could not do its work."
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Find mistakes: errors that keep a model from being built, and findings of the lint rules
    Check(check::Arguments),
    /// Show what each layer stores, how often it is used, what it costs
    Report(report::Arguments),
    /// Explain how each number of a layer, a block or a model comes about
    Explain(explain::Arguments),
    /// Show what differs between two models, two files, or since a git revision
    Diff(diff::Arguments),
    /// Compile the models of a file to another format
    Build(build::Arguments),
    /// Say whether a checkpoint (`.safetensors`) fits a model: missing, unexpected, wrong shape
    Verify(verify::Arguments),
    /// Bring files into the one layout
    Fmt(fmt::Arguments),
    /// Record every model's figures in `weft.lock`, for `weft check --locked`
    Lock(lock::Arguments),
    /// Explain a lint rule or an error; without a name, list them all
    Rule(rule::Arguments),
    /// Describe a layer; without a name, list them all
    Layer(layer::Arguments),
    /// Serve an editor: the language server, over standard input and output
    Lsp(lsp::Arguments),
    /// Write a project to start from: a `weft.toml` and a model
    Init(init::Arguments),
    /// Print the script by which a shell completes commands and options
    Completions(completions::Arguments),
    /// Print the manual page of the program or of a command, for `man`
    Man(man::Arguments),
    /// Show the source of a block of the standard library; without a name, list them all
    Std(stdlib::Arguments),
}

fn dispatch(command: &Command, common: &Common, streams: &mut Streams) -> Exit {
    match command {
        Command::Check(arguments) => check::run(arguments, common, streams),
        Command::Report(arguments) => report::run(arguments, common, streams),
        Command::Explain(arguments) => explain::run(arguments, common, streams),
        Command::Diff(arguments) => diff::run(arguments, common, streams),
        Command::Build(arguments) => build::run(arguments, common, streams),
        Command::Layer(arguments) => layer::run(arguments, common, streams),
        Command::Verify(arguments) => verify::run(arguments, common, streams),
        Command::Fmt(arguments) => fmt::run(arguments, common, streams),
        Command::Lock(arguments) => lock::run(arguments, common, streams),
        Command::Rule(arguments) => rule::run(arguments, common, streams),
        Command::Lsp(arguments) => lsp::run(arguments, common, streams),
        Command::Init(arguments) => init::run(arguments, common, streams),
        Command::Completions(arguments) => completions::run(arguments, common, streams),
        Command::Man(arguments) => man::run(arguments, common, streams),
        Command::Std(arguments) => stdlib::run(arguments, common, streams),
    }
}

/// Runs the program with its own arguments, on its own standard streams.
pub fn main() -> Exit {
    run(std::env::args_os())
}

fn run(arguments: impl Iterator<Item = OsString>) -> Exit {
    match Arguments::try_parse_from(arguments) {
        Ok(Arguments { command, common }) => {
            streams::with_standard(common.color, |streams| dispatch(&command, &common, streams))
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
