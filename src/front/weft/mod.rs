//! Tree to graph: names and scopes, values, expressions, blocks, imports.
//!
//! Main function: [`elaborate`], from a file's text to the [`Graph`] of every complete model in it. Pure: it
//! depends on the text, the files imported, and the options. An error is reported once, where it begins;
//! what follows from it is silent.
//!
//! `resolve` knows names, scopes and imports, `eval` works out values and statements, `lower` applies layers and blocks,
//! and `incremental` keeps what an edit does not touch. Weights are made where a layer is applied.

mod errors;
mod eval;
mod incremental;
mod lower;
mod resolve;
mod value;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::ir::Graph;
use crate::source::{FileId, FileSystem, Location, Sources};
use crate::syntax::Comment;
use crate::syntax::ast::File;
use errors::Errors;
use eval::model::{Plan, Set};
pub use incremental::cache::IncrementalState;
pub use incremental::moves::{Moves, Stand};
use lower::instantiation_cache::InstantiationCache;
use resolve::Usage;
pub use resolve::fingerprint::Fingerprint;
use resolve::fingerprint::Fingerprints;
pub use resolve::item_dependencies::ItemDependencies;
use resolve::library::{self, Library, item_name};
use resolve::names::{Names, Recorder};
pub use resolve::{built_in, names, stdlib};

/// What to build, and with which values.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Only these models; all complete ones if empty.
    pub models: Vec<String>,
    /// Parameters and symbolic sizes with their values, as written: `("side", "32")`.
    pub set: Vec<(String, String)>,
    /// Whether to write down what every name means, in [`Program::names`].
    pub names: bool,
    /// Expands every use of a block no_cache, also where an equal one was expanded before. What comes out is the same.
    pub no_cache: bool,
}

/// A file to elaborate, already read.
#[derive(Clone, Debug)]
pub struct Input {
    /// Its name in messages.
    pub name: String,
    /// Where it lies, for imports; `None` for standard input.
    pub path: Option<PathBuf>,
    /// Its text.
    pub text: Arc<str>,
}

/// A file, elaborated.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// Every file read, the given one first.
    pub sources: Sources,
    /// The tree of the given file.
    pub tree: File,
    /// The comments of the given file.
    pub comments: Vec<Comment>,
    /// The trees and comments of the files that it imports.
    pub imported: BTreeMap<FileId, (File, Vec<Comment>)>,
    /// The graphs of the chosen models, in the order of the file. None where an error stands in its way.
    pub models: Vec<Arc<Graph>>,
    /// What each of them depends on, if it was elaborated with a [`IncrementalState`]: with equal ones, equal graphs.
    pub fingerprints: Vec<Fingerprint>,
    /// The structural errors, in order of place.
    pub errors: Vec<Diagnostic>,
    /// Definitions of the given file that nothing uses.
    pub unused: Vec<Definition>,
    /// The names of every model of the file.
    pub declared: Vec<String>,
    /// Those of them whose parameters have no values, with the parameters that lack one.
    pub incomplete: Vec<(String, Vec<String>)>,
    /// Names that `set` can give a value: parameters of the chosen models and symbolic sizes.
    pub settable: Vec<String>,
    /// What every name means, if [`Options::names`] asked for it.
    pub names: Names,
    /// Which items of the given file are made of which; not known where values from outside name any.
    pub reach: Option<ItemDependencies>,
}

/// Something that is given a name.
#[derive(Clone, Debug)]
pub struct Definition {
    /// `block`, `const`, `import`, `let`.
    pub what: &'static str,
    /// Its name.
    pub name: Arc<str>,
    /// Where its name stands.
    pub location: Location,
    /// The whole definition.
    pub whole: Location,
}

/// The errors behind which any definition may be meant.
const NAMELESS: &[&str] = &["syntax", "unknown-name", "unknown-layer", "import"];

/// Reads a file and what it imports, and checks its names, without building any model: the errors, and what
/// every name means.
pub fn resolve_only(files: &dyn FileSystem, input: Input) -> Program {
    let mut found = Vec::new();
    let library = Library::load(files, input, &mut found, None);
    let mut errors = Errors::default();
    errors.extend(found);
    let mut recorder = Recorder::default();
    resolve::resolve(&library, &mut errors, Some(&mut recorder));
    Program { names: recorder.finish(), ..Program::default() }.finished(library, errors)
}

/// Elaborates a file: its complete models, or those that are chosen.
///
/// Needs a stack of 64 MiB for the deepest programs that the limits allow.
pub fn elaborate(files: &dyn FileSystem, input: Input, options: &Options) -> Program {
    elaborate_again(files, input, options, None)
}

/// Elaborates a file of which much may be known from an earlier text of it. The result is that of [`elaborate`]; what an
/// edit does not touch is not made again.
pub fn elaborate_again(
    files: &dyn FileSystem,
    input: Input,
    options: &Options,
    mut recall: Option<&mut IncrementalState>,
) -> Program {
    let mut found = Vec::new();
    let syntax = recall.as_deref_mut().map(|recall| &mut recall.syntax);
    let mut library = Library::load(files, input, &mut found, syntax);
    let set = read_set(&mut library, options, &mut found);
    let mut errors = Errors::default();
    errors.extend(found);
    let mut recorder = options.names.then(Recorder::default);
    let usage = resolve::resolve(&library, &mut errors, recorder.as_mut());
    // A name that could not be read or found may be meant for one that nothing else reads.
    let unused = if errors.any_of(NAMELESS) { Vec::new() } else { unused(&library, &usage) };
    let names = recorder.map(Recorder::finish).unwrap_or_default();
    let reach = set.is_empty().then(|| ItemDependencies::of(&usage.edges));
    let mut program = Program { unused, names, reach, ..Program::default() };
    let plans = plans(&library, &usage, &mut program);
    // Values from outside are no part of a fingerprint.
    let is_chosen =
        |plan: &Plan| options.models.is_empty() || options.models.iter().any(|name| **name == *plan.name);
    let mut expansions = InstantiationCache::new(options.no_cache);
    let mut recall = recall.filter(|_| set.is_empty()).map(|recall| {
        let (texts, owns) = (recall.texts.read(&library), std::mem::take(&mut recall.owns));
        let mut fingerprints = Fingerprints::of(&library, texts, owns);
        let wanted = plans.iter().filter(|plan| is_chosen(plan) && plan.open(&library, &set).is_empty());
        let wanted: Vec<_> = wanted.map(|plan| plan.definition).collect();
        expansions = recall.expansions(&library, &mut fingerprints, &wanted);
        (recall, fingerprints)
    });
    for plan in &plans {
        let open = plan.open(&library, &set);
        if !open.is_empty() {
            program.incomplete.push((plan.name.to_string(), open));
        }
        if !is_chosen(plan) {
            continue;
        }
        for name in plan.settable(&library) {
            if !program.settable.contains(&name) {
                program.settable.push(name);
            }
        }
        if program.incomplete.last().is_none_or(|(name, _)| **name != *plan.name) {
            let fingerprint = recall.as_mut().map(|(_, fingerprints)| fingerprints.whole(plan.definition));
            let known = fingerprint.and_then(|fingerprint| expansions.model(fingerprint));
            let graph = known.or_else(|| {
                plan.build(&library, &mut errors, &mut expansions, &set, &usage.circular, fingerprint)
            });
            program.fingerprints.extend(fingerprint.filter(|_| graph.is_some()));
            program.models.extend(graph);
        }
    }
    if let Some((recall, fingerprints)) = recall {
        recall.keep(expansions, fingerprints);
    }
    program.finished(library, errors)
}

impl Program {
    /// With the errors in order, and the files that were read.
    fn finished(mut self, library: Library, errors: Errors) -> Program {
        self.errors = errors.sorted();
        let mut units = library.files.into_iter();
        if let Some(first) = units.next() {
            (self.tree, self.comments) = (first.tree, first.comments);
        }
        self.imported = units.map(|unit| (unit.file, (unit.tree, unit.comments))).collect();
        self.sources = library.sources;
        self
    }

    /// The number of the item of the given file that stands at a byte of it.
    pub fn item_at(&self, offset: u32) -> Option<u32> {
        let items = &self.tree.items;
        let number = items.partition_point(|item| item.span.start <= offset).checked_sub(1)?;
        let holds = items.get(number).is_some_and(|item| offset < item.span.end);
        u32::try_from(number).ok().filter(|_| holds)
    }

    /// The tree and the comments of a file that was read.
    pub fn parsed(&self, file: FileId) -> Option<(&File, &[Comment])> {
        match self.imported.get(&file) {
            Some((tree, comments)) => Some((tree, comments)),
            None => (file == FileId(0)).then_some((&self.tree, &self.comments)),
        }
    }
}

/// The models of the file, in order.
fn plans<'p>(library: &'p Library, usage: &Usage, program: &mut Program) -> Vec<Plan<'p>> {
    let items = library.unit(0).map_or(&[][..], |unit| &unit.tree.items);
    let mut plans = Vec::new();
    for (item, number) in items.iter().zip(0u32..) {
        if !resolve::is_model(&item.kind) {
            continue;
        }
        program.declared.extend(item_name(&item.kind).map(|name| name.text.to_string()));
        let definition = library::Definition { unit: 0, item: number };
        if !usage.circular.contains(&definition) {
            plans.extend(Plan::of(library, definition));
        }
    }
    plans
}

/// Parses the values that are set. Each is a file of its own that sees the names of the first.
fn read_set(library: &mut Library, options: &Options, errors: &mut Vec<Diagnostic>) -> Set {
    let mut set = Set::default();
    for (name, text) in &options.set {
        let (unit, file) = library.add_value(format!("--set {name}"), text);
        match crate::syntax::parse_expression(file, text) {
            Ok(expr) => {
                set.insert(name.as_str().into(), (expr, unit));
            }
            Err(found) => errors.extend(found),
        }
    }
    set
}

/// Blocks, constants, imports and `let`s of the first file that nothing reads. A file without a model offers
/// its items to others, so there only imports and `let`s count.
fn unused(library: &Library, usage: &Usage) -> Vec<Definition> {
    let Some(unit) = library.unit(0) else { return Vec::new() };
    let offers = !unit.tree.items.iter().any(|item| resolve::is_model(&item.kind));
    let read = |name: &str| usage.reads(0, name);
    let mut unused: Vec<_> = usage
        .lets
        .iter()
        .map(|(name, location, whole)| Definition {
            what: "let",
            name: name.clone(),
            location: *location,
            whole: *whole,
        })
        .collect();
    for item in &unit.tree.items {
        use crate::syntax::ast::ItemKind;
        let whole = item.span.within(unit.file);
        let mut unread = |what, name: &crate::syntax::ast::Name| {
            if !read(&name.text) {
                let location = name.span.within(unit.file);
                unused.push(Definition { what, name: name.text.clone(), location, whole });
            }
        };
        match &item.kind {
            ItemKind::Use { names, .. } => names.iter().for_each(|name| unread("import", name)),
            ItemKind::Const { name, .. } if !offers => unread("const", name),
            ItemKind::Block { name, .. } if !offers => unread("block", name),
            _ => {}
        }
    }
    unused.sort_by_key(|definition| definition.location);
    unused
}
