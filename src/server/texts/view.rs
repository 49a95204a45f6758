//! An open text as a handler sees it: its snapshot, and places on the wire and in bytes.
//!
//! Main type: [`View`]. Here, and nowhere else, a text becomes a snapshot.

use std::sync::Arc;

use lsp_types::{Location as Place, Position, Range, Uri};

use crate::front::weft::Input;
use crate::ide::{Snapshot, SnapshotCache};
use crate::server::answers::pages;
use crate::server::dispatch::Answer;
use crate::server::protocol::positions::Lines;
use crate::server::protocol::uris;
use crate::server::session::Session;
use crate::server::texts::documents::{Judged, OpenDocument};
use crate::server::texts::overlay_fs::{OverlayFs, canonical};
use crate::server::texts::sync::not_open;
use crate::source::{FileId, Location, Span};

/// An open text with what follows from it.
pub(in crate::server) struct View<'s> {
    pub document: &'s OpenDocument,
    pub snapshot: &'s Snapshot,
    pub session: &'s Session,
}

impl Session {
    /// An open text with what follows from it, which is judged now where it was not before.
    pub fn view(&mut self, uri: &Uri) -> Answer<View<'_>> {
        let document = self.documents.get_mut(uri).ok_or_else(|| not_open(uri))?;
        if document.judged.is_none() {
            let mut recall = std::mem::take(&mut document.recall);
            let document = self.documents.get(uri).ok_or_else(|| not_open(uri))?;
            let (judged, config_error) = self.judged(document, document.text.clone(), &mut recall);
            if let Some(document) = self.documents.get_mut(uri) {
                (document.judged, document.recall) = (Some(judged), recall);
            }
            if let Some(config_error) = config_error.as_ref().filter(|_| config_error != self.config_error) {
                self.show_warning(config_error.clone());
            }
            self.config_error = config_error;
        }
        let document = self.documents.get(uri).ok_or_else(|| not_open(uri))?;
        let judged = document.judged.as_ref().ok_or_else(|| not_open(uri))?;
        Ok(View { document, snapshot: &judged.snapshot, session: self })
    }

    /// What follows from a text that stands in place of a document's. Where the configuration that holds for it cannot be
    /// used, none holds, and the reason is given.
    pub fn snapshot_of(&self, document: &OpenDocument, text: Arc<str>) -> (Judged, Option<String>) {
        self.judged(document, text, &mut SnapshotCache::default())
    }

    fn judged(
        &self,
        document: &OpenDocument,
        text: Arc<str>,
        recall: &mut SnapshotCache,
    ) -> (Judged, Option<String>) {
        let decisions = document.path.as_deref().map(|path| self.projects.decisions(path));
        let (decisions, config_error) = match decisions {
            Some(Ok(decisions)) => (decisions, None),
            Some(Err(config_error)) => (Default::default(), Some(config_error)),
            None => Default::default(),
        };
        let files = OverlayFs::over(&self.documents);
        let snapshot = Snapshot::again(&files, input(document, text), &decisions, recall);
        (Judged { snapshot, depends_on: files.asked() }, config_error)
    }
}

/// A text under the name that messages call it by: from where the server runs, which editors start in the project.
fn input(document: &OpenDocument, text: Arc<str>) -> Input {
    let here = std::env::current_dir().unwrap_or_default();
    let path = document.path.as_deref().map(|path| path.strip_prefix(here).unwrap_or(path).to_path_buf());
    let name = path
        .as_ref()
        .map_or_else(|| document.uri.as_str().to_owned(), |path| path.to_string_lossy().into_owned());
    Input { name, path, text }
}

impl<'s> View<'s> {
    /// The byte that a position means.
    ///
    /// # Errors
    /// There is no such line.
    pub fn offset(&self, position: Position) -> Answer<usize> {
        let found = self.document.lines.offset(&self.document.text, position, self.session.encoding);
        found.ok_or_else(|| format!("the text has no line {} (counted from 0)", position.line))
    }

    /// The bytes that a range means; what reaches past the text ends with it.
    pub fn span(&self, range: Range) -> Span {
        let end = self.document.text.len();
        let (start, end) = (self.offset(range.start).unwrap_or(end), self.offset(range.end).unwrap_or(end));
        Span::new(start.min(end), end)
    }

    /// The range of a span of the text.
    pub fn range(&self, span: Span) -> Range {
        self.document.lines.range(&self.document.text, span, self.session.encoding)
    }

    /// The position of a byte of the text.
    pub fn position(&self, offset: u32) -> Position {
        self.range(Span { start: offset, end: offset }).start
    }

    /// A place in this text or in one that it imports; `None` where it is in no file.
    pub fn place(&self, location: Location) -> Option<Place> {
        if location.file == FileId(0) {
            return Some(Place::new(self.document.uri.clone(), self.range(location.span)));
        }
        let text = self.snapshot.program.sources.get(location.file)?.text();
        let range = Lines::of(text).range(text, location.span, self.session.encoding);
        Some(Place::new(self.uri_of(location.file)?, range))
    }

    /// The address of a file, as the editor has it where it is open.
    pub fn uri_of(&self, file: FileId) -> Option<Uri> {
        if file == FileId(0) {
            return Some(self.document.uri.clone());
        }
        let Some(path) = self.snapshot.path_of(file) else {
            return pages::uri_of_standard(self.snapshot.program.sources.get(file)?.name());
        };
        let canonical = canonical(path);
        let open = self.session.documents.at(&canonical).map(|document| document.uri.clone());
        open.or_else(|| uris::uri_of(&canonical))
    }
}
