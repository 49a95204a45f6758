//! What an editor asks of a text, as functions over the library's types, in byte offsets. One file a question.
//!
//! Main type: [`Snapshot`], everything that is known of one version of a text. Nothing here knows the protocol that
//! an editor speaks, and nothing here changes a text: what is to change is given as edits.

mod imports;
mod snapshot;

pub use imports::import_of;
pub use snapshot::Snapshot;
