//! What an editor asks of a text, as functions over the library's types, in byte offsets. One file a question.
//!
//! Main types: [`Snapshot`], everything that is known of one version of a text, and [`Text`], what is known of the
//! names in it. Nothing here knows the protocol that an editor speaks, and nothing here changes a text: what is to
//! change is given as edits.

mod actions;
mod callee;
mod completion;
mod cursor;
mod definition;
mod extract;
mod flow;
mod folding;
mod formatting;
mod highlighting;
mod hints;
mod hover;
mod imports;
mod inside;
mod lenses;
mod outline;
mod references;
mod rename;
mod signature;
mod snapshot;
#[cfg(test)]
mod tests;
mod values;
mod workspace;

pub use actions::{Action, ActionKind, actions};
pub use completion::{Completion, CompletionKind, Completions, Documentation, complete, documentation};
pub use definition::{Definition, definition};
pub use folding::{Fold, FoldKind, folds};
pub use formatting::formatted;
pub use highlighting::{Colour, Coloured, colours};
pub use hints::{Hint, Wanted, hints};
pub use hover::{Hover, hover};
pub use imports::import_of;
pub use lenses::{Lens, lenses};
pub use outline::{FileOutline, Outline, OutlineKind, outline, workspace_outline};
pub use references::{Reference, highlights, references};
pub use rename::{Renaming, rename, renamed};
pub use signature::{Parameterised, Signature, signature};
pub use snapshot::{Recall, Snapshot};
pub use workspace::{FileKey, Text, Workspace};
