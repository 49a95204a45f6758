//! `weft std`: the blocks of the standard library, as they are written.

use crate::cli::{Common, Exit, Streams};
use crate::diagnostic::nearest;
use crate::pages::text::stdlib;

/// Arguments of `weft std`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// A block (`Bottleneck`) or a file (`std.vision`); without one, all blocks are listed by file
    name: Option<String>,
}

/// Lists the blocks, or shows the source of one or of a file.
pub fn run(arguments: &Arguments, _common: &Common, streams: &mut Streams) -> Exit {
    let Some(name) = &arguments.name else {
        streams.print(&stdlib::list(streams.page_width()));
        return Exit::Success;
    };
    match stdlib::source(name) {
        Some(source) => {
            streams.print(&source);
            Exit::Success
        }
        None => {
            let names = stdlib::names();
            let hint = match nearest(name, names.iter().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`weft std` lists them all".to_owned(),
            };
            streams.refuse(&format!("nothing in the standard library is called `{name}`; {hint}"))
        }
    }
}
