//! What holds for whatever is put in: any text, any layer with any valid arguments, any network of them.

mod costs;
mod fixes;
mod spellings;
mod stages;
mod symbols;
mod text;

use weft::front::weft::{Input, Options, Program, elaborate};
use weft::source::Memory;

/// Elaborates a text with some parameters and symbolic sizes set.
fn elaborated(text: &str, set: &[(&str, i128)]) -> Program {
    let input = Input { name: "net.weft".into(), path: Some("net.weft".into()), text: text.into() };
    let set = set.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    elaborate(&Memory::default(), input, &Options { set, ..Options::default() })
}
