//! The commands, one file or folder each: arguments in, library called, result printed.
//!
//! A command is an `Arguments` and a `run` in a file of its own, and a line in [`Command`] and in [`dispatch`].

mod build;
mod check;
mod completions;
mod diff;
mod explain;
mod fmt;
mod init;
mod layer;
mod lock;
mod lsp;
mod man;
mod report;
mod rule;
mod stdlib;
mod verify;

use clap::Subcommand;

use super::{Common, Exit, Streams};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
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
    /// Check whether a checkpoint (`.safetensors`) fits a model: missing, unexpected, wrong shape
    Verify(verify::Arguments),
    /// Format files
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
    /// Print a shell's completion script
    Completions(completions::Arguments),
    /// Print the manual page of the program or of a command, for `man`
    Man(man::Arguments),
    /// Show the source of a block of the standard library; without a name, list them all
    Std(stdlib::Arguments),
}

/// Runs a command.
pub(super) fn dispatch(command: &Command, common: &Common, streams: &mut Streams) -> Exit {
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
