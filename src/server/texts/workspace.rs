//! The files that names are looked for in, and places in them.

use std::path::PathBuf;
use std::sync::Arc;

use lsp_types::{Location, Range, Uri};

use crate::ide::{FileKey, Workspace};
use crate::server::protocol::positions::{Encoding, Lines};
use crate::server::protocol::uris;
use crate::server::session::Session;
use crate::server::texts::overlay_fs::OverlayFs;
use crate::server::texts::view::View;
use crate::source::{Disk, FileSystem, Span, search};

/// A file, open or not, in which places are named.
pub(in crate::server) struct Located {
    pub uri: Uri,
    /// Its version where it is open.
    pub version: Option<i32>,
    text: Arc<str>,
    lines: Lines,
    encoding: Encoding,
}

impl Located {
    pub fn range(&self, span: Span) -> Range {
        self.lines.range(&self.text, span, self.encoding)
    }

    pub fn place(&self, span: Span) -> Location {
        Location::new(self.uri.clone(), self.range(span))
    }
}

impl Session {
    /// Puts a question that is about all files: those of the open folders, and what is open.
    pub fn with_workspace<T>(&self, question: impl FnOnce(Workspace) -> T) -> T {
        let files = OverlayFs::over(&self.documents);
        question(Workspace { files: &files, list: &|| self.paths() })
    }

    /// Every file of the open folders, and of the projects of what is open outside of them.
    fn paths(&self) -> Vec<PathBuf> {
        let mut roots = self.folders.clone();
        let open: Vec<_> = self.documents.all().filter_map(|document| document.canonical.as_ref()).collect();
        for path in &open {
            if !roots.iter().any(|root| path.starts_with(root)) {
                roots.push(Disk.root(path));
            }
        }
        let mut paths = search::files(&roots).files;
        paths.extend(open.into_iter().cloned());
        paths
    }

    /// A file by its canonical path; `None` where it cannot be read.
    pub fn located(&self, path: &std::path::Path) -> Option<Located> {
        let encoding = self.encoding;
        if let Some(open) = self.documents.at(path) {
            let (uri, version) = (open.uri.clone(), Some(open.version));
            return Some(Located {
                uri,
                version,
                text: open.text.clone(),
                lines: open.lines.clone(),
                encoding,
            });
        }
        let text: Arc<str> = Disk.read(path).ok()?.into();
        Some(Located { uri: uris::uri_of(path)?, version: None, lines: Lines::of(&text), text, encoding })
    }
}

impl View<'_> {
    /// A file that the text speaks of; `None` for the standard library.
    pub fn located(&self, file: &FileKey) -> Option<Located> {
        let open = self.document;
        match file {
            FileKey::Standard(_) => None,
            FileKey::File(path) if open.canonical.as_ref() != Some(path) => self.session.located(path),
            FileKey::File(_) | FileKey::Unsaved => Some(Located {
                uri: open.uri.clone(),
                version: Some(open.version),
                text: open.text.clone(),
                lines: open.lines.clone(),
                encoding: self.session.encoding,
            }),
        }
    }
}
