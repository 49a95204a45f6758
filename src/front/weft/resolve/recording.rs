//! What is written down for an editor: which name means what. Nothing here decides anything.

use super::Resolver;
use super::scope::Kind;
use crate::front::weft::resolve::library::{Definition, item_name};
use crate::front::weft::resolve::names::{Role, SymbolId, SymbolKind, Target};
use crate::layers::Layer;
use crate::source::{Location, Span};
use crate::syntax::ast::{File, ItemKind, Name, StmtKind};

impl Resolver<'_> {
    /// Binds a name where it is known, else in the innermost table.
    pub fn bind(&mut self, name: &Name, kind: Kind, whole: Span) {
        let place = self.at(name.span);
        let local = self.scopes.bind(&name.text, kind, place, whole);
        if let (Some(record), Some(local)) = (&mut self.record, local) {
            local.symbol = Some(record.local(name, kind.symbol(), whole.within(place.file), local.symbol));
        }
    }

    /// Binds a name of a `for` in its own table.
    pub fn bind_loop(&mut self, name: &Name, whole: Span) {
        let place = self.at(name.span);
        let local = self.scopes.bind_new(&name.text, Kind::Loop, place, name.span);
        if let (Some(record), Some(local)) = (&mut self.record, local) {
            local.symbol = Some(record.local(name, SymbolKind::Loop, whole.within(place.file), None));
        }
    }

    /// Begins what has names of its own.
    pub fn enter(&mut self, scope: Span) {
        if let Some(record) = &mut self.record {
            record.enter(scope);
        }
    }

    /// The `##` lines above what is bound next.
    pub fn documented(&mut self, doc: Option<&String>) {
        if let Some(record) = &mut self.record {
            record.documented(doc);
        }
    }

    /// The items of a file, so that each is known wherever it is used.
    pub fn declare_items(&mut self, tree: &File) {
        let library = self.library;
        let text = library.sources.get(self.at(Span::default()).file).map_or(0, |file| file.text().len());
        let scope = Span::new(0, text);
        for (item, number) in tree.items.iter().zip(0u32..) {
            let (Some(name), Some(kind)) = (item_name(&item.kind), item_kind(&item.kind)) else { continue };
            let whole = self.at(item.span);
            self.documented(item.doc.as_ref());
            if let Some(record) = &mut self.record {
                let item = Definition { unit: self.unit, item: number };
                record.item(item, name, kind, whole, scope);
            }
        }
        for (source, imported) in library.unit(self.unit).into_iter().flat_map(|unit| &unit.imports) {
            let (source, file) = (self.at(*source), library.at(*imported, Span::default()).file);
            if let Some(record) = &mut self.record {
                record.import(source, file);
            }
        }
    }

    /// A name in a `use`.
    pub fn import(&mut self, name: &Name) {
        if let Some(found) = self.library.find(self.unit, &name.text) {
            self.speaks(name.span, found, Role::Import);
        }
    }

    /// A place that reads an item.
    pub fn reads(&mut self, span: Span, item: Definition) {
        self.speaks(span, item, Role::Read);
    }

    fn speaks(&mut self, span: Span, item: Definition, role: Role) {
        let at = self.at(span);
        if let Some(record) = &mut self.record {
            record.speaks_of_item(at, item, role);
        }
    }

    /// A place that reads a name of its item: one that has a symbol, or was bound at a place of another item.
    pub fn reads_local(&mut self, span: Span, symbol: Option<SymbolId>, binding: Location) {
        let at = self.at(span);
        let Some(record) = &mut self.record else { return };
        match symbol {
            Some(symbol) => record.speaks(at, symbol, Role::Read),
            None => record.speaks_of_binding(at, binding, Role::Read),
        }
    }

    /// A place that reads a layer of the catalogue or a function of the language.
    pub fn reads_built_in(&mut self, span: Span, target: Target) {
        let at = self.at(span);
        if let Some(record) = &mut self.record {
            record.built_in(at, target, Role::Read);
        }
    }

    /// The name before an argument's `=`, of a layer of the catalogue.
    pub fn names_argument(&mut self, span: Span, layer: &'static Layer, slot: usize) {
        let at = self.at(span);
        if let Some(record) = &mut self.record {
            record.built_in(at, Target::Argument(layer, slot), Role::Argument);
        }
    }

    /// The name before an argument's `=`, of a block, model or function: one of its parameters or inputs.
    pub fn names_parameter(&mut self, name: &Name, definition: Definition) {
        let library = self.library;
        let parameters = library.parameters(definition).iter().map(|parameter| &parameter.name);
        let inputs = library.body(definition).iter().filter_map(|stmt| match &stmt.kind {
            StmtKind::Input { name, .. } => Some(name),
            _ => None,
        });
        let known = parameters.chain(inputs).find(|known| known.text == name.text);
        let at = self.at(name.span);
        if let (Some(record), Some(known)) = (&mut self.record, known) {
            record.speaks_of_binding(at, library.at(definition.unit, known.span), Role::Argument);
        }
    }
}

fn item_kind(kind: &ItemKind) -> Option<SymbolKind> {
    match kind {
        ItemKind::Use { .. } => None,
        ItemKind::Const { parameters: None, .. } => Some(SymbolKind::Constant),
        ItemKind::Const { .. } => Some(SymbolKind::Function),
        ItemKind::Block { .. } => Some(SymbolKind::Block),
        ItemKind::Model { .. } => Some(SymbolKind::Model),
        ItemKind::Variant { .. } => Some(SymbolKind::Variant),
    }
}
