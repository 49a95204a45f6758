//! The texts that are open in the editor, as they stand there.
//!
//! Main type: [`Documents`]. A change that the protocol forbids is refused and leaves the text as it was.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lsp_types::{TextDocumentContentChangeEvent, TextDocumentItem, Uri};

use crate::ide::{Snapshot, SnapshotCache};
use crate::server::protocol::positions::{Encoding, Lines};
use crate::server::protocol::uris;
use crate::server::texts::overlay_fs;
use crate::source::Span;

/// An open text, and what is known of it.
#[derive(Debug)]
pub(in crate::server) struct OpenDocument {
    pub uri: Uri,
    /// Its path as the editor has it; `None` where it was never saved.
    pub path: Option<PathBuf>,
    /// The one name of that path.
    pub canonical: Option<PathBuf>,
    /// As the editor counts; answers carry it back.
    pub version: i32,
    pub text: Arc<str>,
    pub lines: Lines,
    /// What an edit need not touch.
    pub recall: SnapshotCache,
    /// What follows from this version of the text, once it was asked for.
    pub judged: Option<Judged>,
    /// True where the editor was not yet told what is found in this version.
    pub is_unpublished: bool,
}

/// What follows from a text.
#[derive(Debug)]
pub(in crate::server) struct Judged {
    pub snapshot: Snapshot,
    /// The files on which it depends, there or not, by their one names.
    pub depends_on: BTreeSet<PathBuf>,
}

/// Every open text, by its address.
#[derive(Debug, Default)]
pub(in crate::server) struct Documents {
    open: BTreeMap<Uri, OpenDocument>,
    /// The addresses by their paths.
    by_path: BTreeMap<PathBuf, Uri>,
}

impl Documents {
    pub fn get(&self, uri: &Uri) -> Option<&OpenDocument> {
        self.open.get(uri)
    }

    pub fn get_mut(&mut self, uri: &Uri) -> Option<&mut OpenDocument> {
        self.open.get_mut(uri)
    }

    /// The open text of a file, by its one name.
    pub fn at(&self, canonical: &Path) -> Option<&OpenDocument> {
        self.open.get(self.by_path.get(canonical)?)
    }

    pub fn all(&self) -> impl Iterator<Item = &OpenDocument> {
        self.open.values()
    }

    pub fn all_mut(&mut self) -> impl Iterator<Item = &mut OpenDocument> {
        self.open.values_mut()
    }

    pub fn open(&mut self, item: TextDocumentItem) {
        let document = OpenDocument::new(item);
        if let Some(canonical) = &document.canonical {
            self.by_path.insert(canonical.clone(), document.uri.clone());
        }
        self.open.insert(document.uri.clone(), document);
    }

    pub fn close(&mut self, uri: &Uri) -> Option<OpenDocument> {
        let closed = self.open.remove(uri)?;
        if let Some(canonical) = &closed.canonical {
            self.by_path.remove(canonical);
        }
        Some(closed)
    }

    /// Drops what is known of every text that depends on a file.
    pub fn forget_dependants(&mut self, canonical: &Path) {
        let depends = |document: &&mut OpenDocument| {
            document.judged.as_ref().is_some_and(|judged| judged.depends_on.contains(canonical))
        };
        self.all_mut().filter(depends).for_each(OpenDocument::forget);
    }
}

impl OpenDocument {
    fn new(item: TextDocumentItem) -> OpenDocument {
        let path = uris::path_of(&item.uri);
        OpenDocument {
            canonical: path.as_deref().map(overlay_fs::canonical),
            path,
            version: item.version,
            lines: Lines::of(&item.text),
            text: item.text.into(),
            uri: item.uri,
            recall: SnapshotCache::default(),
            judged: None,
            is_unpublished: true,
        }
    }

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
        self.judged = None;
        self.recall.tidy();
        self.is_unpublished = true;
    }
}
