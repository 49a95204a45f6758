//! `weft build`: compiles a file's models to another format.

use std::path::PathBuf;

use clap::ValueEnum;

use super::{Common, Exit, Streams, load};
use crate::analysis::{Analysis, analyse};
use crate::document::{Document, json, yaml};

/// Arguments of `weft build`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The file; `-` is standard input
    file: PathBuf,
    /// What to compile to
    #[arg(long, value_name = "TARGET", value_enum)]
    to: Target,
}

/// What a file is compiled to.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Target {
    /// The whole graph as YAML
    Yaml,
    /// The whole graph as JSON
    Json,
}

/// Compiles every complete model of a file, or those chosen.
pub fn run(arguments: &Arguments, common: &Common, streams: &mut Streams) -> Exit {
    let program = match load(&arguments.file, common, streams) {
        Ok(program) => program,
        Err(exit) => return exit,
    };
    let analyses: Vec<Analysis> = program.models.iter().map(analyse).collect();
    let document = Document::new(program.models.iter().zip(&analyses));
    let text = match arguments.to {
        Target::Yaml => yaml(&document),
        Target::Json => json(&document),
    };
    match text {
        Ok(text) => {
            streams.print(&text);
            Exit::Success
        }
        Err(error) => streams.refuse(&error.to_string()),
    }
}
