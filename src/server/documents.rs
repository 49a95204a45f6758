//! The texts that are open in the editor, as they stand there.
//!
//! Main type: [`Documents`]. A change that the protocol forbids is refused and leaves the text as it was.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use lsp_types::{TextDocumentContentChangeEvent, TextDocumentItem, Uri};

use super::positions::{Encoding, Lines};
use super::uris;
use crate::ide::Snapshot;
use crate::source::Span;

/// An open text, and what is known of it.
#[derive(Debug)]
pub(super) struct Document {
    pub uri: Uri,
    /// Its path without links, where it has one.
    pub path: Option<PathBuf>,
    /// As the editor counts; answers carry it back.
    pub version: i32,
    pub text: Arc<str>,
    pub lines: Lines,
    /// What follows from this version of the text, once it was asked for.
    pub snapshot: Option<Snapshot>,
    /// True where the editor was not yet told what is found in this version.
    pub untold: bool,
}

/// Every open text, by its address.
#[derive(Debug, Default)]
pub(super) struct Documents {
    open: BTreeMap<Uri, Document>,
}

impl Documents {
    pub fn get(&self, uri: &Uri) -> Option<&Document> {
        self.open.get(uri)
    }

    pub fn get_mut(&mut self, uri: &Uri) -> Option<&mut Document> {
        self.open.get_mut(uri)
    }

    pub fn all(&self) -> impl Iterator<Item = &Document> {
        self.open.values()
    }

    pub fn all_mut(&mut self) -> impl Iterator<Item = &mut Document> {
        self.open.values_mut()
    }

    pub fn open(&mut self, item: TextDocumentItem) {
        let path = uris::path_of(&item.uri).map(|path| std::fs::canonicalize(&path).unwrap_or(path));
        let (text, lines) = (Arc::from(item.text.as_str()), Lines::of(&item.text));
        let (uri, version) = (item.uri, item.version);
        let key = uri.clone();
        self.open.insert(key, Document { uri, path, version, text, lines, snapshot: None, untold: true });
    }

    pub fn close(&mut self, uri: &Uri) -> Option<Document> {
        self.open.remove(uri)
    }
}

impl Document {
    /// Takes all of the changes, or none.
    ///
    /// # Errors
    /// The sentence that says which change cannot be made; the text is as it was.
    pub fn change(
        &mut self,
        changes: Vec<TextDocumentContentChangeEvent>,
        encoding: Encoding,
    ) -> Result<(), String> {
        let mut text = self.text.to_string();
        let mut lines = self.lines.clone();
        for change in changes {
            let Some(range) = change.range else {
                lines = Lines::of(&change.text);
                text = change.text;
                continue;
            };
            let Span { start, end } = lines.span(&text, range, encoding).ok_or_else(|| {
                let (from, to) = (range.start, range.end);
                format!(
                    "no change can be made from {}:{} to {}:{} in a text of {} lines (counted from 0)",
                    from.line,
                    from.character,
                    to.line,
                    to.character,
                    lines.count()
                )
            })?;
            text.replace_range(start as usize..end as usize, &change.text);
            lines = Lines::of(&text);
        }
        (self.text, self.lines) = (text.into(), lines);
        self.forget();
        Ok(())
    }

    /// Drops what is known, because it may no longer hold.
    pub fn forget(&mut self) {
        self.snapshot = None;
        self.untold = true;
    }
}
