//! `weft lsp`: the language server, over standard input and output.

use std::io::{BufReader, stdin};

use crate::cli::{Common, Exit, Streams};
use crate::server;

/// Arguments of `weft lsp`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Speak over standard input and output, as it does anyway: editors are used to say so
    #[arg(long)]
    stdio: bool,
}

/// Serves until the editor ends it: 0 after it asked to shut down, 1 where it left without.
pub fn run(_arguments: &Arguments, _common: &Common, streams: &mut Streams) -> Exit {
    match server::run(BufReader::new(stdin()), streams.out) {
        Ok(server::End::Asked) => Exit::Success,
        Ok(server::End::Left) => Exit::Objection,
        Err(error) => streams.refuse(&format!("cannot read from the editor: {error}")),
    }
}
