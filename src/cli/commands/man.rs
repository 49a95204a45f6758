//! `weft man`: the manual as pages for `man`, one of the program and one of each command.

use clap_mangen::Man;

use crate::cli::{Common, Exit, Streams};
use crate::diagnostic::nearest;

/// Arguments of `weft man`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The command to describe, in place of the program
    #[arg(value_name = "COMMAND")]
    command: Option<String>,
}

/// Prints a page as roff.
pub fn run(arguments: &Arguments, _common: &Common, streams: &mut Streams) -> Exit {
    let mut program = crate::cli::command();
    program.build();
    let page = match &arguments.command {
        None => program,
        Some(name) => match program.find_subcommand(name) {
            Some(command) => command.clone(),
            None => {
                let known = program.get_subcommands().map(clap::Command::get_name);
                let hint =
                    nearest(name, known).map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
                return streams.refuse(&format!("no command is called `{name}`{hint}"));
            }
        },
    };
    let mut roff = Vec::new();
    match Man::new(page).render(&mut roff) {
        Ok(()) => streams.print(&String::from_utf8_lossy(&roff)),
        Err(error) => return streams.refuse(&format!("cannot write the page: {error}")),
    }
    Exit::Success
}
