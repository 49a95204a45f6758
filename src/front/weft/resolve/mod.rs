//! Names, layers and arguments, checked everywhere before anything is built: in unused blocks and branches
//! that no model takes, too.
//!
//! Main function: [`resolve`]. What a name is bound to is not known here, only that it is bound.

pub mod built_in;
mod calls;
mod cycles;
mod expressions;
pub mod fingerprint;
pub mod item_dependencies;
pub mod library;
pub mod name_map;
pub mod names;
mod recording;
mod scope;
mod statements;
pub mod stdlib;
pub mod texts;

pub use calls::{block_argument, is_input, matches_weight};
pub use scope::collect_names;

use std::sync::Arc;

use foldhash::{HashMap, HashSet, HashSetExt};

use crate::diagnostic::Diagnostic;
use crate::front::weft::errors::Errors;
use crate::front::weft::resolve::library::{Definition, Library, item_name};
use crate::front::weft::resolve::name_map::NameMap;
use crate::front::weft::resolve::names::Recorder;
use crate::layers::Layer;
use crate::source::{Location, Span};
use crate::syntax::ast::{BlockBody, ItemKind, Name, Parameter, Stmt};
use scope::{Kind, Scopes};
use statements::Nest;

/// What is used, and what defines itself by itself.
#[derive(Debug, Default)]
pub struct Usage {
    /// Of each file, its names that something reads.
    names: HashMap<u32, HashSet<Arc<str>>>,
    /// `let`s that nothing reads: name, its place, the statement's.
    pub lets: Vec<(Arc<str>, Location, Location)>,
    /// Which definition is made of which, and where it says so.
    pub edges: Vec<(Definition, Definition, Location)>,
    /// Definitions that are made of themselves.
    pub circular: HashSet<Definition>,
}

impl Usage {
    /// Notes that something reads a name of a file.
    fn read(&mut self, unit: u32, name: &Arc<str>) {
        let names = self.names.entry(unit).or_default();
        if !names.contains(name) {
            names.insert(name.clone());
        }
    }

    /// Whether something reads a name of a file.
    pub fn reads(&self, unit: u32, name: &str) -> bool {
        self.names.get(&unit).is_some_and(|names| names.contains(name))
    }
}

/// Checks every file, and writes down what every name means where that is asked for.
pub fn resolve(library: &Library, errors: &mut Errors, mut record: Option<&mut Recorder>) -> Usage {
    let mut usage = Usage::default();
    for number in 0..library.files.len() {
        let unit = u32::try_from(number).unwrap_or(u32::MAX);
        let mut resolver = Resolver {
            library,
            errors,
            usage: &mut usage,
            unit,
            scopes: Scopes::default(),
            unread: HashSet::new(),
            current: None,
            asserting: false,
            record: record.as_deref_mut(),
        };
        resolver.unit();
    }
    cycles::report(library, &usage.edges, errors, &mut usage.circular);
    usage
}

struct Resolver<'a> {
    library: &'a Library,
    errors: &'a mut Errors,
    usage: &'a mut Usage,
    unit: u32,
    scopes: Scopes,
    unread: HashSet<Arc<str>>,
    current: Option<Definition>,
    asserting: bool,
    record: Option<&'a mut Recorder>,
}

/// What a name stands for, as far as its arguments can be checked.
#[derive(Clone, Copy, Debug)]
enum Meant {
    Item(Definition),
    Layer(&'static Layer),
    Other,
}

/// Where an expression stands: whether a layer is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Position {
    Value,
    Layer,
}

impl<'a> Resolver<'a> {
    fn at(&self, span: Span) -> Location {
        self.library.at(self.unit, span)
    }

    fn error(&mut self, code: &'static str, span: Span, message: impl Into<String>) {
        let place = self.at(span);
        self.errors.push(Diagnostic::structural(code, place, message));
    }

    fn unit(&mut self) {
        let library = self.library;
        let Some(unit) = library.unit(self.unit) else { return };
        self.declare_items(&unit.tree);
        for (item, number) in unit.tree.items.iter().zip(0u32..) {
            self.current = Some(Definition { unit: self.unit, item: number });
            self.scopes.enter();
            self.unread.clear();
            self.enter(item.span);
            match &item.kind {
                ItemKind::Use { names, .. } => names.iter().for_each(|name| self.import(name)),
                ItemKind::Const { parameters, value, .. } => {
                    self.parameters(parameters.as_deref().unwrap_or(&[]));
                    self.expr(value, Position::Value);
                }
                ItemKind::Block { name, parameters, body } => {
                    self.parameters(parameters);
                    match body {
                        BlockBody::Layer(layer) => self.expr(layer, Position::Layer),
                        BlockBody::Statements(body) => self.body(name, body, false),
                    }
                }
                ItemKind::Model { name, parameters, body } => {
                    self.parameters(parameters);
                    self.body(name, body, true);
                }
                ItemKind::Variant { base, arguments, asserts, .. } => {
                    self.variant(base, arguments, asserts);
                }
            }
            self.end_scope();
        }
    }

    fn end_scope(&mut self) {
        if let Some(record) = &mut self.record {
            record.leave();
        }
        let unread = self.scopes.leave();
        if self.unit == 0 && self.unread.is_empty() {
            self.usage.lets.extend(unread);
        }
    }

    // ── items ────────────────────────────────────────────────────────────────────────────────────────────

    fn parameters(&mut self, parameters: &[Parameter]) {
        self.documented(None);
        for parameter in parameters {
            if let Some(default) = &parameter.default {
                self.expr(default, Position::Value);
            }
            self.declare_once(&parameter.name, Kind::Parameter, parameter.span());
        }
    }

    /// A parameter or an input: both share one name space.
    fn declare_once(&mut self, name: &Name, kind: Kind, whole: Span) {
        let first = self.scopes.find(&name.text).filter(|known| known.is_argument()).map(|known| known.place);
        if let Some(first) = first {
            let error = Diagnostic::structural(
                "duplicate-name",
                self.at(name.span),
                format!("`{}` is declared twice", name.text),
            )
            .label("here again")
            .related(first, "first here")
            .help("parameters and inputs share one name space");
            self.errors.push(error);
        }
        self.bind(name, kind, whole);
    }

    fn variant(&mut self, base: &Name, arguments: &[crate::syntax::ast::Arg], asserts: &[Stmt]) {
        let library = self.library;
        let found = library.find(self.unit, &base.text);
        match found.and_then(|found| Some((found, &library.item(found)?.kind))) {
            Some((found, ItemKind::Model { .. } | ItemKind::Variant { .. })) => {
                self.usage.read(self.unit, &base.text);
                self.edge(found, base.span);
                self.reads(base.span, found);
                self.variant_arguments(base, found, arguments);
                if let Some(model) = calls::base_model(library, found) {
                    self.bind_all(model);
                }
            }
            Some((_, other)) => {
                let what = if matches!(other, ItemKind::Block { .. }) { "block" } else { "constant" };
                let error = Diagnostic::structural(
                    "wrong-kind",
                    self.at(base.span),
                    format!("a model is a variant of a model, but `{}` is a {what}", base.text),
                );
                self.errors.push(
                    error.help(
                        "a model around a block has braces: `model M { input x: […] output x -> Block }`",
                    ),
                );
            }
            None => {
                let models = self.library.unit(self.unit).map(|unit| &unit.names);
                let known = models.into_iter().flat_map(NameMap::names);
                let near = scope::suggestion(&base.text, known);
                let error = Diagnostic::structural(
                    "unknown-name",
                    self.at(base.span),
                    format!("no model is called `{}`", base.text),
                );
                if !self.library.is_unread(self.unit, &base.text) {
                    let place = self.at(base.span);
                    self.errors.push(near.into_iter().fold(error, |error, near| error.meant(place, near)));
                }
            }
        }
        for argument in arguments {
            self.expr(&argument.value, Position::Value);
        }
        asserts.iter().for_each(|stmt| self.statement(stmt, true, Nest::Body));
    }

    /// Every name that a model binds, for the assertions of its variants.
    fn bind_all(&mut self, model: Definition) {
        let library = self.library;
        let parameters = library.parameters(model).iter().map(|parameter| parameter.name.clone());
        let mut names: Vec<_> = parameters.collect();
        scope::bound(library.body(model), &mut names);
        for name in names {
            let place = library.at(model.unit, name.span);
            self.scopes.bind(&name.text, Kind::Tensor, place, name.span);
        }
    }

    fn edge(&mut self, to: Definition, span: Span) {
        if let Some(from) = self.current {
            let place = self.at(span);
            self.usage.edges.push((from, to, place));
        }
    }
}

/// True for an item that a file with models would have to use.
pub fn is_model(kind: &ItemKind) -> bool {
    matches!(kind, ItemKind::Model { .. } | ItemKind::Variant { .. }) && item_name(kind).is_some()
}
