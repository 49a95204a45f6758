//! What an editor asks of a text, as functions over the library's types, in byte offsets. One file a question.
//!
//! Main types: [`Snapshot`], everything that is known of one version of a text, and [`Text`], what is known of the
//! names in it. Nothing here knows the protocol that an editor speaks, and nothing here changes a text: what is to
//! change is given as edits.

mod completion;
mod context;
mod display;
mod editing;
mod navigation;
mod snapshot;
#[cfg(test)]
mod tests;
mod workspace;

pub use completion::{Completion, CompletionKind, Completions, Documentation, complete, documentation};
pub use context::imports::import_of;
pub use display::folding::{Fold, FoldKind, folds};
pub use display::highlighting::{ClassifiedToken, TokenClass, semantic_tokens};
pub use display::hints::{Hint, HintKinds, hints};
pub use display::hover::{Hover, hover};
pub use display::lenses::{Lens, lenses};
pub use display::signature::{Parameterised, Signature, signature};
pub use editing::actions::{Action, ActionKind, actions};
pub use editing::formatting::formatted;
pub use editing::rename::{Renaming, rename, renamed};
pub use navigation::definition::{Definition, definition};
pub use navigation::outline::{FileOutline, Outline, OutlineKind, outline, workspace_outline};
pub use navigation::references::{Reference, highlights, references};
pub use snapshot::{Snapshot, SnapshotCache};
pub use workspace::{FileKey, Text, Workspace};
