//! The document as YAML; the one place that knows the crate which writes it.

use std::io::Write;

use super::Document;
use crate::back::{Job, Target, Writer};
use crate::output::WriteError;

/// The target `yaml`.
pub static YAML: Target = Target {
    name: "yaml",
    summary: "The whole graph as YAML",
    extensions: &["yaml", "yml"],
    writer: Writer {
        has_depth: false,
        write: |job: &Job, out| yaml(&Document::new(job.models.iter().copied()), out),
    },
};

/// Writes the document as YAML, with a line break at the end.
///
/// # Errors
/// None that a document can bring about; the writer's own are passed on.
pub fn yaml(document: &Document, out: &mut dyn Write) -> Result<(), WriteError> {
    serde_yaml::to_writer(out, document).map_err(|error| WriteError::new("YAML", error))
}
