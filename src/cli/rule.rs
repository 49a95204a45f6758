//! `weft rule`: the documentation of lint rules and structural errors.

use clap::ValueEnum;

use super::{Common, Exit, Streams};
use crate::diagnostic::nearest;
use crate::lint;

/// Arguments of `weft rule`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The rule or error, as it stands in brackets after `error` or `warning`
    name: Option<String>,
    /// How it is written
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
    fn of_all(self) -> String {
        match self {
            Format::Text => lint::index(),
            Format::Markdown => lint::markdown_index(),
        }
    }

    fn of(self, name: &str, width: usize) -> Option<String> {
        match self {
            Format::Text => lint::page(name, width),
            Format::Markdown => lint::markdown_page(name),
        }
    }
}

/// Lists the rules and errors, or explains one.
pub fn run(arguments: &Arguments, _common: &Common, streams: &mut Streams) -> Exit {
    let Some(name) = &arguments.name else {
        streams.print(&arguments.format.of_all());
        return Exit::Success;
    };
    match arguments.format.of(name, streams.page_width()) {
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
