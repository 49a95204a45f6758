//! The documentation that the program has in it, as pages: layers, lint rules and errors, the standard library.
//!
//! Main type: [`Pages`], one for each of [`FORMATS`]. Everything on them follows from the catalogue of layers, from the
//! rules themselves and from the files of the standard library.

mod catalogue;
pub mod markdown;
pub mod text;

use crate::layers::Layer;
use crate::output::{Format, Registry};

/// Every format of `weft layer` and `weft rule`, the default first.
pub static FORMATS: Registry<Pages> = Registry::new(&[&text::FORMAT, &markdown::FORMAT]);

/// A format of documentation.
pub type PagesFormat = Format<Pages>;

/// How documentation is written. Widths are in columns; a format that is not for terminals ignores them.
#[derive(Clone, Copy, Debug)]
pub struct Pages {
    /// All layers.
    pub layers: fn(usize) -> String,
    /// One layer.
    pub layer: fn(&Layer, usize) -> String,
    /// All rules and compile errors.
    pub rules: fn() -> String,
    /// One rule or compile error; `None` for a name that is neither.
    pub rule: fn(&str, usize) -> Option<String>,
}
