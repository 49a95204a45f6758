//! What an editor can change: fixes and refactorings, renaming, formatting. Given as edits, never done.

pub(in crate::ide) mod actions;
pub(in crate::ide) mod extract;
pub(in crate::ide) mod formatting;
pub(in crate::ide) mod rename;
