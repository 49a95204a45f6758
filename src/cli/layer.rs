//! `weft layer`: the documentation of the catalogue's layers.

use super::{Common, Exit, Streams};
use crate::diagnostic::nearest;
use crate::layers;
use crate::report::pages;

/// Arguments of `weft layer`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The layer, by any of its names
    name: Option<String>,
}

/// Lists the layers by family, or describes one.
pub fn run(arguments: &Arguments, _common: &Common, streams: &mut Streams) -> Exit {
    let Some(name) = &arguments.name else {
        streams.print(&pages::list(streams.out_width));
        return Exit::Success;
    };
    match layers::find(name) {
        Some((layer, _)) => {
            streams.print(&pages::page(layer, streams.out_width));
            Exit::Success
        }
        None => {
            let hint = nearest(name, layers::names())
                .map_or_else(|| "; `weft layer` lists them all".to_string(), |near| format!("; `{near}`?"));
            streams.refuse(&format!("no layer is called `{name}`{hint}"))
        }
    }
}
