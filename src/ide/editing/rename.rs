//! Another name for something, wherever it is spoken of.
//!
//! Whether the new name can be had is not guessed: the changed files are read again, and every name in them must
//! mean what it meant. So a name that would hide another, or be hidden, is refused in any file.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::front::weft::Program;
use crate::front::weft::names::{Symbol, SymbolKind, Target};
use crate::front::weft::stdlib;
use crate::ide::navigation::references::references;
use crate::ide::workspace::{FileKey, Meaning, Text, Workspace, surveyed};
use crate::layers;
use crate::source::{FileId, FileSystem, ReadError, Span};
use crate::syntax::ast::{BlockBody, Item, ItemKind, Stmt, StmtKind};
use crate::syntax::{KEYWORDS, is_name};

/// What is said where there is nothing to rename.
const NOTHING: &str = "there is no name here that could be changed";

/// The places of a name, by file.
type Places = BTreeMap<FileKey, Vec<Span>>;

/// What is to be renamed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renaming {
    /// The name that stands at the byte.
    pub span: Span,
    /// The name.
    pub name: String,
}

/// What the name at a byte is, if it can have another.
///
/// # Errors
/// The sentence that says why not.
pub fn rename(text: Text, offset: usize) -> Result<Renaming, String> {
    let here = text.occurrence(offset).ok_or(NOTHING)?;
    let name = text.program.sources.text(here.at).to_owned();
    symbol(text, here.target, &name)?;
    Ok(Renaming { span: here.at.span, name })
}

/// Every place that has to be changed so that what is named at a byte is called `new`, by file.
///
/// # Errors
/// The sentence that says why the name cannot be had.
pub fn renamed(
    text: Text,
    offset: usize,
    new: &str,
    workspace: Workspace,
) -> Result<BTreeMap<FileKey, Vec<Span>>, String> {
    let here = text.occurrence(offset).ok_or(NOTHING)?;
    let name = text.program.sources.text(here.at).to_owned();
    let symbol = symbol(text, here.target, &name)?;
    if KEYWORDS.contains(&new) {
        return Err(format!("`{new}` is a keyword and names nothing"));
    }
    if !is_name(new) || new == "_" {
        return Err(format!("`{new}` is no name: a name is a word that begins with a letter or `_`"));
    }
    let mut places = Places::new();
    for found in references(text, offset, workspace) {
        places.entry(found.file).or_default().push(found.span);
    }
    if new != name {
        let trial = RenamePreview { text, symbol, workspace, places: &places, old: &name, new };
        trial.keeps_every_meaning()?;
    }
    Ok(places)
}

/// The symbol that a rename is about.
fn symbol<'a>(text: Text<'a>, target: Target, name: &str) -> Result<&'a Symbol, String> {
    let id = match target {
        Target::Symbol(id) => id,
        Target::Layer(_) => return Err(format!("`{name}` is a layer of the catalogue")),
        Target::Argument(layer, _) => return Err(format!("`{name}` is an argument of `{}`", layer.name())),
        Target::Function(_) => return Err(format!("`{name}` is a function of the language")),
    };
    let symbol = text.program.names.symbol(id).ok_or(NOTHING)?;
    let file = text.program.sources.get(symbol.place().file);
    match file.filter(|file| stdlib::text(file.name()).is_some()) {
        Some(file) => Err(format!("`{name}` is defined in the standard library, in `{}`", file.name())),
        None => Ok(symbol),
    }
}

/// A new name, tried out.
struct RenamePreview<'a> {
    text: Text<'a>,
    symbol: &'a Symbol,
    workspace: Workspace<'a>,
    places: &'a Places,
    old: &'a str,
    new: &'a str,
}

impl RenamePreview<'_> {
    fn keeps_every_meaning(&self) -> Result<(), String> {
        let files = self.workspace.files;
        let mut changed = HashMap::new();
        for (key, spans) in self.places {
            if let FileKey::File(path) = key {
                changed.insert(path.clone(), self.changed(&self.content(key)?, spans));
            }
        }
        let overlay = Overlay { below: files, changed };
        for (key, spans) in self.places {
            let path = if let FileKey::File(path) = key { Some(path.as_path()) } else { None };
            let content = self.content(key)?;
            let before = surveyed(files, path, content.as_str().into());
            self.reads_every_mention(&before, path)?;
            let after = surveyed(&overlay, path, self.changed(&content, spans).into());
            let meant = meanings(&before, path, files, |key, span| self.moved(key, span));
            let means = meanings(&after, path, &overlay, |_, span| span);
            if meant != means || after.errors.len() > before.errors.len() {
                return Err(self.clash(&before, path, spans));
            }
        }
        Ok(())
    }

    /// Refuses where a statement cannot be read and may speak of what is renamed, too.
    fn reads_every_mention(&self, program: &Program, path: Option<&Path>) -> Result<(), String> {
        let mut unread = Vec::new();
        program.tree.items.iter().for_each(|item| bad_statements(statements(item), &mut unread));
        let place = self.symbol.place().file;
        let home = place == FileId(0) && self.text.path == path;
        let owner = self.owner();
        let says = |words: &[Arc<str>], word: &str| words.iter().any(|known| **known == *word);
        let meant = |(span, words): &&(Span, &[Arc<str>])| {
            let scope = self.symbol.scope.span;
            let inside = home && scope.start <= span.start && span.end <= scope.end;
            says(words, self.old)
                && (inside || self.symbol.kind.is_item() || owner.is_some_and(|name| says(words, name)))
        };
        let line = |span: Span| program.sources.position(span.within(FileId(0))).1;
        let found = unread.iter().find(meant).map(|(span, _)| format!("line {}", line(*span)));
        let lost = self.symbol.kind.is_item() && says(&program.tree.lost, self.old);
        match found.or_else(|| lost.then(|| "a line".to_owned())) {
            Some(line) => {
                let file = path.filter(|_| self.text.path != path);
                let file = file.map_or_else(String::new, |path| format!(" of `{}`", path.display()));
                Err(format!("{line}{file} cannot be read, and says `{}`, too: fix it first", self.old))
            }
            None => Ok(()),
        }
    }

    /// The block, model or function whose parameter or input is renamed: others name it where they use that.
    fn owner(&self) -> Option<&str> {
        let named = matches!(self.symbol.kind, SymbolKind::Parameter | SymbolKind::Input);
        let mut items = self.text.program.names.symbols().map(|(_, symbol)| symbol);
        let owner = items.find(|item| item.kind.is_item() && item.whole == self.symbol.scope);
        owner.filter(|_| named).map(|owner| &*owner.name)
    }

    /// The text of a file as it is.
    fn content(&self, key: &FileKey) -> Result<String, String> {
        let keys = self.text.keys(self.workspace.files);
        match key {
            _ if keys.of(FileId(0)) == Some(key) => Ok(self.text.content().to_owned()),
            FileKey::File(path) => {
                let read = self.workspace.files.read(path);
                read.map_err(|_| format!("`{}` cannot be read", path.display()))
            }
            FileKey::Unsaved | FileKey::Standard(_) => Ok(String::new()),
        }
    }

    /// A text with the new name at the places of the old one.
    fn changed(&self, content: &str, spans: &[Span]) -> String {
        let mut changed = String::with_capacity(content.len());
        let mut done = 0;
        for span in spans {
            changed += content.get(done..span.start as usize).unwrap_or("");
            changed += self.new;
            done = span.end as usize;
        }
        changed + content.get(done..).unwrap_or("")
    }

    /// Where a span stands once the names before it are changed.
    fn moved(&self, key: &FileKey, span: Span) -> Span {
        let spans = self.places.get(key).map_or(&[][..], Vec::as_slice);
        let moved = |offset: u32| {
            let before = spans.iter().filter(|place| place.end <= offset).count();
            let offset = offset as usize;
            offset
                .saturating_add(before.saturating_mul(self.new.len()))
                .saturating_sub(before.saturating_mul(self.old.len()))
        };
        Span::new(moved(span.start), moved(span.end))
    }

    fn clash(&self, before: &Program, path: Option<&Path>, spans: &[Span]) -> String {
        let text = Text { program: before, path };
        let (old, new) = (self.old, self.new);
        let known = spans.iter().find_map(|span| text.find(span.start as usize, new));
        let known = known.and_then(|id| before.names.symbol(id));
        let other = path.filter(|_| self.text.path != path);
        let place = other.map_or_else(String::new, |path| format!(" in `{}`", path.display()));
        match known {
            Some(symbol) => format!("`{new}` is already {}{place}", symbol.kind.described()),
            None if layers::find(new).is_some() => {
                format!("`{new}` is a layer of the catalogue, and used{place} where `{old}` would hide it")
            }
            None => format!("with `{new}` for `{old}` some name{place} would mean something else"),
        }
    }
}

/// The statements of an item.
fn statements(item: &Item) -> &[Stmt] {
    match &item.kind {
        ItemKind::Block { body: BlockBody::Statements(body), .. } | ItemKind::Model { body, .. } => body,
        ItemKind::Variant { asserts, .. } => asserts,
        _ => &[],
    }
}

/// The statements that could not be read, with their words.
fn bad_statements<'s>(body: &'s [Stmt], found: &mut Vec<(Span, &'s [Arc<str>])>) {
    for stmt in body {
        match &stmt.kind {
            StmtKind::Bad { words } => found.push((stmt.span, words)),
            StmtKind::For { body, .. } => bad_statements(body, found),
            StmtKind::If { arms, otherwise } => {
                arms.iter()
                    .map(|(_, branch)| branch)
                    .chain(otherwise)
                    .for_each(|branch| bad_statements(branch, found));
            }
            _ => {}
        }
    }
}

/// What every name of a program's files means, in the order of places.
fn meanings(
    program: &Program,
    path: Option<&Path>,
    files: &dyn FileSystem,
    moved: impl Fn(&FileKey, Span) -> Span,
) -> Vec<(FileKey, Span, Meaning)> {
    let text = Text { program, path };
    let keys = text.keys(files);
    let found = program.names.occurrences().iter().filter_map(|known| {
        let file = keys.of(known.at.file)?;
        let meaning = match text.meaning(&keys, known.target)? {
            Meaning::Symbol(file, span) => Meaning::Symbol(file.clone(), moved(&file, span)),
            built_in => built_in,
        };
        Some((file.clone(), moved(file, known.at.span), meaning))
    });
    let mut found: Vec<_> = found.collect();
    found.sort();
    found
}

/// Files as they would be.
struct Overlay<'a> {
    below: &'a dyn FileSystem,
    changed: HashMap<PathBuf, String>,
}

impl FileSystem for Overlay<'_> {
    fn read(&self, path: &Path) -> Result<String, ReadError> {
        let canonical = self.below.canonical(path)?;
        self.changed.get(&canonical).map_or_else(|| self.below.read(path), |text| Ok(text.clone()))
    }

    fn canonical(&self, path: &Path) -> Result<PathBuf, ReadError> {
        self.below.canonical(path)
    }

    fn root(&self, canonical: &Path) -> PathBuf {
        self.below.root(canonical)
    }
}
