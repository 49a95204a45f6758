//! Questions put to marked texts: `│` stands where the cursor is.

mod completion;
mod names;
mod robust;
mod shown;

use std::path::PathBuf;

use super::workspace::surveyed;
use super::{FileKey, Text, Workspace};
use crate::front::weft::Program;
use crate::source::{Memory, Span};

/// A text with a cursor in it, and the files beside it.
pub(super) struct Case {
    pub text: String,
    pub cursor: usize,
    pub files: Memory,
    pub paths: Vec<PathBuf>,
    pub program: Program,
}

impl Case {
    /// A text `main.weft` with a `│`.
    pub fn new(marked: &str) -> Case {
        Case::beside(marked, &[])
    }

    /// A text `main.weft` with a `│`, beside other files.
    pub fn beside(marked: &str, others: &[(&str, &str)]) -> Case {
        let cursor = marked.find('│').expect("a `│` in the text");
        let text = marked.replacen('│', "", 1);
        let mut files = Memory::default();
        files.insert("main.weft", text.clone());
        others.iter().for_each(|(name, text)| files.insert(*name, *text));
        let names = ["main.weft"].into_iter().chain(others.iter().map(|(name, _)| *name));
        let paths: Vec<PathBuf> = names.map(PathBuf::from).collect();
        let program = surveyed(&files, paths.first().map(PathBuf::as_path), text.as_str().into());
        Case { text, cursor, files, paths, program }
    }

    pub fn named(&self) -> Text<'_> {
        Text { program: &self.program, path: self.paths.first().map(PathBuf::as_path) }
    }

    /// Puts a question that is about all files.
    pub fn ask<T>(&self, question: impl FnOnce(Text, usize, Workspace) -> T) -> T {
        question(self.named(), self.cursor, Workspace { files: &self.files, list: &|| self.paths.clone() })
    }

    /// The text with `⟨ ⟩` around spans of it.
    pub fn with(&self, spans: impl IntoIterator<Item = Span>) -> String {
        around(&self.text, spans)
    }
}

/// A text with `⟨ ⟩` around spans of it.
pub(super) fn around(text: &str, spans: impl IntoIterator<Item = Span>) -> String {
    let mut spans: Vec<_> = spans.into_iter().collect();
    spans.sort();
    let mut shown = text.to_owned();
    for span in spans.iter().rev() {
        shown.insert(span.end as usize, '⟩');
        shown.insert(span.start as usize, '⟨');
    }
    shown
}

/// The name of a file.
pub(super) fn name_of(key: &FileKey) -> String {
    match key {
        FileKey::Unsaved => "unsaved".to_owned(),
        FileKey::File(path) => path.display().to_string(),
        FileKey::Standard(path) => path.clone(),
    }
}
