//! Names, layers and arguments, checked everywhere before anything is built: in unused blocks and branches
//! that no model takes, too.
//!
//! Main function: [`resolve`]. What a name is bound to is not known here, only that it is bound.

mod calls;
mod cycles;
mod scope;

pub(super) use calls::{block_argument, matches_weight};

use std::sync::Arc;

use foldhash::{HashSet, HashSetExt};

use super::errors::Errors;
use super::library::{Definition, Library, item_name};
use crate::diagnostic::Diagnostic;
use crate::source::{Location, Span};
use crate::syntax::ast::{
    BlockBody, DimPattern, DimPatternKind, Expr, ExprKind, ItemKind, Label, LabelPart, Name, Parameter,
    Stage, Stmt, StmtKind, Targets, TrailerKind,
};
use scope::{Kind, Scopes};

/// What is used, and what defines itself by itself.
#[derive(Debug, Default)]
pub(super) struct Usage {
    /// Names of files that something reads: file and name.
    pub names: HashSet<(u32, Arc<str>)>,
    /// `let`s that nothing reads: name, its place, the statement's.
    pub lets: Vec<(Arc<str>, Location, Location)>,
    /// Definitions that are made of themselves.
    pub circular: HashSet<Definition>,
}

/// Checks every file.
pub(super) fn resolve(library: &Library, errors: &mut Errors) -> Usage {
    let mut usage = Usage::default();
    let mut edges = Vec::new();
    for number in 0..library.files.len() {
        let unit = u32::try_from(number).unwrap_or(u32::MAX);
        let mut resolver = Resolver {
            library,
            errors,
            usage: &mut usage,
            edges: &mut edges,
            unit,
            scopes: Scopes::default(),
            unread: HashSet::new(),
            current: None,
            asserting: false,
        };
        resolver.unit();
    }
    cycles::report(library, &edges, errors, &mut usage.circular);
    usage
}

struct Resolver<'a> {
    library: &'a Library,
    errors: &'a mut Errors,
    usage: &'a mut Usage,
    /// Which definition is made of which, and where it says so.
    edges: &'a mut Vec<(Definition, Definition, Location)>,
    unit: u32,
    scopes: Scopes,
    unread: HashSet<Arc<str>>,
    current: Option<Definition>,
    asserting: bool,
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
        for (item, number) in unit.tree.items.iter().zip(0u32..) {
            self.current = Some(Definition { unit: self.unit, item: number });
            self.scopes = Scopes::default();
            self.unread = HashSet::new();
            match &item.kind {
                ItemKind::Use { .. } => {}
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
        let unread = self.scopes.leave();
        if self.unit == 0 && self.unread.is_empty() {
            let places = unread.into_iter().map(|(name, span, whole)| (name, self.at(span), self.at(whole)));
            let places: Vec<_> = places.collect();
            self.usage.lets.extend(places);
        }
    }

    // ── items ────────────────────────────────────────────────────────────────────────────────────────────

    fn parameters(&mut self, parameters: &[Parameter]) {
        for parameter in parameters {
            if let Some(default) = &parameter.default {
                self.expr(default, Position::Value);
            }
            self.declare_once(&parameter.name, Kind::Parameter);
        }
    }

    /// A parameter or an input: both share one name space.
    fn declare_once(&mut self, name: &Name, kind: Kind) {
        let first = self.scopes.find(&name.text).filter(|known| known.is_argument()).map(|known| known.span);
        if let Some(first) = first {
            let error = Diagnostic::structural(
                "duplicate-name",
                self.at(name.span),
                format!("`{}` is declared twice", name.text),
            )
            .label("here again")
            .related(self.at(first), "first here")
            .help("parameters and inputs share one name space");
            self.errors.push(error);
        }
        self.scopes.bind(name, kind, name.span);
    }

    fn variant(&mut self, base: &Name, arguments: &[crate::syntax::ast::Arg], asserts: &[Stmt]) {
        let library = self.library;
        let found = library.find(self.unit, &base.text);
        match found.and_then(|found| Some((found, &library.item(found)?.kind))) {
            Some((found, ItemKind::Model { .. } | ItemKind::Variant { .. })) => {
                self.usage.names.insert((self.unit, base.text.clone()));
                self.edge(found, base.span);
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
                let known = models.into_iter().flat_map(|names| names.keys()).map(|name| &**name);
                let near = scope::suggestion(&base.text, known).map(|near| format!("`{near}`?"));
                let error = Diagnostic::structural(
                    "unknown-name",
                    self.at(base.span),
                    format!("no model is called `{}`", base.text),
                );
                if !self.library.is_unread(self.unit, &base.text) {
                    self.errors.push(near.into_iter().fold(error, Diagnostic::help));
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
        for parameter in library.parameters(model) {
            self.scopes.bind(&parameter.name, Kind::Parameter, parameter.name.span);
        }
        let mut names = Vec::new();
        scope::bound(library.body(model), &mut names);
        for name in names {
            self.scopes.bind(&name, Kind::Tensor, name.span);
        }
    }

    fn edge(&mut self, to: Definition, span: Span) {
        if let Some(from) = self.current {
            self.edges.push((from, to, self.at(span)));
        }
    }

    // ── statements ───────────────────────────────────────────────────────────────────────────────────────

    fn body(&mut self, name: &Name, body: &[Stmt], model: bool) {
        scope::unread_words(body, &mut self.unread);
        body.iter().for_each(|stmt| self.statement(stmt, model, Nest::Body));
        if self.unread.is_empty() && !scope::has_output(body) {
            let what = if model { "model" } else { "block" };
            let error = Diagnostic::structural(
                "wrong-count",
                self.at(name.span),
                format!("the {what} `{}` has no `output`", name.text),
            );
            self.errors.push(error.help("its result is what `output` names: `output y = x -> …`"));
        }
    }

    fn statements(&mut self, body: &[Stmt], model: bool, nest: Nest) {
        body.iter().for_each(|stmt| self.statement(stmt, model, nest));
    }

    fn statement(&mut self, stmt: &Stmt, model: bool, nest: Nest) {
        match &stmt.kind {
            StmtKind::Input { name, pattern, default, .. } => {
                if nest != Nest::Body {
                    self.error(
                        "syntax",
                        stmt.span,
                        format!("`input {}` stands in {}", name.text, nest.what()),
                    );
                }
                if let Some(default) = default {
                    self.expr(default, Position::Value);
                }
                pattern.iter().for_each(|dim| self.dimension(dim, model));
                self.declare_once(name, Kind::Input);
            }
            StmtKind::Assign { targets, value } => {
                self.expr(value, Position::Value);
                self.bind(targets, Kind::Tensor, stmt.span);
            }
            StmtKind::Let { targets, value } => {
                self.expr(value, Position::Value);
                let kind = if matches!(targets, Targets::One(_)) { Kind::Let } else { Kind::Part };
                self.bind(targets, kind, stmt.span);
            }
            StmtKind::Layer { name, label, value } => {
                self.label(label.as_ref());
                self.expr(value, Position::Layer);
                self.scopes.bind(name, Kind::Layer, stmt.span);
            }
            StmtKind::Param { name, label, shape, trainable, .. } => {
                self.label(label.as_ref());
                shape.iter().chain(trainable).for_each(|expr| self.expr(expr, Position::Value));
                self.scopes.bind(name, Kind::Layer, stmt.span);
            }
            StmtKind::For { index, element, over, body } => {
                self.expr(over, Position::Value);
                self.scopes.enter();
                if let Some(index) = index {
                    self.scopes.bind_new(index, Kind::Loop, index.span);
                }
                for name in names_of(element) {
                    self.scopes.bind_new(name, Kind::Loop, name.span);
                }
                self.statements(body, model, Nest::For);
                self.end_scope();
            }
            StmtKind::If { arms, otherwise } => {
                let inside = if nest == Nest::For { Nest::For } else { Nest::If };
                for (condition, branch) in arms {
                    self.expr(condition, Position::Value);
                    self.statements(branch, model, inside);
                }
                otherwise.iter().for_each(|branch| self.statements(branch, model, inside));
            }
            StmtKind::Assert { condition, .. } => {
                self.asserting = true;
                self.expr(condition, Position::Value);
                self.asserting = false;
            }
            StmtKind::Output { name, values } => {
                if nest == Nest::For {
                    let error = Diagnostic::structural(
                        "syntax",
                        self.at(stmt.span),
                        "`output` stands in a `for`, where it would be said many times",
                    );
                    self.errors
                        .push(error.help("collect a list, `ys = ys + [y]`, and put it out after the loop"));
                }
                values.iter().for_each(|value| self.expr(value, Position::Value));
                if let Some(name) = name {
                    self.scopes.bind(name, Kind::Tensor, stmt.span);
                }
            }
            StmtKind::Bad { .. } => {}
        }
    }

    fn bind(&mut self, targets: &Targets, kind: Kind, whole: Span) {
        for name in names_of(targets) {
            if &*name.text != "_" {
                self.scopes.bind(name, kind, whole);
            }
        }
    }

    fn dimension(&mut self, dim: &DimPattern, model: bool) {
        let (expr, default) = match &dim.kind {
            DimPatternKind::Any | DimPatternKind::Leading => return,
            DimPatternKind::Expr(expr) => (expr, None),
            DimPatternKind::Default(expr, default) => (expr, Some(default)),
        };
        if let Some(default) = default {
            self.expr(default, Position::Value);
            if !model {
                let error = Diagnostic::structural(
                    "wrong-kind",
                    self.at(dim.span),
                    "a block's input takes its sizes from the caller, so a default says nothing",
                );
                self.errors.push(error.help("leave it out, and the name stands for the caller's size"));
            }
        }
        let mut names = Vec::new();
        match (&expr.kind, model) {
            (ExprKind::Name(name), _) => names.push((name.clone(), expr.span)),
            (_, true) => super::pattern::collect_names(expr, &mut names),
            (_, false) => {}
        }
        for (name, span) in names {
            let known = self.scopes.find(&name).is_some() || self.library.find(self.unit, &name).is_some();
            if !known && !super::functions::FUNCTIONS.contains(&&*name) {
                self.scopes.bind(&Name { text: name, span }, Kind::Dimension, span);
            }
        }
        self.expr(expr, Position::Value);
    }

    fn label(&mut self, label: Option<&Label>) {
        for part in label.into_iter().flat_map(|label| &label.parts) {
            match part {
                LabelPart::Text(_) => {}
                LabelPart::Step(expr) | LabelPart::Join(expr) => self.expr(expr, Position::Value),
            }
        }
    }

    // ── expressions ──────────────────────────────────────────────────────────────────────────────────────

    fn expr(&mut self, expr: &Expr, position: Position) {
        match &expr.kind {
            ExprKind::Missing
            | ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Str(_)
            | ExprKind::Bool(_)
            | ExprKind::None => {}
            ExprKind::Name(name) => self.name(name, expr.span, position, false),
            ExprKind::List(values) | ExprKind::Tuple(values) | ExprKind::Power(values) => {
                values.iter().for_each(|value| self.expr(value, Position::Value));
            }
            ExprKind::Paren(inner) => self.expr(inner, position),
            ExprKind::Prefix(_, operand) => self.expr(operand, Position::Value),
            ExprKind::Infix(first, rest) => {
                self.expr(first, position);
                rest.iter().for_each(|(_, _, operand)| self.expr(operand, Position::Value));
            }
            ExprKind::Postfix(base, trailers) => {
                match (&base.kind, trailers.first().map(|trailer| &trailer.kind)) {
                    (ExprKind::Name(name), Some(TrailerKind::Call(arguments))) => {
                        self.name(name, base.span, Position::Layer, true);
                        self.call(name, base.span, arguments);
                    }
                    _ => self.expr(base, Position::Value),
                }
                for trailer in trailers {
                    match &trailer.kind {
                        TrailerKind::Call(arguments) => {
                            arguments.iter().for_each(|argument| self.expr(&argument.value, Position::Value));
                        }
                        TrailerKind::Index(index) => self.expr(index, Position::Value),
                        TrailerKind::Field(_) => {}
                    }
                }
            }
            ExprKind::Range(from, to) => {
                self.expr(from, Position::Value);
                self.expr(to, Position::Value);
            }
            ExprKind::If(arms, otherwise) => {
                for (condition, value) in arms {
                    self.expr(condition, Position::Value);
                    self.expr(value, position);
                }
                otherwise.iter().for_each(|value| self.expr(value, position));
            }
            ExprKind::Chain(stages) => self.chain(stages, position),
        }
    }

    fn chain(&mut self, stages: &[Stage], position: Position) {
        for (i, stage) in stages.iter().enumerate() {
            self.label(stage.label.as_ref());
            let layer = i > 0 || stage.label.is_some() || position == Position::Layer;
            self.expr(&stage.value, if layer { Position::Layer } else { Position::Value });
        }
    }

    fn name(&mut self, name: &Arc<str>, span: Span, position: Position, called: bool) {
        if self.scopes.read(name) || (self.asserting && matches!(&**name, "params" | "macs")) {
            return;
        }
        let library = self.library;
        if let Some(definition) = library.find(self.unit, name) {
            self.usage.names.insert((self.unit, name.clone()));
            self.edge(definition, span);
            if let Some(ItemKind::Model { .. } | ItemKind::Variant { .. }) =
                library.item(definition).map(|item| &item.kind)
            {
                let error = Diagnostic::structural(
                    "wrong-kind",
                    self.at(span),
                    format!("`{name}` is a model, and a model is no layer"),
                );
                self.errors.push(error.help("what is to be used inside a model is a `block`"));
            }
            return;
        }
        let known = crate::layers::find(name).is_some() || super::functions::FUNCTIONS.contains(&&**name);
        if known || self.unread.contains(name) || library.is_unread(self.unit, name) {
            return;
        }
        let error = self.unknown(name, span, position, called);
        self.errors.push(error);
    }

    fn unknown(&self, name: &str, span: Span, position: Position, called: bool) -> Diagnostic {
        let library = self.library;
        let unit = library.unit(self.unit).filter(|_| !self.errors.are_many());
        let items = unit.into_iter().flat_map(|unit| &unit.names);
        let is_layer = |definition: &Definition| {
            !matches!(
                library.item(*definition).map(|item| &item.kind),
                Some(ItemKind::Model { .. } | ItemKind::Variant { .. })
            )
        };
        let items = items.filter(|(_, definition)| is_layer(definition)).map(|(name, _)| &**name);
        let mut known: Vec<&str> = self.scopes.names().chain(items).collect();
        let functions = super::functions::FUNCTIONS.iter().copied();
        let mut letters = name.chars();
        let camel = letters.next().is_some_and(char::is_uppercase) && letters.any(char::is_lowercase);
        let place = self.at(span);
        if position == Position::Layer || camel {
            crate::layers::names().for_each(|name| known.push(name));
            functions.filter(|_| called && !camel).for_each(|name| known.push(name));
            let near = scope::suggestion(name, known.into_iter());
            let error = Diagnostic::structural(
                "unknown-layer",
                place,
                format!("no layer, block or parameter is called `{name}`"),
            );
            return match near {
                Some(near) => error.help(format!("`{near}`?")),
                None => error.help("`weft layer` lists all layers; a layer of your own is a `block`"),
            };
        }
        functions.for_each(|name| known.push(name));
        let near = scope::suggestion(name, known.into_iter());
        let error = Diagnostic::structural("unknown-name", place, format!("nothing is called `{name}` here"));
        match near {
            Some(near) => error.help(format!("`{near}`?")),
            None => error,
        }
    }
}

/// In what a statement stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Nest {
    Body,
    If,
    For,
}

impl Nest {
    fn what(self) -> &'static str {
        match self {
            Nest::Body => "a body",
            Nest::If => "an `if`: what a model or block takes does not depend on a condition",
            Nest::For => "a `for`: every input has a name of its own",
        }
    }
}

fn names_of(targets: &Targets) -> &[Name] {
    match targets {
        Targets::One(name) => std::slice::from_ref(name),
        Targets::Tuple(names, _) => names,
    }
}

/// True for an item that a file with models would have to use.
pub(super) fn is_model(kind: &ItemKind) -> bool {
    matches!(kind, ItemKind::Model { .. } | ItemKind::Variant { .. }) && item_name(kind).is_some()
}
