//! `weft rule`: the documentation of lint rules and compile errors.

use crate::cli::choice::one_of;
use crate::cli::{Common, Exit, Streams};
use crate::diagnostic::nearest;
use crate::lint;
use crate::pages::{FORMATS, PagesFormat};

/// Arguments of `weft rule`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The rule or error, as it stands in brackets after `error` or `warning`
    name: Option<String>,
    /// How it is written
    #[arg(long, value_parser = one_of(&FORMATS), default_value = FORMATS.default_name())]
    format: &'static PagesFormat,
}

/// Lists the rules and errors, or explains one.
pub fn run(arguments: &Arguments, _common: &Common, streams: &mut Streams) -> Exit {
    let pages = &arguments.format.writer;
    let Some(name) = &arguments.name else {
        streams.print(&(pages.rules)());
        return Exit::Success;
    };
    match (pages.rule)(name, streams.page_width()) {
        Some(page) => {
            streams.print(&page);
            Exit::Success
        }
        None => {
            let hint = match nearest(name, lint::names()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`weft rule` lists them all".to_owned(),
            };
            streams.refuse(&format!("no rule or error is called `{name}`; {hint}"))
        }
    }
}
