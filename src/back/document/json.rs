//! The document as JSON.

use super::{Document, WriteError};

/// The document as indented JSON, with a line break at the end.
///
/// # Errors
/// None that a document can bring about; the writer's own are passed on.
pub fn json(document: &Document) -> Result<String, WriteError> {
    written_json(document)
}

/// Anything as indented JSON, with a line break at the end.
///
/// # Errors
/// The writer's own.
pub(crate) fn written_json(document: &impl serde::Serialize) -> Result<String, WriteError> {
    let text = serde_json::to_string_pretty(document);
    text.map(|text| text + "\n").map_err(|error| WriteError { format: "JSON", source: error.into() })
}
