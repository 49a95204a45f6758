//! The files in which a name may be spoken of: the open ones, those of the workspace, and what they import.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::front::weft::names::{Occurrence, SymbolId, Target};
use crate::front::weft::{Input, Program, resolve_only, stdlib};
use crate::source::{FileId, FileSystem, Span};

/// A text with what is known of its names: they must have been asked for when the program was made.
#[derive(Clone, Copy, Debug)]
pub struct Text<'a> {
    /// The text, as its file 0, and what it imports.
    pub program: &'a Program,
    /// Where it lies; `None` where it was never saved.
    pub path: Option<&'a Path>,
}

/// Which file a place is in.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FileKey {
    /// The text that is asked about, which was never saved.
    Unsaved,
    /// A file, by its canonical path.
    File(PathBuf),
    /// A file of the standard library, by its path in a `use`.
    Standard(String),
}

/// Where names are looked for.
#[derive(Clone, Copy)]
pub struct Workspace<'a> {
    /// What files are read through: open texts hide the disk.
    pub files: &'a dyn FileSystem,
    /// The files that may import one another, listed where they are asked for.
    pub list: &'a dyn Fn() -> Vec<PathBuf>,
}

/// What a name means, whatever program it was met in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Meaning {
    /// What is bound first at a place.
    Symbol(FileKey, Span),
    /// A layer of the catalogue.
    Layer(&'static str),
    /// One of its arguments.
    Argument(&'static str, usize),
    /// A function of the language.
    Function(&'static str),
}

/// The files of one program, by number.
pub(super) struct Keys(Vec<FileKey>);

impl<'a> Text<'a> {
    /// Its characters.
    pub fn content(&self) -> &'a str {
        self.program.sources.get(FileId(0)).map_or("", |file| file.text())
    }

    /// What the name at a byte means.
    pub(super) fn occurrence(&self, offset: usize) -> Option<&'a Occurrence> {
        self.program.names.at(FileId(0), u32::try_from(offset).ok()?)
    }

    /// What a name would mean at a byte.
    pub(super) fn find(&self, offset: usize, name: &str) -> Option<SymbolId> {
        self.program.names.find(FileId(0), u32::try_from(offset).ok()?, name)
    }

    /// Which files its program read.
    pub(super) fn keys(&self, files: &dyn FileSystem) -> Keys {
        let saved = |path: &Path| FileKey::File(files.canonical(path).unwrap_or_else(|_| path.to_path_buf()));
        let imports = (1..).map_while(|number| self.program.sources.get(FileId(number)));
        let imports = imports.map(|file| match stdlib::text(file.name()) {
            Some(_) => FileKey::Standard(file.name().to_owned()),
            None => saved(Path::new(file.name())),
        });
        Keys(std::iter::once(self.path.map_or(FileKey::Unsaved, saved)).chain(imports).collect())
    }

    /// What a target means; `None` for a symbol of another program.
    pub(super) fn meaning(&self, keys: &Keys, target: Target) -> Option<Meaning> {
        Some(match target {
            Target::Layer(layer) => Meaning::Layer(layer.name()),
            Target::Argument(layer, slot) => Meaning::Argument(layer.name(), slot),
            Target::Function(function) => Meaning::Function(function.name),
            Target::Symbol(id) => {
                let place = self.program.names.symbol(id)?.place();
                Meaning::Symbol(keys.of(place.file)?.clone(), place.span)
            }
        })
    }
}

impl Keys {
    pub fn of(&self, file: FileId) -> Option<&FileKey> {
        self.0.get(file.0 as usize)
    }
}

impl Workspace<'_> {
    /// The canonical path of every file that is there, once.
    pub(super) fn paths(&self) -> Vec<PathBuf> {
        let listed = (self.list)().into_iter();
        let mut paths: Vec<_> = listed.filter_map(|path| self.files.canonical(&path).ok()).collect();
        paths.sort();
        paths.dedup();
        paths
    }

    /// Every other file whose text holds one of these words, with what is known of its names.
    pub(super) fn mentioning(&self, words: &[&str], but: Option<&FileKey>) -> Vec<(PathBuf, Program)> {
        let mut found = Vec::new();
        for path in self.paths() {
            let Ok(text) = self.files.read(&path) else { continue };
            let other = but != Some(&FileKey::File(path.clone()));
            if other && words.iter().any(|word| text.contains(word)) {
                let program = surveyed(self.files, Some(&path), text.into());
                found.push((path, program));
            }
        }
        found
    }
}

/// What is known of the names of a text.
pub(super) fn surveyed(files: &dyn FileSystem, path: Option<&Path>, text: Arc<str>) -> Program {
    let name = path.map_or_else(String::new, |path| path.display().to_string());
    resolve_only(files, Input { name, path: path.map(Path::to_path_buf), text })
}
