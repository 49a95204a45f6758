//! Files as an editor's user sees them: what is open as it stands in the editor, all else from the disk.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::server::texts::documents::Documents;
use crate::source::{Disk, FileSystem, ReadError, lexically_normal};

/// The open texts over the disk, with a list of what was asked for. One judgement has one, so the list is never shared.
pub(in crate::server) struct OverlayFs<'d> {
    documents: &'d Documents,
    asked: RefCell<BTreeSet<PathBuf>>,
}

impl<'d> OverlayFs<'d> {
    pub fn over(documents: &'d Documents) -> OverlayFs<'d> {
        OverlayFs { documents, asked: RefCell::default() }
    }

    /// Every file that was asked for, there or not.
    pub fn asked(self) -> BTreeSet<PathBuf> {
        self.asked.into_inner()
    }
}

/// The one name of a path: without links where there is such a file, else as it is written, without detours.
pub(in crate::server) fn canonical(path: &Path) -> PathBuf {
    let absolute = || std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    std::fs::canonicalize(path).unwrap_or_else(|_| lexically_normal(&absolute()))
}

impl FileSystem for OverlayFs<'_> {
    fn read(&self, path: &Path) -> Result<String, ReadError> {
        match self.documents.at(path) {
            Some(document) => Ok(document.text.to_string()),
            None => Disk.read(path),
        }
    }

    fn canonical(&self, path: &Path) -> Result<PathBuf, ReadError> {
        let canonical = canonical(path);
        self.asked.borrow_mut().insert(canonical.clone());
        match self.documents.at(&canonical) {
            Some(_) => Ok(canonical),
            None => Disk.canonical(path),
        }
    }

    fn root(&self, canonical: &Path) -> PathBuf {
        Disk.root(canonical)
    }
}
