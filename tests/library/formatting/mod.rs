//! The one layout: what it looks like, what it keeps, and that the project's own programs have it.

mod command;
mod corpus;
mod kept;
mod looks;
mod mangled;
mod program;

use weft::format::format;

/// Lays a text out that can be read.
fn formatted(text: &str) -> String {
    format(text).unwrap_or_else(|error| panic!("{error} in\n{text}"))
}
