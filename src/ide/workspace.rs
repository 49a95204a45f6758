//! The files in which a name may be spoken of: the open ones, those of the workspace, and what they import.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::elaborate::names::{Occurrence, SymbolId, Target};
use crate::elaborate::{Input, Program, standard, survey};
use crate::source::{FileId, FileSystem, Location, Span};

/// A text with what is known of its names: [`Program::names`](Program) must have been asked for.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// The text, as its file 0, and what it imports.
    pub program: &'a Program,
    /// Where it lies; `None` where it was never saved.
    pub path: Option<&'a Path>,
}

/// A file, whatever it is called: its canonical path, or nothing for a text that was never saved.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileKey(pub Option<PathBuf>);

/// Where names are looked for.
#[derive(Clone, Copy)]
pub struct Workspace<'a> {
    /// What files are read through: open buffers hide the disk.
    pub files: &'a dyn FileSystem,
    /// The files that may import one another.
    pub paths: &'a [PathBuf],
}

/// What a name means, in whatever file it stands: a place in a file, or something of the language's own.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Meaning {
    Symbol(FileKey, Span),
    Layer(&'static str),
    Argument(&'static str, usize),
    Function(&'static str),
}

impl<'a> View<'a> {
    /// The text.
    pub fn text(&self) -> &'a str {
        self.program.sources.get(FileId(0)).map_or("", |file| file.text())
    }

    /// What the name at a byte means.
    pub(super) fn occurrence(&self, offset: usize) -> Option<&'a Occurrence> {
        self.program.names.at(FileId(0), u32::try_from(offset).ok()?)
    }

    /// What the name at a byte of the text means where it is read from there, though it may not stand there.
    pub(super) fn find(&self, offset: usize, name: &str) -> Option<SymbolId> {
        self.program.names.find(FileId(0), u32::try_from(offset).ok()?, name)
    }

    /// Which file this is; `None` for one of the standard library.
    pub(super) fn key(&self, files: &dyn FileSystem, file: FileId) -> Option<FileKey> {
        let canonical = |path: &Path| files.canonical(path).unwrap_or_else(|_| path.to_path_buf());
        if file == FileId(0) {
            return Some(FileKey(self.path.map(canonical)));
        }
        let name = self.program.sources.get(file)?.name();
        standard::text(name).is_none().then(|| FileKey(Some(canonical(Path::new(name)))))
    }

    pub(super) fn meaning(&self, files: &dyn FileSystem, target: Target) -> Option<Meaning> {
        Some(match target {
            Target::Layer(layer) => Meaning::Layer(layer.name),
            Target::Argument(layer, slot) => Meaning::Argument(layer.name, slot),
            Target::Function(name) => Meaning::Function(name),
            Target::Symbol(id) => {
                let Location { file, span } = self.program.names.symbol(id)?.place();
                Meaning::Symbol(self.key(files, file).unwrap_or_else(|| self.standard(file)), span)
            }
        })
    }

    /// A file of the standard library, by its path in a `use`, which no file of a disk has.
    fn standard(&self, file: FileId) -> FileKey {
        FileKey(self.program.sources.get(file).map(|file| PathBuf::from(file.name())))
    }
}

impl Workspace<'_> {
    /// Every other file whose text holds a word, with what is known of its names.
    pub(super) fn mentioning(&self, word: &str, but: &FileKey) -> Vec<(PathBuf, Program)> {
        let mut found = Vec::new();
        for path in self.paths {
            let Ok(canonical) = self.files.canonical(path) else { continue };
            if but.0.as_ref() == Some(&canonical) || found.iter().any(|(known, _)| *known == canonical) {
                continue;
            }
            let Ok(text) = self.files.read(&canonical) else { continue };
            if text.contains(word) {
                let program = surveyed(self.files, &canonical, text.into());
                found.push((canonical, program));
            }
        }
        found
    }
}

pub(super) fn surveyed(files: &dyn FileSystem, path: &Path, text: Arc<str>) -> Program {
    survey(files, Input { name: path.display().to_string(), path: Some(path.to_path_buf()), text })
}
