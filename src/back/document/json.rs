//! The document as JSON.

use std::io::Write;

use super::Document;
use crate::back::{Job, Target, Writer};
use crate::output::{WriteError, write_json};

/// The target `json`.
pub static JSON: Target = Target {
    name: "json",
    summary: "The whole graph as JSON",
    extensions: &["json"],
    writer: Writer {
        has_depth: false,
        write: |job: &Job, out| json(&Document::new(job.models.iter().copied()), out),
    },
};

/// Writes the document as indented JSON, with a line break at the end.
///
/// # Errors
/// None that a document can bring about; the writer's own are passed on.
pub fn json(document: &Document, out: &mut dyn Write) -> Result<(), WriteError> {
    write_json(document, out)
}
