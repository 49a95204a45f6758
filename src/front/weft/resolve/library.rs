//! Files and their items: what a name at the top of a file stands for, through imports.
//!
//! Main type: [`Library`], made once a run and only read afterwards. A file is read and parsed once, however
//! often it is imported. Imports stay inside the project's root; `std.` is shipped inside the program.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use super::stdlib;
use crate::diagnostic::{Diagnostic, nearest};
use crate::front::weft::Input;
use crate::front::weft::resolve::name_map::NameMap;
use crate::source::{FileId, FileSystem, Location, ReadError, Sources, Span};
use crate::syntax::ast::{Expr, Item, ItemKind, Name, Parameter, Stmt, UseSource};
use crate::syntax::{self, Comment, ast};

/// The most files one run imports.
const FILE_LIMIT: usize = 1_000;

/// Every file of a run, parsed, the given one first.
#[derive(Debug, Default)]
pub struct Library {
    pub sources: Sources,
    pub files: Vec<Unit>,
}

/// A parsed file and the names that its items can use.
#[derive(Debug)]
pub struct Unit {
    pub file: FileId,
    pub tree: ast::File,
    pub comments: Vec<Comment>,
    pub names: NameMap<Definition>,
    /// Names of items that could not be read.
    pub unread: HashSet<Arc<str>>,
    /// The files that it imports, with the places that say so.
    pub imports: Vec<(Span, u32)>,
}

/// An item of some file, by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Definition {
    pub unit: u32,
    pub item: u32,
}

impl Library {
    /// Reads and parses a file and all that it imports.
    pub fn load(
        files: &dyn FileSystem,
        input: Input,
        errors: &mut Vec<Diagnostic>,
        recall: Option<&mut syntax::IncrementalState>,
    ) -> Library {
        let mut loader = Loader {
            files,
            errors,
            recall,
            library: Library::default(),
            known: HashMap::new(),
            root: None,
            full: false,
        };
        let first = loader.add(input.name, input.text);
        loader.settle(first, input.path.as_deref());
        loader.imports(first, input.path.as_deref());
        loader.library
    }

    pub fn unit(&self, number: u32) -> Option<&Unit> {
        self.files.get(number as usize)
    }

    pub fn item(&self, definition: Definition) -> Option<&Item> {
        self.unit(definition.unit)?.tree.items.get(definition.item as usize).map(|item| &**item)
    }

    /// What a name of a file's items or imports stands for.
    pub fn find(&self, unit: u32, name: &str) -> Option<Definition> {
        self.unit(unit)?.names.get(name).copied()
    }

    /// True for the name of an item that could not be read.
    pub fn is_unread(&self, unit: u32, name: &str) -> bool {
        self.unit(unit).is_some_and(|unit| unit.unread.contains(name))
    }

    /// A value that is set from outside, as a file of its own that sees the names of the first.
    pub fn add_value(&mut self, name: String, text: &str) -> (u32, FileId) {
        let names = self.unit(0).map(|unit| unit.names.clone()).unwrap_or_default();
        let unit = u32::try_from(self.files.len()).unwrap_or(u32::MAX);
        let file = self.sources.add(name, text);
        self.files.push(Unit {
            file,
            tree: ast::File::default(),
            comments: Vec::new(),
            names,
            unread: HashSet::new(),
            imports: Vec::new(),
        });
        (unit, file)
    }

    /// Where a definition's name stands.
    pub fn place(&self, definition: Definition) -> Option<Location> {
        let file = self.unit(definition.unit)?.file;
        item_name(&self.item(definition)?.kind).map(|name| name.span.within(file))
    }

    /// The name of an item; empty where it has none.
    pub fn name(&self, definition: Definition) -> Arc<str> {
        let name = self.item(definition).and_then(|item| item_name(&item.kind));
        name.map_or_else(|| Arc::from(""), |name| name.text.clone())
    }

    /// A span of a file as a location.
    pub fn at(&self, unit: u32, span: Span) -> Location {
        span.within(self.unit(unit).map_or(FileId(0), |unit| unit.file))
    }

    /// The parameters of a block, model or function.
    pub fn parameters(&self, definition: Definition) -> &[Parameter] {
        match self.item(definition).map(|item| &item.kind) {
            Some(ItemKind::Block { parameters, .. } | ItemKind::Model { parameters, .. }) => parameters,
            Some(ItemKind::Const { parameters: Some(parameters), .. }) => parameters,
            _ => &[],
        }
    }

    /// The statements of a block or model; none for a chain.
    pub fn body(&self, definition: Definition) -> &[Stmt] {
        match self.item(definition).map(|item| &item.kind) {
            Some(
                ItemKind::Block { body: ast::BlockBody::Statements(body), .. } | ItemKind::Model { body, .. },
            ) => body,
            _ => &[],
        }
    }

    /// The chain that a block is, if it is one.
    pub fn chain(&self, definition: Definition) -> Option<&Expr> {
        match self.item(definition).map(|item| &item.kind) {
            Some(ItemKind::Block { body: ast::BlockBody::Layer(layer), .. }) => Some(layer),
            _ => None,
        }
    }
}

/// The name that an item gives.
pub fn item_name(kind: &ItemKind) -> Option<&Name> {
    match kind {
        ItemKind::Use { .. } => None,
        ItemKind::Const { name, .. }
        | ItemKind::Block { name, .. }
        | ItemKind::Model { name, .. }
        | ItemKind::Variant { name, .. } => Some(name),
    }
}

/// By what a file is known to have been read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum FileKey {
    File(PathBuf),
    Standard(Arc<str>),
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// Its imports are being read: another import of it closes a circle.
    Open,
    Read(u32),
}

struct Loader<'a> {
    files: &'a dyn FileSystem,
    errors: &'a mut Vec<Diagnostic>,
    recall: Option<&'a mut syntax::IncrementalState>,
    library: Library,
    known: HashMap<FileKey, State>,
    root: Option<PathBuf>,
    /// True once an import was one too many.
    full: bool,
}

impl Loader<'_> {
    /// Finds out where the first file lies, by its one name, and the folder in which imports stay. That takes a look at
    /// every folder upwards, so it is done only where a file is imported.
    fn settle(&mut self, first: u32, path: Option<&Path>) {
        let is_import =
            |item: &Arc<Item>| matches!(&item.kind, ItemKind::Use { source: UseSource::File(_), .. });
        let imports = self.library.unit(first).is_some_and(|unit| unit.tree.items.iter().any(is_import));
        let canonical = path.filter(|_| imports).and_then(|path| self.files.canonical(path).ok());
        if let Some(canonical) = canonical {
            self.root = Some(self.files.root(&canonical));
            self.known.insert(FileKey::File(canonical), State::Open);
        }
    }

    /// Parses a file and enters its own items.
    fn add(&mut self, name: String, text: Arc<str>) -> u32 {
        let number = u32::try_from(self.library.files.len()).unwrap_or(u32::MAX);
        let file = self.library.sources.add(name, text.clone());
        let parsed = syntax::parse_again(file, &text, self.recall.as_deref_mut());
        let unread = if parsed.errors.is_empty() { HashSet::new() } else { item_words(&text) };
        self.errors.extend(parsed.errors);
        let mut names = NameMap::default();
        for (item, place) in parsed.file.items.iter().zip(0u32..) {
            let Some(name) = item_name(&item.kind) else { continue };
            let earlier = names.insert(name.text.clone(), Definition { unit: number, item: place });
            if let Some(first) = earlier {
                let first_name = parsed.file.items.get(first.item as usize).and_then(|i| item_name(&i.kind));
                self.errors.push(twice(file, name, first_name.map(|name| name.span)));
                names.insert(name.text.clone(), first);
            }
        }
        let (tree, comments) = (parsed.file, parsed.comments);
        self.library.files.push(Unit { file, tree, comments, names, unread, imports: Vec::new() });
        number
    }

    /// Reads what a file imports, and enters the imported names.
    fn imports(&mut self, number: u32, path: Option<&Path>) {
        let Some(unit) = self.library.unit(number) else { return };
        let file = unit.file;
        let uses: Vec<_> = unit
            .tree
            .items
            .iter()
            .filter_map(|item| match &item.kind {
                ItemKind::Use { source, source_span, names } => {
                    Some((source.clone(), source_span.within(file), names.clone()))
                }
                _ => None,
            })
            .collect();
        for (source, place, names) in uses {
            let imported = match &source {
                UseSource::Path(path) => self.standard(path, place),
                UseSource::File(relative) => self.file(relative, path, place),
            };
            if let (Some(imported), Some(unit)) = (imported, self.library.files.get_mut(number as usize)) {
                unit.imports.push((place.span, imported));
            }
            self.enter(number, &names, imported, &source);
        }
    }

    fn enter(&mut self, number: u32, names: &[Name], imported: Option<u32>, source: &UseSource) {
        for name in names {
            let found = imported.and_then(|other| self.library.find(other, &name.text));
            let here = self.library.at(number, name.span);
            if let (None, Some(unit)) = (found, self.library.files.get_mut(number as usize)) {
                // The import is what is wrong; nothing more is said where the name is used.
                unit.unread.insert(name.text.clone());
            }
            match (found, imported) {
                (Some(definition), _) => {
                    let Some(unit) = self.library.files.get_mut(number as usize) else { return };
                    if let Some(first) = unit.names.insert(name.text.clone(), definition) {
                        let file = unit.file;
                        unit.names.insert(name.text.clone(), first);
                        let place = self.library.place(first).filter(|place| place.file == file);
                        self.errors.push(twice(file, name, place.map(|place| place.span)));
                    }
                }
                (None, Some(other)) => {
                    let from = match source {
                        UseSource::File(path) => format!("\"{path}\""),
                        UseSource::Path(path) => path.to_string(),
                    };
                    let known = self.library.unit(other).map(|unit| &unit.names);
                    let near = known.and_then(|names| nearest(&name.text, names.names()));
                    let error =
                        Diagnostic::structural("import", here, format!("{from} has no item `{}`", name.text));
                    self.errors.push(near.iter().fold(error, |error, near| error.meant(here, near)));
                }
                (None, None) => {}
            }
        }
    }

    fn standard(&mut self, path: &Arc<str>, place: Location) -> Option<u32> {
        let key = FileKey::Standard(path.clone());
        if let Some(known) = self.known.get(&key).copied() {
            return self.again(known, path, place);
        }
        let Some(text) = stdlib::text(path) else {
            let error =
                Diagnostic::structural("import", place, format!("there is no `{path}` to import from"));
            let listed = || {
                let names: Vec<_> = stdlib::names().collect();
                format!("the standard library is `{}`; a file is written in quotes", names.join("`, `"))
            };
            self.errors.push(match nearest(path, stdlib::names()) {
                Some(near) => error.meant(place, near),
                None => error.help(listed()),
            });
            return None;
        };
        if self.is_full(place) {
            return None;
        }
        Some(self.read(key, path.to_string(), text.into(), None))
    }

    fn file(&mut self, relative: &str, from: Option<&Path>, place: Location) -> Option<u32> {
        let path =
            from.and_then(Path::parent).map_or_else(|| PathBuf::from(relative), |dir| dir.join(relative));
        let canonical = match self.inside_root(&path, from) {
            Ok(canonical) => canonical,
            Err(error) => return self.refuse(place, relative, &error),
        };
        let key = FileKey::File(canonical.clone());
        if let Some(known) = self.known.get(&key).copied() {
            return self.again(known, relative, place);
        }
        if self.is_full(place) {
            return None;
        }
        match self.files.read(&canonical) {
            Ok(text) => Some(self.read(key, path.display().to_string(), text.into(), Some(path))),
            Err(error) => self.refuse(place, relative, &error),
        }
    }

    fn inside_root(&self, path: &Path, from: Option<&Path>) -> Result<PathBuf, ReadError> {
        if from.is_some() && path.is_absolute() && from.is_some_and(Path::is_relative) {
            return Err(ReadError::OutsideRoot);
        }
        let canonical = self.files.canonical(path)?;
        match &self.root {
            Some(root) if !canonical.starts_with(root) => Err(ReadError::OutsideRoot),
            None => Err(ReadError::OutsideRoot),
            Some(_) => Ok(canonical),
        }
    }

    /// True if no further file may be read, which is said once, at the first import that is one too many.
    fn is_full(&mut self, place: Location) -> bool {
        let imported = self.library.files.len().saturating_sub(1);
        if imported >= FILE_LIMIT && !self.full {
            self.full = true;
            let message = format!("this run imports more than {FILE_LIMIT} files");
            self.errors.push(Diagnostic::structural("limit", place, message));
        }
        self.full
    }

    fn read(&mut self, key: FileKey, name: String, text: Arc<str>, path: Option<PathBuf>) -> u32 {
        self.known.insert(key.clone(), State::Open);
        let number = self.add(name, text);
        self.imports(number, path.as_deref());
        self.known.insert(key, State::Read(number));
        number
    }

    fn again(&mut self, known: State, name: &str, place: Location) -> Option<u32> {
        match known {
            State::Read(number) => Some(number),
            State::Open => {
                let message = format!("`{name}` imports itself, by way of this file");
                let error = Diagnostic::structural("import", place, message)
                    .help("move what both need into a third file that imports neither");
                self.errors.push(error);
                None
            }
        }
    }

    fn refuse(&mut self, place: Location, name: &str, error: &ReadError) -> Option<u32> {
        let why = match error {
            ReadError::NotFound => "there is no such file".to_string(),
            ReadError::NotAFile => "it is no file".to_string(),
            ReadError::TooLarge { limit } => format!("it holds more than {} MiB", limit / (1024 * 1024)),
            ReadError::NotUtf8 { offset } => format!("it is no UTF-8: byte {offset} is wrong"),
            ReadError::OutsideRoot => "imports stay inside the project's folder".to_string(),
            ReadError::Refused(words) => words.clone(),
        };
        let code = if matches!(error, ReadError::TooLarge { .. }) { "limit" } else { "import" };
        let mut diagnostic = Diagnostic::structural(code, place, format!("cannot import \"{name}\": {why}"));
        if *error == ReadError::OutsideRoot {
            diagnostic = diagnostic.help(
                "the project's folder is the nearest one upwards that holds a `weft.toml` or `.git`, \
                 else the folder of the file that is checked",
            );
        }
        self.errors.push(diagnostic);
        None
    }
}

/// Every word after an item's keyword at the start of a line: what an item that could not be read may define.
fn item_words(text: &str) -> HashSet<Arc<str>> {
    let lines = text.lines().filter_map(|line| {
        let (keyword, rest) = line.trim_start().split_once(' ')?;
        matches!(keyword, "use" | "const" | "block" | "model").then_some(rest)
    });
    let words = lines.flat_map(|rest| rest.split(|c: char| !(c.is_alphanumeric() || c == '_')));
    words.filter(|word| !word.is_empty()).map(Arc::from).collect()
}

fn twice(file: FileId, name: &Name, first: Option<Span>) -> Diagnostic {
    let error = Diagnostic::structural(
        "duplicate-name",
        name.span.within(file),
        format!("`{}` is defined twice", name.text),
    )
    .label("here again");
    match first {
        Some(first) => error.related(first.within(file), "first here"),
        None => error,
    }
}
