//! The document as YAML; the one place that knows the crate which writes it.

use super::{Document, WriteError};

/// The document as YAML, with a line break at the end.
///
/// # Errors
/// None that a document can bring about; the writer's own are passed on.
pub fn yaml(document: &Document) -> Result<String, WriteError> {
    serde_yaml::to_string(document).map_err(|error| WriteError { format: "YAML", source: error.into() })
}
