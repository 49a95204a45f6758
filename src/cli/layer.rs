//! `weft layer`: the documentation of the catalogue's layers.

use clap::ValueEnum;

use super::{Common, Exit, Streams};
use crate::diagnostic::nearest;
use crate::layers::{self, Layer, migration_hints};
use crate::report::pages::{self, markdown};

/// Arguments of `weft layer`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The layer, by any of its names; without one, all are listed by family
    name: Option<String>,
    /// How it is written; in Markdown, all layers are described where none is named
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// How the documentation is written.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Text,
    Markdown,
}

impl Format {
    fn of_all(self, width: Option<usize>) -> String {
        match self {
            Format::Text => pages::list(width),
            Format::Markdown => markdown::book(),
        }
    }

    fn of(self, layer: &Layer, width: Option<usize>) -> String {
        match self {
            Format::Text => pages::page(layer, width),
            Format::Markdown => markdown::section(layer),
        }
    }
}

/// Lists the layers by family, or describes one.
pub fn run(arguments: &Arguments, _common: &Common, streams: &mut Streams) -> Exit {
    let Some(name) = &arguments.name else {
        streams.print(&arguments.format.of_all(Some(streams.page_width())));
        return Exit::Success;
    };
    match layers::find(name) {
        Some((layer, _)) => {
            streams.print(&arguments.format.of(layer, Some(streams.page_width())));
            Exit::Success
        }
        None => {
            let hint = match (migration_hints::layer(name), nearest(name, layers::names())) {
                (Some(hint), _) => format!("in Weft: {hint}"),
                (None, Some(near)) => format!("`{near}`?"),
                (None, None) => "`weft layer` lists them all".to_string(),
            };
            streams.refuse(&format!("no layer is called `{name}`; {hint}"))
        }
    }
}
