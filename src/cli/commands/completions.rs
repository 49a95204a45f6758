//! `weft completions`: the script by which a shell completes commands, options and their values.

use clap_complete::{Shell, generate};

use crate::cli::{Common, Exit, Streams};

/// Arguments of `weft completions`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The shell
    #[arg(value_name = "SHELL", value_enum)]
    shell: Shell,
}

/// Prints the script.
pub fn run(arguments: &Arguments, _common: &Common, streams: &mut Streams) -> Exit {
    let mut script = Vec::new();
    generate(arguments.shell, &mut crate::cli::command(), "weft", &mut script);
    streams.print(&String::from_utf8_lossy(&script));
    Exit::Success
}
