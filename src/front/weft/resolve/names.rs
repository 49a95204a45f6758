//! Which name means what: every symbol of the files read, and every place that speaks of one.
//!
//! Main type: [`Names`], written down by `resolve` while it checks, and only where it is asked for. What an
//! editor shows and changes by name rests on it, so that it follows the language's scoping by construction.

use std::cmp::Ordering;
use std::sync::Arc;

use foldhash::{HashMap, HashSet, HashSetExt};

use crate::front::weft::resolve::built_in::Function;
use crate::front::weft::resolve::library::Definition;
use crate::layers::Layer;
use crate::source::{FileId, Location, Span};
use crate::syntax::ast::Name;

/// What a symbol is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SymbolKind {
    /// `model M { … }`
    Model,
    /// `model M = N(…)`
    Variant,
    /// `block B { … }`
    Block,
    /// `const n = …`
    Constant,
    /// `const f(n) = …`
    Function,
    /// A parameter of a block, model or function.
    Parameter,
    /// `input x: […]`
    Input,
    /// A size that an input's pattern names.
    Dimension,
    /// `x = …`
    Tensor,
    /// `output y = …`
    Output,
    /// `let n = …`
    Let,
    /// `layer f = …`
    Layer,
    /// `param p: […]`
    Param,
    /// `buffer b: […]`
    Buffer,
    /// What a `for` counts or goes through.
    Loop,
}

impl SymbolKind {
    /// As a sentence names it: `a block`, `an input`.
    pub fn described(self) -> &'static str {
        match self {
            SymbolKind::Model | SymbolKind::Variant => "a model",
            SymbolKind::Block => "a block",
            SymbolKind::Constant => "a constant",
            SymbolKind::Function => "a function",
            SymbolKind::Parameter => "a parameter",
            SymbolKind::Input => "an input",
            SymbolKind::Dimension => "a size",
            SymbolKind::Tensor => "a tensor",
            SymbolKind::Output => "an output",
            SymbolKind::Let => "a value",
            SymbolKind::Layer => "a declared layer",
            SymbolKind::Param => "a learnable tensor",
            SymbolKind::Buffer => "a stored tensor",
            SymbolKind::Loop => "a loop's name",
        }
    }

    /// True for what stands at the top of a file.
    pub fn is_item(self) -> bool {
        use SymbolKind::{Block, Constant, Function, Model, Variant};
        matches!(self, Model | Variant | Block | Constant | Function)
    }
}

/// Something that has a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Symbol {
    /// Its name.
    pub name: Arc<str>,
    /// What it is, by its first binding.
    pub kind: SymbolKind,
    /// Where it is bound, in the order of the text; never empty. A name that is bound again is the same symbol.
    pub bindings: Vec<Binding>,
    /// The item or statement that binds it first.
    pub whole: Location,
    /// Where it can be read: the whole file for an item, else its item or the `for` it belongs to.
    pub scope: Location,
    /// Its `##` lines.
    pub doc: Option<String>,
}

/// A place where a symbol is bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binding {
    /// The name.
    pub name: Location,
    /// The first byte that can read it: in `x = x -> ReLU` the second `x` is an earlier binding's.
    pub from: u32,
}

impl Symbol {
    /// Where it is bound first.
    pub fn place(&self) -> Location {
        self.bindings.first().map_or(self.whole, |binding| binding.name)
    }

    /// The binding that a use at this place reads: the last one before it, else the first.
    pub fn binding_before(&self, place: Location) -> Location {
        let before = |binding: &&Binding| binding.name.file == place.file && binding.from <= place.span.start;
        self.bindings.iter().rev().find(before).map_or_else(|| self.place(), |binding| binding.name)
    }
}

/// A symbol of [`Names`], by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SymbolId(u32);

/// What a place speaks of.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Target {
    /// A symbol.
    Symbol(SymbolId),
    /// A layer of the catalogue.
    Layer(&'static Layer),
    /// An argument of a layer of the catalogue, by its slot.
    Argument(&'static Layer, usize),
    /// A function of the language.
    Function(&'static Function),
}

/// How a place speaks of its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Role {
    /// It binds the symbol.
    Binding,
    /// It reads it.
    Read,
    /// It names an item in a `use`.
    Import,
    /// It is the name before an argument's `=`.
    Argument,
}

/// A place that speaks of something by name.
#[derive(Clone, Copy, Debug)]
pub struct Occurrence {
    /// The name's place.
    pub at: Location,
    /// What it means.
    pub target: Target,
    /// How.
    pub role: Role,
}

impl Occurrence {
    /// In order of place; of what stands at one, what it is first. A size in a pattern is bound there, and then read.
    fn by_place(&self, other: &Occurrence) -> Ordering {
        let rank = |known: &Occurrence| match (known.role, known.target) {
            (Role::Binding, _) => 0,
            (_, Target::Symbol(_)) => 2,
            _ => 1,
        };
        self.at.cmp(&other.at).then_with(|| rank(self).cmp(&rank(other)))
    }
}

/// Every symbol of the files of a run, and every place that speaks of one.
#[derive(Clone, Debug, Default)]
pub struct Names {
    symbols: Vec<Symbol>,
    occurrences: Vec<Occurrence>,
    imports: Vec<(Location, FileId)>,
}

impl Names {
    /// The file that the source of a `use` means, and the source's place: of what stands at a byte of a file.
    pub fn import_at(&self, file: FileId, offset: u32) -> Option<(Location, FileId)> {
        let holds =
            |place: Location| place.file == file && place.span.start <= offset && offset <= place.span.end;
        self.imports.iter().copied().find(|(source, _)| holds(*source))
    }

    /// A symbol; `None` for the number of another run's.
    pub fn symbol(&self, id: SymbolId) -> Option<&Symbol> {
        self.symbols.get(id.0 as usize)
    }

    /// Every symbol with its number: of each file its items first.
    pub fn symbols(&self) -> impl Iterator<Item = (SymbolId, &Symbol)> {
        self.symbols.iter().zip(0u32..).map(|(symbol, number)| (SymbolId(number), symbol))
    }

    /// Every place that speaks of something, by place.
    pub fn occurrences(&self) -> &[Occurrence] {
        &self.occurrences
    }

    /// Those of one file.
    pub fn occurrences_in(&self, file: FileId) -> &[Occurrence] {
        let from = self.occurrences.partition_point(|known| known.at.file < file);
        let to = self.occurrences.partition_point(|known| known.at.file <= file);
        self.occurrences.get(from..to).unwrap_or(&[])
    }

    /// What the name at a byte of a file means; the end of a name belongs to it.
    pub fn at(&self, file: FileId, offset: u32) -> Option<&Occurrence> {
        let here = self.occurrences_in(file);
        let count = here.partition_point(|known| known.at.span.start <= offset);
        let last = here.get(count.checked_sub(1)?)?;
        (offset <= last.at.span.end).then_some(last)
    }

    /// The symbols that can be read at a byte of a file, an inner one before the outer ones it hides.
    pub fn visible(&self, file: FileId, offset: u32) -> Vec<SymbolId> {
        let bound = |symbol: &Symbol| {
            symbol.kind.is_item() || symbol.bindings.iter().any(|binding| binding.from <= offset)
        };
        let within =
            |scope: Location| scope.file == file && scope.span.start <= offset && offset <= scope.span.end;
        let locals = self.symbols().filter(|(_, symbol)| within(symbol.scope) && bound(symbol));
        let imports = self.occurrences_in(file).iter().filter(|known| known.role == Role::Import);
        let imports = imports.filter_map(|known| match known.target {
            Target::Symbol(id) => Some((id, self.symbol(id)?)),
            _ => None,
        });
        let mut found: Vec<_> = locals.chain(imports).collect();
        let extent = |symbol: &Symbol| {
            (symbol.kind.is_item(), symbol.scope.span.end.abs_diff(symbol.scope.span.start))
        };
        found.sort_by_key(|(_, symbol)| extent(symbol));
        let mut seen = HashSet::new();
        found.retain(|(_, symbol)| seen.insert(&symbol.name));
        found.into_iter().map(|(id, _)| id).collect()
    }

    /// The symbol that a name means at a byte of a file.
    pub fn find(&self, file: FileId, offset: u32, name: &str) -> Option<SymbolId> {
        let named = |id: &SymbolId| self.symbol(*id).is_some_and(|symbol| &*symbol.name == name);
        self.visible(file, offset).into_iter().find(named)
    }

    /// The symbols that a symbol's item or statement holds: parameters and inputs of a block.
    pub fn inside(&self, id: SymbolId) -> impl Iterator<Item = (SymbolId, &Symbol)> {
        let whole = self.symbol(id).map(|symbol| symbol.whole);
        self.symbols().filter(move |(_, symbol)| !symbol.kind.is_item() && Some(symbol.scope) == whole)
    }
}

/// What `resolve` writes down, if anybody asked.
#[derive(Debug, Default)]
pub(in crate::front::weft) struct Recorder {
    symbols: Vec<Symbol>,
    items: HashMap<Definition, SymbolId>,
    occurrences: Vec<Occurrence>,
    /// How many occurrences stand before the item that is read.
    before: usize,
    /// Places that speak of an item of a file that is not read yet.
    of_items: Vec<(Location, Definition, Role)>,
    /// Places that speak of what is bound at another, which may be read later.
    of_bindings: Vec<(Location, Location, Role)>,
    /// The item, and each `for` in it, that a new local belongs to.
    scopes: Vec<Span>,
    doc: Option<String>,
    imports: Vec<(Location, FileId)>,
}

impl Recorder {
    pub fn enter(&mut self, scope: Span) {
        self.scopes.push(scope);
    }

    pub fn leave(&mut self) {
        self.scopes.pop();
        if self.scopes.is_empty() {
            // Item by item, so that in the end nearly all is in order.
            let of_item = self.occurrences.get_mut(self.before..).unwrap_or_default();
            of_item.sort_by(Occurrence::by_place);
            self.before = self.occurrences.len();
        }
    }

    /// The `##` lines of what is bound next.
    pub fn documented(&mut self, doc: Option<&String>) {
        self.doc = doc.cloned();
    }

    /// An item of a file, which is read in all of it.
    pub fn item(&mut self, item: Definition, name: &Name, kind: SymbolKind, whole: Location, scope: Span) {
        let binding = Binding { name: name.span.within(whole.file), from: 0 };
        let id = self.add(&name.text, kind, binding, whole, scope);
        self.items.insert(item, id);
    }

    /// A name that is bound by what stands at `whole`; `known` where it was bound before.
    pub fn local(
        &mut self,
        name: &Name,
        kind: SymbolKind,
        whole: Location,
        known: Option<SymbolId>,
    ) -> SymbolId {
        let from = if kind == SymbolKind::Loop { name.span.end } else { whole.span.end };
        let binding = Binding { name: name.span.within(whole.file), from };
        let symbol = known.and_then(|id| Some((id, self.symbols.get_mut(id.0 as usize)?)));
        match symbol {
            Some((id, symbol)) => {
                symbol.bindings.push(binding);
                self.speaks(binding.name, id, Role::Binding);
                id
            }
            None => {
                let scope = self.scopes.last().copied().unwrap_or(whole.span);
                self.add(&name.text, kind, binding, whole, scope)
            }
        }
    }

    fn add(
        &mut self,
        name: &Arc<str>,
        kind: SymbolKind,
        binding: Binding,
        whole: Location,
        scope: Span,
    ) -> SymbolId {
        let id = SymbolId(u32::try_from(self.symbols.len()).unwrap_or(u32::MAX));
        self.symbols.push(Symbol {
            name: name.clone(),
            kind,
            bindings: vec![binding],
            whole,
            scope: scope.within(whole.file),
            doc: self.doc.clone(),
        });
        self.speaks(binding.name, id, Role::Binding);
        id
    }

    /// A file that a `use` names.
    pub fn import(&mut self, source: Location, file: FileId) {
        self.imports.push((source, file));
    }

    /// A place that speaks of a symbol.
    pub fn speaks(&mut self, at: Location, symbol: SymbolId, role: Role) {
        self.occurrences.push(Occurrence { at, target: Target::Symbol(symbol), role });
    }

    /// A place that speaks of an item.
    pub fn speaks_of_item(&mut self, at: Location, item: Definition, role: Role) {
        match self.items.get(&item) {
            Some(id) => self.speaks(at, *id, role),
            None => self.of_items.push((at, item, role)),
        }
    }

    /// A place that speaks of the symbol that is first bound at another.
    pub fn speaks_of_binding(&mut self, at: Location, binding: Location, role: Role) {
        self.of_bindings.push((at, binding, role));
    }

    /// A place that speaks of something of the language's own.
    pub fn built_in(&mut self, at: Location, target: Target, role: Role) {
        self.occurrences.push(Occurrence { at, target, role });
    }

    pub fn finish(mut self) -> Names {
        for (at, item, role) in std::mem::take(&mut self.of_items) {
            if let Some(id) = self.items.get(&item).copied() {
                self.speaks(at, id, role);
            }
        }
        let of_bindings = std::mem::take(&mut self.of_bindings);
        if !of_bindings.is_empty() {
            let first = |(symbol, number): (&Symbol, u32)| (symbol.place(), SymbolId(number));
            let by_place: HashMap<_, _> = self.symbols.iter().zip(0u32..).map(first).collect();
            for (at, binding, role) in of_bindings {
                if let Some(id) = by_place.get(&binding) {
                    self.speaks(at, *id, role);
                }
            }
        }
        self.occurrences.sort_by(Occurrence::by_place);
        self.occurrences.dedup_by_key(|known| known.at);
        Names { symbols: self.symbols, occurrences: self.occurrences, imports: self.imports }
    }
}
