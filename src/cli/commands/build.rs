//! `weft build`: compiles a file's models to another format.

use std::path::PathBuf;

use crate::analysis::{Analysis, analyse};
use crate::back::{Job, TARGETS, Target};
use crate::cli::choice::one_of;
use crate::cli::{Common, Exit, Streams, load};

/// Arguments of `weft build`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The file; `-` is standard input
    file: PathBuf,
    /// What to compile to
    #[arg(long, value_name = "TARGET", value_parser = one_of(&TARGETS))]
    to: &'static Target,
    /// How many levels of blocks a drawing opens; as many as are readable, if not given
    #[arg(long, value_name = "N")]
    depth: Option<usize>,
}

/// Compiles every complete model of a file, or those chosen.
pub fn run(arguments: &Arguments, common: &Common, streams: &mut Streams) -> Exit {
    let target = arguments.to;
    if !target.writer.has_depth && arguments.depth.is_some() {
        return streams
            .refuse(&format!("`--depth` is for drawings: `{}` describes every layer", target.name));
    }
    let program = match load(&arguments.file, common, streams) {
        Ok(program) => program,
        Err(exit) => return exit,
    };
    let analyses: Vec<Analysis> = program.models.iter().map(|graph| analyse(graph)).collect();
    let models: Vec<_> = program.models.iter().map(|graph| &**graph).zip(&analyses).collect();
    let written = (target.writer.write)(&Job { models: &models, depth: arguments.depth }, streams.out);
    streams.finish(written)
}
