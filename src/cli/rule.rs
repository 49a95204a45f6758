//! `weft rule`: the documentation of lint rules and structural errors.

use super::{Common, Exit, Streams};
use crate::diagnostic::nearest;
use crate::lint;

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
    match lint::page(name, streams.page_width()) {
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
