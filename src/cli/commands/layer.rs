//! `weft layer`: the documentation of the catalogue's layers.

use crate::cli::choice::one_of;
use crate::cli::{Common, Exit, Streams};
use crate::diagnostic::nearest;
use crate::layers::{self, migration_hints};
use crate::pages::{FORMATS, PagesFormat};

/// Arguments of `weft layer`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The layer, by any of its names; without one, all are listed by family
    name: Option<String>,
    /// How it is written; in Markdown, all layers are described where none is named
    #[arg(long, value_parser = one_of(&FORMATS), default_value = FORMATS.default_name())]
    format: &'static PagesFormat,
}

/// Lists the layers by family, or describes one.
pub fn run(arguments: &Arguments, _common: &Common, streams: &mut Streams) -> Exit {
    let (pages, width) = (&arguments.format.writer, streams.page_width());
    let Some(name) = &arguments.name else {
        streams.print(&(pages.layers)(width));
        return Exit::Success;
    };
    match layers::find(name) {
        Some((layer, _)) => {
            streams.print(&(pages.layer)(layer, width));
            Exit::Success
        }
        None => {
            let hint = match (migration_hints::layer(name), nearest(name, layers::names())) {
                (Some(hint), _) => format!("in Weft: {hint}"),
                (None, Some(near)) => format!("did you mean `{near}`?"),
                (None, None) => "`weft layer` lists them all".to_string(),
            };
            streams.refuse(&format!("no layer is called `{name}`; {hint}"))
        }
    }
}
