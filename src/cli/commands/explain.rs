//! `weft explain`: how each number comes about, step by step.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;

use crate::analysis::analyse;
use crate::cli::{Common, Exit, Streams, load};
use crate::diagnostic::nearest;
use crate::explain::{Language, Topic, explain, names, subject};
use crate::front::weft::Program;
use crate::ir::Graph;

/// Arguments of `weft explain`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The file; `-` is standard input
    file: PathBuf,
    /// A layer, a block or a tensor, by its path, as `weft report` shows it; without one, the whole model
    layer: Option<String>,
    /// The language of the explanation
    #[arg(long, value_name = "LANGUAGE", default_value = "en", value_parser = languages())]
    lang: String,
}

fn languages() -> PossibleValuesParser {
    PossibleValuesParser::new(Language::ALL.iter().map(|(code, _)| *code))
}

/// Explains a layer, a block or a model: of the models of a file, the first that has it.
pub fn run(arguments: &Arguments, common: &Common, streams: &mut Streams) -> Exit {
    let program = match load(&arguments.file, common, streams) {
        Ok(program) => program,
        Err(exit) => return exit,
    };
    let path = arguments.layer.as_deref();
    let having: Vec<(&Graph, Topic)> =
        program.models.iter().filter_map(|graph| Some((&**graph, subject(graph, path)?))).collect();
    let Some((graph, found)) = having.first() else {
        return match path.filter(|_| !program.models.is_empty()) {
            Some(path) => streams.refuse(&unknown(path, &program)),
            None => Exit::Success,
        };
    };
    if having.len() > 1 {
        let others: Vec<_> = having.iter().skip(1).map(|(graph, _)| format!("`{}`", graph.name)).collect();
        streams.say(&format!("as in `{}`; `--model` chooses another: {}", graph.name, others.join(", ")));
    }
    let language = Language::find(&arguments.lang).unwrap_or_default();
    let text = explain(graph, &analyse(graph), found, language, streams.out_width);
    streams.print(&text);
    Exit::Success
}

fn unknown(path: &str, program: &Program) -> String {
    let mut known: Vec<&str> = program.models.iter().flat_map(|graph| names(graph)).collect();
    known.sort_unstable();
    known.dedup();
    let hint = nearest(path, known).map_or_else(
        || "`weft report --depth 9` lists them".to_owned(),
        |near| format!("did you mean `{near}`?"),
    );
    format!("no layer, block or tensor is called `{path}`; {hint}")
}
