//! `weft build`: compiles a file's models to another format.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser};

use super::{Common, Exit, Streams, load};
use crate::analysis::{Analysis, analyse};
use crate::back::document::{Document, WriteError, json, yaml};
use crate::back::drawing::{DRAWINGS, DetailLevel, Drawn};

/// Arguments of `weft build`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The file; `-` is standard input
    file: PathBuf,
    /// What to compile to
    #[arg(long, value_name = "TARGET", value_parser = targets())]
    to: String,
    /// How many levels of blocks a drawing opens; as many as are readable, if not given
    #[arg(long, value_name = "N")]
    depth: Option<usize>,
}

/// A target that is a document.
struct Written {
    name: &'static str,
    summary: &'static str,
    write: fn(&Document) -> Result<String, WriteError>,
}

static DOCUMENTS: &[Written] = &[
    Written { name: "yaml", summary: "The whole graph as YAML", write: yaml },
    Written { name: "json", summary: "The whole graph as JSON", write: json },
];

fn targets() -> PossibleValuesParser {
    let documents = DOCUMENTS.iter().map(|target| (target.name, target.summary));
    let drawings = DRAWINGS.iter().map(|target| (target.name, target.summary));
    let value = |(name, summary): (&'static str, &'static str)| PossibleValue::new(name).help(summary);
    PossibleValuesParser::new(documents.chain(drawings).map(value))
}

/// Compiles every complete model of a file, or those chosen.
pub fn run(arguments: &Arguments, common: &Common, streams: &mut Streams) -> Exit {
    let is_document = DOCUMENTS.iter().any(|target| target.name == arguments.to);
    if is_document && arguments.depth.is_some() {
        return streams
            .refuse(&format!("`--depth` is for drawings: `{}` describes every layer", arguments.to));
    }
    let program = match load(&arguments.file, common, streams) {
        Ok(program) => program,
        Err(exit) => return exit,
    };
    let analyses: Vec<Analysis> = program.models.iter().map(|graph| analyse(graph)).collect();
    let models: Vec<Drawn> = program.models.iter().map(|graph| &**graph).zip(&analyses).collect();
    match compiled(arguments, models) {
        Some(Ok(text)) => {
            streams.print(&text);
            Exit::Success
        }
        Some(Err(error)) => streams.refuse(&error.to_string()),
        None => streams.refuse(&format!("there is no target `{}`", arguments.to)),
    }
}

fn compiled(arguments: &Arguments, models: Vec<Drawn>) -> Option<Result<String, WriteError>> {
    if let Some(drawing) = DRAWINGS.iter().find(|drawing| drawing.name == arguments.to) {
        let chosen = arguments.depth.map(|depth| [DetailLevel::to(depth)]);
        let openings = chosen.as_ref().map_or(&DetailLevel::FROM_MOST[..], |one| one);
        return Some(Ok((drawing.draw)(&models, openings)));
    }
    let written = DOCUMENTS.iter().find(|written| written.name == arguments.to)?;
    Some((written.write)(&Document::new(models)))
}
