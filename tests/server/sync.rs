//! Texts as they change in the editor.
