//! Indented JSON, as every command writes it.

use std::io::Write;

use serde::Serialize;

use super::WriteError;

/// Writes a value as indented JSON with a line break at the end.
///
/// # Errors
/// The writer's own, and a value's that has no form in JSON.
pub(crate) fn write_json(value: &impl Serialize, out: &mut dyn Write) -> Result<(), WriteError> {
    serde_json::to_writer_pretty(&mut *out, value).map_err(|error| WriteError::new("JSON", error))?;
    Ok(out.write_all(b"\n")?)
}
