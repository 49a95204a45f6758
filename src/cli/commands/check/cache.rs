//! What was found before: a file whose text, imports and settings are unchanged is not checked again.
//!
//! Main type: [`Cache`]. Everything that decides what is found is in a file's [`CacheKey`], or is compared when the file is
//! looked up; times and places of files count for nothing, so a cache may travel from one checkout to another. A cache
//! that cannot be read is an empty one.

use std::collections::HashMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::Checked;
use crate::cli::load::FileNames;
use crate::cli::writing;
use crate::diagnostic::{Diagnostic, Fix, Label, Severity, Tally};
use crate::digest::digest;
use crate::front::weft::{Input, stdlib};
use crate::lint::rule_infos;
use crate::source::{Disk, FileId, FileSystem, Sources};

/// The folder, where none is named.
const FOLDER: &str = ".weft_cache";
/// The file in it.
const FILE: &str = "checked.json";
/// The largest cache that is read, in bytes: of some hundred thousand files.
const LIMIT: u64 = 256 * 1024 * 1024;
/// How many times the file is written without an entry's being asked for, before the entry goes.
const PATIENCE: u8 = 8;

/// What was found in earlier runs, and in this one.
pub(super) struct Cache {
    folder: PathBuf,
    /// What is the same for every file of the run.
    run: String,
    codes: HashMap<&'static str, &'static str>,
    earlier: HashMap<CacheKey, CacheEntry>,
    /// What this run asked for; an entry where it is new.
    asked: Mutex<HashMap<CacheKey, Option<CacheEntry>>>,
}

/// All that decides what is found in a file, but for its imports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct CacheKey(u128);

/// What was found in a file.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct CacheEntry {
    /// How many times the file was written since it was asked for.
    age: u8,
    imports: Vec<Import>,
    diagnostics: Vec<Kept>,
    tally: Tally,
    names: FileNames,
}

/// A file that was read besides; its text as its hash, and `None` for one that the program holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Import {
    name: String,
    text: Option<String>,
}

/// A [`Diagnostic`] with the name of its rule as text.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Kept {
    code: String,
    severity: Severity,
    structural: bool,
    message: String,
    primary: Label,
    related: Vec<Label>,
    help: Vec<String>,
    notes: Vec<String>,
    fix: Option<Fix>,
}

impl Cache {
    /// Opens the cache in a folder, or in that of the project around the current folder.
    ///
    /// `run` is what decides what is found in every file of the run.
    pub fn open(folder: Option<&Path>, run: &impl std::fmt::Debug) -> Cache {
        let folder = folder.map_or_else(default_folder, Path::to_path_buf);
        let read = read(&folder.join(FILE)).unwrap_or_default();
        let entries: HashMap<String, CacheEntry> = serde_json::from_str(&read).unwrap_or_default();
        let entries = entries.into_iter();
        let earlier = entries.filter_map(|(key, entry)| Some((CacheKey::read(&key)?, entry))).collect();
        Cache {
            folder,
            run: format!("{} {run:?}", program()),
            codes: rule_infos().iter().map(|about| (about.code, about.code)).collect(),
            earlier,
            asked: Mutex::default(),
        }
    }

    /// The key of a file with its settings.
    pub fn key(&self, input: &Input, settings: &impl std::fmt::Debug) -> CacheKey {
        let settings = format!("{settings:?}");
        CacheKey(digest(&(&self.run, &input.name, &*input.text, settings)))
    }

    /// What was found in a file, if neither it nor what it imports has changed.
    pub fn get(&self, key: CacheKey, input: &Input) -> Option<Checked> {
        let entry = self.earlier.get(&key)?;
        let mut sources = Sources::new();
        sources.add(input.name.as_str(), input.text.clone());
        for import in &entry.imports {
            let text = import.unchanged(input)?;
            sources.add(import.name.as_str(), text);
        }
        let diagnostics: Option<_> = entry.diagnostics.iter().map(|kept| kept.told(&self.codes)).collect();
        let checked =
            Checked { sources, diagnostics: diagnostics?, tally: entry.tally, names: entry.names.clone() };
        self.asked().insert(key, None);
        Some(checked)
    }

    /// Keeps what was found in a file.
    pub fn put(&self, key: CacheKey, checked: &Checked) {
        // What an import could not be read for may have changed without a trace.
        if checked.diagnostics.iter().any(|diagnostic| diagnostic.code == "import") {
            return;
        }
        let imports = (1u32..).map_while(|number| checked.sources.get(FileId(number)));
        let imports = imports.map(|file| Import::of(file.name(), file.text())).collect();
        let diagnostics = checked.diagnostics.iter().map(Kept::of).collect();
        let (tally, names) = (checked.tally, checked.names.clone());
        self.asked().insert(key, Some(CacheEntry { age: 0, imports, diagnostics, tally, names }));
    }

    /// Writes the cache where it has something new.
    ///
    /// # Errors
    /// Why it cannot be written, as a sentence.
    pub fn close(self) -> Result<(), String> {
        let asked = self.asked.into_inner().unwrap_or_else(PoisonError::into_inner);
        if asked.values().all(Option::is_none) {
            return Ok(());
        }
        let mut entries = self.earlier;
        entries.values_mut().for_each(|entry| entry.age = entry.age.saturating_add(1));
        for (key, new) in asked {
            match (new, entries.get_mut(&key)) {
                (Some(new), _) => {
                    entries.insert(key, new);
                }
                (None, Some(known)) => known.age = 0,
                (None, None) => {}
            }
        }
        entries.retain(|_, entry| entry.age < PATIENCE);
        let named: HashMap<String, CacheEntry> =
            entries.into_iter().map(|(key, entry)| (key.text(), entry)).collect();
        write(&self.folder, &serde_json::to_string(&named).unwrap_or_default())
            .map_err(|error| format!("cannot write the cache in `{}`: {error}", self.folder.display()))
    }

    fn asked(&self) -> std::sync::MutexGuard<'_, HashMap<CacheKey, Option<CacheEntry>>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CacheKey {
    fn read(text: &str) -> Option<CacheKey> {
        u128::from_str_radix(text, 16).ok().map(CacheKey)
    }

    fn text(self) -> String {
        format!("{:032x}", self.0)
    }
}

impl Import {
    fn of(name: &str, text: &str) -> Import {
        let shipped = stdlib::text(name).is_some_and(|shipped| shipped == text);
        Import { name: name.to_owned(), text: (!shipped).then(|| CacheKey(digest(&text)).text()) }
    }

    /// Its text, if it is still what was read, and still inside the project of the file that imports it.
    fn unchanged(&self, importer: &Input) -> Option<String> {
        let Some(known) = &self.text else { return stdlib::text(&self.name).map(str::to_owned) };
        let canonical = Disk.canonical(Path::new(&self.name)).ok()?;
        let root = Disk.root(&Disk.canonical(importer.path.as_deref()?).ok()?);
        let text = canonical.starts_with(root).then(|| Disk.read(&canonical).ok())??;
        (CacheKey(digest(&text.as_str())).text() == *known).then_some(text)
    }
}

impl Kept {
    fn of(diagnostic: &Diagnostic) -> Kept {
        let Diagnostic { code, severity, structural, message, primary, related, help, notes, fix } =
            diagnostic.clone();
        Kept { code: code.to_owned(), severity, structural, message, primary, related, help, notes, fix }
    }

    /// The diagnostic again; `None` where its rule is not known.
    fn told(&self, codes: &HashMap<&'static str, &'static str>) -> Option<Diagnostic> {
        let Kept { code, severity, structural, message, primary, related, help, notes, fix } = self.clone();
        let code = codes.get(code.as_str())?;
        Some(Diagnostic { code, severity, structural, message, primary, related, help, notes, fix })
    }
}

/// What tells one build of the program from another.
fn program() -> String {
    let file = std::env::current_exe().and_then(fs::metadata);
    let built = file.ok().map(|about| (about.len(), about.modified().ok()));
    format!("{} {built:?}", env!("CARGO_PKG_VERSION"))
}

fn default_folder() -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    Disk.root(&here.join(FILE)).join(FOLDER)
}

fn read(path: &Path) -> Option<String> {
    let about = fs::metadata(path).ok()?;
    let usable = about.is_file() && about.len() <= LIMIT;
    usable.then(|| fs::read_to_string(path).ok())?
}

/// Writes the file, and asks git not to keep it. A link that a project laid in its place leads nowhere.
fn write(folder: &Path, text: &str) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    match fs::File::create_new(folder.join(".gitignore")) {
        Ok(mut ignore) => ignore.write_all(b"*\n")?,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error),
    }
    writing::overwrite(&folder.join(FILE), text)
}
