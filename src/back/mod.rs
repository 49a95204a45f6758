//! Back ends: each writes graphs as another format. One folder or file a target.
//!
//! Main type: [`Target`]. A target is a file with one and a line in [`TARGETS`]; everything that lists targets follows.
//! [`document`] describes a graph for programs, [`drawing`] is what the targets that draw have in common.

pub mod document;
mod dot;
pub mod drawing;
mod mermaid;
pub mod svg;

use std::io::Write;

use crate::analysis::Analysis;
use crate::ir::Graph;
use crate::output::{Format, Registry, WriteError};

/// Every target of `weft build`.
pub static TARGETS: Registry<Writer> =
    Registry::new(&[&document::YAML, &document::JSON, &dot::TARGET, &mermaid::TARGET, &svg::TARGET]);

/// A format that graphs can be written in.
pub type Target = Format<Writer>;

/// How a target is written.
#[derive(Clone, Copy, Debug)]
pub struct Writer {
    /// Whether it can leave blocks closed, so that [`Job::depth`] means something to it.
    pub has_depth: bool,
    /// Writes some models.
    pub write: fn(&Job, &mut dyn Write) -> Result<(), WriteError>,
}

/// What is written.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// The models with what follows from them, in order.
    pub models: &'a [(&'a Graph, &'a Analysis)],
    /// How many levels of blocks are opened; as many as stay readable where it is not given.
    pub depth: Option<usize>,
}

impl Writer {
    /// Some models as text.
    ///
    /// # Errors
    /// The format's writer refuses.
    pub fn text(&self, job: &Job) -> Result<String, WriteError> {
        let mut bytes = Vec::new();
        (self.write)(job, &mut bytes)?;
        String::from_utf8(bytes).map_err(|error| WriteError::new("text", error))
    }
}

#[cfg(test)]
mod tests {
    use super::TARGETS;

    #[test]
    fn a_target_is_found_by_its_name_and_by_each_ending_of_its_files() {
        for target in TARGETS.iter() {
            let is_it = |found: Option<&super::Target>| found.is_some_and(|found| found.name == target.name);
            assert!(is_it(TARGETS.find(target.name)), "{}", target.name);
            assert!(!target.extensions.is_empty(), "{}", target.name);
            for extension in target.extensions {
                assert!(is_it(TARGETS.by_extension(extension)), "{extension}");
            }
        }
    }
}
