//! `weft report`: what each layer stores, how often it is used, what it costs.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;

use super::{Common, Exit, Streams, load};
use crate::analysis::{Analysis, analyse};
use crate::report::{FORMATS, Format, Report};

/// Arguments of `weft report`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The file; `-` is standard input
    file: PathBuf,
    /// How the report is written
    #[arg(long, value_name = "FORMAT", default_value = "table", value_parser = formats())]
    format: String,
    /// How many levels of blocks a table opens
    #[arg(long, value_name = "N", default_value_t = 0)]
    depth: usize,
}

fn formats() -> PossibleValuesParser {
    PossibleValuesParser::new(FORMATS.iter().map(|format| format.name))
}

/// Reports every complete model of a file, or those chosen.
pub fn run(arguments: &Arguments, common: &Common, streams: &mut Streams) -> Exit {
    let program = match load(&arguments.file, common, streams) {
        Ok(program) => program,
        Err(exit) => return exit,
    };
    let analyses: Vec<Analysis> = program.models.iter().map(analyse).collect();
    let report = Report {
        models: program.models.iter().zip(&analyses).collect(),
        depth: arguments.depth,
        width: streams.out_width,
        color: streams.out_color,
    };
    let Some(format) = FORMATS.iter().find(|format: &&Format| format.name == arguments.format) else {
        return streams.refuse(&format!("there is no format `{}`", arguments.format));
    };
    match (format.render)(&report) {
        Ok(text) => {
            streams.print(&text);
            Exit::Success
        }
        Err(error) => streams.refuse(&error.to_string()),
    }
}
