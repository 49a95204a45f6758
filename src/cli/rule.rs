//! `weft rule`: the documentation of lint rules and structural errors.

use super::{Common, Exit, Streams};
use crate::diagnostic::nearest;
use crate::lint;

/// The width of a page where results go to no terminal, and the widest that reads well.
const WIDTH: usize = 100;

/// Arguments of `weft rule`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The rule or error, as it stands in brackets after `error` or `warning`
    name: Option<String>,
}

/// Lists the rules and errors, or explains one.
pub fn run(arguments: &Arguments, _common: &Common, streams: &mut Streams) -> Exit {
    let Some(name) = &arguments.name else {
        streams.print(&lint::index());
        return Exit::Success;
    };
    let width = streams.out_width.unwrap_or(WIDTH).clamp(40, WIDTH);
    match lint::page(name, width) {
        Some(page) => {
            streams.print(&page);
            Exit::Success
        }
        None => {
            let hint = match nearest(name, lint::names()) {
                Some(near) => format!("`{near}`?"),
                None => "`weft rule` lists them all".to_owned(),
            };
            streams.refuse(&format!("no rule or error is called `{name}`; {hint}"))
        }
    }
}
