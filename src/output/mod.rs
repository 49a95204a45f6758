//! What every output format has in common, whichever command writes it.
//!
//! Main types: [`Format`], a format that a user picks by name, and [`Registry`], the list of those that one command
//! knows: [`back::TARGETS`](crate::back::TARGETS), [`report::FORMATS`](crate::report::FORMATS),
//! [`diff::FORMATS`](crate::diff::FORMATS), [`diagnostic::FORMATS`](crate::diagnostic::FORMATS) and
//! [`pages::FORMATS`](crate::pages::FORMATS). Help, shell completions, suggestions and the tests of the documentation
//! all read these lists, so a format is one file with a `Format` in it and one line in its registry.

mod error;
mod json;
mod registry;

pub use error::WriteError;
pub(crate) use json::write_json;
pub use registry::{Format, Registry};
