//! What an editor asks of a text, as functions over the library's types, in byte offsets. One file a question.
//!
//! Nothing here knows the protocol that an editor speaks, and nothing here changes a text: what is to change is
//! given as edits.

mod definition;
mod references;
mod rename;
#[cfg(test)]
mod tests;
mod workspace;

pub use definition::{Definition, definition};
pub use references::{Reference, highlights, references};
pub use rename::{Refused, Renaming, rename, renamed};
pub use workspace::{FileKey, View, Workspace};
