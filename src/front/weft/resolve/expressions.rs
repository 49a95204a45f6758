//! The names that expressions read, and what is said of an unknown one.

use std::sync::Arc;

use super::scope;
use super::{Meant, Position, Resolver};
use crate::diagnostic::Diagnostic;
use crate::front::weft::resolve::built_in::{FUNCTIONS, function};
use crate::front::weft::resolve::library::Definition;
use crate::front::weft::resolve::names::Target;
use crate::layers::{self, migration_hints};
use crate::source::Span;
use crate::syntax::ast::{Expr, ExprKind, ItemKind, Stage, TrailerKind};

impl Resolver<'_> {
    pub fn expr(&mut self, expr: &Expr, position: Position) {
        match &expr.kind {
            ExprKind::Missing
            | ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Str(_)
            | ExprKind::Bool(_)
            | ExprKind::None => {}
            ExprKind::Name(name) => {
                self.name(name, expr.span, position, false);
            }
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
                        let meant = self.name(name, base.span, Position::Layer, true);
                        self.call(meant, base.span, arguments);
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

    fn name(&mut self, name: &Arc<str>, span: Span, position: Position, called: bool) -> Meant {
        if let Some(local) = self.scopes.read(name) {
            let (symbol, binding) = (local.symbol, local.place);
            self.reads_local(span, symbol, binding);
            return Meant::Other;
        }
        let library = self.library;
        if self.asserting && matches!(&**name, "params" | "macs") {
            return library.find(self.unit, name).map_or(Meant::Other, Meant::Item);
        }
        if let Some(definition) = library.find(self.unit, name) {
            self.usage.read(self.unit, name);
            self.edge(definition, span);
            self.reads(span, definition);
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
            return Meant::Item(definition);
        }
        if let Some((layer, _)) = layers::find(name) {
            self.reads_built_in(span, Target::Layer(layer));
            return Meant::Layer(layer);
        }
        if let Some(function) = function(name) {
            self.reads_built_in(span, Target::Function(function));
        } else if !self.unread.contains(name) && !library.is_unread(self.unit, name) {
            let error = self.unknown(name, span, position, called);
            self.errors.push(error);
        }
        Meant::Other
    }

    fn unknown(&self, name: &str, span: Span, position: Position, called: bool) -> Diagnostic {
        let library = self.library;
        let unit = library.unit(self.unit).filter(|_| !self.errors.are_many());
        let items = unit.into_iter().flat_map(|unit| unit.names.iter());
        let is_layer = |definition: &Definition| {
            !matches!(
                library.item(*definition).map(|item| &item.kind),
                Some(ItemKind::Model { .. } | ItemKind::Variant { .. })
            )
        };
        let items = items.filter(|(_, definition)| is_layer(definition)).map(|(name, _)| &**name);
        let mut known: Vec<&str> = self.scopes.names().chain(items).collect();
        let functions = FUNCTIONS.iter().map(|function| function.name);
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
            return match (migration_hints::layer(name), near) {
                (Some(hint), _) => error.help(format!("in Weft: {hint}")),
                (None, _) if migration_hints::is_module(name) => error.help(NO_MODULE),
                (None, Some(near)) => error.meant(place, near),
                (None, None) => error.help("`weft layer` lists all layers; a layer of your own is a `block`"),
            };
        }
        functions.for_each(|name| known.push(name));
        let near = scope::suggestion(name, known.into_iter());
        let error = Diagnostic::structural("unknown-name", place, format!("nothing is called `{name}` here"));
        match near {
            _ if migration_hints::is_module(name) => error.help(NO_MODULE),
            Some(near) => error.meant(place, near),
            None => error,
        }
    }
}

/// What is said of `nn.ReLU`.
const NO_MODULE: &str = "layers stand in no module: `nn.ReLU` is `ReLU`";
